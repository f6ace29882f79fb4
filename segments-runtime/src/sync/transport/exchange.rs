//! The exchange of a request and its answer, whatever sends the one and brings the other.

use std::fmt;
use std::pin::Pin;

use ::http::{HeaderMap, Method};

use super::payload::Payload;

/// The longest answer that is read, in bytes. The longest that is due is a page of 50 segments, each
/// with the 15,000 contexts that the service lets it list: 30 MB if their keys are UUIDs.
pub(crate) const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The transport of requests. It follows no redirects, and sends nothing twice.
pub(crate) trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request and reads the answer to its end.
    fn exchange(&self, request: Outgoing) -> Exchange<'_>;
}

/// An answer under way. Dropping it ends the request.
pub(crate) type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Answer, Broken>> + Send + 'a>>;

/// A request as it is sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// The whole address.
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The reason why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// No connection was made, so nothing was sent.
    Unreachable(String),
    /// The request was sent, and no whole answer came back.
    Lost(String),
    /// The answer is longer than [`LONGEST_ANSWER`]. It was not read further.
    TooLong { status: u16 },
}
