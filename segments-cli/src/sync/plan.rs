//! `plan`: the changes that an apply would make.

use segments_runtime::sync::SyncConfig;
use serde_json::json;

use super::markdown::{edited, markdown};
use super::saved::SavedPlans;
use super::{ForPrograms, Work, approvals, blocked, denied, drift, is_busy, shown};
use crate::DefinitionsSource;
use crate::arguments::{Plan, PlanFormat};
use crate::failure::Failure;
use crate::impact::{Found, Planned};
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
        let impact = impact(&work, config, &plan, arguments, output)?;
        match format {
            PlanFormat::Json => {
                let shown = ForPrograms {
                    of: &plan,
                    sources: &work.sources,
                    drift: &drift,
                };
                match &impact {
                    Some(impact) => {
                        let mut shown = json!(shown);
                        shown["impact"] = impact.as_json();
                        output.json(&shown)?;
                    }
                    None => output.json(&shown)?,
                }
            }
            PlanFormat::Human => {
                let parts = [
                    Some(shown(&plan, &drift, &work)),
                    impact.as_ref().map(Found::in_words),
                ];
                output.data(Text::lines(parts.into_iter().flatten()))?;
            }
            PlanFormat::Markdown => {
                let mut text = markdown(&plan, &work.sources) + &edited(&drift);
                if let Some(impact) = &impact {
                    text = format!("{text}\n{}", impact.markdown());
                }
                output.data(Text::drawn(text))?;
            }
        }
        if format == PlanFormat::Human {
            approvals::tell(&work, config, &plan, output);
        }
        if let Some(denied) = denied(&plan, &arguments.deny) {
            output.error(denied);
        }
        status = status.worse(of(&plan, &work, arguments));
        if let Some(impact) = &impact {
            status = status.worse(impact.ends(output));
        }
        saved.add(
            &plan,
            config,
            &arguments.ownership,
            &work.sources,
            impact.as_ref(),
        );
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

/// Which recorded contexts a plan would move, if some were recorded.
fn impact(
    work: &Work,
    config: &SyncConfig,
    plan: &segments_runtime::sync::Plan,
    arguments: &Plan,
    output: Output,
) -> Result<Option<Found>, Failure> {
    let Some(contexts) = &arguments.contexts else {
        return Ok(None);
    };
    let before = Found::before(&arguments.recorded, config, &work.watch)?;
    let planned = Planned {
        plan,
        definitions: &work.definitions,
        targetings: &work.targetings,
        environment: config.environment(),
    };
    let change = planned.on(&before);
    Found::of(contexts, &arguments.recorded, &before, change, output).map(Some)
}

/// How one plan ends.
fn of(plan: &segments_runtime::sync::Plan, work: &Work, arguments: &Plan) -> Status {
    if blocked(plan, work) || denied(plan, &arguments.deny).is_some() {
        Status::NotRight
    } else if arguments.detailed_exitcode && !plan.is_empty() {
        Status::Misunderstood
    } else if is_busy(plan) {
        Status::Busy
    } else {
        Status::Done
    }
}
