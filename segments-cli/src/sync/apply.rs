//! `apply`: makes LaunchDarkly agree.

use std::io::{self, BufRead, IsTerminal};

use segments_runtime::sync::{Action, Outcome, Plan, Report, SyncError};

use super::saved::SavedPlan;
use super::{Work, shown};
use crate::Declared;
use crate::arguments::Apply;
use crate::failure::Failure;
use crate::output::{Output, STRONG, styled};
use crate::show;
use crate::status::Status;

pub(crate) fn apply(
    mut arguments: Apply,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let saved = match &arguments.plan {
        Some(path) => Some(SavedPlan::read(path)?),
        None => None,
    };
    if let Some(saved) = &saved {
        saved.lead(&mut arguments.connection)?;
    }
    let work = Work::new(
        &arguments.files,
        &arguments.connection,
        &arguments.ownership,
        declared,
        output,
    )?;
    let mut plans = Vec::new();
    for config in &work.configs {
        let plan = work.run(work.plan(config))?;
        if let Some(saved) = &saved {
            saved.allow(&plan)?;
        }
        output.message(shown(&plan));
        plans.push(plan);
    }
    if plans.iter().any(|plan| !plan.is_empty()) && !arguments.yes {
        work.run(confirm(&plans, output))?;
    }
    let mut status = Status::Done;
    for (config, plan) in work.configs.iter().zip(plans) {
        let report = match work.run(async { Ok(plan.apply(config).await) })? {
            Ok(report) => report,
            Err(SyncError::Incomplete(report)) => {
                status = Status::Partly;
                *report
            }
            Err(error) => return Err(error.into()),
        };
        if arguments.json {
            output.json(&report)?;
        }
        tell(&report, output);
    }
    Ok(status)
}

fn tell(report: &Report, output: Output) {
    for segment in report.failures() {
        output.error(segment);
    }
    if report.writes() > 0 {
        output.detail(show::changes(report.settled(), &report.kinds));
    }
    output.message(styled(STRONG, report.headline()));
    output.detail(format_args!(
        "{} requests, {} of them writes, {:.1} s",
        report.requests(),
        report.writes(),
        report.elapsed.as_secs_f64()
    ));
}

/// Asks once for everything, and by name for what is deleted.
async fn confirm(plans: &[Plan], output: Output) -> Result<(), Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::NobodyToAsk);
    }
    if ask("Apply this? Only `yes` is taken as yes: ", output).await? != "yes" {
        return Err(Failure::Declined);
    }
    for plan in plans {
        for segment in plan.segments() {
            if matches!(segment.outcome, Outcome::Due(Action::Delete)) {
                let question =
                    format!("`{}` will be deleted. Type its key to agree: ", segment.key);
                if ask(&question, output).await? != segment.key.as_str() {
                    return Err(Failure::Declined);
                }
            }
        }
    }
    Ok(())
}

/// Waits for a line on a thread of its own, so that Ctrl-C is heard meanwhile.
async fn ask(question: &str, output: Output) -> Result<String, Failure> {
    output.question(question);
    let line = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    });
    let answer = line.await.map_err(io::Error::other)??;
    Ok(answer.trim().to_owned())
}
