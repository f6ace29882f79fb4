//! Errors, and what to do about them.

use std::fmt::{self, Write as _};

use segments_model::Visible;
use thiserror::Error;

use crate::registry::RegistryError;

use super::config::ConfigError;
use super::definitions_error::DefinitionsError;
use super::failed::FailedRequest;
use super::report::Report;
use super::request_error::RequestError;
use super::runtime::NoRuntime;

/// The reason why a sync failed. Errors after the first response carry the [report](Self::report), which
/// has the outcome of every segment.
#[derive(Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The configuration is incomplete or invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The program's segments do not fit together; nothing was sent.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The definitions contradict each other; nothing was sent.
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    /// The environment could not be read; nothing was written.
    #[error("cannot read `{scope}`: {error}")]
    Read {
        /// The project and the environment.
        scope: String,
        /// The request that failed.
        #[source]
        error: Box<FailedRequest>,
    },
    /// There is no experiment to start or stop; nothing was sent.
    #[error("`{scope}` has no experiment `{key}`; sync it first")]
    NoExperiment {
        /// Its key.
        key: String,
        /// The project and the environment.
        scope: String,
    },
    /// The experiment has no such treatment, or the service does not list its treatments; nothing was
    /// sent.
    #[error(
        "experiment `{key}` has no such treatment to serve when it stops; name the winner by the key of a variation"
    )]
    NoTreatment {
        /// The experiment's key.
        key: String,
    },
    /// The access token may not see the SDK key of the environment; nothing was read.
    #[error(
        "the access token may not see the SDK key of the environment; set LAUNCHDARKLY_SDK_KEY, or give the token a role that allows `viewSdkKey`"
    )]
    NoSdkKey,
    /// The plan was made for another place or owner; nothing was sent.
    #[error(
        "the plan was made for the {what} `{planned}`, and this would apply it to `{given}`; make another plan"
    )]
    PlanElsewhere {
        /// The setting that differs.
        what: &'static str,
        /// The target of the plan.
        planned: String,
        /// The target that it would be applied to.
        given: String,
    },
    /// There is no Tokio runtime, or it lacks a timer or a network driver.
    #[error(
        "cannot sync without a Tokio runtime: {0}; call it from one that is built with `enable_all`, or call `sync::blocking`"
    )]
    Runtime(#[source] std::io::Error),
    /// LaunchDarkly was not reached, so the state of its segments is unknown.
    #[error("cannot confirm that anything is in sync: {}", Unreached(.0))]
    NotReached(Box<Report>),
    /// Some segments are not as declared. All others are settled.
    #[error("{} of {} {} are not as declared:\n{}", .0.failures().count(), .0.settled().count(), .0.subject(), Failures(.0))]
    Incomplete(Box<Report>),
    /// Some segments are not confirmed to be as declared: they differ, are left to others, or wait.
    #[error("{} of {} {} differ from the declarations, or may:\n{}", .0.out_of_sync().count(), .0.settled().count(), .0.subject(), OutOfSync(.0))]
    Drift(Box<Report>),
}

segments_model::readable_debug! {
    enum SyncError {
        Config(error),
        Registry(error),
        Definitions(error),
        Read { scope, error },
        NoExperiment { key, scope },
        NoTreatment { key },
        NoSdkKey,
        PlanElsewhere { what, planned, given },
        Runtime(error),
        NotReached(report),
        Incomplete(report),
        Drift(report),
    }
}

impl From<NoRuntime> for SyncError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        SyncError::Runtime(error)
    }
}

impl SyncError {
    /// Returns the outcome of every segment, if the environment was read.
    pub fn report(&self) -> Option<&Report> {
        match self {
            SyncError::Incomplete(report)
            | SyncError::Drift(report)
            | SyncError::NotReached(report) => Some(report),
            SyncError::Config(_)
            | SyncError::Registry(_)
            | SyncError::Definitions(_)
            | SyncError::Read { .. }
            | SyncError::NoExperiment { .. }
            | SyncError::NoTreatment { .. }
            | SyncError::NoSdkKey
            | SyncError::PlanElsewhere { .. }
            | SyncError::Runtime(_) => None,
        }
    }

    /// Returns whether the error is the program's own mistake: its configuration, token, role, or
    /// declarations.
    pub fn is_own_mistake(&self) -> bool {
        match self {
            SyncError::Config(_)
            | SyncError::Registry(_)
            | SyncError::Definitions(_)
            | SyncError::NoExperiment { .. }
            | SyncError::NoTreatment { .. }
            | SyncError::NoSdkKey
            | SyncError::PlanElsewhere { .. }
            | SyncError::Runtime(_) => true,
            SyncError::Read { error, .. } => error.error.is_own_mistake(),
            SyncError::Incomplete(report) => {
                report.failures().any(|it| it.outcome.is_own_mistake())
            }
            SyncError::NotReached(_) | SyncError::Drift(_) => false,
        }
    }

    /// Returns whether it would be the same the next time, whatever anybody does outside this program.
    pub(crate) fn is_final(&self) -> bool {
        matches!(
            self,
            SyncError::Config(_)
                | SyncError::Registry(_)
                | SyncError::Definitions(_)
                | SyncError::NoSdkKey
                | SyncError::PlanElsewhere { .. }
                | SyncError::Runtime(_)
        )
    }

    /// Returns the failed request, if a single request stopped everything.
    pub fn request(&self) -> Option<&RequestError> {
        match self {
            SyncError::Read { error, .. } => Some(&error.error),
            SyncError::NotReached(report) => Some(&report.cause.as_deref()?.error),
            _ => None,
        }
    }
}

struct Unreached<'a>(&'a Report);

impl fmt::Display for Unreached<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Some(cause) => cause.fmt(f),
            None => f.write_str("LaunchDarkly was not reached"),
        }
    }
}

struct Failures<'a>(&'a Report);

impl fmt::Display for Failures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.0.failures())
    }
}

struct OutOfSync<'a>(&'a Report);

impl fmt::Display for OutOfSync<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.0.out_of_sync())?;
        for (index, finding) in self.0.prompts.iter().enumerate() {
            if index > 0 || self.0.out_of_sync().next().is_some() {
                writeln!(f)?;
            }
            write!(Visible(&mut *f), "  {finding}")?;
        }
        Ok(())
    }
}

fn lines<'a>(
    f: &mut fmt::Formatter<'_>,
    settled: impl Iterator<Item = super::ReportItem<'a>>,
) -> fmt::Result {
    for (index, segment) in settled.enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        write!(f, "  {segment}")?;
    }
    Ok(())
}

/// Here and not beside the report, which knows no error that carries it.
impl Report {
    /// The report, or an error that carries it if something failed.
    pub(crate) fn complete(self) -> Result<Self, SyncError> {
        if self.failures().next().is_some() {
            return Err(SyncError::Incomplete(Box::new(self)));
        }
        Ok(self)
    }

    /// Makes an error of everything but segments that were seen to be as declared: for health checks
    /// and CI.
    ///
    /// # Errors
    ///
    /// [`SyncError::NotReached`] if the environment could not be read, and [`SyncError::Drift`] with what
    /// [was not seen](Self::out_of_sync) to be as declared, or if a prompt asks for what the program does not
    /// provide.
    pub fn in_sync(self) -> Result<Self, SyncError> {
        if !self.reached {
            return Err(SyncError::NotReached(Box::new(self)));
        }
        if self.out_of_sync().next().is_some() || !self.prompts.is_empty() {
            return Err(SyncError::Drift(Box::new(self)));
        }
        Ok(self)
    }

    /// The text of the error of [`in_sync`](Self::in_sync).
    pub(crate) fn why_not_in_sync(&self) -> Option<String> {
        match self.clone().in_sync() {
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        }
    }
}
