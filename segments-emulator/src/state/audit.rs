//! The audit log: author and time of each change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// As many entries as are kept.
const KEPT: usize = 1000;

/// One change (API documentation, *getAuditLogEntries*).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntry {
    /// Milliseconds since 1970.
    pub(crate) date: i64,
    /// The name of the token; none of the emulator's own user.
    pub(crate) token: Option<String>,
    /// The actions, each with the resource.
    pub(crate) accesses: Vec<Access>,
    pub(crate) comment: Option<String>,
}

/// An action, and the resource that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Access {
    pub(crate) action: String,
    pub(crate) resource: String,
}

/// The last entries, by number.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AuditLog(BTreeMap<u64, AuditEntry>);

impl AuditLog {
    /// Adds an entry, and returns its number and that of the entry which is forgotten for it.
    pub(crate) fn add(&mut self, entry: AuditEntry) -> (u64, Option<u64>) {
        let number = self.0.last_key_value().map_or(1, |(last, _)| last + 1);
        self.0.insert(number, entry);
        let forgotten = (self.0.len() > KEPT).then(|| self.0.pop_first()).flatten();
        (number, forgotten.map(|(number, _)| number))
    }

    pub(crate) fn get(&self, number: u64) -> Option<&AuditEntry> {
        self.0.get(&number)
    }

    /// The entries, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (u64, &AuditEntry)> {
        self.0.iter().rev().map(|(number, entry)| (*number, entry))
    }
}
