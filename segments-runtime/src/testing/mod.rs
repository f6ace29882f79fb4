//! For the tests of an application.
//!
//! - [`assert_member!`](crate::assert_member) and [`assert_not_member!`](crate::assert_not_member) explain
//!   where they fail.
//! - [`Snapshot`] answers from an environment as it was pulled, salts and lists included.
//! - [`Boundaries`] gives contexts at each bound of a segment, members and others.
//! - `contexts` (feature `proptest`) makes contexts near what segments look at.

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
