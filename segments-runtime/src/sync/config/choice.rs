//! What a team may choose: each choice is valid, and the first is the default.

/// What [`sync`](crate::sync::sync_definitions) does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SyncMode {
    /// Makes LaunchDarkly agree.
    #[default]
    Apply,
    /// Reads only, and reports what differs: for health checks, and for a token that may not write.
    Verify,
    /// Reads only, and reports what an apply would do.
    Plan,
}

/// What to do about context kinds that segments use and the project does not have.
///
/// The service takes segments of unknown kinds, but people can then not pick the kind in its pages
/// until an SDK has sent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContextKinds {
    /// Makes them before the segments that need them.
    #[default]
    Create,
    /// Fails those segments, and names the kinds.
    Require,
    /// Sends no request about kinds.
    Ignore,
}

/// What to do when the environment wants changes of segments to be approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Approvals {
    /// Reports that an approval is required.
    #[default]
    Report,
    /// Opens an approval request with the same instructions, unless one is open already, and
    /// reports it as pending.
    Request,
}

/// What to do when LaunchDarkly cannot be made to agree for a reason that is not the program's own
/// mistake: the network, a proxy, a service that is slow, refuses for now or answers something else,
/// the deadline, other writers.
///
/// A mistake of the program stays an error: a token that is not accepted, a role that does not allow
/// it, a project that does not exist, a definition that LaunchDarkly refuses, a segment of another owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unreachable {
    /// Fails.
    #[default]
    Fail,
    /// Returns a [degraded](crate::sync::Report::is_degraded) report that says what failed and why.
    /// Membership needs no service, so a program that only wants its segments to be right *some time*
    /// may start. [`spawn`](crate::sync::spawn()) tries again in the background.
    Continue,
}

/// How what is declared no more ends: an AI Config or flag that this owner targeted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its rules and targets go, and the owner's mark. What everybody else is served stays.
    Retire,
    /// Its rules and targets are left to people; the owner's mark goes. Of one that is still declared, the parts
    /// that are declared no more are.
    LetGo,
}
