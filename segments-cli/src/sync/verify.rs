//! `verify`: checks that LaunchDarkly is as declared. It only reads.

use segments_runtime::sync::{SyncMode, sync_definitions};

use super::{ForPrograms, Work, by_hand, drift, headline};
use crate::DefinitionsSource;
use crate::arguments::Verify;
use crate::failure::Failure;
use crate::output::Output;
use crate::show;
use crate::status::Status;

pub(crate) fn verify(
    arguments: &Verify,
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
    for config in &work.configs {
        let config = config.with_mode(SyncMode::Verify);
        let report = work.run(async { Ok(sync_definitions(&config, work.declared()).await?) })?;
        if report.out_of_sync().next().is_some() {
            status = status.worse(Status::NotRight);
        } else if report.busy().next().is_some() {
            status = status.worse(Status::Busy);
        }
        let drift = drift(&work, &config, report.settled(), output);
        if arguments.json {
            output.json(&ForPrograms {
                of: &report,
                sources: &work.sources,
                drift: &drift,
            })?;
        } else {
            let parts = [
                show::changes(report.settled(), &report.kinds),
                by_hand(&drift),
            ];
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                output.data(part)?;
            }
            output.data(headline(report.headline(), &work.sources))?;
        }
    }
    Ok(status)
}
