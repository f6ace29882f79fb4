//! Parts of a file that could not be read, and findings that only follow from them.
//!
//! `segments.staff` is a part, with all that headers, keys with dots and inline tables say of it. If one of its
//! statements cannot be read, nothing else is told of the part, because what looks wrong may be right with that statement.
//!
//! If a header cannot be read, or a key above all headers, any part of its table may be meant. Such a table may declare
//! what seems to be declared nowhere, and its parts may go on there: they may have what they seem to lack. All else is
//! still told of them.

use std::collections::HashSet;

use super::shape;
use super::statement::Statement;
use crate::Code;
use crate::diagnostic::Diagnostic;

/// What of a file could not be read.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    /// Parts of which a statement could not be read.
    parts: HashSet<Part>,
    /// Tables of which any part may be declared by what could not be read.
    tables: HashSet<&'static str>,
    /// Those of them of which a header could not be read, below which any part may go on.
    scattered: HashSet<&'static str>,
    /// Tables of which parts are written above the headers of parts, where these may go on as well.
    dotted: HashSet<String>,
    statements: Vec<Known>,
}

/// A table of the file and a key in it: the first two keys of what a statement says, as far as it has them.
type Part = Vec<String>;

/// A statement, and what is known of it.
#[derive(Debug)]
struct Known {
    start: usize,
    is_header: bool,
    /// Whether it stands above the headers of parts.
    is_above: bool,
    part: Part,
}

impl Unreadable {
    /// Takes the statements and the syntax errors of a text, both in the order of the text.
    pub(super) fn new(text: &str, statements: &[Statement], mut errors: &[Diagnostic]) -> Self {
        let mut unreadable = Self::default();
        let (mut header, mut header_is_broken) = (Part::new(), false);
        for (index, statement) in statements.iter().enumerate() {
            let next = statements.get(index + 1);
            let next = next.map_or(usize::MAX, |next| next.span().start);
            let here = errors.partition_point(|found| found.span.start < next);
            errors = &errors[here..];
            let is_broken = here > 0;
            let is_header = statement.is_header();
            if is_header {
                header.clear();
                header_is_broken = is_broken;
            }
            let own = statement.keys(text).map(str::to_owned);
            let known = Known {
                start: statement.span().start,
                is_header,
                is_above: !is_header && header.len() < 2,
                part: header.iter().cloned().chain(own).take(2).collect(),
            };
            if is_header {
                header.clone_from(&known.part);
            }
            if known.is_above {
                unreadable.dotted.extend(known.part.first().cloned());
            }
            if is_broken {
                unreadable.lose(&known);
            } else if header_is_broken {
                unreadable.parts.insert(known.part.clone());
            }
            // What follows a text without an end is all inside of it.
            if statement.is_open(text) {
                unreadable.tables.extend(shape::FILE.names());
                unreadable.scattered.extend(shape::FILE.names());
            }
            unreadable.statements.push(known);
        }
        unreadable
    }

    /// Takes a statement that could not be read.
    fn lose(&mut self, lost: &Known) {
        let table = lost.part.first();
        self.parts.insert(lost.part.clone());
        if lost.is_header {
            self.scattered.extend(tables(table));
        }
        // The attributes of a kind are declared by its part.
        if lost.is_header || lost.is_above || table.is_some_and(|table| table == "contexts") {
            self.tables.extend(tables(table));
        }
    }

    /// Returns whether all of the file could be read.
    pub(super) fn is_nothing(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns whether a table may declare something that seems to be missing.
    pub(super) fn may_declare(&self, table: &str) -> bool {
        self.tables.contains(table)
    }

    /// Returns whether something of a part of a table could not be read.
    pub(super) fn is_partial(&self, table: &str, key: &str) -> bool {
        let part = [table, key].map(str::to_owned);
        !self.is_nothing() && (self.parts.contains(&part[..]) || self.goes_on(&part))
    }

    /// Returns whether a part may go on in what could not be read.
    fn goes_on(&self, part: &[String]) -> bool {
        part.first().is_some_and(|table| {
            self.scattered.contains(&table[..])
                || self.may_declare(table) && self.dotted.contains(table)
        })
    }

    /// Returns whether a finding is there only because something could not be read.
    pub(super) fn explains(&self, found: &Diagnostic) -> bool {
        let mut declared_in = declared_in(found.code).iter();
        if declared_in.any(|table| self.may_declare(table)) {
            return true;
        }
        let starts_before = |known: &Known| known.start <= found.span.start;
        let after = self.statements.partition_point(starts_before);
        let Some(place) = after.checked_sub(1).map(|at| &self.statements[at]) else {
            return false;
        };
        // A table with a header, or with keys above all headers, goes on elsewhere. What is inside of a value does not.
        let is_table = place.is_header || place.is_above;
        self.parts.contains(&place.part)
            || is_table && says_missing(found.code) && self.goes_on(&place.part)
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

/// The tables that would declare what a finding says is declared nowhere.
fn declared_in(code: Code) -> &'static [&'static str] {
    match code {
        Code::ATTRIBUTE_UNKNOWN | Code::KIND_UNKNOWN | Code::VALUE_NOT_LISTED => &["contexts"],
        Code::SEGMENT_UNKNOWN => &["segments", "external_segments"],
        Code::METRIC_UNKNOWN => &["metrics"],
        Code::EXPERIMENT_TARGET => &["ai_configs", "flags"],
        _ => &[],
    }
}

/// Returns whether a finding says that a table lacks something.
fn says_missing(code: Code) -> bool {
    matches!(
        code,
        Code::KEY_MISSING
            | Code::SEGMENT_EMPTY
            | Code::STYLE_DESCRIPTION
            | Code::RULE_WITHOUT_CLAUSES
            | Code::TARGET_EMPTY
    )
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

    /// What one statement of a part says may be right with another one.
    #[test]
    fn nothing_else_is_told_of_a_part_that_could_not_be_read() {
        let rule = "[contexts.user.attributes]\nplan = 'string'\n\
             [segments.a]\ndescription = 'd'\n[[segments.a.rules]]\n";
        let clause =
            "[[segments.a.rules.clauses]]\nattribute = 'plan'\nop = 'in'\nvalues = ['x']\n";
        let nobody = "[segments.a]\ndescription = 'd'\nnobody = true\n";
        let flag = "[flags.f]\nvariations = ['on', 'off']\n";
        let experiment = "[experiments.e]\non = 'flag/f'\nrule = 'a'\nprimary = 'm'\n\
             baseline = 'on'\nsplit = { on = 50, off = 50 }\n[metrics.m]\nkind = 'occurrence'\n";
        for (text, line) in [
            (format!("{rule}perc\nbucket_by = 'plan'\n{clause}"), 6),
            (format!("{rule}percent = 5\nbucket_context =\n{clause}"), 7),
            (format!("{nobody}rules = [{{ clauses = [{{\n"), 4),
            (format!("{nobody}[metrics.m]\nkind = 'numeric'\nun\n"), 6),
            (format!("{flag}fallthrough =\nbucket_context = 'user'\n"), 3),
            (
                format!("{nobody}{experiment}[flags.\nvariations = ['on', 'off']\n"),
                12,
            ),
        ] {
            assert_eq!(found(&text), [(line, "toml-syntax")], "{text}");
        }
    }

    /// A line above all headers may say anything, but what others say is not in it.
    #[test]
    fn what_others_say_is_still_told() {
        let wrong = "[segments.B]\ndescription = 'd'\nnobody = true\ntags = ['a b']\n";
        for line in ["allo", "allow = [", "owner = 'x", "environments"] {
            let found = found(&format!("{line}\n{wrong}"));
            let expected = [(1, "toml-syntax"), (2, "style-key"), (5, "tag-invalid")];
            assert_eq!(found, expected, "{line}");
        }
    }
}
