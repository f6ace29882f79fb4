//! The choices of a team: each is valid, and the first is the default.

/// What [`sync`](crate::sync::sync_definitions) does with differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SyncMode {
    /// Makes LaunchDarkly match.
    #[default]
    Apply,
    /// Reads only, and reports differences: for health checks, and for a read-only token.
    Verify,
    /// Reads only, and reports the changes that an apply would make.
    Plan,
}

/// What to do about context kinds that segments use and the project does not have.
///
/// The service accepts segments of unknown kinds, but people cannot pick the kind in its UI until an SDK
/// has sent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContextKinds {
    /// Creates them before the segments that need them.
    #[default]
    Create,
    /// Fails those segments, and names the kinds.
    Require,
    /// Sends no request about kinds.
    Ignore,
}

/// What to do if the environment requires approval for changes of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Approvals {
    /// Reports that an approval is required.
    #[default]
    Report,
    /// Opens an approval request with the same instructions, unless one is open already, and
    /// reports it as pending.
    Request,
}

/// What to do if LaunchDarkly cannot be made to match for a reason that is not the program's own mistake:
/// the network, a proxy, a service that is slow, temporarily refuses or returns something unexpected, the
/// deadline, other writers.
///
/// A mistake of the program stays an error: a rejected token, a missing permission, a project that does
/// not exist, a definition that LaunchDarkly refuses, a segment of another owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unreachable {
    /// Returns an error.
    #[default]
    Fail,
    /// Returns a [degraded](crate::sync::Report::is_degraded) report with the failures and their reasons.
    /// Membership needs no service, so a program whose segments only need to be right *eventually* may
    /// start. [`spawn`](crate::sync::spawn()) retries in the background.
    Continue,
}

/// How to end an AI Config or flag that this owner targeted before and that is no longer declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Removes its rules and targets, and the owner's mark. The fallthrough stays.
    Retire,
    /// Leaves its rules and targets to people, and removes the owner's mark. If it is still declared,
    /// leaves the parts that are no longer declared to people.
    LetGo,
}
