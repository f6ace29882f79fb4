//! Experiments and rollouts that LaunchDarkly changes by itself.

use std::fmt;

use segments_model::{Expiry, Resource, wire};
use serde::Serialize;

/// A rule or the fallthrough of an AI Config or flag on which LaunchDarkly runs an experiment or a
/// rollout. `Display` prints a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BusyRule {
    /// The experiment or rollout.
    pub running: wire::Running,
    /// The AI Config or flag.
    #[serde(flatten)]
    pub resource: Resource,
    /// The position of the rule, from 0; none for the fallthrough, which the UI calls the default rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<usize>,
    /// The key of the experiment, if it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
}

impl fmt::Display for BusyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.experiment {
            Some(key) => write!(f, "experiment `{key}` runs on ")?,
            None => write!(f, "{} runs on ", self.running)?,
        }
        match self.rule {
            Some(rule) => write!(f, "rule {}", rule + 1)?,
            None => f.write_str("the default rule")?,
        }
        write!(f, " of `{}`", self.resource.key())
    }
}

/// Everything that runs, and what to do about it.
pub(super) struct Sentence<'a>(pub(super) &'a [BusyRule]);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rule) in self.0.iter().enumerate() {
            let and = if index == 0 { "" } else { ", and " };
            write!(f, "{and}{rule}")?;
        }
        f.write_str(match self.0 {
            [_] => "; end it, or leave this rule undeclared",
            _ => "; end them, or leave these rules undeclared",
        })
    }
}

/// A warning about an effect of a plan, to read before it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Warning {
    /// The plan changes which contexts reach a rule on which LaunchDarkly runs an experiment or a
    /// rollout, which distorts the result.
    Audience {
        /// The changed resource: `segment beta`, or `the targeting of flag checkout`.
        changed: String,
        /// The rule.
        #[serde(flatten)]
        rule: BusyRule,
    },
    /// A segment gets another key, and its percentages pick other contexts than before.
    OtherContexts {
        /// The segment.
        segment: String,
        /// The key that it had before.
        from: String,
        /// How many of its rules have a percentage.
        rules: usize,
    },
    /// The expiry of declared contexts has passed, so that they are no longer listed.
    Expired {
        /// The segment.
        segment: String,
        /// How many they are.
        contexts: usize,
        /// The expiry.
        until: Expiry,
    },
    /// It is unknown whether it does, because something could not be read.
    Unseen {
        /// The changed resource.
        changed: String,
        /// The reason why it is unknown.
        why: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audience { changed, rule } => write!(
                f,
                "warning: {rule}, and changing {changed} changes who is in it; end it first, or its result is distorted"
            ),
            Self::OtherContexts {
                segment,
                from,
                rules,
            } => {
                let rules = match rules {
                    1 => "the percentage of a rule".to_owned(),
                    more => format!("the percentages of {more} rules"),
                };
                write!(
                    f,
                    "warning: {rules} of `{segment}` will pick other contexts than in `{from}`: buckets depend on the segment's key and salt"
                )
            }
            Self::Expired {
                segment,
                contexts,
                until,
            } => {
                let plural = if *contexts == 1 { "" } else { "s" };
                write!(
                    f,
                    "warning: {contexts} context{plural} of `{segment}` left its lists on {until}, as declared; remove them from the declaration, or write a later date"
                )
            }
            Self::Unseen { changed, why } => write!(
                f,
                "warning: cannot tell whether an experiment depends on {changed}: {why}"
            ),
        }
    }
}
