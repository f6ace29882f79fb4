//! `apply`: makes LaunchDarkly match the definitions.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::time::Duration;

use segments_runtime::sync::{
    Action, Approvals, Lock, Outcome, Plan, Report, ReportItem, SyncConfig, SyncError, lock,
};

use super::saved::SavedPlans;
use super::{ForPrograms, Work, approvals, deleted, denied, drift, headline, shown, too_large};
use crate::DefinitionsSource;
use crate::arguments::Apply;
use crate::connection::Sources;
use crate::failure::Failure;
use crate::interruptible::{run, run_until};
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::status::Status;
use crate::{show, signals};

pub(crate) fn apply(
    mut arguments: Apply,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let saved = match &arguments.plan {
        Some(path) => Some(SavedPlans::read(path)?),
        None => None,
    };
    if let Some(saved) = &saved {
        saved.lead(&mut arguments.connection, &mut arguments.ownership)?;
    }
    let mut work = Work::new(
        &arguments.files,
        &arguments.connection,
        &arguments.ownership,
        declared,
        output,
    )?;
    let _locks = if arguments.lock {
        work.configs
            .iter()
            .map(|config| Locked::new(&work.watch, config, output))
            .collect()
    } else {
        Ok(Vec::new())
    }?;
    if saved.is_some() {
        work.sources = Sources::plan();
    }
    let mut plans = Vec::new();
    if arguments.request_approval {
        let configs = work.configs.iter();
        work.configs = configs
            .map(|config| config.with_approvals(Approvals::Request))
            .collect();
    }
    for config in &work.configs {
        let mut plan = work.run(work.plan(config))?;
        if let Some(saved) = &saved {
            saved.allow(&plan, config)?;
        }
        show_plan(&work, config, &plan, &arguments, output);
        if let Some(denied) = denied(&plan, &arguments.deny) {
            return Err(Failure::Denied(denied));
        }
        let large = too_large(&plan, &work);
        if large > 0 {
            return Err(Failure::FirstStep(large));
        }
        if arguments.when_approved && !plan.is_empty() {
            let timeout = Duration::from_secs(arguments.connection.timeout);
            if approvals::carry_out(&work, config, &plan, timeout, output)? {
                // What needs no approval is left: tags that say whose it is.
                plan = work.run(work.plan(config))?;
                show_plan(&work, config, &plan, &arguments, output);
            }
        }
        plans.push(plan);
    }
    if plans.iter().any(|plan| !plan.is_empty()) && !arguments.yes {
        work.run(confirm(&work.configs, &plans, output))?;
    }
    let mut status = Status::Done;
    let mut due = work.configs.iter().zip(plans);
    while let Some((config, plan)) = due.next() {
        let (report, ended, interrupted) = settle_again(&work, config, plan, &arguments, output)?;
        status = status.worse(ended);
        if interrupted {
            let untouched: Vec<_> = due.filter(|(_, plan)| !plan.is_empty()).collect();
            return left(&report, &untouched).map_or(Ok(status), Err);
        }
        let failed = !matches!(ended, Status::Done | Status::Busy);
        if failed && !arguments.keep_going {
            let untouched: Vec<_> = due.filter(|(_, plan)| !plan.is_empty()).collect();
            for (config, _) in untouched {
                output.error(format_args!(
                    "{} was not begun, because {}/{} failed; `--keep-going` goes on",
                    config.scope(),
                    report.project,
                    report.environment
                ));
            }
            break;
        }
    }
    Ok(status)
}

/// A lock that is given back at the end, however that comes.
struct Locked {
    lock: Option<Lock>,
    watch: Watch,
    output: Output,
}

impl Locked {
    fn new(watch: &Watch, config: &SyncConfig, output: Output) -> Result<Self, Failure> {
        let by = format!("process {} of {}", std::process::id(), config.owner());
        let lock = run(watch, async { Ok(lock(config, &by).await?) })?;
        Ok(Self {
            lock: Some(lock),
            watch: watch.clone(),
            output,
        })
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let Some(lock) = self.lock.take() else { return };
        if let Err(error) = run(&self.watch, async { Ok(lock.unlock().await?) }) {
            self.output
                .error(format_args!("the environment stays locked: {error}"));
        }
    }
}

/// Shows the plan before the prompt.
fn show_plan(work: &Work, config: &SyncConfig, plan: &Plan, arguments: &Apply, output: Output) {
    let drift = drift(work, config, plan.settled(), output);
    if !plan.is_empty() && !arguments.yes && somebody_is_there() {
        output.always(shown(plan, &drift, work));
    } else {
        output.message(shown(plan, &drift, work));
    }
}

/// Applies one plan, and where something moved since, the next, if that is wanted.
fn settle_again(
    work: &Work,
    config: &SyncConfig,
    mut plan: Plan,
    arguments: &Apply,
    output: Output,
) -> Result<(Report, Status, bool), Failure> {
    /// The number of attempts if others keep making changes.
    const ROUNDS: usize = 5;
    let mut round = 1;
    loop {
        let deletions: Vec<String> = deletions(&plan).map(|it| it.path()).collect();
        deleted::save(&arguments.save_deleted, config, &plan, output)?;
        let told = if output.is_quiet() {
            HashSet::new()
        } else {
            refused(&plan)
        };
        let (report, interrupted) = settle(work, config, plan, output)?;
        if arguments.json {
            output.json(&ForPrograms {
                of: &report,
                sources: &work.sources,
                drift: &[],
            })?;
        }
        tell(work, &report, &told, interrupted, output);
        let ended = ended(&report, &deletions);
        if ended != Status::Moved || !arguments.replan || interrupted || round >= ROUNDS {
            return Ok((report, ended, interrupted));
        }
        round += 1;
        plan = work.run(work.plan(config))?;
        show_plan(work, config, &plan, arguments, output);
        if let Some(denied) = denied(&plan, &arguments.deny) {
            return Err(Failure::Denied(denied));
        }
        let large = too_large(&plan, work);
        if large > 0 {
            return Err(Failure::FirstStep(large));
        }
        if !plan.is_empty() && !arguments.yes {
            let (configs, plans) = (std::slice::from_ref(config), std::slice::from_ref(&plan));
            work.run(confirm(configs, plans, output))?;
        }
    }
}

/// The refusals of a plan, as shown, so that they need not be shown again.
fn refused(plan: &Plan) -> HashSet<String> {
    let refused = plan.settled().filter(|it| it.outcome.is_failure());
    refused.map(|it| it.to_string()).collect()
}

/// What a plan deletes.
fn deletions(plan: &Plan) -> impl Iterator<Item = ReportItem<'_>> {
    plan.settled()
        .filter(|it| matches!(it.outcome, Outcome::Planned(Action::Delete { .. })))
}

/// How an apply ended. What was to be deleted and was kept has moved, too.
fn ended(report: &Report, deletions: &[String]) -> Status {
    let moved = |it: ReportItem<'_>| matches!(it.outcome, Outcome::Moved(_));
    let begun = |it: &ReportItem<'_>| !matches!(it.outcome, Outcome::NotBegun(_));
    if report.failures().filter(begun).any(|it| !moved(it)) {
        return Status::Partly;
    }
    if !report.failures().all(|it| begun(&it)) {
        return Status::OutOfTime;
    }
    let mut kept = report
        .settled()
        .filter(|it| matches!(it.outcome, Outcome::InUse { .. }));
    if kept.any(|it| deletions.contains(&it.path())) || report.failures().next().is_some() {
        return Status::Moved;
    }
    if report.busy().next().is_some() {
        return Status::Busy;
    }
    Status::Done
}

fn due<'a>(settled: impl Iterator<Item = ReportItem<'a>>) -> usize {
    settled
        .filter(|it| matches!(it.outcome, Outcome::Planned(_)))
        .count()
}

/// The changes that an interruption left undone; `None` if it came too late.
fn left(report: &Report, untouched: &[(&SyncConfig, Plan)]) -> Option<Failure> {
    if due(report.settled()) == 0 && untouched.is_empty() {
        return None;
    }
    let untouched: Vec<String> = untouched
        .iter()
        .map(|(config, _)| format!("{} was not begun; ", config.scope()))
        .collect();
    Some(Failure::Interrupted(format!(
        "{}`cargo segments plan` shows what is left",
        untouched.concat()
    )))
}

/// Applies the plans of a command that names what it is about, one after the other; `rest` says how to go on
/// with what an interruption leaves.
pub(super) fn settle_all(
    work: &Work,
    plans: Vec<Plan>,
    save_deleted: &Path,
    rest: &str,
    output: Output,
) -> Result<Status, Failure> {
    let mut status = Status::Done;
    for (config, plan) in work.configs.iter().zip(plans) {
        deleted::save(save_deleted, config, &plan, output)?;
        let going: Vec<String> = deletions(&plan).map(|it| it.path()).collect();
        let (report, interrupted) = settle(work, config, plan, output)?;
        tell(work, &report, &HashSet::new(), interrupted, output);
        status = status.worse(ended(&report, &going));
        if interrupted {
            return Err(Failure::Interrupted(rest.to_owned()));
        }
    }
    Ok(status)
}

/// Applies one plan. The first signal to stop lets what is under way come to its end, the second does not.
fn settle(
    work: &Work,
    config: &SyncConfig,
    plan: Plan,
    output: Output,
) -> Result<(Report, bool), Failure> {
    let stopped = Cell::new(false);
    let stop = async {
        signals::stop().await;
        stopped.set(true);
        let text = "stopping after the current step; press Ctrl-C again to stop at once";
        work.watch.say(output, text);
    };
    let interrupted = async {
        signals::stop().await;
        signals::stop_again().await;
        let (done, due) = work.watch.position();
        format!(
            "{done} of {due} were settled, and changes under way may take effect; `cargo segments plan` shows what is left"
        )
    };
    work.watch.begin(due(plan.settled()));
    let applied = async { Ok(plan.apply_until(config, stop).await) };
    let report = match run_until(&work.watch, applied, interrupted)? {
        Ok(report) => report,
        Err(SyncError::Incomplete(report)) => *report,
        Err(error) => return Err(error.into()),
    };
    Ok((report, stopped.get()))
}

/// What came of a plan. Who interrupts it wants to know what was done, who waits for its end has
/// read that in the plan.
fn tell(work: &Work, report: &Report, told: &HashSet<String>, interrupted: bool, output: Output) {
    for failure in report.failures() {
        if !told.contains(&failure.to_string()) {
            output.error(Text::drawn(failure));
        }
    }
    let asked = |it: &ReportItem<'_>| matches!(it.outcome, Outcome::AwaitingApproval { .. });
    for item in report.settled().filter(asked) {
        output.message(Text::drawn(item));
    }
    if interrupted {
        for done in show::done(report.settled()) {
            output.message(done);
        }
    } else if report.writes() > 0 {
        output.detail(show::changes(report.settled(), &report.kinds));
    }
    output.message(headline(report.headline(), &work.sources));
    output.detail(format_args!(
        "{} requests, {} of them writes, {:.1} s",
        report.requests(),
        report.writes(),
        report.elapsed.as_secs_f64()
    ));
}

fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks once for everything, and by name for what is deleted.
pub(super) async fn confirm(
    configs: &[SyncConfig],
    plans: &[Plan],
    output: Output,
) -> Result<(), Failure> {
    confirm_changes(output).await?;
    for (config, plan) in configs.iter().zip(plans) {
        for item in deletions(plan) {
            // A metric is of the project, and goes from all of its environments.
            let place = match item.measured {
                Some(_) => config.project().to_string(),
                None => plan.scope(),
            };
            let path = item.path();
            let question =
                format!("`{path}` will be deleted from {place}. Type its key to confirm: ");
            if ask(&question, output).await? != item.key {
                return Err(Failure::Declined);
            }
        }
    }
    Ok(())
}

/// Asks once for changes that have been shown.
pub(crate) async fn confirm_changes(output: Output) -> Result<(), Failure> {
    if !somebody_is_there() {
        return Err(Failure::NobodyToAsk);
    }
    if ask("Apply these changes? Type `yes` to apply: ", output).await? != "yes" {
        return Err(Failure::Declined);
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
    if !answer.ends_with('\n') {
        // Nothing was typed that would have ended the question's line.
        output.always("");
    }
    Ok(answer.trim().to_owned())
}
