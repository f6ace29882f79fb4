//! Membership, decided by generated code, and the parts of that code.

pub(crate) mod about;
pub(crate) mod all_segments;
pub(crate) mod clauses;
pub(crate) mod count;
pub(crate) mod decide;
pub(crate) mod decided;
pub(crate) mod decision;
pub(crate) mod file_segment;
pub(crate) mod key_set;
pub(crate) mod listing;
pub(crate) mod methods;
pub(crate) mod parts;
pub(crate) mod received;
pub(crate) mod recorder;
pub(crate) mod segment;
pub(crate) mod visitor;
