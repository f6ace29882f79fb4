//! Messages over standard input and output.
//!
//! `lsp-server` has both ends, but only answers that are a tree of JSON; the symbols of a large file are a hundred
//! megabytes as one. An answer is its text here.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use lsp_server::{Message, RequestId, Response};
use serde::Serialize;

/// The result of a request, as JSON.
#[derive(Debug)]
pub(super) struct Answer(String);

impl Answer {
    pub(super) fn new(result: impl Serialize) -> serde_json::Result<Self> {
        serde_json::to_string(&result).map(Self)
    }

    pub(super) fn null() -> Self {
        Self("null".to_owned())
    }

    fn write(&self, id: &RequestId, output: &mut impl Write) -> io::Result<()> {
        let id = serde_json::to_string(id)?;
        let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{}}}"#, self.0);
        write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        output.flush()
    }
}

/// What the editor is sent.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message(Message),
    Answer(RequestId, Answer),
}

/// The editor at the other end.
#[derive(Debug)]
pub(super) struct Editor {
    sender: SyncSender<Outgoing>,
}

impl Editor {
    /// The editor may be gone, which is noticed elsewhere.
    pub(super) fn send(&self, message: impl Into<Message>) {
        drop(self.sender.send(Outgoing::Message(message.into())));
    }

    pub(super) fn answer(&self, id: RequestId, answer: Result<Answer, Response>) {
        let outgoing = match answer {
            Ok(answer) => Outgoing::Answer(id, answer),
            Err(refused) => Outgoing::Message(refused.into()),
        };
        drop(self.sender.send(outgoing));
    }
}

/// The threads that read and write.
#[derive(Debug)]
pub(super) struct Threads {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Threads {
    /// Waits until all is written. The editor may be gone, with a message half written.
    pub(super) fn join(self) {
        drop(self.reader.join());
        drop(self.writer.join());
    }
}

/// Begins to read and to write. A message is taken when the one before it is written, so that they do not pile up.
pub(super) fn stdio() -> (Editor, Receiver<Message>, Threads) {
    let (sender, outgoing) = mpsc::sync_channel(0);
    let (incoming, receiver) = mpsc::sync_channel(0);
    let writer = thread::spawn(move || {
        let mut output = io::stdout().lock();
        outgoing.iter().try_for_each(|message| match message {
            Outgoing::Message(message) => message.write(&mut output),
            Outgoing::Answer(id, answer) => answer.write(&id, &mut output),
        })
    });
    let reader = thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(message) = Message::read(&mut input)? {
            let is_last = matches!(&message, Message::Notification(told) if told.method == "exit");
            if incoming.send(message).is_err() || is_last {
                break;
            }
        }
        Ok(())
    });
    (Editor { sender }, receiver, Threads { reader, writer })
}
