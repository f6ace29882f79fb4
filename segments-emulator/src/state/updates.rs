//! The changes of an environment, sent to the listening SDKs.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast;

/// Events that a listener may be behind before it has to start again.
const BACKLOG: usize = 1024;

/// The listeners for the changes of an environment, and the number of changes.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    pub(crate) revision: u64,
    listeners: HashMap<Protocol, broadcast::Sender<Bytes>>,
    /// When the emulator started, once somebody listens for objects.
    started: i64,
    /// The versions of the deletions that were sent, by path.
    gone: HashMap<String, u64>,
}

/// The protocol of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Protocol {
    /// `patch` and `delete` with paths: server-side SDKs.
    Paths,
    /// `put-object` and `delete-object`: the newest of them.
    Objects,
    /// `ping`, without contents: SDKs in browsers and on phones.
    Pings,
}

/// A change of a flag or a segment, as SDKs receive it.
pub(crate) struct Change {
    /// `flags` or `segments`.
    what: &'static str,
    key: String,
    becomes: Becomes,
}

enum Becomes {
    To(Json),
    Deleted { version: u64 },
}

impl Change {
    pub(super) fn to(what: &'static str, key: &str, data: Json) -> Self {
        Self {
            what,
            key: key.to_owned(),
            becomes: Becomes::To(data),
        }
    }

    fn told(&self, protocol: Protocol, state: &str, revision: u64) -> Bytes {
        match (protocol, &self.becomes) {
            (Protocol::Pings, _) => event("ping", &json!({})),
            (Protocol::Paths, Becomes::To(data)) => {
                event("patch", &json!({"path": self.path(), "data": data}))
            }
            (Protocol::Paths, Becomes::Deleted { version }) => {
                event("delete", &json!({"path": self.path(), "version": version}))
            }
            (Protocol::Objects, change) => {
                let kind = self.what.trim_end_matches('s');
                let told = match change {
                    Becomes::To(data) => event(
                        "put-object",
                        &json!({"version": data["version"], "kind": kind, "key": self.key, "object": data}),
                    ),
                    Becomes::Deleted { version } => event(
                        "delete-object",
                        &json!({"version": version, "kind": kind, "key": self.key}),
                    ),
                };
                let transferred = json!({"state": state, "version": revision});
                [told, event("payload-transferred", &transferred)]
                    .concat()
                    .into()
            }
        }
    }

    fn path(&self) -> String {
        path(self.what, &self.key)
    }
}

impl Updates {
    /// Sends a change to all listeners.
    pub(crate) fn changed(&mut self, change: impl FnOnce() -> Change) {
        self.revision += 1;
        let mut listeners = self.listeners.iter();
        if !listeners.any(|(_, listeners)| listeners.receiver_count() > 0) {
            return;
        }
        let change = change();
        let state = self.state(self.started);
        for (protocol, listeners) in &self.listeners {
            // It fails when the last listener has just gone.
            let _ = listeners.send(change.told(*protocol, &state, self.revision));
        }
    }

    /// Sends a deletion to all listeners.
    pub(crate) fn deleted(&mut self, what: &'static str, key: &str, version: u64) {
        self.changed(|| Change {
            what,
            key: key.to_owned(),
            becomes: Becomes::Deleted { version },
        });
        self.gone.insert(path(what, key), version);
    }

    /// The version of the last deletion of something; 0 if there was none.
    pub(crate) fn last_version(&self, what: &str, key: &str) -> u64 {
        self.gone.get(&path(what, key)).copied().unwrap_or(0)
    }

    /// The state that an SDK with everything up to now names when it asks for the rest.
    pub(crate) fn state(&self, started: i64) -> String {
        format!("{started}-{}", self.revision)
    }

    pub(crate) fn listen(&mut self) -> broadcast::Receiver<Bytes> {
        self.listen_to(Protocol::Paths)
    }

    pub(crate) fn listen_for_objects(&mut self, started: i64) -> broadcast::Receiver<Bytes> {
        self.started = started;
        self.listen_to(Protocol::Objects)
    }

    pub(crate) fn listen_for_pings(&mut self) -> broadcast::Receiver<Bytes> {
        self.listen_to(Protocol::Pings)
    }

    fn listen_to(&mut self, protocol: Protocol) -> broadcast::Receiver<Bytes> {
        self.listeners
            .entry(protocol)
            .or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }
}

fn path(what: &str, key: &str) -> String {
    format!("/{what}/{key}")
}

pub(crate) fn event(name: &str, data: &Json) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}
