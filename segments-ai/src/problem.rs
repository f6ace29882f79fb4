//! Mismatches between a program's declarations and the values that LaunchDarkly serves.

use std::borrow::Cow;

use thiserror::Error;

use crate::template::TemplateError;

/// A mismatch. The program continues with the typed default, and can read the problem.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("AI Config `{key}`{}: {what}", of(.variation.as_deref()))]
pub struct Problem {
    /// The AI Config.
    pub key: Cow<'static, str>,
    /// The variation that was served, if one was.
    pub variation: Option<String>,
    /// The mismatch.
    pub what: Mismatch,
}

fn of(variation: Option<&str>) -> String {
    variation.map_or_else(String::new, |variation| {
        format!(", variation `{variation}`")
    })
}

/// A mismatch, with the replacement.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// LaunchDarkly's client had nothing to serve: it is not initialized, offline, or knows no such key.
    #[error("nothing was served, because {why}; the fallback is used")]
    NotServed {
        /// The client's message.
        why: String,
    },
    /// LaunchDarkly's client does not accept the contexts.
    #[error("{why}; the fallback is used")]
    Context {
        /// The problem.
        why: String,
    },
    /// The program does not declare the variation.
    #[error(
        "the program does not declare this variation; add it to `variations(...)`. It is used without a name"
    )]
    Variation,
    /// The AI Config has another mode.
    #[error(
        "the program declares the mode {declared}, and {served} is served; write `mode = {served}`. The fallback is used"
    )]
    Mode {
        /// The declared type.
        declared: &'static str,
        /// The served value.
        served: String,
    },
    /// A value does not have the declared type.
    #[error("`{path}` does not fit, {error}; {instead}")]
    Value {
        /// Where it is, as in `model.parameters.temperature`.
        path: String,
        /// The problem.
        error: String,
        /// The replacement.
        instead: Instead,
    },
    /// A declared value is missing.
    #[error("`{path}` is missing; serve it, or declare a default with `=`. The fallback is used")]
    Missing {
        /// Where it would be.
        path: String,
    },
    /// A served value is not declared, so it is ignored.
    #[error("the program does not declare `{path}`, so it is ignored; add it to `params(...)`")]
    Unknown {
        /// Where it is.
        path: String,
    },
    /// A prompt cannot be filled in.
    #[error("`{path}` cannot be filled in: {error}. The fallback is used")]
    Template {
        /// Where it is, as in `messages[0].content`.
        path: String,
        /// The problem.
        error: TemplateError,
    },
}

/// The replacement of a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Instead {
    /// The default of the value alone.
    #[error("its default is used")]
    Default,
    /// The fallback of the whole AI Config.
    #[error("the fallback is used")]
    Fallback,
}

/// The problems of one configuration, in the order in which they were found. Empty, it takes no memory.
/// It is public because a public trait names it; other crates cannot name it.
pub struct Problems {
    pub(crate) key: Cow<'static, str>,
    pub(crate) variation: Option<String>,
    pub(crate) found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(key: Cow<'static, str>) -> Self {
        Self {
            key,
            variation: None,
            found: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, what: Mismatch) {
        self.found.push(Problem {
            key: self.key.clone(),
            variation: self.variation.clone(),
            what,
        });
    }

    /// Adds a value that has to fit and does not.
    pub(crate) fn refuse(&mut self, path: impl Into<String>, expected: &str) {
        self.add(Mismatch::Value {
            path: path.into(),
            error: format!("expected {expected}"),
            instead: Instead::Fallback,
        });
    }
}
