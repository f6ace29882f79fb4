//! Approvals: the changes that need one, and approval requests.

pub(crate) mod of_flag;
mod request;
mod settings;

pub(crate) use request::{apply, create, delete, get, list, patch, review};
pub(crate) use settings::{patch_settings, settings};
