//! Keys for ideas that have another form than a key here.

use super::reader::{Reader, Value};
use super::shape::{RULE, SEGMENT, Table};
use super::span::Span;
use crate::diagnostic::{Diagnostic, Edit, Suggestion};
use crate::{Code, foreign};

impl Reader<'_> {
    /// Reports a key that stands for such an idea; returns whether it is one.
    pub(super) fn other_form(
        &mut self,
        name: &str,
        problem: &str,
        span: &Span,
        value: &Value<'_>,
        shape: &'static Table,
    ) -> bool {
        let is = |other: &'static Table| std::ptr::eq(shape, other);
        let text = value.get_ref().as_str();
        let table = value.get_ref().as_table();
        let is_segment = |key: &str| SEGMENT.key(key).is_some();
        let (message, edit) = if is(&RULE) && foreign::is_any_of(name) {
            let message = "one rule of several is enough; write each clause as a rule of its own, as in `rules = [{ clauses = [...] }, { clauses = [...] }]`";
            (message.to_owned(), None)
        } else if is(&SEGMENT) && text.is_some_and(|text| foreign::joins(name, text)) {
            let message = format!(
                "all clauses of a rule have to match, and one rule of several is enough; leave `{name}` out"
            );
            (message, Some(self.removal(span.start..value.span().end)))
        } else if is(&SEGMENT) && matches!(&name.to_lowercase()[..], "key" | "id") && text.is_some()
        {
            let message =
                format!("the header has the key, as in `[segments.some-key]`; leave `{name}` out");
            (message, Some(self.removal(span.start..value.span().end)))
        } else if is(&SEGMENT)
            && shape.alias(name).is_none()
            && table.is_some_and(|table| {
                !table.is_empty() && table.keys().all(|key| is_segment(key.get_ref()))
            })
        {
            let written = format!("environments.{name}");
            let message = format!("an environment is in `environments`; write `{written}`");
            (message, Some(Edit::new(span.clone(), written)))
        } else {
            return false;
        };
        let message = format!("{problem}: {message}");
        let mut found = Diagnostic::new(Code::KEY_UNKNOWN, span.clone(), message);
        if let Some(edit) = edit {
            found = found.suggest(Suggestion { edits: vec![edit] });
        }
        self.push(found);
        true
    }
}
