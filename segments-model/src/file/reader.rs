//! Walking a spanned TOML tree: each step returns a value of the right type, or reports a mistake and
//! continues.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::advice::Advice;
use super::shape::{Key, Table};
use super::span::Span;
use super::unreadable::Unreadable;
use crate::diagnostic::{Diagnostic, Edit, Suggestion};
use crate::{Code, InvalidNumber, Number, did_you_mean, foreign};

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// Collects what is wrong while others walk the tree.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    /// The text that the tree was made of.
    text: &'s str,
    /// What of it could not be read.
    pub(super) unreadable: &'s Unreadable,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many of them are errors, so that a part can tell whether it was read completely.
    pub(super) errors: usize,
    pub(super) advice: Advice,
    /// Whether the part that is being read depends on one that could not be.
    pub(super) guessed: bool,
    /// The time of day, if it counts.
    pub(super) now: Option<i64>,
}

/// A table whose keys are known.
#[derive(Debug, Clone)]
pub(super) struct Entries<'t, 'i> {
    /// The inline table, or the header.
    pub(super) span: Span,
    shape: &'static Table,
    table: &'t DeTable<'i>,
    /// Whether there are keys that mean nothing: what is missing may be what they were to say.
    pub(super) incomplete: bool,
}

/// What a key takes, and how something else becomes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Table,
    Array,
    /// An array of tables, of which something else cannot be an element.
    Tables,
    /// An array of tables, one of which has a header for a single one.
    Header,
    Text,
    Flag,
    Number,
}

impl<'s> Reader<'s> {
    pub(super) fn new(text: &'s str, unreadable: &'s Unreadable) -> Self {
        Self {
            text,
            unreadable,
            diagnostics: Vec::new(),
            errors: 0,
            advice: Advice::default(),
            guessed: false,
            now: None,
        }
    }

    pub(super) fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::new(code, span, message));
    }

    pub(super) fn push(&mut self, mut diagnostic: Diagnostic) {
        shorten(&mut diagnostic.message);
        self.errors += usize::from(diagnostic.severity() == crate::Severity::Error);
        self.diagnostics.push(diagnostic);
    }

    /// Opens a table, whatever its keys.
    pub(super) fn map<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
    ) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.unlike(key, "a table", Wanted::Table, value);
        }
        table
    }

    /// Opens a table and reports the keys that mean nothing in it.
    pub(super) fn entries<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
        shape: &'static Table,
    ) -> Option<Entries<'t, 'i>> {
        let table = self.map(key, value)?;
        Some(self.known(table, value.span(), shape))
    }

    pub(super) fn known<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        span: Span,
        shape: &'static Table,
    ) -> Entries<'t, 'i> {
        let unknown: Vec<_> = in_order(table)
            .into_iter()
            .filter(|(key, _)| shape.key(key.get_ref()).is_none())
            .collect();
        let incomplete = !unknown.is_empty();
        let misplaced = self.misplaced(&unknown, shape);
        // LaunchDarkly says it in two keys.
        let find = |name: &str| {
            unknown
                .iter()
                .find(|(key, _)| key.get_ref() == name)
                .copied()
        };
        let pair = find("unbounded").filter(|_| find("unboundedContextKind").is_some());
        let twice = pair.map(|(key, _)| key.span().start);
        for (key, value) in unknown
            .iter()
            .filter(|(key, _)| !misplaced.contains(&key.span().start))
            .filter(|(key, _)| Some(key.span().start) != twice)
        {
            self.unknown_key(key.get_ref(), key.span(), value, shape);
            if let (Some((first, value)), "unboundedContextKind") = (pair, &**key.get_ref()) {
                let edit = self.removal(first.span().start..value.span().end);
                let last = self.diagnostics.last_mut();
                if let Some(suggestion) = last.and_then(|last| last.suggestion.as_mut()) {
                    suggestion.edits.push(edit);
                }
            }
        }
        Entries {
            span,
            shape,
            table,
            incomplete,
        }
    }

    fn unknown_key(&mut self, name: &str, span: Span, value: &Value<'_>, shape: &'static Table) {
        let problem = format!("`{name}` is not a key of {}", shape.what);
        // Case and underscores alone are a slip of the pen, and not another word.
        let meant = did_you_mean(name, shape.names()).and_then(|name| shape.key(name));
        let meant = shape.alias(name).or(meant);
        let segment = |name: &str| super::shape::SEGMENT.key(name).is_some();
        let is_segment = std::ptr::eq(shape, &raw const super::shape::FILE)
            && value
                .get_ref()
                .as_table()
                .is_some_and(|table| table.keys().any(|key| segment(key.get_ref())));
        if meant.is_none() && is_segment {
            let written = self.text.get(span.clone()).unwrap_or(name).to_owned();
            let message = format!("{problem}; write `[segments.{written}]`");
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span.clone(), message);
            self.push(found.suggest(Suggestion::replace(span, format!("segments.{written}"))));
            return;
        }
        if self.key_of_request(name, &problem, &span, value, meant.is_none()) {
            return;
        }
        if meant.is_none() && self.expiry_elsewhere(name, &problem, &span, value, shape) {
            return;
        }
        if self.other_form(name, &problem, &span, value, shape) {
            return;
        }
        if meant.is_none() && foreign::is_set_by_service(name) {
            let message = format!("{problem}: LaunchDarkly sets it; leave `{name}` out");
            let edit = self.removal(span.start..value.span().end);
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span, message);
            self.push(found.suggest(Suggestion { edits: vec![edit] }));
            return;
        }
        if shape.key("op").is_some() && self.membership_as_key(name, &problem, &span, value) {
            return;
        }
        // `["segments.staff"]`: dots are part of a name in quotes.
        if name
            .split('.')
            .next()
            .is_some_and(|first| first != name && shape.key(first).is_some())
        {
            let message = format!("{problem}; write `{name}` without quotes");
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span.clone(), message);
            self.push(found.suggest(Suggestion::replace(span, name)));
            return;
        }
        let Some(key) = meant.filter(|_| !self.advice.is_exhausted()) else {
            let advice = match self.advice.or_list(name, shape.names()) {
                advice if advice.is_empty() && !self.advice.is_exhausted() => {
                    let names: Vec<&str> = shape.names().collect();
                    format!("; use {}", foreign::any_of(&names))
                }
                advice => advice,
            };
            self.report(Code::KEY_UNKNOWN, span, format!("{problem}{advice}"));
            return;
        };
        // A header, or a dotted key.
        let is_table = !self.text[span.end..].trim_start().starts_with('=');
        if let (true, super::shape::Shape::Array(_), true) =
            (is_table, key.shape, self.is_header(value))
        {
            let header = value.span();
            let written = &self.text[header.clone()];
            let before = &written[..span.start.saturating_sub(header.start)];
            let replacement = format!("[{before}{}]]", key.name);
            let message = format!("{problem}; write `{replacement}`");
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span, message);
            self.push(found.suggest(Suggestion::replace(header, replacement)));
            return;
        }
        if is_table {
            let message = format!("{problem}; did you mean `{}`?", key.name);
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span.clone(), message);
            self.push(found.suggest(Suggestion::replace(span, key.name)));
            return;
        }
        let (replacement, edit) = self.renamed(key, name, span.clone(), value);
        let message = format!("{problem}; write `{replacement}`");
        let found = Diagnostic::new(Code::KEY_UNKNOWN, span, message);
        self.push(found.suggest(edit));
    }

    /// Keys of requests, of Terraform and of schemas in JSON: where they are said instead.
    fn key_of_request(
        &mut self,
        name: &str,
        problem: &str,
        span: &Span,
        value: &Value<'_>,
        unknown: bool,
    ) -> bool {
        let pair = span.start..value.span().end;
        let mut edits = vec![self.removal(pair)];
        let message = if let Some(elsewhere) = foreign::said_elsewhere(name) {
            format!("{problem}: {elsewhere}; leave `{name}` out")
        } else if name == "$schema" {
            let schema = value.get_ref().as_str();
            let written = format!("#:schema {}", schema.unwrap_or("./segments.schema.json"));
            edits.insert(0, Edit::new(0..0, format!("{written}\n")));
            format!("{problem}; write `{written}` on the first line")
        } else if unknown && matches!(name, "instructions" | "patch" | "operations") {
            // What is to become of them is for the author to say.
            edits.clear();
            format!(
                "{problem}, but a file declares the state of a segment, not its changes; write its `rules`, `included` and `excluded`"
            )
        } else {
            return false;
        };
        let found = Diagnostic::new(Code::KEY_UNKNOWN, span.clone(), message);
        self.push(if edits.is_empty() {
            found
        } else {
            found.suggest(Suggestion { edits })
        });
        true
    }

    /// `member_of = ["staff"]` in a clause.
    fn membership_as_key(
        &mut self,
        name: &str,
        problem: &str,
        span: &Span,
        value: &Value<'_>,
    ) -> bool {
        let Some(foreign::Meaning::Comparison {
            relation: foreign::Relation::MemberOf,
            negate,
        }) = foreign::meaning(name)
        else {
            return false;
        };
        let written = self.text.get(value.span()).unwrap_or("[\"some-key\"]");
        let written = if value.get_ref().is_array() {
            written.to_owned()
        } else {
            format!("[{written}]")
        };
        let negation = if negate { ", negate = true" } else { "" };
        let clause = format!("op = \"segmentMatch\", values = {written}{negation}");
        let pair = span.start..value.span().end;
        self.write(Code::KEY_UNKNOWN, span.clone(), problem, pair, &clause);
        true
    }

    /// Takes a key and its value out, with the comma behind it or the one in front.
    pub(super) fn removal(&self, pair: Span) -> Edit {
        let behind = self.text[pair.end..].trim_start_matches([' ', '\t']);
        if behind.starts_with(',') {
            return Edit::new(pair.start..self.text.len() - behind.len() + 1, "");
        }
        let front = self.text[..pair.start].trim_end();
        let start = if front.ends_with(',') {
            front.len() - 1
        } else {
            pair.start
        };
        Edit::new(start..pair.end, "")
    }

    /// A key and its value under the right name, as messages show it and as a change.
    fn renamed(
        &self,
        key: &Key,
        name: &str,
        span: Span,
        value: &Value<'_>,
    ) -> (String, Suggestion) {
        use super::shape::Shape;
        let written = self.written(value);
        let full = self.text.get(value.span()).unwrap_or_default();
        let whole = span.start..value.span().end;
        let change = |text: String| {
            // What is shown may be shortened, and what is written is not.
            let change = text.replace(&*written, full);
            (text, Suggestion::replace(whole.clone(), change))
        };
        let is_array = value.get_ref().is_array();
        match key.shape {
            // LaunchDarkly says it in two keys.
            Shape::Kind if name.starts_with("unbounded") => {
                let kind = value.get_ref().as_str().unwrap_or("user");
                change(format!("{} = \"{kind}\"", key.name))
            }
            Shape::Number
                if key.name == "percent" && matches!(name, "weight" | "rolloutWeight") =>
            {
                // Thousandths of a percent.
                let percent = written.parse::<f64>().ok().map(|weight| weight / 1000.0);
                change(format!("percent = {}", percent.unwrap_or(25.0)))
            }
            Shape::Number if key.name == "percent" => {
                let number = written.trim_matches(['"', '\'', '%', ' ']).parse::<f64>();
                change(format!("percent = {}", number.unwrap_or(25.0)))
            }
            Shape::Values
            | Shape::Tags
            | Shape::Keys
            | Shape::Expressions
            | Shape::ContextKeys
            | Shape::Variations
            | Shape::Codes
                if !is_array =>
            {
                change(format!("{} = [{written}]", key.name))
            }
            Shape::Targets if let Some(lists) = self.lists_of_kinds(value) => {
                change(format!("{} = {{ {lists} }}", key.name))
            }
            Shape::Targets if is_array => change(format!("{} = {{ user = {written} }}", key.name)),
            Shape::Array(_) if value.get_ref().is_table() => {
                change(format!("{} = [{written}]", key.name))
            }
            // What an expression says is for its author to write.
            Shape::Array(_) if !is_array => {
                let text = example(key.name).unwrap_or(key.name).to_owned();
                (text, Suggestion { edits: Vec::new() })
            }
            Shape::Bool if key.name == "member" && foreign::is_negated(name) => {
                let member = value.get_ref().as_bool() == Some(false);
                change(format!("member = {member}"))
            }
            Shape::Bool if value.get_ref().as_bool().is_none() => {
                change(format!("{} = true", key.name))
            }
            _ => {
                let text = format!("{} = {written}", key.name);
                (text, Suggestion::replace(span, key.name))
            }
        }
    }

    /// `[{ contextKind = "user", values = ["a"] }]`, as the service has lists of contexts.
    pub(super) fn lists_of_kinds(&self, value: &Value<'_>) -> Option<String> {
        let lists = match value.get_ref() {
            DeValue::Array(lists) => &lists[..],
            _ => std::slice::from_ref(value),
        };
        let lists = lists.iter().map(|list| {
            let table = list.get_ref().as_table()?;
            let kind = ["contextKind", "context_kind", "context", "kind"]
                .iter()
                .find_map(|key| table.get(*key));
            let kind = kind
                .and_then(|kind| kind.get_ref().as_str())
                .unwrap_or("user");
            let keys = ["values", "keys", "targets"]
                .iter()
                .find_map(|key| table.get(*key))?;
            Some(format!("{kind} = {}", self.text.get(keys.span())?))
        });
        let lists: Vec<String> = lists.collect::<Option<_>>()?;
        (!lists.is_empty()).then(|| lists.join(", "))
    }

    /// Keys of a table inside of this one, as `op` in a rule: one error for all of them. Gives their places.
    fn misplaced(
        &mut self,
        unknown: &[(&Spanned<Cow<'_, str>>, &Value<'_>)],
        shape: &'static Table,
    ) -> Vec<usize> {
        let belongs = |table: &'static Table, name: &str| {
            table.key(name).is_some() || shape.alias(name).is_none() && table.alias(name).is_some()
        };
        if std::ptr::eq(shape, &raw const super::shape::CONTEXT) {
            return self.bare_attributes(unknown, shape);
        }
        for (array, table) in shape.inside() {
            for (path, table) in std::iter::once((vec![array], table)).chain(
                table
                    .inside()
                    .map(|(inner, table)| (vec![array, inner], table)),
            ) {
                let those: Vec<_> = unknown
                    .iter()
                    .filter(|(key, _)| belongs(table, key.get_ref()))
                    .collect();
                // One word alone may mean something else.
                let certain = those
                    .iter()
                    .any(|(key, _)| table.key(key.get_ref()).is_some());
                let (Some(first), true) = (those.first(), certain) else {
                    continue;
                };
                let entries: Vec<String> = those
                    .iter()
                    .map(|(key, value)| {
                        let name = table
                            .key(key.get_ref())
                            .or_else(|| table.alias(key.get_ref()));
                        let name = name.map_or(key.get_ref().as_ref(), |key| key.name);
                        let value = self.text.get(value.span()).unwrap_or("...");
                        format!("{name} = {value}")
                    })
                    .collect();
                let entries = entries.join(", ");
                let shown = if entries.len() > 160 || entries.contains('\n') {
                    "..."
                } else {
                    &entries
                };
                let nested = |inside: &str| {
                    path.iter().rev().fold(inside.to_owned(), |inside, array| {
                        format!("{array} = [{{ {inside} }}]")
                    })
                };
                let message = format!(
                    "`{}` is a key of {}; write `{}`",
                    first.0.get_ref(),
                    table.what,
                    nested(shown)
                );
                let mut edits = vec![Edit::new(
                    first.0.span().start..first.1.span().end,
                    nested(&entries),
                )];
                edits.extend(those.iter().skip(1).map(|(key, value)| {
                    // With the comma in front, or the line.
                    let before = self.text[..key.span().start]
                        .trim_end_matches([' ', '\t', ',', '\n'])
                        .len();
                    Edit::new(before..value.span().end, "")
                }));
                // What stands below a header of its own moves with it.
                let movable = those
                    .iter()
                    .all(|(key, _)| self.text[key.span().end..].trim_start().starts_with('='));
                if !movable {
                    edits.clear();
                }
                let found = Diagnostic::new(Code::KEY_UNKNOWN, first.0.span(), message);
                self.push(found.suggest(Suggestion { edits }));
                return those.iter().map(|(key, _)| key.span().start).collect();
            }
        }
        Vec::new()
    }

    /// Attributes that stand beside `attributes`: one error for all of them. Gives their places.
    fn bare_attributes(
        &mut self,
        unknown: &[(&Spanned<Cow<'_, str>>, &Value<'_>)],
        shape: &'static Table,
    ) -> Vec<usize> {
        let those: Vec<_> = unknown
            .iter()
            .filter(|(key, value)| {
                let other = shape.alias(key.get_ref()).is_some()
                    || did_you_mean(key.get_ref(), shape.names()).is_some();
                let declares = value.get_ref().is_str() || value.get_ref().get("type").is_some();
                declares && !other
            })
            .map(|(key, _)| key.span())
            .collect();
        if let Some(first) = those.first() {
            let name = |span: &Span| {
                let name = self.text.get(span.clone()).unwrap_or_default();
                format!("attributes.{name}")
            };
            let written = self.text.get(first.clone()).unwrap_or_default();
            let message = format!(
                "attributes are declared in a separate table; write `{}` for `{written}`, or `[contexts.<kind>.attributes]` above them",
                name(first)
            );
            let edits = those
                .iter()
                .map(|span| Edit::new(span.clone(), name(span)))
                .collect();
            let found = Diagnostic::new(Code::KEY_UNKNOWN, first.clone(), message);
            self.push(found.suggest(Suggestion { edits }));
        }
        those.iter().map(|span| span.start).collect()
    }

    pub(super) fn array<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
        of: &str,
    ) -> Option<&'t [Value<'i>]> {
        let array = value.get_ref().as_array();
        if array.is_none() {
            let wanted = match of {
                "tables" if !value.get_ref().is_table() => Wanted::Tables,
                "tables" if self.is_header(value) => Wanted::Header,
                _ => Wanted::Array,
            };
            self.unlike(key, &format!("an array of {of}"), wanted, value);
        }
        array.map(|array| &**array)
    }

    /// Returns whether a table has a header of its own, `[a.b]`.
    fn is_header(&self, value: &Value<'_>) -> bool {
        let written = self.text.get(value.span()).unwrap_or_default();
        value.get_ref().is_table() && written.starts_with('[') && written.ends_with(']')
    }

    pub(super) fn text<'t>(&mut self, key: &str, value: &'t Value<'_>) -> Option<&'t str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.unlike(key, "a string", Wanted::Text, value);
        }
        text
    }

    pub(super) fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.unlike(key, "`true` or `false`", Wanted::Flag, value);
        }
        flag
    }

    /// An array of texts. What is none keeps its index as `None`.
    pub(super) fn texts<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
    ) -> Vec<(&'t Value<'i>, Option<&'t str>)> {
        let elements = self.array(key, value, "strings").unwrap_or_default();
        let text = |value| (value, self.text(&format!("an element of `{key}`"), value));
        elements.iter().map(text).collect()
    }

    /// A number of any kind, whatever its value.
    pub(super) fn float(&mut self, key: &str, value: &Value<'_>) -> Option<f64> {
        match value.get_ref() {
            DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .map(|integer| {
                    #[allow(
                        clippy::cast_precision_loss,
                        reason = "only read where small numbers are expected"
                    )]
                    let float = integer as f64;
                    float
                })
                .or(Some(f64::INFINITY)),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => {
                self.unlike(key, "a number", Wanted::Number, value);
                None
            }
        }
    }

    /// A number that LaunchDarkly holds exactly as it is written.
    pub(super) fn number(&mut self, value: &Value<'_>) -> Option<Number> {
        let number = match value.get_ref() {
            DeValue::Integer(integer) => {
                match i128::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(integer) => Number::try_from(integer),
                    // More digits than 128 bits hold.
                    Err(_) => Err(InvalidNumber::NotFinite(f64::INFINITY)),
                }
            }
            DeValue::Float(float) => Number::new(float.as_str().parse().unwrap_or(f64::NAN)),
            _ => return None,
        };
        number
            .map_err(|error| {
                let message = match error {
                    InvalidNumber::NotFinite(_) => format!(
                        "{} is not a JSON number; write a finite number",
                        self.written(value)
                    ),
                    error => error.to_string(),
                };
                self.report(Code::NUMBER_INVALID, value.span(), message);
            })
            .ok()
    }

    /// What stands in the file, shortened to what fits into a message.
    pub(super) fn written(&self, value: &Value<'_>) -> Cow<'s, str> {
        let text = self.text.get(value.span()).unwrap_or_default();
        match text.char_indices().nth(40) {
            None => Cow::Borrowed(text),
            Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        }
    }

    pub(super) fn wrong_type(&mut self, key: &str, expected: &str, value: &Value<'_>) {
        self.wrong(key, expected, None, value);
    }

    /// A value of another type, with how it is written right if that is known.
    fn unlike(&mut self, key: &str, expected: &str, wanted: Wanted, value: &Value<'_>) {
        let written = self.text.get(value.span()).unwrap_or_default();
        let text = value.get_ref().as_str();
        let bare = text.unwrap_or(written).trim();
        if let (Wanted::Table, DeValue::Array(elements)) = (wanted, value.get_ref())
            && let Some(name) = elements.iter().find_map(named)
        {
            let message = format!(
                "`{key}` are tables by key, not an array; write `[{key}.{name}]`, and leave the key out below it"
            );
            self.report(Code::TOML_TYPE, value.span(), message);
            return;
        }
        let replacement = match (wanted, value.get_ref()) {
            // The header of one table where one of several belongs, and the other way round.
            (Wanted::Table, DeValue::Array(_))
                if written.starts_with("[[") && written.ends_with("]]") =>
            {
                Some(written[1..written.len() - 1].to_owned())
            }
            // `{ keys = ["a"] }` where the list alone belongs.
            (Wanted::Array, DeValue::Table(table))
                if let Some(list) = only(table).filter(|list| is_of_strings(list)) =>
            {
                self.text.get(list.span()).map(str::to_owned)
            }
            (Wanted::Array, DeValue::Array(_)) => None,
            (Wanted::Array, DeValue::Table(_)) if !written.starts_with('{') => None,
            (Wanted::Array | Wanted::Header, _) => Some(format!("[{written}]")),
            (
                Wanted::Text,
                DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_),
            ) => Some(format!("\"{written}\"")),
            (Wanted::Text, DeValue::Array(elements)) => match &elements[..] {
                [one] if one.get_ref().is_str() => self.text.get(one.span()).map(str::to_owned),
                _ => None,
            },
            (Wanted::Flag, DeValue::String(_) | DeValue::Integer(_)) => {
                match &bare.to_lowercase()[..] {
                    "true" | "yes" | "on" | "1" | "y" => Some("true".to_owned()),
                    "false" | "no" | "off" | "0" | "n" => Some("false".to_owned()),
                    _ => None,
                }
            }
            (Wanted::Number, DeValue::String(_)) => {
                let number = bare.trim_end_matches('%').trim().replace(',', "");
                number
                    .parse::<f64>()
                    .ok()
                    .filter(|number| number.is_finite())
                    .map(|_| number)
            }
            _ => None,
        };
        self.wrong(key, expected, replacement, value);
    }

    fn wrong(&mut self, key: &str, expected: &str, replacement: Option<String>, value: &Value<'_>) {
        let subject = if key.contains('`') || key.starts_with("a ") {
            key.to_owned()
        } else {
            format!("`{key}`")
        };
        let found = type_name(value.get_ref());
        let problem = format!("{subject} is {expected}; this is {found}");
        let Some(replacement) = replacement.filter(|text| text.len() <= 200) else {
            let message = match example(key) {
                Some(example) => {
                    format!("{subject} is {expected}, not {found}; write one, as in `{example}`")
                }
                None => problem,
            };
            self.report(Code::TOML_TYPE, value.span(), message);
            return;
        };
        let message = format!("{subject} is {expected}, not {found}; write `{replacement}`");
        let found = Diagnostic::new(Code::TOML_TYPE, value.span(), message);
        self.push(found.suggest(Suggestion::replace(value.span(), replacement)));
    }

    /// Returns whether a table stands in braces, with its keys between commas.
    pub(super) fn is_inline(&self, entries: &Entries<'_, '_>) -> bool {
        self.text
            .get(entries.span.clone())
            .is_some_and(|text| text.starts_with('{'))
    }

    /// Reports something with what to write in the place of a part of the text.
    pub(super) fn write(
        &mut self,
        code: Code,
        span: Span,
        problem: &str,
        replaced: Span,
        replacement: &str,
    ) {
        let found = Diagnostic::new(code, span, format!("{problem}; write `{replacement}`"));
        self.push(found.suggest(Suggestion::replace(replaced, replacement)));
    }
}

impl<'t, 'i> Entries<'t, 'i> {
    pub(super) fn get(&self, name: &str) -> Option<&'t Value<'i>> {
        debug_assert!(self.shape.key(name).is_some(), "{name}");
        self.table.get(name)
    }

    /// The key itself, where it is written.
    pub(super) fn key_span(&self, name: &str) -> Option<Span> {
        self.table.get_key_value(name).map(|(key, _)| key.span())
    }

    /// Reports the keys that the table lacks.
    pub(super) fn require(&self, reader: &mut Reader<'_>) {
        if self.incomplete {
            return;
        }
        let lacking = |key: &&Key| key.required && !self.table.contains_key(key.name);
        let lacking: Vec<&Key> = self.shape.keys.iter().filter(lacking).collect();
        if lacking.is_empty() {
            return;
        }
        let names: Vec<String> = lacking
            .iter()
            .map(|key| format!("`{}`", key.name))
            .collect();
        let examples: Vec<String> = lacking.iter().filter_map(|key| key.example()).collect();
        let mut message = format!("{} needs {}", self.shape.what, names.join(" and "));
        if examples.len() == lacking.len() {
            message.push_str(&format!("; write `{}`", examples.join(", ")));
        }
        reader.report(Code::KEY_MISSING, self.span.clone(), message);
    }
}

/// What a value of the wrong type should look like, by the name of what it stands for.
fn example(key: &str) -> Option<&'static str> {
    Some(match key {
        "segments" => "[segments.some-key]",
        "contexts" => "[contexts.user.attributes]",
        "ai_configs" => "[ai_configs.some-key]",
        "flags" => "[flags.some-key]",
        "attributes" => "attributes = { email = \"string\" }",
        "environments" => "environments = { staging = { nobody = true } }",
        "rules" => {
            "rules = [{ clauses = [{ attribute = \"email\", op = \"in\", values = [\"a\"] }] }]"
        }
        "a value" => "values = [\"a\", \"b\"]",
        key if key.contains("`clauses`") => {
            "{ attribute = \"email\", op = \"in\", values = [\"a\"] }"
        }
        key if key.contains("`rules`") => {
            "{ clauses = [{ attribute = \"email\", op = \"in\", values = [\"a\"] }] }"
        }
        _ => return None,
    })
}

fn is_of_strings(value: &Value<'_>) -> bool {
    let array = value.get_ref().as_array();
    array.is_some_and(|array| array.iter().all(|element| element.get_ref().is_str()))
}

/// The key that an element of an array has, as in other languages.
fn named<'t>(element: &'t Value<'_>) -> Option<&'t str> {
    let table = element.get_ref().as_table()?;
    let (_, key) = table.iter().find(|(name, _)| name.get_ref() == "key")?;
    key.get_ref().as_str()
}

/// The value of a table that has one key.
fn only<'t, 'i>(table: &'t DeTable<'i>) -> Option<&'t Value<'i>> {
    let mut entries = table.iter();
    match (entries.next(), entries.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// A message that quotes a very long text keeps its two ends.
fn shorten(message: &mut String) {
    const LONGEST: usize = 1000;
    if message.len() > LONGEST {
        let from = message.floor_char_boundary(LONGEST / 2);
        let to = message.ceil_char_boundary(message.len() - LONGEST / 2);
        message.replace_range(from..to, "…");
    }
}

/// The entries of a table in the order of writing; the tree keeps them by name.
pub(super) fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<Cow<'i, str>>, &'t Value<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a TOML date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
