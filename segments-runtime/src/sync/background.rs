//! A sync in the background.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::config::SyncConfig;
use super::definitions::Definitions;
use super::error::SyncError;
use super::report::{Report, Requests};
use super::schedule::Schedule;
use super::{runtime, sync, sync_definitions};

/// A sync in the background, started by [`spawn`]. It stops when the last clone of its handle is
/// dropped.
#[derive(Debug, Clone)]
#[must_use = "the sync stops when its handle is dropped"]
pub struct Handle(Arc<Task>);

#[derive(Debug)]
struct Task {
    state: watch::Receiver<State>,
    /// None if there was no runtime to spawn it in.
    task: Option<AbortHandle>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.task.iter().for_each(AbortHandle::abort);
    }
}

/// The state of a sync in the background, for health routes and metrics.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct State {
    /// The number of attempts that have ended.
    pub attempts: u64,
    /// The number of failed attempts.
    pub failures: u64,
    /// The number of requests of all attempts.
    pub requests: Requests,
    /// The end of the last attempt.
    pub last_attempt: Option<SystemTime>,
    /// The end of the last successful attempt.
    pub last_success: Option<SystemTime>,
    /// The reason why something is not known to be in sync; `None` if everything is in sync.
    pub cause: Option<Arc<str>>,
    /// The number of segments, AI Configs, flags, metrics and experiments that the last attempt checked.
    pub settled: usize,
    /// The number of these that are not known to be as declared.
    pub out_of_sync: usize,
}

impl State {
    /// Returns whether the last attempt found everything as declared.
    pub fn is_in_sync(&self) -> bool {
        self.attempts > 0 && self.cause.is_none()
    }
}

impl Handle {
    /// Returns the state of the sync. Sends no request.
    pub fn state(&self) -> State {
        self.0.state.borrow().clone()
    }

    /// Waits for the first attempt to end, at most until the deadline.
    pub async fn first_attempt(&self) -> State {
        self.attempt(1).await
    }

    /// Waits for another attempt to end, or until no further attempt will be made.
    pub async fn next_attempt(&self) -> State {
        let ended = self.0.state.borrow().attempts;
        self.attempt(ended + 1).await
    }

    async fn attempt(&self, number: u64) -> State {
        let mut state = self.0.state.clone();
        // An error says that the task has ended, and the last state stands.
        let _ = state.wait_for(|state| state.attempts >= number).await;
        self.state()
    }

    /// Returns whether no further attempt will be made: after a success without [`Schedule::recheck`],
    /// after a mistake that no attempt can fix, or without a runtime.
    pub fn is_finished(&self) -> bool {
        self.0.task.as_ref().is_none_or(AbortHandle::is_finished)
    }
}

/// Makes LaunchDarkly match the segments of this program in the background, and returns at once: for
/// programs that must start without LaunchDarkly.
///
/// A failed attempt is retried as the [`Schedule`] says, until one succeeds; with [`Schedule::recheck`],
/// LaunchDarkly is compared again periodically. Each attempt begins by reading, so changes of another
/// replica are not written twice. Between attempts nothing is allocated, connected or running: the sync
/// is a timer of the calling runtime.
///
/// ```standalone_crate
/// use segments_emulator::Emulator;
/// use segments_runtime::sync::{self, SyncConfig};
/// use segments_runtime::{Context, segment};
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
/// let segments = sync::spawn(config);
///
/// // The program serves already; a health route tells the state.
/// let state = segments.first_attempt().await;
/// assert!(state.is_in_sync(), "{:?}", state.cause);
/// assert_eq!((state.attempts, state.failures), (1, 0));
/// # Ok(())
/// # }
/// ```
///
/// Outside a Tokio runtime nothing is spawned, and the state says so.
pub fn spawn(config: SyncConfig) -> Handle {
    start(|state| async move {
        let attempt = || sync(&config);
        follow(&config, state, attempt).await;
    })
}

/// The same as [`spawn`], for definitions outside the registry.
///
/// ```no_run
/// # use segments_runtime::{Definition, SyncConfig};
/// # async fn start(config: SyncConfig, definitions: Vec<Definition>) {
/// let segments = segments_runtime::sync::spawn_definitions(config, definitions);
/// # let _ = segments;
/// # }
/// ```
pub fn spawn_definitions<D>(config: SyncConfig, declared: D) -> Handle
where
    D: Send + Sync + 'static,
    for<'a> &'a D: Into<Definitions<'a>>,
{
    start(|state| async move {
        let attempt = || sync_definitions(&config, &declared);
        follow(&config, state, attempt).await;
    })
}

fn start<F>(task: impl FnOnce(watch::Sender<State>) -> F) -> Handle
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, state) = watch::channel(State::default());
    let task = match runtime::current() {
        Ok(runtime) => Some(runtime.spawn(task(sender)).abort_handle()),
        Err(lack) => {
            tell(&sender, &Err(lack.into()));
            None
        }
    };
    Handle(Arc::new(Task { state, task }))
}

/// Makes one attempt after the other.
async fn follow<F>(config: &SyncConfig, state: watch::Sender<State>, attempt: impl Fn() -> F)
where
    F: Future<Output = Result<Report, SyncError>>,
{
    let mut failures = 0;
    loop {
        // In a box of its own, so that nothing of it is there until the next one.
        let result = Box::pin(attempt()).await;
        failures = if succeeded(&result) { 0 } else { failures + 1 };
        tell(&state, &result);
        let wait = wait(config, failures, result.as_ref().err());
        drop(result);
        match wait {
            Some(wait) => sleep(wait).await,
            None => return,
        }
    }
}

/// Returns whether LaunchDarkly was made to agree or, in a verification, whether the differences were
/// reported.
fn succeeded(result: &Result<Report, SyncError>) -> bool {
    result.as_ref().is_ok_and(|report| !report.is_degraded())
}

/// How long to wait for the next attempt; `None` if there is none.
fn wait(config: &SyncConfig, failures: u32, error: Option<&SyncError>) -> Option<Duration> {
    let Schedule {
        retry,
        longest_retry,
        recheck,
    } = config.options.schedule;
    let longest = match (failures, error) {
        (0, _) => recheck?,
        (_, Some(error)) if error.is_final() => return None,
        (_, Some(error)) if error.is_own_mistake() => longest_retry,
        (failures, _) => {
            let doubled = 2_u32.saturating_pow(failures - 1);
            retry.saturating_mul(doubled).min(longest_retry)
        }
    };
    let half = longest / 2;
    Some(half + config.options.clock.up_to(half))
}

/// The longest text of a cause that is kept, in bytes.
const LONGEST_CAUSE: usize = 4096;

fn tell(state: &watch::Sender<State>, result: &Result<Report, SyncError>) {
    let now = SystemTime::now();
    let report = match result {
        Ok(report) => Some(report),
        Err(error) => error.report(),
    };
    let cause = match result {
        Ok(report) => report.why_not_in_sync(),
        Err(error) => Some(error.to_string()),
    };
    let cause = cause.map(|mut cause| {
        cause.truncate(cause.floor_char_boundary(LONGEST_CAUSE));
        Arc::from(cause)
    });
    state.send_modify(|state| {
        state.attempts += 1;
        state.last_attempt = Some(now);
        if succeeded(result) {
            state.last_success = Some(now);
        } else {
            state.failures += 1;
            tracing::warn!(
                attempts = state.attempts,
                error = cause.as_deref(),
                "the background sync failed"
            );
        }
        state.requests += report.map(|report| report.requests).unwrap_or_default();
        state.settled = report.map_or(0, |report| report.settled().count());
        state.out_of_sync = report.map_or(0, |report| report.out_of_sync().count());
        state.cause = cause;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> SyncConfig {
        let builder = SyncConfig::builder().token("api-canary-5d8e");
        builder.build().unwrap()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let config = config();
        let error = SyncError::Incomplete(Box::new(Report::unreached(&config)));
        for failures in 1..40 {
            let wait = wait(&config, failures, Some(&error)).unwrap();
            let full = Duration::from_secs(1)
                .saturating_mul(2_u32.saturating_pow(failures - 1))
                .min(Duration::from_mins(5));
            assert!(full / 2 <= wait && wait <= full, "{failures}: {wait:?}");
        }
    }

    #[test]
    fn after_a_success_nothing_comes_unless_it_is_wanted() {
        assert_eq!(wait(&config(), 0, None), None);
    }

    #[test]
    fn outside_a_runtime_nothing_is_spawned_and_the_state_says_so() {
        let handle = spawn(config());
        let state = handle.state();
        assert!(handle.is_finished() && !state.is_in_sync());
        assert!(state.cause.unwrap().contains("Tokio runtime"));
    }
}
