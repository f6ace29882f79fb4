//! The network side: connections, the page, SDKs, and dispatching.

mod client_side;
mod cors;
mod dispatch;
mod events;
mod fdv2;
mod intake;
#[cfg(feature = "page")]
mod page;
mod sdk;
pub(crate) mod server;
