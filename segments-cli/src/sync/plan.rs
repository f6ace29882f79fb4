//! `plan`: what an apply would do.

use super::markdown::{edited, markdown};
use super::saved::SavedPlans;
use super::{ForPrograms, Work, approvals, blocked, denied, drift, is_busy, shown};
use crate::DefinitionsSource;
use crate::arguments::{Plan, PlanFormat};
use crate::failure::Failure;
use crate::output::{Output, Text};
use crate::status::Status;

pub(crate) fn plan(
    arguments: &Plan,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let work = Work::new(
        &arguments.files,
        &arguments.connection,
        &arguments.ownership,
        declared,
        output,
    )?;
    let mut status = Status::Done;
    let mut saved = SavedPlans::default();
    for config in &work.configs {
        let plan = work.run(work.plan(config))?;
        let drift = drift(&work, config, plan.settled(), output);
        let format = if arguments.json {
            PlanFormat::Json
        } else {
            arguments.format
        };
        match format {
            PlanFormat::Json => output.json(&ForPrograms {
                of: &plan,
                sources: &work.sources,
                drift: &drift,
            })?,
            PlanFormat::Human => output.data(shown(&plan, &drift, &work))?,
            PlanFormat::Markdown => output.data(Text::drawn(
                markdown(&plan, &work.sources) + &edited(&drift),
            ))?,
        }
        if format == PlanFormat::Human {
            approvals::tell(&work, config, &plan, output);
        }
        status = status.worse(of(&plan, arguments));
        saved.add(&plan, config, &arguments.ownership, &work.sources);
    }
    if let Some(path) = &arguments.out {
        saved.write(path)?;
        output.message(format_args!(
            "the plan is in `{}`; `cargo segments apply {0}` does exactly that",
            path.display()
        ));
    }
    Ok(status)
}

/// How one plan ends.
fn of(plan: &segments_runtime::sync::Plan, arguments: &Plan) -> Status {
    if blocked(plan) || denied(plan, arguments.deny) {
        Status::NotRight
    } else if arguments.detailed_exitcode && !plan.is_empty() {
        Status::Misunderstood
    } else if is_busy(plan) {
        Status::Busy
    } else {
        Status::Done
    }
}
