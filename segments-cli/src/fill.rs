//! `fill`: the members of a big segment, from a file.

use segments_model::SegmentKey;
use segments_runtime::sync::{BigSegment, ImportStatus, Members, MembersError};

use crate::DefinitionsSource;
use crate::arguments::{Files, Fill};
use crate::failure::Failure;
use crate::interruptible;
use crate::output::Output;
use crate::progress::Watch;
use crate::signals;
use crate::status::Status;

pub(crate) fn fill(
    arguments: &Fill,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let header = Files::default().header(declared)?;
    let config = arguments
        .connection
        .changing(&header.environments, &watch)?;
    let key = SegmentKey::parse(arguments.key.clone()).map_err(|error| Failure::NotFilled {
        key: arguments.key.clone(),
        reason: error.to_string(),
    })?;
    let segment = BigSegment::new(&config, key.clone());
    let interrupted = async {
        signals::stop().await;
        "the list may be on its way; the service puts it into force as a whole or not at all"
            .to_owned()
    };
    let fill = async {
        let members = Members::csv_file(&arguments.members);
        let done = if arguments.add {
            segment.merge_from(members).await
        } else {
            segment.replace_from(members).await
        };
        done.map_err(|error| Failure::NotFilled {
            key: key.to_string(),
            reason: match error {
                MembersError::Source(error) => {
                    format!("cannot read `{}`: {error}", arguments.members.display())
                }
                error => error.to_string(),
            },
        })
    };
    let filled = interruptible::run_until(&watch, fill, interrupted)?;
    let place = config.scope();
    if filled.status == ImportStatus::PendingApproval {
        output.message(format_args!(
            "{place}: the members of `{key}` wait for an approval"
        ));
    } else {
        let done = if arguments.add {
            "added to"
        } else {
            "are now those of"
        };
        output.message(format_args!(
            "{place}: the members in `{}` {done} `{key}`",
            arguments.members.display()
        ));
    }
    Ok(Status::Done)
}
