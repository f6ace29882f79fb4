//! A [tower](https://docs.rs/tower-layer) layer that evaluates the segments of a request (feature
//! `tower`).
//!
//! It creates the contexts of each request once, and puts a [`RequestSegments`] into its extensions for
//! handlers: each segment is evaluated on first use, and only once.
//!
//! ```
//! use http::Request;
//! use segments_runtime::tower::{RequestSegments, SegmentsLayer};
//! use segments_runtime::{Context, segment};
//! # use std::convert::Infallible;
//! # use std::future::{Ready, ready};
//! # use std::task::{self, Poll};
//! use tower_layer::Layer;
//! use tower_service::Service;
//!
//! #[derive(Context)]
//! #[context(kind = "user")]
//! struct User { #[context(key)] id: String }
//!
//! /// Those who see what is new.
//! #[segment(include(User = ["user-7"]))]
//! struct Beta;
//!
//! /// A handler, as web frameworks have them: axum's takes `Extension(segments): Extension<RequestSegments<User>>`.
//! fn page(request: &Request<()>) -> &'static str {
//!     let segments = request.extensions().get::<RequestSegments<User>>().unwrap();
//!     if segments.contains(Beta) { "new" } else { "old" }
//! }
//!
//! let layer = SegmentsLayer::new(|request: &Request<()>| {
//!     let user = request.headers().get("x-user").and_then(|user| user.to_str().ok());
//!     User { id: user.unwrap_or("anonymous").to_owned() }
//! });
//! # #[derive(Clone)]
//! # struct Handler(fn(&Request<()>) -> &'static str);
//! # impl Service<Request<()>> for Handler {
//! #     type Response = &'static str;
//! #     type Error = Infallible;
//! #     type Future = Ready<Result<&'static str, Infallible>>;
//! #     fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
//! #     fn call(&mut self, request: Request<()>) -> Self::Future { ready(Ok((self.0)(&request))) }
//! # }
//! let mut service = layer.layer(Handler(page));
//! let request = Request::builder().header("x-user", "user-7").body(()).unwrap();
//! assert_eq!(service.call(request).into_inner(), Ok("new"));
//! ```

mod layer;
mod owned;
mod request;

pub use layer::{ContextsOf, SegmentsLayer, SegmentsService};
pub use owned::OwnedContexts;
pub use request::RequestSegments;
