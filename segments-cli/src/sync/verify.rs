//! `verify`: whether LaunchDarkly is as declared. It only reads.

use segments_runtime::sync::{SyncMode, sync_definitions};

use super::{Work, headline};
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
        if arguments.json {
            output.json(&report)?;
        } else {
            let changes = show::changes(report.settled(), &report.kinds);
            if !changes.is_empty() {
                output.data(changes)?;
            }
            output.data(headline(report.headline(), &work.sources))?;
        }
    }
    Ok(status)
}
