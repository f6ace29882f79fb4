//! The layer, and its service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::owned::OwnedContexts;
use super::request::RequestSegments;
use crate::Salts;

/// The contexts of a request. Implemented by closures, and possibly by your own type.
///
/// ```
/// use http::Request;
/// use segments_runtime::Context;
/// use segments_runtime::tower::{ContextsOf, SegmentsLayer};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// /// By the session that another layer has found.
/// #[derive(Clone)]
/// struct BySession;
///
/// impl<B> ContextsOf<B> for BySession {
///     type Contexts = Option<User>;
///
///     fn contexts_of(&self, request: &Request<B>) -> Option<User> {
///         let session = request.extensions().get::<String>()?;
///         Some(User { id: session.clone() })
///     }
/// }
///
/// let layer = SegmentsLayer::new(BySession);
/// # let _ = layer;
/// ```
pub trait ContextsOf<B> {
    /// The type of the contexts.
    type Contexts: OwnedContexts;

    /// Returns the contexts of a request.
    fn contexts_of(&self, request: &Request<B>) -> Self::Contexts;
}

impl<B, F, C> ContextsOf<B> for F
where
    F: Fn(&Request<B>) -> C,
    C: OwnedContexts,
{
    type Contexts = C;

    fn contexts_of(&self, request: &Request<B>) -> C {
        self(request)
    }
}

/// Puts a [`RequestSegments`] into the extensions of each request.
///
/// Example: [the module](super).
#[derive(Clone)]
pub struct SegmentsLayer<F> {
    make: F,
    salts: Arc<Salts>,
}

impl<F> fmt::Debug for SegmentsLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentsLayer").finish_non_exhaustive()
    }
}

impl<F> SegmentsLayer<F> {
    /// Creates a layer from the contexts of a request: a closure, or a [`ContextsOf`].
    pub fn new(make: F) -> Self {
        Self {
            make,
            salts: Arc::default(),
        }
    }

    /// Evaluates percentages with these salts. Without salts they are unknown.
    #[must_use]
    pub fn with_salts(self, salts: impl Into<Arc<Salts>>) -> Self {
        Self {
            salts: salts.into(),
            ..self
        }
    }
}

impl<S, F: Clone> Layer<S> for SegmentsLayer<F> {
    type Service = SegmentsService<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        SegmentsService {
            inner,
            layer: self.clone(),
        }
    }
}

/// The service of a [`SegmentsLayer`].
///
/// Example: [the module](super).
#[derive(Debug, Clone)]
pub struct SegmentsService<S, F> {
    inner: S,
    layer: SegmentsLayer<F>,
}

impl<B, S, F> Service<Request<B>> for SegmentsService<S, F>
where
    S: Service<Request<B>>,
    F: ContextsOf<B>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let contexts = self.layer.make.contexts_of(&request);
        let segments = RequestSegments::new(contexts, Arc::clone(&self.layer.salts));
        request.extensions_mut().insert(segments);
        self.inner.call(request)
    }
}
