//! The exit code of the process.

use std::process::ExitCode;

/// How a command ended. The numbers are documented and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Done, and nothing is wrong.
    Done = 0,
    /// Looked, and something is not right.
    NotRight = 1,
    /// The command line does not make sense.
    Misunderstood = 2,
    /// Could not be done.
    Failed = 3,
    /// Some segments could not be settled.
    Partly = 4,
    /// Declined, or out of date.
    NotDone = 5,
    /// Somebody changed what the plan was made for, and that was left alone.
    Moved = 6,
    /// The answer is not known here, so there is nothing to compare.
    Unknown = 7,
    /// The time for all of it has passed.
    OutOfTime = 8,
    /// LaunchDarkly runs an experiment or a rollout on something that is declared, which was left alone.
    Busy = 9,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Status {
    /// The one that says more of two environments.
    pub(crate) fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Status::Done, other)
            | (
                Status::Busy,
                other @ (Status::Moved | Status::Partly | Status::NotRight | Status::Misunderstood),
            )
            | (Status::Misunderstood, other @ Status::NotRight)
            | (Status::Moved | Status::OutOfTime, other @ Status::Partly) => other,
            _ => self,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}
