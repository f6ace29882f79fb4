//! Sync for programs without a runtime. Each call runs on its own thread and waits for it, so you may
//! also call it inside a runtime, where it blocks the calling thread.
//!
//! ```no_run
//! use segments_runtime::sync::{SyncConfig, blocking};
//!
//! let config = SyncConfig::from_env()?;
//! print!("{}", blocking::sync(&config)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::config::SyncConfig;
use super::definitions::Definitions;
use super::error::SyncError;
use super::plan::Plan;
use super::report::Report;

/// Makes the environment match the segments of this program, like [`sync`](fn@super::sync).
pub fn sync(config: &SyncConfig) -> Result<Report, SyncError> {
    wait(super::sync(config))?
}

/// Makes the environment match these definitions, like [`sync_definitions`](super::sync_definitions).
pub fn sync_definitions<'a>(
    config: &SyncConfig,
    declared: impl Into<Definitions<'a>>,
) -> Result<Report, SyncError> {
    wait(super::sync_definitions(config, declared.into()))?
}

/// Plans without writing, like [`plan`](super::plan()).
pub fn plan<'a>(
    config: &SyncConfig,
    declared: impl Into<Definitions<'a>>,
) -> Result<Plan, SyncError> {
    wait(super::plan(config, declared.into()))?
}

/// Applies a plan, like [`Plan::apply`].
pub fn apply(plan: Plan, config: &SyncConfig) -> Result<Report, SyncError> {
    wait(plan.apply(config))?
}

fn wait<T: Send>(future: impl Future<Output = T> + Send) -> Result<T, SyncError> {
    std::thread::scope(|scope| {
        let run = move || {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().map_err(SyncError::Runtime)?;
            let output = runtime.block_on(future);
            // Looking up a name cannot be cancelled, and may take longer than the deadline.
            runtime.shutdown_background();
            Ok(output)
        };
        match scope.spawn(run).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
