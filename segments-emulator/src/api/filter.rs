//! The filters of lists: `field operator value`, joined by `,` (and), `|` (or) and parentheses, with
//! JSON or a bare word for values (API documentation, *getSegments* and *getApprovalRequests*).

use serde_json::Value as Json;

use crate::message::ApiError;

/// A filter whose conditions are known to be right.
#[derive(Debug, PartialEq)]
pub(crate) enum Filter<T> {
    All(Vec<Filter<T>>),
    Any(Vec<Filter<T>>),
    Is(T),
}

/// The characters that join conditions.
const MARKS: [char; 4] = [',', '|', '(', ')'];

/// How deep parentheses may be nested: far more than anybody writes, and little enough for any
/// stack.
const DEEPEST: usize = 32;

impl<T> Filter<T> {
    /// Reads a filter; an empty one accepts everything. `condition` makes a condition of a field, an
    /// operator and a value.
    pub(crate) fn parse(
        text: &str,
        condition: impl Fn(&str, &str, &Json) -> Result<T, ApiError>,
    ) -> Result<Self, ApiError> {
        let mut parser = Parser {
            rest: text,
            condition,
        };
        parser.skip_spaces();
        if parser.rest.is_empty() {
            return Ok(Filter::All(Vec::new()));
        }
        let filter = parser.any(0)?;
        if parser.rest.is_empty() {
            Ok(filter)
        } else {
            Err(parser.expected("`,`, `|` or the end"))
        }
    }

    /// Returns whether something fulfils the filter, given whether it fulfils a condition.
    pub(crate) fn accepts(&self, holds: &impl Fn(&T) -> bool) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.accepts(holds)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.accepts(holds)),
            Filter::Is(condition) => holds(condition),
        }
    }
}

struct Parser<'a, F> {
    rest: &'a str,
    condition: F,
}

impl<'a, T, F: Fn(&str, &str, &Json) -> Result<T, ApiError>> Parser<'a, F> {
    /// Alternatives. `,` binds tighter than `|`.
    fn any(&mut self, depth: usize) -> Result<Filter<T>, ApiError> {
        let mut filters = vec![self.all(depth)?];
        while self.take('|') {
            filters.push(self.all(depth)?);
        }
        Ok(one_or(filters, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter<T>, ApiError> {
        let mut filters = vec![self.term(depth)?];
        while self.take(',') {
            filters.push(self.term(depth)?);
        }
        Ok(one_or(filters, Filter::All))
    }

    fn term(&mut self, depth: usize) -> Result<Filter<T>, ApiError> {
        if self.take('(') {
            if depth == DEEPEST {
                return Err(ApiError::invalid("invalid filter: too many parentheses"));
            }
            let filter = self.any(depth + 1)?;
            return if self.take(')') {
                Ok(filter)
            } else {
                Err(self.expected("`)`"))
            };
        }
        let field = self.word(|c| c.is_whitespace() || MARKS.contains(&c))?;
        let operator = self.word(|c| !c.is_ascii_alphanumeric())?;
        let value = self.value()?;
        (self.condition)(field, operator, &value).map(Filter::Is)
    }

    fn word(&mut self, end: impl Fn(char) -> bool) -> Result<&'a str, ApiError> {
        self.skip_spaces();
        let length = self.rest.find(end).unwrap_or(self.rest.len());
        if length == 0 {
            return Err(self.expected("a word"));
        }
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(word)
    }

    fn value(&mut self) -> Result<Json, ApiError> {
        self.skip_spaces();
        if !self.rest.starts_with(['"', '[', '{']) {
            return self.bare_word();
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Json>();
        match values.next() {
            Some(Ok(value)) => {
                self.rest = &self.rest[values.byte_offset()..];
                Ok(value)
            }
            Some(Err(_)) | None => Err(self.expected("a JSON value")),
        }
    }

    /// A value without quotes: `true`, `false`, or a text.
    fn bare_word(&mut self) -> Result<Json, ApiError> {
        let end = |c: char| c.is_whitespace() || MARKS.contains(&c);
        let length = self.rest.find(end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        let value = match word {
            "" => return Err(self.expected("a value")),
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            text => Json::from(text),
        };
        self.rest = rest;
        Ok(value)
    }

    fn take(&mut self, mark: char) -> bool {
        self.skip_spaces();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn expected(&self, what: &str) -> ApiError {
        let found: String = self.rest.chars().take(20).collect();
        ApiError::invalid(format!("invalid filter: expected {what}, found `{found}`"))
    }
}

fn one_or<T>(mut filters: Vec<Filter<T>>, many: fn(Vec<Filter<T>>) -> Filter<T>) -> Filter<T> {
    if filters.len() == 1 {
        filters.remove(0)
    } else {
        many(filters)
    }
}

/// The texts that a condition is about: one, or a list.
pub(crate) fn strings(field: &str, value: &Json) -> Result<Vec<String>, ApiError> {
    let strings = match value {
        Json::String(text) => Some(vec![text.clone()]),
        Json::Array(values) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    };
    strings.ok_or_else(|| ApiError::invalid(format!("invalid filter: `{field}` needs strings")))
}

/// Returns whether a condition is to hold or not.
pub(crate) fn boolean(field: &str, value: &Json) -> Result<bool, ApiError> {
    value
        .as_bool()
        .ok_or_else(|| ApiError::invalid(format!("invalid filter: `{field}` needs true or false")))
}

/// The error of a field or operator that a list does not have.
pub(crate) fn unknown(field: &str, operator: &str) -> ApiError {
    ApiError::invalid(format!(
        "invalid filter: unknown field or operator in `{field} {operator}`"
    ))
}
