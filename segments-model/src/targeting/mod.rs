//! Who is served which variation of an AI Config or a feature flag.
//!
//! Segments are made to be targeted. A [`Targeting`] says what a program declares about one AI
//! Config or flag in one environment: contexts listed one by one, rules, and what everybody else is
//! served. Its rules have the clauses of segments, and serve a variation where a segment's rule lets
//! in. What it leaves out belongs to somebody else, as in a [`Definition`](crate::Definition).
//!
//! ```
//! use segments_model::targeting::{DraftServe, DraftTargeting};
//! use segments_model::{AiConfigKey, Resource};
//!
//! let draft = DraftTargeting {
//!     key: "support-assistant".into(),
//!     variations: vec!["fast".into(), "careful".into()],
//!     fallthrough: Some(DraftServe::Variation("fats".into())),
//!     ..DraftTargeting::default()
//! };
//! let findings = draft.parse().unwrap_err();
//! assert_eq!(
//!     findings.to_string(),
//!     "error[variation-unknown]: `fats` is not a declared variation; did you mean `fast`?"
//! );
//! ```

pub mod check;
mod draft;
mod evaluation;
mod explanation;
mod parse;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::{
    AiConfigKey, AttributeRef, Clause, ContextKind, EnvironmentKey, Environments, FlagKey, Rule,
    VariationKey, Weight,
};

pub use draft::{DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule};
pub use evaluation::{Evaluation, EvaluationReason};
pub use explanation::{ServedRule, TargetingExplanation};

/// What a program says about who is served what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targeting {
    /// The AI Config or flag.
    pub resource: Resource,
    /// What it may serve, as far as the program knows. It may have other variations.
    pub variations: Vec<VariationKey>,
    /// Contexts listed one by one, which come before all rules; `None` if the lists are not managed.
    pub targets: Option<Vec<Target>>,
    /// The rules, the first of which that holds decides; `None` if they are not managed.
    pub rules: Option<Vec<TargetingRule>>,
    /// What everybody else is served; `None` if that is not managed.
    pub fallthrough: Option<Serve>,
    /// What becomes of rules and listed contexts that are not declared.
    pub others: Unlisted,
    /// Who is served what in the environments that have something of their own.
    pub environments: Environments<TargetingInEnvironment>,
}

/// Who is served what in one environment: everything, not only what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetingInEnvironment {
    /// Contexts listed one by one.
    pub targets: Option<Vec<Target>>,
    /// The rules.
    pub rules: Option<Vec<TargetingRule>>,
    /// What everybody else is served.
    pub fallthrough: Option<Serve>,
    /// What becomes of rules and listed contexts that are not declared.
    pub others: Unlisted,
}

/// What a targeting says outside of the environments that it names.
impl From<Targeting> for TargetingInEnvironment {
    fn from(targeting: Targeting) -> Self {
        Self {
            targets: targeting.targets,
            rules: targeting.rules,
            fallthrough: targeting.fallthrough,
            others: targeting.others,
        }
    }
}

/// Something that has variations and says who is served which.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(tag = "resource", content = "key", rename_all = "kebab-case")
)]
pub enum Resource {
    /// An AI Config.
    AiConfig(AiConfigKey),
    /// A feature flag.
    Flag(FlagKey),
}

/// What becomes of rules and listed contexts that somebody else made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlisted {
    /// They go: what is declared is everything.
    #[default]
    Remove,
    /// They stay, behind those that are declared.
    Keep,
}

/// Contexts of one kind that are served one variation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The variation.
    pub variation: VariationKey,
    /// The kind of the contexts.
    pub kind: ContextKind,
    /// Their keys.
    pub keys: BTreeSet<String>,
}

/// Contexts that fulfil all clauses are served this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetingRule {
    /// What the rule is for.
    pub description: Option<String>,
    /// The conditions; none means everyone.
    pub clauses: Vec<Clause>,
    /// What it serves.
    pub serve: Serve,
}

/// One variation, or several by share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serve {
    /// Everybody is served this one.
    Variation(VariationKey),
    /// Each is served one of several.
    Split(Split),
}

/// Several variations by share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The variations with their shares, which add up to 100 %.
    pub shares: Vec<(VariationKey, Weight)>,
    /// The kind of context that is put into buckets.
    pub kind: ContextKind,
    /// The attribute that decides the bucket.
    pub by: AttributeRef,
}

impl Resource {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::AiConfig(key) => key.as_str(),
            Self::Flag(key) => key.as_str(),
        }
    }

    /// How the command line names it.
    ///
    /// ```
    /// use segments_model::Resource;
    ///
    /// let flag = Resource::parse("flag/new-page").unwrap();
    /// assert_eq!((flag.path(), flag.key()), ("flag/new-page".to_owned(), "new-page"));
    /// assert!(Resource::parse("new-page").is_none());
    /// ```
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::AiConfig(key) => format!("ai-config/{key}"),
            Self::Flag(key) => format!("flag/{key}"),
        }
    }

    /// Parses a [path](Self::path).
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, key) = path.split_once('/')?;
        match kind {
            "ai-config" => AiConfigKey::parse(key).ok().map(Self::AiConfig),
            "flag" => FlagKey::parse(key).ok().map(Self::Flag),
            _ => None,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::AiConfig(_) => "AI Config",
            Self::Flag(_) => "flag",
        }
    }
}

/// `AI Config support-assistant`.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what(), self.key())
    }
}

impl Targeting {
    /// What is declared for one environment: this, or what the environment has of its own.
    #[must_use]
    pub fn in_environment(&self, environment: &EnvironmentKey) -> Cow<'_, Self> {
        let Some(there) = self.environments.get(environment) else {
            return Cow::Borrowed(self);
        };
        let TargetingInEnvironment {
            targets,
            rules,
            fallthrough,
            others,
        } = there.clone();
        Cow::Owned(Self {
            resource: self.resource.clone(),
            variations: self.variations.clone(),
            targets,
            rules,
            fallthrough,
            others,
            environments: Environments::default(),
        })
    }

    /// The rules, none if they are not managed.
    #[must_use]
    pub fn rules(&self) -> &[TargetingRule] {
        self.rules.as_deref().unwrap_or_default()
    }

    /// The kinds of context that it is about, outside of what single environments have of their own.
    #[must_use]
    pub fn kinds(&self) -> BTreeSet<&ContextKind> {
        let targets = self.targets.iter().flatten().map(|target| &target.kind);
        let clauses = self.rules().iter().flat_map(|rule| &rule.clauses);
        let served = self.rules().iter().map(|rule| &rule.serve);
        let splits = served
            .chain(&self.fallthrough)
            .filter_map(Serve::split_kind);
        targets
            .chain(clauses.filter_map(Clause::compared_kind))
            .chain(splits)
            .collect()
    }

    /// The keys of the segments that rules ask, in order, each once.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        let mut references = Vec::new();
        let clauses = self.rules().iter().flat_map(|rule| &rule.clauses);
        for key in clauses.flat_map(Clause::segments) {
            if !references.contains(&key) {
                references.push(key);
            }
        }
        references
    }
}

impl TargetingRule {
    /// The condition as a rule of a segment has it.
    #[must_use]
    pub fn condition(&self) -> Rule {
        Rule {
            description: self.description.clone(),
            clauses: self.clauses.clone(),
            rollout: None,
        }
    }
}

impl Serve {
    /// The kind of context whose keys or attributes are split; none if all are served the same.
    #[must_use]
    pub fn split_kind(&self) -> Option<&ContextKind> {
        match self {
            Self::Variation(_) => None,
            Self::Split(split) => Some(&split.kind),
        }
    }

    /// The variations that may be served.
    pub fn variations(&self) -> impl Iterator<Item = &VariationKey> {
        let (one, several) = match self {
            Self::Variation(variation) => (Some(variation), &[][..]),
            Self::Split(split) => (None, &split.shares[..]),
        };
        one.into_iter()
            .chain(several.iter().map(|(variation, _)| variation))
    }
}

/// In words: `careful`, or `50% fast and 50% careful by user key`.
impl fmt::Display for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variation(variation) => write!(f, "{variation}"),
            Self::Split(split) => {
                for (index, (variation, weight)) in split.shares.iter().enumerate() {
                    let and = if index == 0 { "" } else { " and " };
                    write!(f, "{and}{weight} {variation}")?;
                }
                write!(f, " by {} {}", split.kind, split.by)
            }
        }
    }
}

/// In words, on one line: who is served what.
impl fmt::Display for TargetingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} => {}", self.condition(), self.serve)
    }
}
