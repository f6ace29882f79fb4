//! Size limits of the service.

/// The maximum number of individual targets of a standard segment, included and excluded together
/// (LaunchDarkly's documentation of segment targets).
pub const MAX_TARGETS: usize = 15_000;

/// The maximum number of target operations in one semantic patch (LaunchDarkly's API documentation,
/// *patchSegment*).
pub const MAX_PATCH_TARGETS: usize = 1_500;

/// The maximum number of rules of one segment (LaunchDarkly's published agent skill for segments).
pub const RULES: usize = 5_000;

/// The maximum number of values over all clauses of one segment (the same source).
pub const MAX_CLAUSE_VALUES: usize = 50_000;
