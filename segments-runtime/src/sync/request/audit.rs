//! Requests about the audit log.

use super::{Request, Scope, path};

/// How many entries of the audit log a page has at most (API documentation, *getAuditLogEntries*).
pub(crate) const ENTRIES: usize = 20;

impl Scope {
    /// *getAuditLogEntries*: the last changes of a segment, an AI Config or a flag in this environment.
    pub(crate) fn last_changes(&self, resource: String) -> Request {
        Request {
            query: vec![("spec", resource), ("limit", ENTRIES.to_string())],
            ..Request::read(
                path(["api", "v2", "auditlog"]),
                self.reading("read the audit log"),
            )
        }
    }
}
