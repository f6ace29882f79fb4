//! How a membership is decided.

use std::collections::HashMap;

use segments_model::evaluate::{CompiledSegments, LoadError, SplitData};
use segments_model::{
    ContextKind, EnvironmentKey, Exclusion, Inclusion, Membership, SegmentKey, UnknownReason,
    VariationKey, wire,
};
use serde_json::Value as Json;

use crate::Environment;
use crate::environment::fixed_or_warn;
use crate::membership::received::Received;

/// The salts of segments, AI Configs and flags, by key: percentages and splits mix them into their hash.
/// The service creates a salt for each; the data that SDKs receive contains them.
///
/// ```
/// use segments_runtime::{Salts, SegmentKey};
///
/// let salts = Salts::new().with(SegmentKey::from_static("beta-testers"), "e5b6");
/// assert_eq!(salts.get("beta-testers"), Some("e5b6"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Salts {
    segments: Option<HashMap<SegmentKey, String>>,
    splits: Option<HashMap<String, SplitData>>,
    environment: Where,
}

/// Where a question is asked.
#[derive(Debug, Clone, Default)]
enum Where {
    /// In the environment that is fixed for the program, if one is.
    #[default]
    Unsaid,
    /// In those that have nothing of their own.
    Elsewhere,
    /// In this one.
    In(EnvironmentKey),
}

impl Salts {
    /// Creates an empty set of salts.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            segments: None,
            splits: None,
            environment: Where::Unsaid,
        }
    }

    /// Sets the environment of the salts, for which evaluations with them answer. The default is the
    /// environment that is [fixed](crate::in_environment) for the program.
    #[must_use]
    pub fn of_environment(mut self, environment: &impl Environment) -> Self {
        self.environment = Where::In(environment.environment());
        self
    }

    /// Asks in one environment, or where none has anything of its own.
    pub(crate) fn recording(environment: Option<&EnvironmentKey>) -> Self {
        Self {
            environment: environment.map_or(Where::Elsewhere, |key| Where::In(key.clone())),
            ..Self::new()
        }
    }

    /// The environment in which to evaluate `asked`, if its answer differs by environment: that of the
    /// salts, or the one that is fixed for the program.
    pub(crate) fn environment(&self, asked: &str) -> Option<&EnvironmentKey> {
        match &self.environment {
            Where::In(environment) => Some(environment),
            Where::Elsewhere => None,
            Where::Unsaid => fixed_or_warn(asked),
        }
    }

    /// Adds the salt of one segment.
    #[must_use]
    pub fn with(mut self, segment: SegmentKey, salt: impl Into<String>) -> Self {
        self.segments
            .get_or_insert_default()
            .insert(segment, salt.into());
        self
    }

    /// Reads the salts in the JSON of segments, such as everything that an SDK receives (`GET
    /// https://sdk.launchdarkly.com/sdk/latest-all` with the environment's SDK key as `Authorization`).
    /// [`CompiledSegments::from_json`] lists the accepted forms.
    ///
    /// # Errors
    ///
    /// If the text contains no segments.
    ///
    /// ```
    /// use segments_runtime::Salts;
    ///
    /// let data = r#"{"flags": {}, "segments": {"beta-testers": {"key": "beta-testers", "salt": "e5b6"}}}"#;
    /// assert_eq!(Salts::from_json(data)?.get("beta-testers"), Some("e5b6"));
    ///
    /// // With what decides the splits of AI Configs and flags.
    /// let data = r#"{"segments": {}, "flags": {"assistant": {
    ///     "salt": "07fc", "variations": [{"_ldMeta": {"variationKey": "fast"}}]
    /// }}}"#;
    /// assert_eq!(Salts::from_json(data)?.split("assistant").unwrap().order, ["fast"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, LoadError> {
        let salts = Self::from(&CompiledSegments::from_json(text)?);
        // What holds no JSON as a whole, such as a segment on each line, holds no flags.
        Ok(match serde_json::from_str(text) {
            Ok(data) => salts.with_flags(&data),
            Err(_) => salts,
        })
    }

    /// Adds the split data of one AI Config or flag.
    #[must_use]
    pub fn with_split(mut self, key: impl Into<String>, split: SplitData) -> Self {
        self.splits
            .get_or_insert_default()
            .insert(key.into(), split);
        self
    }

    /// Adds what decides splits: salts and variations of the AI Configs and flags in data for SDKs.
    fn with_flags(mut self, data: &Json) -> Self {
        for (key, flag) in Received::Flags.of(data) {
            let Some(salt) = flag.get("salt").and_then(Json::as_str) else {
                continue;
            };
            let variations = flag.get("variations").and_then(Json::as_array);
            let order = variations.into_iter().flatten().filter_map(|value| {
                let variation = wire::Variation {
                    value: value.clone(),
                    ..wire::Variation::default()
                };
                VariationKey::parse(variation.label()).ok()
            });
            let read = |member: &str| flag.get(member).cloned().unwrap_or_default();
            let split = SplitData {
                salt: salt.to_owned(),
                order: order.collect(),
                rules: serde_json::from_value(read("rules")).unwrap_or_default(),
                fallthrough: serde_json::from_value(read("fallthrough")).unwrap_or_default(),
            };
            self = self.with_split(key, split);
        }
        self
    }

    /// Returns the split data of an AI Config or flag, if it is known.
    #[must_use]
    pub fn split(&self, key: &str) -> Option<&SplitData> {
        self.splits.as_ref()?.get(key)
    }

    /// Returns the salt of a segment, if it is known.
    #[must_use]
    pub fn get(&self, segment: &str) -> Option<&str> {
        self.segments.as_ref()?.get(segment).map(String::as_str)
    }

    /// Iterates over all salts, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&SegmentKey, &str)> {
        self.segments
            .iter()
            .flatten()
            .map(|(key, salt)| (key, salt.as_str()))
    }
}

/// The salts that are known there.
impl From<&CompiledSegments> for Salts {
    fn from(segments: &CompiledSegments) -> Self {
        segments.salts().fold(Self::new(), |salts, (key, salt)| {
            match SegmentKey::parse(key.to_owned()) {
                Ok(key) => salts.with(key, salt),
                Err(_) => salts,
            }
        })
    }
}

/// The deciding list or rule, in a form that costs nothing to make.
#[derive(Debug, Clone, Copy)]
pub enum Decision {
    /// A context of this kind is on the included list.
    Included(fn() -> ContextKind),
    /// A context of this kind is on the excluded list, and none is on the included list.
    Excluded(fn() -> ContextKind),
    /// This rule matches; counted from 0.
    Rule(usize),
    /// The contexts are on no list, and no rule matches.
    NoRule,
    /// The answer depends on the salt of this segment with this percentage rule.
    Unknown(MissingSalt),
}

/// The data that a program lacks to decide a membership.
#[derive(Debug, Clone, Copy)]
pub struct MissingSalt {
    /// The segment with the percentage rule.
    pub segment: &'static str,
    /// The rule, counted from 0.
    pub rule: usize,
}

impl From<Decision> for Membership {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Included(kind) => Membership::In {
                by: Inclusion::Target { kind: kind() },
            },
            Decision::Excluded(kind) => Membership::Out {
                by: Exclusion::Target { kind: kind() },
            },
            Decision::Rule(index) => Membership::In {
                by: Inclusion::Rule { index, id: None },
            },
            Decision::NoRule => Membership::Out {
                by: Exclusion::NoRule,
            },
            Decision::Unknown(MissingSalt { segment, rule }) => Membership::Unknown {
                reason: UnknownReason::Salt {
                    segment: segment.into(),
                    rule,
                },
            },
        }
    }
}

/// Whether a condition holds, or unknown.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    /// The condition holds.
    Yes,
    /// The condition does not hold.
    No,
    /// Undecided without the salt.
    Unknown(MissingSalt),
}

impl Verdict {
    /// Returns the answer, if it is known.
    #[inline]
    #[must_use]
    pub fn known(self) -> Option<bool> {
        match self {
            Verdict::Yes => Some(true),
            Verdict::No => Some(false),
            Verdict::Unknown(_) => None,
        }
    }

    /// Returns whether both hold. Evaluates the second only if the first does not decide.
    #[inline]
    #[must_use]
    pub fn and(self, second: impl FnOnce() -> Self) -> Self {
        match self {
            Verdict::No => Verdict::No,
            Verdict::Yes => second(),
            Verdict::Unknown(why) => match second() {
                Verdict::No => Verdict::No,
                Verdict::Yes | Verdict::Unknown(_) => Verdict::Unknown(why),
            },
        }
    }

    /// Returns whether one of the two holds. Evaluates the second only if the first does not decide.
    #[inline]
    #[must_use]
    pub fn or(self, second: impl FnOnce() -> Self) -> Self {
        match self {
            Verdict::Yes => Verdict::Yes,
            Verdict::No => second(),
            Verdict::Unknown(why) => match second() {
                Verdict::Yes => Verdict::Yes,
                Verdict::No | Verdict::Unknown(_) => Verdict::Unknown(why),
            },
        }
    }
}

impl std::ops::Not for Verdict {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            unknown @ Verdict::Unknown(_) => unknown,
        }
    }
}

impl From<bool> for Verdict {
    #[inline]
    fn from(holds: bool) -> Self {
        if holds { Verdict::Yes } else { Verdict::No }
    }
}

impl From<Decision> for Verdict {
    #[inline]
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Included(_) | Decision::Rule(_) => Verdict::Yes,
            Decision::Excluded(_) | Decision::NoRule => Verdict::No,
            Decision::Unknown(why) => Verdict::Unknown(why),
        }
    }
}
