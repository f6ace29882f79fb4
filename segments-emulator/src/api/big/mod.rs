//! Big segments: lists of any length, separate from the segment.

mod access;
mod export;
mod form;
mod import;
mod members;

pub(crate) use export::{create as create_export, download, get as get_export};
pub(crate) use import::{create as create_import, get as get_import};
pub(crate) use members::{
    Changes, apply, change, import_waits, membership, refuse_listed_twice, update,
};
