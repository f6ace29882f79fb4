//! A flag as SDKs receive it, and the flag behind an AI Config.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::segment::or_default;
use super::{Served, TargetList, TargetingRule, Variation};

/// A flag in the data for SDKs. It contains everything that decides which variation a context is served;
/// names, descriptions and tags are not included.
///
/// ```
/// use segments_model::wire::Flag;
///
/// let flag = r#"{"key": "checkout", "on": true, "variations": ["old", "new"], "fallthrough": {"variation": 0}}"#;
/// let flag: Flag = serde_json::from_str(flag)?;
/// assert_eq!((flag.label(1).as_str(), flag.is_ai_config()), ("new", false));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Flag {
    /// The key.
    pub key: String,
    /// Whether the targeting is on.
    pub on: bool,
    /// The prerequisites.
    #[serde(deserialize_with = "or_default")]
    pub prerequisites: Vec<Prerequisite>,
    /// Users that are served one variation each.
    #[serde(deserialize_with = "or_default")]
    pub targets: Vec<TargetList>,
    /// Contexts of other kinds that are served one variation each; an entry without keys stands for a
    /// list of users.
    #[serde(deserialize_with = "or_default")]
    pub context_targets: Vec<TargetList>,
    /// The rules, of which the first match decides.
    #[serde(deserialize_with = "or_default")]
    pub rules: Vec<TargetingRule>,
    /// The fallthrough.
    pub fallthrough: Served,
    /// The off variation, if there is one.
    pub off_variation: Option<usize>,
    /// The variations, in order.
    #[serde(deserialize_with = "or_default")]
    pub variations: Vec<Json>,
    /// The salt of splits.
    pub salt: String,
    /// Counts changes.
    pub version: u64,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// A prerequisite: a flag that has to serve a certain variation before another one is evaluated.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Prerequisite {
    /// The other flag.
    pub key: String,
    /// The index of the variation.
    pub variation: usize,
}

/// The longest value that stands for its variation.
const LONGEST: usize = 40;

impl Flag {
    /// Returns a label for the variation at an index: the key of an AI Config's variation, or `disabled`;
    /// a short value; or its number from 1.
    #[must_use]
    pub fn label(&self, place: usize) -> String {
        let number = || format!("variation {}", place + 1);
        let Some(value) = self.variations.get(place) else {
            return number();
        };
        let meta = &value["_ldMeta"];
        if meta["variationKey"].is_null() && meta["enabled"] == false {
            return "disabled".to_owned();
        }
        let variation = Variation {
            value: value.clone(),
            ..Variation::default()
        };
        let label = variation.label();
        if label.is_empty() || label.chars().count() > LONGEST {
            return number();
        }
        label
    }

    /// Returns whether this is the flag behind an AI Config, according to its values.
    #[must_use]
    pub fn is_ai_config(&self) -> bool {
        self.variations
            .iter()
            .any(|value| value.get("_ldMeta").is_some())
    }
}
