//! Serves the metrics to Prometheus: one page, to a few readers at a time, each for a few seconds; all
//! other requests are refused.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::failure::Failure;

/// How many are served at once.
const READERS: usize = 8;

/// How long one reader may take to ask, and to read.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a question may be.
const LONGEST: usize = 8 * 1024;

/// A socket on which metrics are served until the process ends.
pub(super) struct Endpoint {
    address: SocketAddr,
}

impl Endpoint {
    pub(super) fn new(address: SocketAddr, shared: &Shared) -> Result<Self, Failure> {
        let listener =
            TcpListener::bind(address).map_err(|source| Failure::Listen { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| Failure::Listen { address, source })?;
        let shared = shared.clone();
        // Threads that wait for readers hold nothing that has to be given back.
        let serve = move || serve(&listener, &shared);
        std::thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(serve)
            .map_err(Failure::Start)?;
        Ok(Self { address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

fn serve(listener: &TcpListener, shared: &Shared) {
    let readers = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Too many open files, or the like: that may pass.
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        if readers.fetch_add(1, Ordering::Relaxed) >= READERS {
            readers.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let (shared, mine) = (shared.clone(), Arc::clone(&readers));
        let answered = std::thread::Builder::new().spawn(move || {
            // Who went away needs no answer.
            let _ = answer(stream, &shared);
            mine.fetch_sub(1, Ordering::Relaxed);
        });
        if answered.is_err() {
            readers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let asked = question(&mut stream)?;
    let (status, body) = respond(&asked, shared);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

/// The first line of a request, read to the end of its head.
fn question(stream: &mut TcpStream) -> io::Result<String> {
    let deadline = std::time::Instant::now() + PATIENCE;
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut chunk)?;
        head.extend_from_slice(&chunk[..read]);
        // Who sends a byte now and then would stay for good.
        if read == 0 || head.len() > LONGEST || std::time::Instant::now() > deadline {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.lines().next().unwrap_or_default().to_owned())
}

fn respond(asked: &str, shared: &Shared) -> (&'static str, String) {
    let mut words = asked.split(' ');
    let (method, target) = (words.next(), words.next());
    let path = target.map(|target| target.split('?').next().unwrap_or_default());
    match (method, path) {
        (Some("GET"), Some("/metrics")) => ("200 OK", shared.get()),
        (Some("GET"), Some(_)) => ("404 Not Found", "request /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", "use GET\n".to_owned()),
    }
}

/// The metrics as the endpoint serves them.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<Mutex<String>>);

impl Shared {
    pub(super) fn set(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    fn get(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_is_served() {
        let shared = Shared::default();
        shared.set("segments_drift 1\n".to_owned());
        let status = |asked: &str| respond(asked, &shared).0;
        assert_eq!(
            respond("GET /metrics HTTP/1.1", &shared).1,
            "segments_drift 1\n"
        );
        assert_eq!(status("GET /metrics?x=1 HTTP/1.1"), "200 OK");
        assert_eq!(status("GET / HTTP/1.1"), "404 Not Found");
        for other in ["POST /metrics HTTP/1.1", "", "\0\u{1}", "GET"] {
            assert_eq!(status(other), "405 Method Not Allowed", "{other:?}");
        }
    }
}
