//! Tools for tests of an application.
//!
//! - [`assert_member!`](crate::assert_member) and [`assert_not_member!`](crate::assert_not_member)
//!   explain a failure.
//! - [`Snapshot`] evaluates a pulled environment, including its salts and lists.
//! - [`Boundaries`] returns contexts at each boundary of a segment, members and non-members.
//! - `contexts` (feature `proptest`) generates contexts near the values that segments test.

pub(crate) mod assert;
mod boundaries;
#[cfg(feature = "proptest")]
mod make;
mod snapshot;
#[cfg(feature = "proptest")]
mod strategy;

pub use boundaries::{Boundaries, Boundary};
#[cfg(feature = "proptest")]
pub use make::{Make, Shape, Skipped};
pub use snapshot::{Snapshot, SnapshotError};
#[cfg(feature = "proptest")]
pub use strategy::{contexts, contexts_near};
