//! The network side: a listener, its connections, and requests on their way in and out.

use std::convert::Infallible;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::StatusCode;
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, oneshot};

use crate::message::{ApiError, Request, Response};
use crate::service::fault::{self, FaultKind};
use crate::service::{LONGEST_WAIT, Service};

/// The longest body that is read: room for an import of a million keys.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// The service, shared between the network and whoever started it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Service>>);

impl Shared {
    pub(crate) fn new(service: Service) -> Self {
        Self(Arc::new(Mutex::new(service)))
    }

    /// A handler that panicked has not stored anything, so the state behind its lock is sound.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Service> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. It lives on a thread of its own, so that a caller who blocks does not stop
/// it; dropping it closes every connection.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to answer what comes to the listener.
    pub(crate) fn start(listener: TcpListener, shared: Shared) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("segments-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    // The sender sends nothing: it is dropped, and that ends the wait.
                    tokio::select! {
                        _ = stopped => {}
                        () = accept(listener, shared) => {}
                    }
                });
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread is done within one request; if it panicked there is nothing to save.
            let _ = thread.join();
        }
    }
}

/// How often the clock is looked at without a request, for targets that expire.
const TICK: Duration = Duration::from_millis(250);

async fn accept(listener: TcpListener, shared: Shared) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let mut tick = tokio::time::interval(TICK);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = tick.tick() => {
                shared.lock().expire();
                continue;
            }
        };
        // An error here belongs to one connection that went away before it was taken.
        if let Ok((stream, _)) = accepted {
            tokio::spawn(serve(stream, shared.clone()));
        }
    }
}

async fn serve(stream: TcpStream, shared: Shared) {
    // Answers are written in one piece; waiting for more would only cost time.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, shared.clone()));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    if let Err(error) = ended
        && let Some(Interruption::Reset) = error.source().and_then(<dyn Error>::downcast_ref)
    {
        // Closing a socket that does not linger sends a reset instead of an orderly end.
        let stream = connection.into_parts().io.into_inner();
        let _ = stream.set_zero_linger();
    }
    // Any other error is a client that went away, which is no concern of the service.
}

/// A connection that ends on request.
#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error("the connection is reset on request")]
    Reset,
    #[error("the answer is cut short on request")]
    CutShort,
}

type Body = UnsyncBoxBody<Bytes, Interruption>;

async fn answer(
    request: hyper::Request<Incoming>,
    shared: Shared,
) -> Result<hyper::Response<Body>, Interruption> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
        let error = ApiError::invalid("the request body is too long or was cut short");
        return Ok(whole(shared.lock().refuse(error)));
    };
    let request = Request::new(head.method, &head.uri, head.headers, body.to_bytes());
    if !request.is_rest() {
        return Ok(whole(shared.lock().answer(&request)));
    }

    let (number, fault, wait) = {
        let mut service = shared.lock();
        let now = service.clock.now();
        let number = service.requests.record(&request, now);
        let fault = service.faults.strike(&request);
        (number, fault, service.latency())
    };
    let wait = match fault {
        Some(FaultKind::Slow { milliseconds }) => {
            wait + Duration::from_millis(milliseconds.min(LONGEST_WAIT))
        }
        _ => wait,
    };
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let mut service = shared.lock();
    let sent = misbehave(&mut service, &request, fault)?;
    service.requests.answered(number, sent.status());
    Ok(sent)
}

/// Answers a request, with the fault that befalls it.
fn misbehave(
    service: &mut Service,
    request: &Request,
    fault: Option<FaultKind>,
) -> Result<hyper::Response<Body>, Interruption> {
    let response = match fault {
        None | Some(FaultKind::Slow { .. }) => service.answer(request),
        Some(FaultKind::ResetBefore) => return Err(Interruption::Reset),
        Some(FaultKind::ResetAfter) => {
            service.answer(request);
            return Err(Interruption::Reset);
        }
        Some(FaultKind::Status { status }) => service.refuse(fault::refusal(status)),
        Some(FaultKind::ApprovalRequired) => {
            service.refuse(ApiError::forbidden("approval is required"))
        }
        Some(FaultKind::RateLimited { hint }) => {
            let mut response = service.refuse(ApiError::rate_limited());
            hint.apply(service.clock.now(), &mut response);
            response
        }
        Some(FaultKind::Truncated) => return Ok(truncated(service.answer(request))),
        Some(FaultKind::WrongBody { body }) => Response {
            body: body.into(),
            ..service.answer(request)
        },
        Some(FaultKind::StaleList) => service.answer_stale(request),
        Some(FaultKind::Meanwhile { method, path, body }) => {
            service.meanwhile(&method, &path, &body);
            service.answer(request)
        }
    };
    Ok(whole(response))
}

fn whole(response: Response) -> hyper::Response<Body> {
    if let Some(events) = response.events {
        return sent(
            response.status,
            response.headers,
            stream_of(response.body, events),
        );
    }
    let body = Full::new(response.body)
        .map_err(|never| match never {})
        .boxed_unsync();
    sent(response.status, response.headers, body)
}

/// How often a stream shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// A body that begins with everything and goes on with changes. It ends when the listener is so far
/// behind that it has to start again.
fn stream_of(first: Bytes, events: broadcast::Receiver<Bytes>) -> Body {
    let later = stream::unfold(events, |mut events| async {
        match tokio::time::timeout(HEARTBEAT, events.recv()).await {
            Ok(Ok(event)) => Some((event, events)),
            Ok(Err(_)) => None,
            Err(_) => Some((Bytes::from_static(b":\n\n"), events)),
        }
    });
    let all = stream::once(async { first }).chain(later);
    StreamBody::new(all.map(|bytes| Ok(Frame::data(bytes)))).boxed_unsync()
}

/// An answer that announces its whole body and sends half of it.
fn truncated(mut response: Response) -> hyper::Response<Body> {
    response.set(CONTENT_LENGTH, &response.body.len().to_string());
    let half = response.body.slice(..response.body.len() / 2);
    let first = stream::once(async { Ok(Frame::data(half)) });
    let end = stream::once(async {
        // Time for the first half to leave.
        tokio::time::sleep(Duration::from_millis(10)).await;
        Err(Interruption::CutShort)
    });
    let body = StreamBody::new(first.chain(end)).boxed_unsync();
    sent(response.status, response.headers, body)
}

fn sent(status: StatusCode, headers: HeaderMap, body: Body) -> hyper::Response<Body> {
    let mut sent = hyper::Response::new(body);
    *sent.status_mut() = status;
    *sent.headers_mut() = headers;
    sent
}

/// Opens the port.
pub(crate) fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address)
}
