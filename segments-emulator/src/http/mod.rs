//! The network side: connections, the page, SDKs, and which of them a request is for.

mod cors;
mod dispatch;
mod intake;
#[cfg(feature = "page")]
mod page;
mod sdk;
pub(crate) mod server;
