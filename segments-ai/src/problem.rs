//! What does not fit between what a program declares and what LaunchDarkly serves.

use std::borrow::Cow;

use thiserror::Error;

use crate::template::TemplateError;

/// What does not fit. The program goes on with the typed default, and is told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("AI Config `{key}`{}: {what}", of(.variation.as_deref()))]
pub struct Problem {
    /// The AI Config.
    pub key: Cow<'static, str>,
    /// The variation that was served, if one was.
    pub variation: Option<String>,
    /// What it is.
    pub what: Mismatch,
}

fn of(variation: Option<&str>) -> String {
    variation.map_or_else(String::new, |variation| {
        format!(", variation `{variation}`")
    })
}

/// What does not fit, and what is used instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// LaunchDarkly's client had nothing to serve: it is not initialized, offline, or knows no such key.
    #[error("nothing was served, because {why}; the fallback is used")]
    NotServed {
        /// What the client says.
        why: String,
    },
    /// The contexts are none that LaunchDarkly's client takes.
    #[error("{why}; the fallback is used")]
    Context {
        /// What is wrong with them.
        why: String,
    },
    /// The variation is none of those that the program declares.
    #[error(
        "the program does not declare this variation; add it to `variations(...)`. It is used without a name"
    )]
    Variation,
    /// The AI Config is of another mode.
    #[error(
        "the program declares the mode {declared}, and {served} is served; write `mode = {served}`. The fallback is used"
    )]
    Mode {
        /// What the program declares.
        declared: &'static str,
        /// What is served.
        served: String,
    },
    /// A value is of another type than is declared.
    #[error("`{path}` does not fit, {error}; {instead}")]
    Value {
        /// Where it is, as in `model.parameters.temperature`.
        path: String,
        /// What is wrong with it.
        error: String,
        /// What is used instead.
        instead: Instead,
    },
    /// A value that is declared is not served.
    #[error("`{path}` is missing; serve it, or declare a default with `=`. The fallback is used")]
    Missing {
        /// Where it would be.
        path: String,
    },
    /// A value that is served is not declared, so that nothing comes of it.
    #[error(
        "the program does not declare `{path}`, and nothing comes of it; add it to `params(...)`"
    )]
    Unknown {
        /// Where it is.
        path: String,
    },
    /// A prompt cannot be filled in.
    #[error("`{path}` cannot be filled in: {error}. The fallback is used")]
    Template {
        /// Where it is, as in `messages[0].content`.
        path: String,
        /// What is wrong with it.
        error: TemplateError,
    },
}

/// What is used instead of a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Instead {
    /// The default of the value alone.
    #[error("its default is used")]
    Default,
    /// The fallback of the whole AI Config.
    #[error("the fallback is used")]
    Fallback,
}

/// Problems of one question, in the order in which they were found. Empty, it takes no memory.
/// Public because a trait that is public names it; nobody outside can.
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
