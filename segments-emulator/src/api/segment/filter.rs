//! The filters of the list of segments.

use serde_json::Value as Json;

use crate::api::filter::{Filter, boolean, strings, unknown};
use crate::message::ApiError;
use crate::state::StoredSegment;

/// A condition of the filter (API documentation, *getSegments*).
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
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

/// Reads the filter of a list of segments.
pub(super) fn parse(text: &str) -> Result<Filter<Condition>, ApiError> {
    Filter::parse(text, condition)
}

fn condition(field: &str, operator: &str, value: &Json) -> Result<Condition, ApiError> {
    let strings = || strings(field, value);
    let boolean = || boolean(field, value);
    match (field, operator) {
        ("includedKeys", "anyOf") => strings().map(Condition::IncludedKeys),
        ("excludedKeys", "anyOf") => strings().map(Condition::ExcludedKeys),
        ("tags", "anyOf") => strings().map(Condition::Tags),
        ("query", "equals") => strings().map(Condition::Query),
        ("unbounded", "equals") => boolean().map(Condition::Unbounded),
        ("external", "exists") => boolean().map(Condition::External),
        ("view", "equals" | "anyOf") => strings().map(|_| Condition::View),
        _ => Err(unknown(field, operator)),
    }
}

impl Condition {
    pub(super) fn holds(&self, stored: &StoredSegment) -> bool {
        let segment = &stored.segment;
        match self {
            Condition::IncludedKeys(keys) => keys.contains(&segment.key),
            Condition::ExcludedKeys(keys) => !keys.contains(&segment.key),
            Condition::Tags(tags) => tags.iter().any(|tag| segment.tags.contains(tag)),
            Condition::Query(words) => {
                let description = segment.description.as_ref();
                let texts = [Some(&segment.key), Some(&segment.name), description];
                let texts: Vec<String> = texts
                    .into_iter()
                    .flatten()
                    .map(|text| text.to_lowercase())
                    .collect();
                let found = |word: &String| texts.iter().any(|text| text.contains(word));
                words.iter().any(|word| found(&word.to_lowercase()))
            }
            Condition::Unbounded(unbounded) => segment.unbounded == *unbounded,
            Condition::External(external) => segment.external.is_some() == *external,
            Condition::View => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::filter::Filter;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_documented_examples_are_read() {
        assert_eq!(
            parse(r#"tags anyOf ["managed"],query equals "beta""#).unwrap(),
            Filter::All(vec![
                Filter::Is(Condition::Tags(words(&["managed"]))),
                Filter::Is(Condition::Query(words(&["beta"])))
            ])
        );
        assert_eq!(
            parse("(unbounded equals false|external exists true)").unwrap(),
            Filter::Any(vec![
                Filter::Is(Condition::Unbounded(false)),
                Filter::Is(Condition::External(true))
            ])
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
            assert_eq!(parse(bad).unwrap_err().status, 400, "{bad}");
        }
    }
}
