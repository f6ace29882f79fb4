//! What goes over the wire, read between a client and the emulator.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::exchange::Exchange;

/// A wire to a service, which is read.
pub(crate) struct Wire {
    pub(crate) base_uri: String,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

/// A message of HTTP/1.1, as far as it has come.
struct Message {
    head: String,
    body: Vec<u8>,
}

impl Wire {
    /// Listens on a port of its own, and passes everything on.
    pub(crate) async fn to(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_uri = format!("http://{}", listener.local_addr().unwrap());
        let exchanges = Arc::<Mutex<Vec<Exchange>>>::default();
        let read = exchanges.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, service, read.clone()));
            }
        });
        Self {
            base_uri,
            exchanges,
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }
}

/// Passes requests and answers on, one after the other, until one side is done.
async fn pass(mut client: TcpStream, service: SocketAddr, read: Arc<Mutex<Vec<Exchange>>>) {
    let mut service = TcpStream::connect(service).await.unwrap();
    // A head and its body are written one after the other; the body shall not wait for an acknowledgement of the head.
    for stream in [&client, &service] {
        stream.set_nodelay(true).unwrap();
    }
    let (mut from_client, mut from_service) = (Vec::new(), Vec::new());
    while let Some(request) = message(&mut client, &mut from_client).await {
        service.write_all(request.head.as_bytes()).await.unwrap();
        service.write_all(&request.body).await.unwrap();
        let Some(answer) = message(&mut service, &mut from_service).await else {
            return;
        };
        read.lock().unwrap().push(exchange(&request, &answer));
        client.write_all(answer.head.as_bytes()).await.unwrap();
        client.write_all(&answer.body).await.unwrap();
    }
}

/// Reads the next message; `rest` is what came behind the one before.
async fn message(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<Message> {
    let head = until(stream, rest, b"\r\n\r\n").await?;
    let head = String::from_utf8(head).unwrap();
    let mut body = Vec::new();
    if header(&head, "transfer-encoding").is_none() {
        let length = header(&head, "content-length").map_or(0, |it| it.parse().unwrap());
        body = bytes(stream, rest, length).await?;
        return Some(Message { head, body });
    }
    // In parts, each behind its length, of which the last is empty.
    loop {
        let line = until(stream, rest, b"\r\n").await?;
        let length = std::str::from_utf8(&line).unwrap().trim();
        let length = usize::from_str_radix(length, 16).unwrap();
        body.extend_from_slice(&line);
        body.extend(bytes(stream, rest, length + 2).await?);
        if length == 0 {
            return Some(Message { head, body });
        }
    }
}

/// What comes up to a mark, and the mark.
async fn until(stream: &mut TcpStream, rest: &mut Vec<u8>, mark: &[u8]) -> Option<Vec<u8>> {
    loop {
        if let Some(end) = rest.windows(mark.len()).position(|part| part == mark) {
            return Some(rest.drain(..end + mark.len()).collect());
        }
        more(stream, rest).await?;
    }
}

async fn bytes(stream: &mut TcpStream, rest: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    while rest.len() < length {
        more(stream, rest).await?;
    }
    Some(rest.drain(..length).collect())
}

async fn more(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<()> {
    let mut part = [0; 4096];
    let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
    rest.extend_from_slice(&part[..read]);
    Some(())
}

fn header<'h>(head: &'h str, wanted: &str) -> Option<&'h str> {
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let found = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.trim())
}

fn exchange(request: &Message, answer: &Message) -> Exchange {
    let mut first = request.head.split(' ');
    let (method, target) = (first.next().unwrap(), first.next().unwrap());
    let uri = reqwest::Url::parse(&format!("http://service{target}")).unwrap();
    Exchange {
        method: method.to_owned(),
        path: uri.path().to_owned(),
        query: uri.query_pairs().into_owned().collect(),
        content_type: header(&request.head, "content-type")
            .unwrap_or_default()
            .to_owned(),
        sent: serde_json::from_slice(&request.body).unwrap_or_default(),
        status: answer.head.split(' ').nth(1).unwrap().parse().unwrap(),
        answered: serde_json::from_slice(&answer.body).unwrap_or_default(),
    }
}
