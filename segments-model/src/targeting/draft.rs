//! A targeting as written, before it is checked.

use super::{ResourceKind, Serve, Target, Targeting, TargetingRule, Unlisted};
use crate::Draft;
use crate::draft::{DraftBy, DraftKind, DraftRule, Form};

/// A targeting as written. Places of findings in it are those of a [`Draft`], and a few of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTargeting {
    /// The form in which it is written.
    pub form: Form,
    /// What it is of.
    pub kind: ResourceKind,
    /// The key of the AI Config or flag.
    pub key: String,
    /// The keys of the variations.
    pub variations: Vec<String>,
    /// The individual contexts.
    pub targets: Option<Vec<DraftTarget>>,
    /// The rules.
    pub rules: Option<Vec<DraftTargetingRule>>,
    /// The fallthrough.
    pub fallthrough: Option<DraftServe>,
    /// Whether undeclared rules and targets may stay.
    pub at_least: bool,
}

/// Contexts that are served one variation, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTarget {
    /// The variation; `None` if it could not be read.
    pub variation: Option<String>,
    /// The kind, or the author's name for it.
    pub kind: DraftKind,
    /// The keys.
    pub keys: Vec<String>,
}

/// A rule as written: its condition is that of a segment's rule, without a percentage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTargetingRule {
    /// The condition.
    pub when: DraftRule,
    /// The variation or split; `None` if it could not be read.
    pub serve: Option<DraftServe>,
}

/// A variation or split, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftServe {
    /// One variation.
    Variation(String),
    /// Several, by percentage.
    Split(DraftSplit),
}

/// Several variations by percentage, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftSplit {
    /// The variations with their shares in percent.
    pub shares: Vec<(String, f64)>,
    /// The bucketing attribute, if it is not the key of the only kind that the rule tests.
    pub by: Option<DraftBy>,
}

impl DraftTargeting {
    /// Returns the conditions as the rules of a segment, for the segment's checks.
    #[must_use]
    pub fn conditions(&self) -> Draft {
        let rules = self.rules.as_ref();
        Draft {
            form: self.form,
            key: self.key.clone(),
            name: self.key.clone(),
            rules: rules.map(|rules| rules.iter().map(|rule| rule.when.clone()).collect()),
            ..Draft::default()
        }
    }
}

/// A targeting is a draft that is complete.
impl From<&Targeting> for DraftTargeting {
    fn from(targeting: &Targeting) -> Self {
        let targets = targeting.targets.as_ref();
        let rules = targeting.rules.as_ref();
        Self {
            form: Form::File,
            kind: targeting.resource.kind(),
            key: targeting.resource.key().to_owned(),
            variations: targeting
                .variations
                .iter()
                .map(ToString::to_string)
                .collect(),
            targets: targets.map(|targets| targets.iter().map(DraftTarget::from).collect()),
            rules: rules.map(|rules| rules.iter().map(DraftTargetingRule::from).collect()),
            fallthrough: targeting.fallthrough.as_ref().map(DraftServe::from),
            at_least: targeting.others == Unlisted::Keep,
        }
    }
}

impl From<&Target> for DraftTarget {
    fn from(target: &Target) -> Self {
        Self {
            variation: Some(target.variation.to_string()),
            kind: DraftKind::Name(target.kind.to_string()),
            keys: target.keys.iter().cloned().collect(),
        }
    }
}

impl From<&TargetingRule> for DraftTargetingRule {
    fn from(rule: &TargetingRule) -> Self {
        Self {
            when: DraftRule::from(&rule.condition()),
            serve: Some(DraftServe::from(&rule.serve)),
        }
    }
}

impl From<&Serve> for DraftServe {
    fn from(serve: &Serve) -> Self {
        match serve {
            Serve::Variation(variation) => Self::Variation(variation.to_string()),
            Serve::Split(split) => Self::Split(DraftSplit {
                shares: split
                    .shares
                    .iter()
                    .map(|(variation, weight)| (variation.to_string(), weight.percent()))
                    .collect(),
                by: Some(DraftBy {
                    kind: Some(split.kind.to_string()),
                    context: None,
                    attribute: Some(split.by.to_string()),
                }),
            }),
        }
    }
}
