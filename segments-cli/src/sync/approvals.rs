//! Approvals on the command line: the changes of a plan that need one, wait for one, and were approved.

use std::time::{Duration, Instant};

use segments_runtime::sync::{
    Plan, Review, SyncConfig, apply_approved, approval_requests, needs_approval,
};

use super::Work;
use crate::failure::Failure;
use crate::interruptible::run_changing;
use crate::output::Output;

/// How long to wait before looking again.
const WAIT: Duration = Duration::from_secs(1);

/// Reports whether the changes of a plan need an approval, and the state of the requests. A token that
/// may not read this does not prevent a plan.
pub(super) fn tell(work: &Work, config: &SyncConfig, plan: &Plan, output: Output) {
    if plan.is_empty() {
        return;
    }
    let found = work.run(async {
        let needed = needs_approval(config).await?;
        if !needed.any() {
            return Ok(None);
        }
        Ok(Some((needed, approval_requests(config, plan).await?)))
    });
    match found {
        Ok(None) => {}
        Ok(Some((needed, requests))) => {
            output.message(format_args!(
                "{} requires approvals for changes of {needed}",
                config.scope()
            ));
            for request in requests {
                output.message(&request);
            }
        }
        Err(error) => output.detail(format_args!("cannot tell what needs an approval: {error}")),
    }
}

/// Waits until everything that was asked for is approved, and carries it out. What nobody asked for is
/// left to the apply that follows.
pub(super) fn carry_out(
    work: &Work,
    config: &SyncConfig,
    plan: &Plan,
    timeout: Duration,
    output: Output,
) -> Result<bool, Failure> {
    let started = Instant::now();
    loop {
        let requests = work.run(async { Ok(approval_requests(config, plan).await?) })?;
        if let Some(declined) = requests.iter().find(|it| it.review == Review::Declined) {
            return Err(Failure::NotApproved(declined.to_string()));
        }
        let waiting = requests.iter().find(|it| it.review != Review::Approved);
        let Some(waiting) = waiting else {
            for request in &requests {
                let rest = "`cargo segments plan` shows what is left";
                let applied = async { Ok(apply_approved(config, request).await?) };
                run_changing(&work.watch, rest, applied)?;
                output.message(format_args!("applied {request}"));
            }
            return Ok(!requests.is_empty());
        };
        if started.elapsed() + WAIT > timeout {
            return Err(Failure::NotApproved(waiting.to_string()));
        }
        output.detail(format_args!("waiting: {waiting}"));
        work.run(async {
            tokio::time::sleep(WAIT).await;
            Ok(())
        })?;
    }
}
