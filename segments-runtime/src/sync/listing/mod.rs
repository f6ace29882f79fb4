//! Contexts on the lists of a segment, changed at run time: only lists that no declaration manages.

mod change;
mod error;
mod expiry;
mod preview;
mod typed;

pub use change::{ListChange, ListEdit};
pub use error::ListError;
pub(super) use expiry::Expiry;
pub use preview::ListPreview;
pub use typed::{KeyOf, Lists};
