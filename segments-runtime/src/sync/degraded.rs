//! Continuing although LaunchDarkly does not match.

use super::config::{SyncConfig, Unreachable};
use super::error::SyncError;
use super::failed::FailedRequest;
use super::report::Report;

/// Returns whether a sync goes on without having read the environment. Says so in the log if it does.
pub(crate) fn continues(config: &SyncConfig, failed: &FailedRequest) -> bool {
    let continues =
        config.options.unreachable == Unreachable::Continue && !failed.error.is_own_mistake();
    if continues {
        tracing::warn!(error = %failed, "LaunchDarkly was not reached; continuing without it");
    }
    continues
}

/// The report of a sync of which something failed, as the configuration wants it: an error, or a
/// degraded report if nothing of it is the program's own mistake.
pub(crate) fn tolerate(
    config: &SyncConfig,
    result: Result<Report, SyncError>,
) -> Result<Report, SyncError> {
    match result {
        Err(SyncError::Incomplete(report))
            if config.options.unreachable == Unreachable::Continue
                && !report.failures().any(|it| it.outcome.is_own_mistake()) =>
        {
            Ok(*report)
        }
        result => result,
    }
}
