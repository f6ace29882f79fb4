//! Membership of contexts in JSON: the interpreter.
//!
//! [`CompiledSegments`] takes segments in any form (definitions, responses of the REST API, data for
//! SDKs), prepares them once, and then evaluates any [`ContextInstance`].
//!
//! ```
//! use segments_model::evaluate::{CompiledSegments, ContextInstance};
//!
//! let segments = CompiledSegments::from_json(r#"{
//!     "key": "beta-testers", "included": ["u-7"], "excluded": [], "salt": "e5b6", "version": 1,
//!     "rules": [{"clauses": [
//!         {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@x.io"]}
//!     ]}]
//! }"#)?;
//! let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u-1", "email": "ann@x.io"}"#)?;
//! assert_eq!(segments.membership("beta-testers", &user).known(), Some(true));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Semantics
//!
//! The semantics are exactly those of LaunchDarkly's Rust evaluator; `docs/reference/evaluator-differences.md`
//! lists differences from other SDKs. An answer that depends on missing data is
//! [`Unknown`](crate::Membership::Unknown) rather than wrong: a percentage without the segment's salt,
//! the members of a big segment, a segment that is not loaded. It is unknown only if the missing data
//! matters: an included key, or a rule that fails before its percentage, is certain.

mod clause;
mod compile;
mod context;
mod count;
mod decide;
mod environment;
mod explain;
mod impact;
mod lists;
mod load;
mod membership;
mod overlay;
mod path;
#[cfg(feature = "launchdarkly-sdk")]
mod sdk;
mod segments;
mod sight;
mod snapshot;
mod targeting;
#[cfg(test)]
mod tests;

pub use context::{ContextInstance, InvalidContext};
pub use count::{Count, Counts, LineError, Tally, Workers, ndjson};
pub use environment::CompiledEnvironment;
pub use impact::{Example, FlagMoves, Impact, Moved, Moves, SegmentMoves, ServedMoves};
pub use load::{Form, LoadError, Loaded};
pub use membership::CompiledSegment;
pub use overlay::Overlaid;
pub use segments::CompiledSegments;
pub use snapshot::{LeftOut, LeftOutLists, LeftOutTargets, Protocol, Snapshot};
pub use targeting::{CompiledTargeting, SplitData};
