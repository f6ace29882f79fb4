//! The changes of an environment, told to the SDKs that listen.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast;

/// Events that a listener may be behind before it has to start again.
const BACKLOG: usize = 1024;

/// Who listens for the changes of an environment, and how many there were.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    pub(crate) revision: u64,
    listeners: Option<broadcast::Sender<Bytes>>,
    /// The versions of the deletions that were told, by path.
    gone: HashMap<String, u64>,
}

impl Updates {
    /// Tells a change to whoever listens.
    pub(crate) fn changed(&mut self, event: impl FnOnce() -> Bytes) {
        self.revision += 1;
        if let Some(listeners) = &self.listeners
            && listeners.receiver_count() > 0
        {
            // It fails when the last listener has just gone.
            let _ = listeners.send(event());
        }
    }

    /// Tells a deletion to whoever listens.
    pub(crate) fn deleted(&mut self, what: &str, key: &str, version: u64) {
        let path = path(what, key);
        self.changed(|| event("delete", &json!({"path": path, "version": version})));
        self.gone.insert(path, version);
    }

    /// The version of the last deletion of something; 0 if there was none.
    pub(crate) fn last_version(&self, what: &str, key: &str) -> u64 {
        self.gone.get(&path(what, key)).copied().unwrap_or(0)
    }

    pub(crate) fn listen(&mut self) -> broadcast::Receiver<Bytes> {
        self.listeners
            .get_or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }
}

pub(super) fn path(what: &str, key: &str) -> String {
    format!("/{what}/{key}")
}

pub(crate) fn event(name: &str, data: &Json) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}
