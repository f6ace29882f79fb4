//! The schedule of a sync in the background.

use std::time::Duration;

/// The schedule of a sync in the background.
///
/// Every wait has jitter, so that replicas that failed together do not retry together.
///
/// ```
/// use std::time::Duration;
/// use segments_runtime::sync::{Schedule, SyncConfig};
///
/// let hourly = Schedule { recheck: Some(Duration::from_secs(3600)), ..Schedule::default() };
/// let config = SyncConfig::builder().token("api-0000").schedule(hourly).build()?;
/// # let _ = config;
/// # Ok::<(), segments_runtime::sync::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The wait after the first failure; each further failure doubles it. 1 second by default.
    pub retry: Duration,
    /// The longest wait between two attempts, and the wait after a mistake of the program that somebody
    /// has to correct, such as a role that lacks an action. 5 minutes by default.
    pub longest_retry: Duration,
    /// The time between a success and the next comparison, because people may change LaunchDarkly. Never
    /// by default.
    pub recheck: Option<Duration>,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            retry: Duration::from_secs(1),
            longest_retry: Duration::from_mins(5),
            recheck: None,
        }
    }
}
