//! `experiment start` and `experiment stop`: explicit actions, which no sync does by itself.

use segments_model::{ExperimentKey, VariationKey};
use segments_runtime::sync::{start_experiment, stop_experiment};

use crate::arguments::{Experiment, StartOrStop};
use crate::failure::Failure;
use crate::interruptible;
use crate::output::{CHANGED, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync::apply;

pub(crate) fn experiment(arguments: &Experiment, output: Output) -> Result<Status, Failure> {
    let key = ExperimentKey::parse(arguments.key.clone())?;
    let winner = arguments.winner.clone().map(VariationKey::parse);
    let winner = winner.transpose()?;
    let watch = Watch::new(output);
    let config = arguments.connection.config(&watch)?;
    let scope = config.scope();
    let what = match (arguments.what, &winner) {
        (StartOrStop::Start, _) => "start: its treatments are served from now on".to_owned(),
        (StartOrStop::Stop, None) => "stop: everybody is served the baseline".to_owned(),
        (StartOrStop::Stop, Some(winner)) => format!("stop: everybody is served `{winner}`"),
    };
    let head = styled(STRONG, format_args!("~ experiment {key}")).then(format_args!(" in {scope}"));
    let line = styled(CHANGED, format_args!("    {what}"));
    let shown = Text::lines([head, line]);
    if arguments.yes {
        output.message(shown);
    } else {
        output.always(shown);
        interruptible::run(&watch, apply::confirm_changes(output))?;
    }
    let reason = arguments.reason.as_deref();
    let rest = "look at the experiment in LaunchDarkly";
    interruptible::run_changing(&watch, rest, async {
        match arguments.what {
            StartOrStop::Start => start_experiment(&config, &key, reason).await?,
            StartOrStop::Stop => stop_experiment(&config, &key, winner.as_ref(), reason).await?,
        }
        Ok(())
    })?;
    let done = match arguments.what {
        StartOrStop::Start => "started",
        StartOrStop::Stop => "stopped",
    };
    output.message(format_args!("{scope}: {done} experiment `{key}`"));
    Ok(Status::Done)
}
