//! Segments of a list, each read on its own: one unreadable segment does not affect the others.

use std::fmt;

use segments_model::wire::Segment;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

/// A segment that the service returns in an undocumented form.
///
/// Example: [`list_segments`](super::list_segments).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableSegment {
    /// Its key, if the key can be read.
    pub key: Option<String>,
    /// The reason why it cannot be read.
    pub reason: String,
}

impl fmt::Display for UnreadableSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "segment `{key}` cannot be read: {}", self.reason),
            None => write!(f, "a segment cannot be read: {}", self.reason),
        }
    }
}

/// One item of a list of segments.
#[derive(Debug)]
pub(crate) enum Listed {
    Segment(Box<Segment>),
    Unreadable {
        what: UnreadableSegment,
        /// The readable parts; everything else is empty.
        rest: Box<Segment>,
    },
}

impl Listed {
    /// Its key, which is empty if it cannot be read.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Segment(segment) | Self::Unreadable { rest: segment, .. } => &segment.key,
        }
    }
}

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = Json::deserialize(deserializer)?;
        Ok(match Segment::deserialize(&item) {
            Ok(segment) => Self::Segment(Box::new(segment)),
            Err(_) => unreadable(item),
        })
    }
}

/// The words of the parser may repeat a value, such as the key of a member, so only the fields that
/// cannot be read are named.
fn unreadable(item: Json) -> Listed {
    let Json::Object(fields) = item else {
        let reason = "it is not an object".to_owned();
        return Listed::Unreadable {
            what: UnreadableSegment { key: None, reason },
            rest: Box::default(),
        };
    };
    let (readable, odd): (Map<_, _>, Map<_, _>) = fields
        .into_iter()
        .partition(|(name, value)| is_readable(name, value));
    let odd: Vec<String> = odd.keys().map(|name| format!("`{name}`")).collect();
    let rest = Segment::deserialize(&Json::Object(readable)).unwrap_or_default();
    let is = if odd.len() == 1 { "is" } else { "are" };
    let what = UnreadableSegment {
        key: (!rest.key.is_empty()).then(|| rest.key.clone()),
        reason: format!("{} {is} of another type than documented", odd.join(", ")),
    };
    Listed::Unreadable {
        what,
        rest: Box::new(rest),
    }
}

fn is_readable(name: &str, value: &Json) -> bool {
    let alone = Map::from_iter([(name.to_owned(), value.clone())]);
    Segment::deserialize(&Json::Object(alone)).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_be_read_is() {
        let read = |item: Json| serde_json::from_value::<Listed>(item).unwrap();
        assert!(matches!(
            read(json!({"key": "a", "future": 1})),
            Listed::Segment(_)
        ));
        for (item, key, reason) in [
            (
                json!({"key": "a", "version": "secret"}),
                Some("a"),
                "`version` is of another type than documented",
            ),
            (
                json!({"key": "a", "tags": ["t"], "included": [1], "rules": {}}),
                Some("a"),
                "`included`, `rules` are of another type than documented",
            ),
            (
                json!({"key": 1}),
                None,
                "`key` is of another type than documented",
            ),
            (json!("secret"), None, "it is not an object"),
        ] {
            let Listed::Unreadable { what, rest } = read(item.clone()) else {
                panic!("{item}");
            };
            assert_eq!((what.key.as_deref(), &what.reason[..]), (key, reason));
            let tags = item["tags"].as_array().map_or(0, Vec::len);
            assert_eq!(rest.tags.len(), tags);
        }
    }
}
