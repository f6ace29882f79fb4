//! Sizes that the service does not exceed.

/// Individual targets of a standard segment, included and excluded together (LaunchDarkly's
/// documentation of segment targets).
pub const MAX_TARGETS: usize = 15_000;

/// Target operations in one semantic patch (LaunchDarkly's API documentation, *patchSegment*).
pub const MAX_PATCH_TARGETS: usize = 1_500;

/// Rules of one segment (LaunchDarkly's published agent skill for segments).
pub const RULES: usize = 5_000;

/// Values over all clauses of one segment (the same source).
pub const MAX_CLAUSE_VALUES: usize = 50_000;
