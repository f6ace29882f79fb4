//! Makes LaunchDarkly match the program.
//!
//! A sync lists the segments of one environment, compares them with the declarations, and sends the
//! differences, if there are any. It may run at every start of every replica: concurrent syncs end up
//! with the declared segments.
//!
//! ```no_run
//! # use segments_runtime::model::Definition;
//! use segments_runtime::sync::{SyncConfig, sync_definitions};
//!
//! # async fn start(definitions: &[Definition]) -> Result<(), Box<dyn std::error::Error>> {
//! let config = SyncConfig::from_env()?;
//! let report = sync_definitions(&config, definitions).await?;
//! print!("{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! | | |
//! |---|---|
//! | no difference | one request for every 50 segments of the environment, no writes |
//! | one difference | one more request |
//! | a declaration leaves out lists, rules, tags or the description | they are never touched |
//! | a segment has another owner | it is never touched |
//! | deletion | only with `prune`, and only segments that the service's answers, read right before, prove to be unused and this owner's |
//! | a plan is applied | the changes that were shown are made, or none is, and the report says what moved |
//! | AI Configs and flags | their targeting is written after the segments that it references exist, and before segments that it referenced are deleted; AI Configs and flags are never created or deleted |
//! | the response differs from what was sent | the sync notices, and patches again a few times |
//! | a response is lost | the segment is read, and only what is still missing is sent |
//! | a rule is edited or moved, or other rules are added | it keeps its identifier |
//! | one segment fails | the others are settled, and the error carries the outcome of each |
//! | several processes sync at once | the result matches the declarations, with no duplicate rules |
//! | the future is dropped, or the process is killed | the next sync continues from the state that it finds |
//!
//! Changes are semantic patches, which do not conflict with others' changes. Changes without an
//! instruction (the description of a segment, `bucketBy`, adding or removing a rule's percentage) are
//! JSON patches that take effect only on the version that was read; with a
//! [`revision`](SyncConfigBuilder::revision), all changes are.
//!
//! # More
//!
//! - [`plan()`] shows what a sync would do, and [`Plan::apply`] does exactly that.
//! - [`sync_environments`] syncs several environments or projects.
//! - [`BigSegment`] fills segments whose lists are too long to declare.
//! - [`observe`] checks once: sizes, drift in words, and metrics of both.
//! - [`Lists`] changes lists that no declaration manages at run time, optionally with an expiry, and
//!   [`ListUndo`] undoes a change.
//! - `blocking` (feature of that name) is for programs without a runtime.
//!
//! # When to sync
//!
//! - **At start.** For small teams, and programs that own their segments: call it before serving. It ends
//!   within the [deadline](SyncConfigBuilder::deadline); with [`Unreachable::Continue`] the program
//!   starts even if LaunchDarkly cannot be reached, and [`spawn`] continues in the background. The token
//!   needs a role with `createSegment` and the `update…` actions for the environment's segments.
//! - **From CI, verified at start.** For larger teams, and production under change control: CI syncs
//!   after the merge with a token that may write, and the program starts with [`SyncMode::Verify`] and a
//!   read-only token; [`Report::in_sync`] turns drift into an error.
//! - With [`revision`](SyncConfigBuilder::revision), a rollback or an old replica does not undo a
//!   newer audience.

mod answer;
mod apply;
mod approval;
mod approvals;
mod ask;
mod at_least;
mod attempts;
mod background;
mod base_uri;
mod big;
#[cfg(feature = "blocking")]
pub mod blocking;
mod change;
mod client;
mod clock;
mod comment;
mod config;
mod connection;
mod converge;
mod decide;
mod definitions;
mod definitions_error;
mod degraded;
mod diff;
mod digest;
mod drift;
mod effect;
mod environments;
mod error;
mod expiries;
#[cfg(test)]
mod extremes;
mod failed;
mod history;
mod kinds;
mod let_go;
mod limiter;
mod listed;
mod listing;
mod lock;
mod look;
mod manner;
mod measured;
mod moves;
mod observe;
mod order;
mod ownership;
mod pages;
mod patch;
mod plan;
mod progress;
mod prompts;
mod prove;
mod prune;
mod reader;
mod renamed;
mod report;
mod request;
mod request_error;
mod retry;
mod revision;
mod runtime;
mod schedule;
mod sdk_data;
mod seen;
mod segment;
mod segment_size;
mod service_clock;
mod specifier;
mod syncable;
mod targeting;
mod targeting_part;
mod token;
mod transport;
mod turn;
mod writer;

use tokio::time::Instant;
use tracing::Instrument;

pub use approvals::{
    ApprovalRequest, NeedsApproval, Review, apply_approved, approval_requests, needs_approval,
};
pub use background::{Handle, State, spawn, spawn_definitions};
pub use base_uri::InvalidBaseUri;
pub use big::{BigSegment, Import, Members, MembersError};
pub use change::{
    Change, MemberKeys, RuleName, RuleRollout, ServedVariation, TargetList, rule_in_words,
};
pub use clock::Clock;
pub use config::{
    Approvals, ConfigError, ContextKinds, End, SyncConfig, SyncConfigBuilder, SyncMode, Unreachable,
};
#[doc(hidden)]
pub use connection::{Connection, RawAnswer, RawRequest};
pub use definitions::Definitions;
pub use definitions_error::DefinitionsError;
pub use drift::{Drift, HandEdit, drift};
pub use effect::{Consequence, Effect, Side};
pub use environments::sync_environments;
pub use error::SyncError;
pub use failed::FailedRequest;
pub use history::{History, InvalidHistory, OutdatedHistory};
#[doc(hidden)]
pub use http::Method;
pub use let_go::{DeclaredPart, Extent, LetGo};
pub use listed::UnreadableSegment;
pub use listing::{
    ExcludedIsOpen, IncludedIsOpen, KeyOf, ListChange, ListEdit, ListError, ListIsOpen,
    ListPreview, ListUndo, Lists, LooksAt,
};
pub use lock::{Lock, LockError, lock};
pub use look::{
    SegmentInUse, SegmentList, add_expiries, attribute_values, environments, list_resources,
    list_segments, memberships, segment_elsewhere, segment_in_use, segments, segments_in_use,
    targetings,
};
pub use measured::{start_experiment, stop_experiment};
pub use observe::{
    DriftInWords, LookCounts, LookOutcome, Metrics, Observation, PostError, observe, post_json,
};
pub use ownership::{Adoption, Mark, Owner};
pub use plan::{Plan, Sighting};
pub use progress::{ImportStatus, ProgressEvent};
pub use prompts::check_prompts;
pub use renamed::RenamedAttribute;
pub use report::{
    Action, BusyRule, ItemError, Keep, KindOutcome, KindReport, Measured, MeasuredReport, Moved,
    ONLY_FORM, Outcome, RefusalReason, Report, ReportItem, Requests, SegmentReport,
    TargetingReport, Warning,
};
pub use request_error::{NoEnvironment, NoProject, RequestError, ServiceError};
pub use retry::RetryPolicy;
pub use schedule::Schedule;
pub use sdk_data::sdk_data;
pub use seen::{LiveMembership, SeenValues};
pub use segment_size::SegmentSize;
pub use targeting::{target_segments, targeting_owners};
pub use targeting_part::TargetingPart;
pub use token::{AccessToken, InvalidToken};

use client::connect;

/// Makes the environment agree with the segments of this program, or only looks, as
/// [`SyncMode`] says. Call it at the program's start; many replicas may call it at once.
///
/// ```no_run
/// use segments_runtime::SyncConfig;
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let report = segments_runtime::sync(&SyncConfig::from_env()?).await?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the program's segments do not make sense together, when the environment cannot be read,
/// and, with the whole report, when a segment could not be settled.
pub async fn sync(config: &SyncConfig) -> Result<Report, SyncError> {
    let program = crate::registry::program()?;
    let declared = Definitions::from(&program);
    // A program that declares nothing does not sync; one that was linked without its declarations
    // must not look like it.
    if declared.is_empty() {
        let problems = vec![crate::registry::Problem::Nothing];
        return Err(crate::registry::RegistryError { problems }.into());
    }
    sync_definitions(config, declared).await
}

/// Compares the environment with the definitions, and says what a sync would do.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::sync::{self, Action, Change, Outcome, SyncConfig};
/// use segments_runtime::{Context, Segment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
/// let definitions = [Paying::definition()];
///
/// // A plan only reads. It can be shown, kept, and carried out.
/// let plan = sync::plan(&config, &definitions).await?;
/// assert!(plan.to_string().starts_with("+ paying"), "{plan}");
///
/// let report = plan.apply(&config).await?;
/// let Outcome::Applied(action) = &report.segments[0].outcome else { panic!("{report}") };
/// assert!(matches!(action, Action::Create { .. }), "{action:?}");
/// assert!(matches!(action.changes(), [Change::AddRule { .. }]), "{action:?}");
/// report.in_sync()?;
///
/// // Nothing is left to do.
/// assert!(sync::plan(&config, &definitions).await?.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the definitions contradict each other, or the environment cannot be read.
pub async fn plan<'a>(
    config: &SyncConfig,
    declared: impl Into<Definitions<'a>>,
) -> Result<Plan, SyncError> {
    runtime::needed(async { plan::plan(connect(config)?, config, declared.into()).await }).await
}

/// Makes the environment agree with the definitions, or finds out whether it does, as
/// [`SyncMode`] says.
///
/// # Errors
///
/// When the environment cannot be read, and, with the whole report, when a segment could not be
/// settled. A verification that finds differences is no error; [`Report::in_sync`] makes one.
pub async fn sync_definitions<'a>(
    config: &SyncConfig,
    declared: impl Into<Definitions<'a>>,
) -> Result<Report, SyncError> {
    let span = tracing::info_span!(
        "sync_segments",
        project = %config.project(),
        environment = %config.environment(),
        mode = ?config.options.mode,
    );
    runtime::needed(run(config, declared.into()))
        .instrument(span)
        .await
}

async fn run(config: &SyncConfig, declared: Definitions<'_>) -> Result<Report, SyncError> {
    let started = Instant::now();
    let client = connect(config)?;
    let declared = plan::Declared::new(config, declared)?;
    let thorough = config.options.mode != SyncMode::Apply;
    let seen = plan::look(client.clone(), config, &declared, thorough).await?;
    let mut result = match config.options.mode {
        SyncMode::Apply if seen.plan.report.reached => {
            turn::apply(seen, client, config, &declared).await
        }
        mode => {
            let mut plan = seen.prove(config, &declared);
            plan.look_up_kinds(client.clone(), config).await;
            let mut report = plan.into_report();
            report.mode = mode;
            if mode == SyncMode::Verify && report.reached {
                let reader = reader::Reader::new(client, config);
                report.prompts =
                    prompts::look(&reader, config)
                        .await
                        .map_err(|error| SyncError::Read {
                            scope: config.scope(),
                            error: Box::new(error),
                        })?;
                report.requests = reader.client.requests();
            }
            Ok(report)
        }
    };
    match &mut result {
        Ok(report) => report.elapsed = started.elapsed(),
        Err(SyncError::Incomplete(report)) => report.elapsed = started.elapsed(),
        Err(_) => {}
    }
    let result = degraded::tolerate(config, result);
    if let Ok(report) = &result {
        for busy in report.busy() {
            tracing::warn!("{busy}");
        }
        tracing::info!(
            requests = report.requests(),
            writes = report.writes(),
            "{}",
            report::Summary(report)
        );
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs spawn a sync beside what else they start.
    #[test]
    fn syncs_can_be_spawned() {
        fn is_send<T: Send>(_: &T) {}
        let config = SyncConfig::builder().token("api-1").build().unwrap();
        is_send(&sync_definitions(&config, Definitions::default()));
        is_send(&plan(&config, Definitions::default()));
    }
}
