//! Unreadable parts of a file, and findings that only follow from them.

use std::collections::HashSet;

use super::shape;
use super::span::Span;
use super::statement::{Statement, statements};
use super::syntax;
use crate::Code;
use crate::diagnostic::Diagnostic;

/// What of a file could not be read.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    /// Places of syntax errors.
    errors: Vec<Span>,
    lines: Vec<Line>,
    /// Tables of which something may be declared that could not be read.
    lacking: HashSet<&'static str>,
    /// Tables of which any part may go on below a header that could not be read.
    scattered: HashSet<&'static str>,
    /// Tables of which parts are written above their headers, as `segments.staff.nobody = true`.
    dotted: HashSet<String>,
    /// Whether such a line could not be read at all.
    dotted_lost: bool,
    /// Parts of the file, as `segments.staff` is one, of which something could not be read.
    parts: HashSet<Part>,
}

/// A table of the file, and a key in it.
type Part = (String, String);

/// A statement, and what is known of it.
#[derive(Debug)]
struct Line {
    span: Span,
    /// Whether it is a header, or a part of the file is written without one, which may go on
    /// elsewhere.
    opens: bool,
    /// Whether it could not be read.
    broken: bool,
    /// Whether it stands below a header that could not be.
    displaced: bool,
    /// The first two keys of what it says.
    part: Vec<String>,
}

/// The header that a statement stands below.
#[derive(Debug, Default)]
struct Header {
    broken: bool,
    part: Vec<String>,
}

impl Unreadable {
    pub(super) fn new(text: &str, syntax: &[Diagnostic]) -> Self {
        let errors = syntax.iter().filter(|found| syntax::is_error(found));
        let mut errors: Vec<Span> = errors.map(|found| found.span.clone()).collect();
        if errors.is_empty() {
            return Self::default();
        }
        errors.sort_by_key(|span| span.start);
        let mut unreadable = Self::default();
        let mut header = Header::default();
        let statements = statements(text);
        let first = statements.first();
        let first = first.map_or(text.len(), |statement| statement.span().start);
        let (before, mut rest) = errors.split_at(errors.partition_point(|at| at.start < first));
        if !before.is_empty() {
            unreadable.lost(&header);
        }
        for (index, statement) in statements.iter().enumerate() {
            let next = statements.get(index + 1);
            let next = next.map_or(usize::MAX, |next| next.span().start);
            let (here, later) = rest.split_at(rest.partition_point(|at| at.start < next));
            rest = later;
            let end = statement.span().end;
            let same_line = |at: &Span| !text[end..at.start.max(end)].contains('\n');
            let after = here.partition_point(same_line);
            unreadable.statement(text, statement, after > 0, &mut header);
            if after < here.len() {
                unreadable.lost(&header);
            }
        }
        unreadable.errors = errors;
        unreadable
    }

    fn statement(&mut self, text: &str, statement: &Statement, broken: bool, header: &mut Header) {
        let own = statement.keys(text).take(2).map(str::to_owned);
        let is_header = statement.is_header();
        let part: Vec<String> = if is_header {
            own.collect()
        } else {
            header.part.iter().cloned().chain(own).take(2).collect()
        };
        if is_header {
            header.broken = broken;
            header.part.clone_from(&part);
        }
        if broken && (is_header || header.part.len() < 2) {
            self.lacking.extend(tables(part.first()));
        }
        if broken && is_header {
            self.scattered.extend(tables(part.first()));
        }
        if header.part.len() < 2 {
            self.dotted.extend(part.first().cloned());
        }
        if broken {
            self.partial(&part);
        }
        if statement.is_open(text) {
            self.lacking.extend(shape::FILE.names());
            self.scattered.extend(shape::FILE.names());
        }
        self.lines.push(Line {
            span: statement.span(),
            opens: is_header || header.part.len() < 2,
            broken,
            displaced: header.broken,
            part,
        });
    }

    /// Below a header is something that could not be read at all.
    fn lost(&mut self, header: &Header) {
        if header.part.len() < 2 {
            self.lacking.extend(tables(header.part.first()));
            self.dotted_lost = true;
        }
        self.partial(&header.part);
    }

    fn partial(&mut self, part: &[String]) {
        if let [table, key] = part {
            self.parts.insert((table.clone(), key.clone()));
            // Whatever is in it is declared by it.
            if table == "contexts" {
                self.lacking.insert("contexts");
            }
        }
    }

    /// Returns whether a table may declare something that seems to be missing.
    pub(super) fn may_lack(&self, table: &str) -> bool {
        self.lacking.contains(table)
    }

    /// Returns whether something of a part of a table could not be read.
    pub(super) fn is_partial(&self, table: &str, key: &str) -> bool {
        self.scattered.contains(table)
            || self.dotted_lost && self.dotted.contains(table)
            || !self.parts.is_empty() && self.parts.contains(&(table.to_owned(), key.to_owned()))
    }

    /// Returns whether a finding is there only because something could not be read.
    pub(super) fn explains(&self, found: &Diagnostic) -> bool {
        if self.errors.is_empty() {
            return false;
        }
        let lacks = match found.code {
            Code::ATTRIBUTE_UNKNOWN | Code::KIND_UNKNOWN | Code::VALUE_NOT_LISTED => {
                self.may_lack("contexts")
            }
            Code::SEGMENT_UNKNOWN => {
                self.may_lack("segments") || self.may_lack("external_segments")
            }
            _ => false,
        };
        if lacks || self.touches(&found.span) {
            return true;
        }
        let at = self
            .lines
            .partition_point(|line| line.span.start <= found.span.start);
        let Some(line) = at.checked_sub(1).map(|line| &self.lines[line]) else {
            return false;
        };
        if line.displaced {
            return true;
        }
        let partial = || matches!(&line.part[..], [table, key] if self.is_partial(table, key));
        match found.code {
            // What is in a broken statement may belong elsewhere.
            Code::KEY_UNKNOWN | Code::TOML_TYPE | Code::KIND_UNKNOWN | Code::KEY_DUPLICATE => {
                line.broken
            }
            Code::KEY_MISSING
            | Code::SEGMENT_EMPTY
            | Code::RULE_WITHOUT_CLAUSES
            | Code::VALUES_MISSING
            | Code::TARGET_EMPTY
            | Code::TARGETING_EMPTY
            | Code::VARIATIONS_MISSING
            | Code::STYLE_DESCRIPTION
            | Code::DRAFT_INCOMPLETE => line.broken || line.opens && partial(),
            Code::VARIATION_UNKNOWN => partial(),
            _ => false,
        }
    }

    /// Returns whether a place is, or is next to, what could not be read.
    fn touches(&self, span: &Span) -> bool {
        let up_to = self.errors.partition_point(|error| error.start <= span.end);
        let from = up_to.saturating_sub(16);
        self.errors[from..up_to]
            .iter()
            .any(|error| error.end >= span.start)
    }
}

/// The tables that a first key can be about: what is none may be any, half typed.
fn tables(key: Option<&String>) -> impl Iterator<Item = &'static str> {
    let known = key.and_then(|key| shape::FILE.key(key));
    let any = known.is_none().then(|| shape::FILE.names());
    known
        .map(|key| key.name)
        .into_iter()
        .chain(any.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use crate::file;

    /// What is found: lines and codes.
    fn found(text: &str) -> Vec<(usize, &'static str)> {
        let report = file::read("segments.toml", text.as_bytes());
        let found = report.diagnostics().iter().map(|found| {
            let line = report.source().location(found.span.start).line;
            (line, found.code.name())
        });
        found.collect()
    }

    /// A file in which everything depends on something else.
    const GOOD: &str = r#"environments = ["staging"]
segments.dotted.description = "d"
segments.dotted.rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }] }]

[contexts.user.attributes]
email = "string"
plan = { type = "string", one_of = ["free", "pro"] }

[contexts.device.attributes]
"größe" = 'number'

[segments.staff]
description = "People who work here"
tags = ["internal", "other"]
included = { user = ["a"], device = ["b"] }
rules = [
  { clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] },
  { clauses = [{ attribute = "plan", op = "in", values = ["free"] }], percent = 5 },
]

[segments.others]
description = """
Two
lines"""

[[segments.others.rules]]
clauses = [
  { op = "segmentMatch", values = ["staff"] },
  { context = "device", attribute = "größe", op = "in", values = [3] },
]

[[segments.others.examples]]
member = false
context = { user = { key = "user-1", email = "ada@company.com", plan = "pro" } }

[segments.others.environments.staging]
rules = [{ clauses = [{ attribute = "email", op = "in", values = ["x"] }] }]

[ai_configs.model]
variations = ["one", "two"]
fallthrough = "one"
"#;

    /// A line that is cut off where somebody stopped typing, anywhere.
    #[test]
    fn what_is_half_typed_is_found_once() {
        assert_eq!(found(GOOD), []);
        let mut start = 0;
        for line in GOOD.lines() {
            for (at, _) in line.char_indices() {
                let text = format!("{}{}", &GOOD[..start + at], &GOOD[start + line.len()..]);
                let found = found(&text);
                if found.iter().any(|(_, code)| *code == "toml-syntax") {
                    let follow = found.iter().find(|(_, code)| *code != "toml-syntax");
                    assert_eq!(follow, None, "{:?}: {found:?}", &line[..at]);
                }
            }
            start += line.len() + 1;
        }
    }

    #[test]
    fn broken_syntax_is_said_once_and_alone() {
        let [header, body] = ["[segments.a]\n", "nobody = true\ndescription = 'd'\n"];
        for (broken, line) in [
            (format!("[segments.a\n{body}"), 1),
            (format!("[[segments.a\n{body}"), 1),
            (format!("[segments.\n{body}"), 1),
            (format!("[seg\n{body}"), 1),
            (format!("[\n{body}"), 1),
            (format!("[segments.'a\n{body}"), 1),
            (format!("{header}nobody =\ndescription = 'd'\n"), 2),
            (format!("{header}description = \"d\nnobody = true\n"), 2),
            (format!("{header}description = 'd\nnobody = true\n"), 2),
            (format!("{header}nobody = true ]\ndescription = 'd'\n"), 2),
            (format!("{header}]\n{body}"), 2),
            (format!("{header}{body}tags = ['x'\n"), 4),
            (format!("{header}{body}tags = ['x\n"), 4),
            (format!("{header}{body}tags = ['x' 'y']\n"), 4),
            (format!("{header}{body}tags = {{ us\n"), 4),
            (format!("{header}{body}=======\n"), 4),
            ("segments.a = { nobody = true, descr\n".to_owned(), 1),
        ] {
            let rest = "[segments.b]\ndescription = 'd'\nnobdy = 1\ntags = ['a b']\n";
            let lines = broken.lines().count();
            let mut found = found(&format!("{broken}{rest}"));
            let first = found.iter().position(|(at, _)| *at > lines).unwrap();
            let elsewhere = found.split_off(first);
            found.dedup();
            assert_eq!(found, [(line, "toml-syntax")], "{broken}");
            let wrong = [(lines + 3, "key-unknown"), (lines + 4, "tag-invalid")];
            assert!(elsewhere.ends_with(&wrong), "{broken}: {elsewhere:?}");
        }
    }

    #[test]
    fn a_file_that_just_begins_lacks_no_segments() {
        for text in ["segments = {", "[segments", "[segments.a", "[", "seg"] {
            assert_eq!(found(text), [(1, "toml-syntax")], "{text}");
        }
    }

    /// What a broken part cannot be about is still checked.
    #[test]
    fn what_does_not_depend_on_it_is_still_found() {
        let wrong = "[segments.b]\ndescription = 'd'\nrules = [{ clauses = [\n\
             { attribute = 'emial', op = 'in', values = ['x'] },\n\
             { op = 'segmentMatch', values = ['c'] },\n]}]\n";
        for (broken, expected) in [
            (
                "[segments.a\n",
                &[(1, "toml-syntax"), (5, "attribute-unknown")][..],
            ),
            (
                "[contexts.user\n",
                &[(1, "toml-syntax"), (6, "segment-unknown")],
            ),
            ("[\n", &[(1, "toml-syntax")]),
            (
                "[segments.a]\nrules =\n",
                &[
                    (2, "toml-syntax"),
                    (6, "attribute-unknown"),
                    (7, "segment-unknown"),
                ],
            ),
        ] {
            assert_eq!(found(&format!("{broken}{wrong}")), expected, "{broken}");
        }
    }
}
