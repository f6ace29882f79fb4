//! `plan`: what an apply would do.

use super::saved::SavedPlan;
use super::{Work, blocked, shown};
use crate::DefinitionsSource;
use crate::arguments::Plan;
use crate::failure::Failure;
use crate::output::Output;
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
    if arguments.out.is_some() && work.configs.len() > 1 {
        return Err(Failure::PlanOfSeveral(work.configs.len()));
    }
    let mut status = Status::Done;
    for config in &work.configs {
        let plan = work.run(work.plan(config))?;
        if arguments.json {
            output.json(&plan)?;
        } else {
            output.data(shown(&plan))?;
        }
        if blocked(&plan) {
            status = Status::NotRight;
        } else if arguments.detailed_exitcode && !plan.is_empty() && status == Status::Done {
            status = Status::Misunderstood;
        }
        if let Some(path) = &arguments.out {
            SavedPlan::of(&plan, config, &arguments.ownership).write(path)?;
            output.message(format_args!(
                "the plan is in `{}`; `cargo segments apply {0}` does exactly that",
                path.display()
            ));
        }
    }
    Ok(status)
}
