//! The filter of the list of segments: `field op value`, joined by `,` (and), `|` (or) and
//! parentheses, with JSON for values (API documentation, *getSegments*).

use serde_json::Value as Json;

use crate::error::ApiError;
use crate::state::StoredSegment;

/// A filter, known to be right.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    /// The key is one of these.
    IncludedKeys(Vec<String>),
    /// The key is none of these.
    ExcludedKeys(Vec<String>),
    /// One of the tags is one of these.
    Tags(Vec<String>),
    /// Key, name or description contain one of these, whatever the case.
    Query(Vec<String>),
    Unbounded(bool),
    /// Whether another system keeps the segment.
    External(bool),
    /// Segments of a view. There are no views here, so nothing is in one.
    View,
}

/// How deep parentheses may be nested: far more than anybody writes, and little enough for any
/// stack.
const DEEPEST: usize = 32;

impl Filter {
    /// Reads a filter; an empty one accepts everything.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut parser = Parser { rest: text };
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

    pub(super) fn accepts(&self, stored: &StoredSegment) -> bool {
        let segment = &stored.segment;
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.accepts(stored)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.accepts(stored)),
            Filter::IncludedKeys(keys) => keys.contains(&segment.key),
            Filter::ExcludedKeys(keys) => !keys.contains(&segment.key),
            Filter::Tags(tags) => tags.iter().any(|tag| segment.tags.contains(tag)),
            Filter::Query(words) => {
                let texts = [
                    Some(&segment.key),
                    Some(&segment.name),
                    segment.description.as_ref(),
                ];
                let texts: Vec<String> = texts
                    .into_iter()
                    .flatten()
                    .map(|text| text.to_lowercase())
                    .collect();
                words
                    .iter()
                    .any(|word| texts.iter().any(|text| text.contains(&word.to_lowercase())))
            }
            Filter::Unbounded(unbounded) => segment.unbounded == *unbounded,
            Filter::External(external) => segment.external.is_some() == *external,
            Filter::View => false,
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// Alternatives. `,` binds tighter than `|`.
    fn any(&mut self, depth: usize) -> Result<Filter, ApiError> {
        let mut filters = vec![self.all(depth)?];
        while self.take('|') {
            filters.push(self.all(depth)?);
        }
        Ok(one_or(filters, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, ApiError> {
        let mut filters = vec![self.term(depth)?];
        while self.take(',') {
            filters.push(self.term(depth)?);
        }
        Ok(one_or(filters, Filter::All))
    }

    fn term(&mut self, depth: usize) -> Result<Filter, ApiError> {
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
        let field = self.word()?;
        let operator = self.word()?;
        let value = self.value()?;
        let strings = || {
            strings(&value).ok_or_else(|| {
                ApiError::invalid(format!("invalid filter: `{field}` needs strings"))
            })
        };
        let boolean = || {
            value.as_bool().ok_or_else(|| {
                ApiError::invalid(format!("invalid filter: `{field}` needs true or false"))
            })
        };
        match (field, operator) {
            ("includedKeys", "anyOf") => Ok(Filter::IncludedKeys(strings()?)),
            ("excludedKeys", "anyOf") => Ok(Filter::ExcludedKeys(strings()?)),
            ("tags", "anyOf") => Ok(Filter::Tags(strings()?)),
            ("query", "equals") => Ok(Filter::Query(strings()?)),
            ("unbounded", "equals") => Ok(Filter::Unbounded(boolean()?)),
            ("external", "exists") => Ok(Filter::External(boolean()?)),
            ("view", "equals" | "anyOf") => strings().map(|_| Filter::View),
            _ => Err(ApiError::invalid(format!(
                "invalid filter: unknown field or operator in `{field} {operator}`"
            ))),
        }
    }

    fn word(&mut self) -> Result<&'a str, ApiError> {
        self.skip_spaces();
        let length = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(self.rest.len());
        if length == 0 {
            return Err(self.expected("a word"));
        }
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(word)
    }

    fn value(&mut self) -> Result<Json, ApiError> {
        self.skip_spaces();
        // serde_json wants a space after a bare word, which a filter does not have before `)`.
        for (word, value) in [("true", true), ("false", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(Json::Bool(value));
            }
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

fn one_or(mut filters: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    if filters.len() == 1 {
        filters.remove(0)
    } else {
        many(filters)
    }
}

fn strings(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::String(text) => Some(vec![text.clone()]),
        Json::Array(values) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_documented_examples_are_read() {
        assert_eq!(
            Filter::parse(r#"tags anyOf ["managed"],query equals "beta""#).unwrap(),
            Filter::All(vec![
                Filter::Tags(words(&["managed"])),
                Filter::Query(words(&["beta"]))
            ])
        );
        assert_eq!(
            Filter::parse("(unbounded equals false|external exists true)").unwrap(),
            Filter::Any(vec![Filter::Unbounded(false), Filter::External(true)])
        );
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "tags",
            "tags anyOf",
            "tags anyOf [1]",
            "tags equals \"a\"",
            "unbounded equals 1",
            "colour equals true",
            "(unbounded equals true",
            "unbounded equals true)",
            "unbounded equals true,",
            "tags anyOf [\"a\"",
            &"(".repeat(1000),
        ] {
            assert_eq!(Filter::parse(bad).unwrap_err().status, 400, "{bad}");
        }
    }
}
