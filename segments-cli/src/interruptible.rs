//! Runs work to its end, or until it is interrupted.

use std::future::Future;

use crate::failure::Failure;
use crate::progress::Watch;
use crate::signals;

/// Runs to its end, or to Ctrl-C, what changes nothing.
pub(crate) fn run<T>(
    watch: &Watch,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let interrupted = async {
        signals::stop().await;
        "nothing was changed".to_owned()
    };
    run_until(watch, work, interrupted)
}

/// Runs to its end, or to Ctrl-C, what changes something. `rest` says how to see, or do, what an interruption leaves.
pub(crate) fn run_changing<T>(
    watch: &Watch,
    rest: &str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let interrupted = async {
        signals::stop().await;
        format!("changes under way may take effect; {rest}")
    };
    run_until(watch, work, interrupted)
}

/// Runs to its end, or until it is interrupted, which says what was done by then.
pub(crate) fn run_until<T>(
    watch: &Watch,
    work: impl Future<Output = Result<T, Failure>>,
    interrupted: impl Future<Output = String>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            done = interrupted => Err(Failure::Interrupted(done)),
        }
    });
    // A question that nobody will answer any more is not waited for.
    runtime.shutdown_background();
    watch.clear();
    result
}
