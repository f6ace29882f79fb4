//! Values that the layers exchange: requests, responses and errors.

mod error;
mod request;
mod response;

pub(crate) use error::ApiError;
pub use request::RecordedRequest;
pub(crate) use request::Request;
pub(crate) use response::{Body, Response, link};
