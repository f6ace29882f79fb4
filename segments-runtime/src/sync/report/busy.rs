//! What LaunchDarkly changes by itself, and nobody else should.

use std::fmt;

use segments_model::{Expiry, Resource, wire};
use serde::Serialize;

/// A rule or the fallthrough of an AI Config or flag on which LaunchDarkly runs something. Its `Display`
/// says so in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BusyRule {
    /// What runs.
    pub running: wire::Running,
    /// The AI Config or flag.
    #[serde(flatten)]
    pub resource: Resource,
    /// The place of the rule, from 0; none for the fallthrough, which the page calls the default rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<usize>,
    /// The key of the experiment, where the service was asked for it.
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

/// Something that a plan does, and that somebody should know before it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Warning {
    /// It changes who reaches a rule on which LaunchDarkly runs something, which spoils the result.
    Audience {
        /// What is changed: `segment beta`, or `the targeting of flag checkout`.
        changed: String,
        /// The rule.
        #[serde(flatten)]
        rule: BusyRule,
    },
    /// A segment has another key than before, and its percentages pick other contexts than they did.
    OtherContexts {
        /// The segment.
        segment: String,
        /// The key that it had before.
        from: String,
        /// How many of its rules have a percentage.
        rules: usize,
    },
    /// The expiry of contexts that are declared has passed, so that they are listed no more.
    Expired {
        /// The segment.
        segment: String,
        /// How many they are.
        contexts: usize,
        /// The expiry.
        until: Expiry,
    },
    /// Whether it does cannot be told, because something could not be read.
    Unseen {
        /// What is changed.
        changed: String,
        /// Why it cannot be told.
        why: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audience { changed, rule } => write!(
                f,
                "warning: {rule}, and changing {changed} changes who is in it; end it first, or its result is spoiled"
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
