//! What the layers hand to each other: requests, responses and errors as values.

mod error;
mod request;
mod response;

pub(crate) use error::ApiError;
pub use request::RecordedRequest;
pub(crate) use request::Request;
pub(crate) use response::{Body, Response, link};
