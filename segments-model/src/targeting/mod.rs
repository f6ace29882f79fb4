//! The targeting of an AI Config or a feature flag.
//!
//! Segments exist to be targeted. A [`Targeting`] is a program's declaration for one AI Config or flag in
//! one environment: individual contexts, rules, and the fallthrough. Its rules have the clauses of
//! segments, and serve a variation. Parts that it leaves out are left to others, as in a
//! [`Definition`](crate::Definition).
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
mod environment;
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

pub(crate) use check::CODES;
pub use draft::{DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule};
pub use evaluation::{Evaluation, EvaluationReason};
pub use explanation::{ServedRule, TargetingExplanation};

/// A program's declaration of a targeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targeting {
    /// The AI Config or flag.
    pub resource: Resource,
    /// The variations that the program knows. The AI Config or flag may have others.
    pub variations: Vec<VariationKey>,
    /// The individual contexts, which come before all rules; `None` if the lists are not managed.
    pub targets: Option<Vec<Target>>,
    /// The rules, of which the first match decides; `None` if they are not managed.
    pub rules: Option<Vec<TargetingRule>>,
    /// The fallthrough; `None` if it is not managed.
    pub fallthrough: Option<Serve>,
    /// What to do with undeclared rules and targets.
    pub others: Unlisted,
    /// The targetings of environments that differ.
    pub environments: Environments<TargetingInEnvironment>,
}

/// The targeting in one environment: complete, not only the differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetingInEnvironment {
    /// The individual contexts.
    pub targets: Option<Vec<Target>>,
    /// The rules.
    pub rules: Option<Vec<TargetingRule>>,
    /// The fallthrough.
    pub fallthrough: Option<Serve>,
    /// What to do with undeclared rules and targets.
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

/// The kinds of [`Resource`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ResourceKind {
    /// An AI Config.
    #[default]
    AiConfig,
    /// A feature flag.
    Flag,
}

/// What to do with undeclared rules and targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlisted {
    /// Removes them: the declaration is complete.
    #[default]
    Remove,
    /// Keeps them, after the declared ones.
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

/// A rule: contexts that match all clauses are served this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetingRule {
    /// The purpose of the rule.
    pub description: Option<String>,
    /// The conditions; none means everyone.
    pub clauses: Vec<Clause>,
    /// The variation or split.
    pub serve: Serve,
}

/// One variation, or several by percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serve {
    /// One variation for everybody.
    Variation(VariationKey),
    /// One of several variations.
    Split(Split),
}

/// Several variations by percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The variations with their shares, which add up to 100 %.
    pub shares: Vec<(VariationKey, Weight)>,
    /// The context kind to bucket.
    pub kind: ContextKind,
    /// The bucketing attribute.
    pub by: AttributeRef,
}

impl Resource {
    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::AiConfig(key) => key.as_str(),
            Self::Flag(key) => key.as_str(),
        }
    }

    /// Returns the name on the command line.
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

    /// Returns the kind of resource.
    #[must_use]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::AiConfig(_) => ResourceKind::AiConfig,
            Self::Flag(_) => ResourceKind::Flag,
        }
    }

    /// Returns the kind of resource, in words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.kind().what()
    }
}

impl ResourceKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::AiConfig, Self::Flag];

    /// Returns the name, in words.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::AiConfig => "AI Config",
            Self::Flag => "flag",
        }
    }

    /// Returns the table of `segments.toml` that declares them.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::AiConfig => "ai_configs",
            Self::Flag => "flags",
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
    /// Returns the targeting for one environment: the one declared for it, or else this one.
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

    /// Returns the rules; empty if they are not managed.
    #[must_use]
    pub fn rules(&self) -> &[TargetingRule] {
        self.rules.as_deref().unwrap_or_default()
    }

    /// Returns the context kinds of the base declaration.
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

    /// Returns the keys of the segments that rules reference, in order, each once.
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
    /// Returns the condition as a rule of a segment.
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
    /// Returns the context kind to split; `None` if all contexts are served the same variation.
    #[must_use]
    pub fn split_kind(&self) -> Option<&ContextKind> {
        match self {
            Self::Variation(_) => None,
            Self::Split(split) => Some(&split.kind),
        }
    }

    /// Iterates over the variations that may be served.
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
