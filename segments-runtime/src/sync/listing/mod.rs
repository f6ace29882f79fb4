//! Changes of lists at run time, for lists that no declaration manages.

mod apply;
mod change;
mod error;
mod expiry;
mod list_undo;
mod look;
mod open;
mod place;
mod preview;
mod typed;
mod undo;

pub use change::{ListChange, ListEdit};
pub use error::ListError;
pub(super) use expiry::{Expiring, set as set_expiries};
pub use preview::ListPreview;
pub use typed::{ExcludedIsOpen, IncludedIsOpen, KeyOf, ListIsOpen, Lists};

pub use crate::membership::listing::LooksAt;
pub use list_undo::ListUndo;
