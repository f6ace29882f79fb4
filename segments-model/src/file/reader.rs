//! Walking a spanned TOML tree: each step takes a value of the right type, or says what is wrong
//! with it and goes on.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::advice::Advice;
use super::shape::{Key, Table};
use super::unreadable::Unreadable;
use crate::diagnostic::Diagnostic;
use crate::{Code, InvalidNumber, Number};

pub(super) type Value<'i> = Spanned<DeValue<'i>>;
pub(super) type Span = Range<usize>;

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
}

/// A table whose keys are known.
#[derive(Debug, Clone)]
pub(super) struct Entries<'t, 'i> {
    /// The inline table, or the header.
    pub(super) span: Span,
    shape: &'static Table,
    table: &'t DeTable<'i>,
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
            self.wrong_type(key, "a table", value);
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
        for key in table.keys() {
            let name = key.get_ref();
            if shape.key(name).is_none() {
                let advice = match shape.alias(name) {
                    Some(instead) => format!("; write `{instead}`"),
                    None => self.advice.or_list(name, shape.names()),
                };
                let message = format!("`{name}` is not a key of {}{advice}", shape.what);
                self.report(Code::KeyUnknown, key.span(), message);
            }
        }
        Entries { span, shape, table }
    }

    pub(super) fn array<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
        of: &str,
    ) -> Option<&'t [Value<'i>]> {
        let array = value.get_ref().as_array();
        if array.is_none() {
            self.wrong_type(key, &format!("an array of {of}"), value);
        }
        array.map(|array| &**array)
    }

    pub(super) fn text<'t>(&mut self, key: &str, value: &'t Value<'_>) -> Option<&'t str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, "a string", value);
        }
        text
    }

    pub(super) fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, "`true` or `false`", value);
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
                self.wrong_type(key, "a number", value);
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
                        "{} is not a number that JSON can carry; write a finite number",
                        self.written(value)
                    ),
                    error => error.to_string(),
                };
                self.report(Code::NumberInvalid, value.span(), message);
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
        let subject = if key.contains('`') {
            key.to_owned()
        } else {
            format!("`{key}`")
        };
        let found = type_name(value.get_ref());
        let message = format!("{subject} is {expected}; this is {found}");
        self.report(Code::TomlType, value.span(), message);
    }
}

impl<'t, 'i> Entries<'t, 'i> {
    pub(super) fn get(&self, name: &str) -> Option<&'t Value<'i>> {
        debug_assert!(self.shape.key(name).is_some(), "{name}");
        self.table.get(name)
    }

    /// Returns whether there is such a key, known or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// The key itself, where it is written.
    pub(super) fn key_span(&self, name: &str) -> Option<Span> {
        self.table.get_key_value(name).map(|(key, _)| key.span())
    }

    /// Reports the keys that the table lacks.
    pub(super) fn require(&self, reader: &mut Reader<'_>) {
        let lacking = |key: &&Key| key.required && !self.table.contains_key(key.name);
        for key in self.shape.keys.iter().filter(lacking) {
            let message = format!("{} needs `{}`", self.shape.what, key.name);
            reader.report(Code::KeyMissing, self.span.clone(), message);
        }
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
        DeValue::Datetime(_) => "a TOML date; write it as a string",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
