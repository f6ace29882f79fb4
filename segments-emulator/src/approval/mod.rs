//! Approvals: which changes of segments need one, and requests for them.

mod request;
mod settings;

pub(crate) use request::{StoredRequest, apply, collection, one, review};
pub(crate) use settings::{Settings, settings};
