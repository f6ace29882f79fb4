//! The network side: a listener, its connections, requests and responses.

use std::convert::Infallible;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::StatusCode;
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, broadcast, oneshot};

use super::intake::Intake;
use crate::message::{ApiError, Body, Request, Response};
use crate::service::fault::{self, FaultKind};
use crate::service::{LONGEST_WAIT, Service};

/// The service, shared between the network and the code that started it.
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

/// How much the network side takes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once; more wait until one ends.
    pub(crate) connections: usize,
    /// How long a client may take to send the head of a request, and then its body.
    pub(crate) read_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            read_timeout: Duration::from_secs(30),
        }
    }
}

/// Questions that are thought about at once, each on a thread.
const THINKERS: usize = 2;

/// A running server. It lives on a thread of its own, so that a caller who blocks does not stop
/// it; dropping it closes every connection.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to answer what comes to the listener.
    pub(crate) fn start(
        listener: TcpListener,
        shared: Shared,
        limits: Limits,
    ) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(THINKERS)
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
                        () = accept(listener, shared.clone(), limits) => {}
                        () = expire(shared) => {}
                    }
                });
                // A question that is still thought about has nobody to be answered to.
                runtime.shutdown_background();
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

/// Removes targets whose time has come, even when nobody asks.
async fn expire(shared: Shared) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        shared.lock().expire();
    }
}

/// How long to wait after a connection could not be taken: most often because the process has no
/// descriptors left, which one more try at once does not change.
const PAUSE: Duration = Duration::from_millis(50);

async fn accept(listener: TcpListener, shared: Shared, limits: Limits) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let room = Arc::new(Semaphore::new(limits.connections));
    let intake = Intake::new(limits.read_timeout);
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (shared, intake) = (shared.clone(), intake.clone());
                tokio::spawn(async move {
                    serve(stream, shared, intake, limits.read_timeout).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, shared: Shared, intake: Intake, head_timeout: Duration) {
    // Answers are written in one piece; waiting for more would only cost time.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, shared.clone(), intake.clone()));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
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
    #[error("the response is truncated on request")]
    CutShort,
}

type SentBody = UnsyncBoxBody<Bytes, Interruption>;

async fn answer(
    request: hyper::Request<Incoming>,
    shared: Shared,
    intake: Intake,
) -> Result<hyper::Response<SentBody>, Interruption> {
    let (head, body) = request.into_parts();
    let mut request = Request::new(head.method, &head.uri, head.headers, Bytes::new());
    let wanted = shared.lock().wants_body(&request);
    // The room that the body takes is given back when the request is answered.
    let _held = if wanted {
        match intake.read(body).await {
            Ok(held) => {
                request.body = held.bytes.clone();
                Some(held)
            }
            Err(error) => {
                let refusal = shared.lock().refuse(error);
                return Ok(send(refusal));
            }
        }
    } else {
        Intake::discard(body).await;
        None
    };
    if !request.is_rest() {
        let response = shared.lock().answer(&request);
        return Ok(send(think(response).await));
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
    let cut = fault == Some(FaultKind::Truncated);
    let response = {
        let mut service = shared.lock();
        let response = misbehave(&mut service, &request, fault)?;
        service.requests.answered(number, response.status);
        response
    };
    let response = think(response).await;
    Ok(if cut {
        truncated(response)
    } else {
        send(response)
    })
}

/// Finds out what takes long, on a thread where nobody else waits for it.
async fn think(mut response: Response) -> Response {
    if let Body::Later(find_out) = response.body {
        response.body = match tokio::task::spawn_blocking(find_out).await {
            Ok(bytes) => Body::Whole(bytes),
            // It panicked, or the emulator stops.
            Err(_) => return Response::empty(StatusCode::INTERNAL_SERVER_ERROR),
        };
    }
    response
}

/// Answers a request, with the fault that befalls it.
fn misbehave(
    service: &mut Service,
    request: &Request,
    fault: Option<FaultKind>,
) -> Result<Response, Interruption> {
    let response = match fault {
        None | Some(FaultKind::Slow { .. } | FaultKind::Truncated) => service.answer(request),
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
        Some(FaultKind::WrongBody { body }) => Response {
            body: Body::Whole(body.into()),
            ..service.answer(request)
        },
        Some(FaultKind::StaleList) => service.answer_stale(request),
        Some(FaultKind::Meanwhile {
            method,
            path,
            body,
            then,
        }) => {
            service.meanwhile(&method, &path, &body);
            for next in then {
                service.meanwhile(&next.method, &next.path, &next.body);
            }
            service.answer(request)
        }
    };
    Ok(response)
}

fn send(response: Response) -> hyper::Response<SentBody> {
    let body = match response.body {
        Body::Whole(bytes) => whole(bytes),
        Body::Events(first, events) => stream_of(first, events),
        Body::Later(find_out) => whole(find_out()),
    };
    sent(response.status, response.headers, body)
}

fn whole(bytes: Bytes) -> SentBody {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// How often a stream shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// A body that begins with everything and goes on with changes. It ends when the listener is so far
/// behind that it has to start again.
fn stream_of(first: Bytes, events: broadcast::Receiver<Bytes>) -> SentBody {
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
fn truncated(mut response: Response) -> hyper::Response<SentBody> {
    let Body::Whole(bytes) = response.body else {
        // A stream announces no length that could be wrong.
        return send(response);
    };
    response.body = Body::Whole(Bytes::new());
    response.set(CONTENT_LENGTH, &bytes.len().to_string());
    let half = bytes.slice(..bytes.len() / 2);
    let first = stream::once(async { Ok(Frame::data(half)) });
    let end = stream::once(async {
        // Time for the first half to leave.
        tokio::time::sleep(Duration::from_millis(10)).await;
        Err(Interruption::CutShort)
    });
    let body = StreamBody::new(first.chain(end)).boxed_unsync();
    sent(response.status, response.headers, body)
}

fn sent(status: StatusCode, headers: HeaderMap, body: SentBody) -> hyper::Response<SentBody> {
    let mut sent = hyper::Response::new(body);
    *sent.status_mut() = status;
    *sent.headers_mut() = headers;
    sent
}

/// Opens the port.
pub(crate) fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn what_takes_long_holds_up_nobody() {
        let (tell, told) = std::sync::mpsc::channel();
        // It goes on only after something else has happened on the thread of the server.
        let long = Response::later(move || told.recv().is_ok());
        let (response, ()) = tokio::join!(think(long), async { tell.send(()).unwrap() });
        let Body::Whole(body) = response.body else {
            panic!("it is found out");
        };
        assert_eq!(&body[..], b"true");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_panic_over_a_question_is_an_answer() {
        let response = think(Response::later(|| -> u8 { panic!("as a test wants it") })).await;
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
