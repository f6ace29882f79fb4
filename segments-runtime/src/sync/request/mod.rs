//! Requests as values: method, path and body, without sending them. One module for each kind of resource.
//!
//! Paths, parameters and bodies are those of LaunchDarkly's REST API documentation; the operation
//! is named at each function.

mod approval;
mod audit;
mod big;
mod environment;
mod expiring;
mod kind;
mod measured;
mod patch;
mod sdk;
mod segment;
mod targeting;

use bytes::Bytes;
use http::Method;
use segments_model::{EnvironmentKey, ProjectKey};
use serde::Serialize;

pub(crate) use big::MemberChange;
pub(crate) use measured::ExperimentBody;
pub(crate) use patch::{JsonOperation, JsonPatch};

/// The largest page that the service gives out (seen in LaunchDarkly's own migration scripts; the
/// documentation names only the default of 20).
pub(crate) const PAGE: usize = 50;

/// How many environments a page has.
pub(crate) const ENVIRONMENTS: usize = 20;

/// A request, ready to be sent any number of times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
    pub(crate) repeat: Repeat,
    pub(crate) purpose: Purpose,
}

/// The purpose of a request, in words that errors repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// The action, after "cannot".
    pub(crate) doing: String,
    /// The action that the token's role has to allow, and on what.
    pub(crate) needs: String,
}

/// A body and what it is.
#[derive(Clone, PartialEq)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// Whether a request whose answer was lost may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is the same as once: reading, deleting, putting.
    Harmless,
    /// It may have taken effect, so somebody has to look before it is sent again: creating,
    /// patching.
    LookFirst,
}

/// Bodies carry the keys of members, so only their size is shown.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.content_type)
    }
}

impl Body {
    fn json(content_type: &'static str, value: &impl Serialize) -> Self {
        Self {
            content_type,
            bytes: serde_json::to_vec(value)
                .expect("our own types have string keys only")
                .into(),
        }
    }
}

const JSON: &str = "application/json";

/// The environment that requests are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) project: ProjectKey,
    pub(crate) environment: EnvironmentKey,
}

/// A purpose that takes this action on this resource.
fn purpose(doing: String, action: &str, resource: &str) -> Purpose {
    Purpose {
        doing,
        needs: format!("`{action}` on `{resource}`"),
    }
}

impl Scope {
    /// Reads something of the project.
    fn reading(&self, what: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let doing = format!("{what} of `{project}/{environment}`");
        purpose(doing, "viewProject", &format!("proj/{project}"))
    }
}

fn path<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    parts.into_iter().map(str::to_owned).collect()
}

impl Request {
    fn read(path: Vec<String>, purpose: Purpose) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            repeat: Repeat::Harmless,
            purpose,
        }
    }

    fn write(
        method: Method,
        path: Vec<String>,
        body: Body,
        repeat: Repeat,
        purpose: Purpose,
    ) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: Some(body),
            repeat,
            purpose,
        }
    }

    /// Returns whether the request can change anything.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// The service's unit for counting requests: the method and the kind of resource, without its name.
    pub(crate) fn route(&self) -> String {
        let depth = self.path.len();
        let kind = self.path.get(2).or(self.path.last());
        let kind = kind.map_or("", String::as_str);
        format!("{} {kind} {depth}", self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    pub(super) fn scope() -> Scope {
        Scope {
            project: ProjectKey::from_static("demo"),
            environment: EnvironmentKey::from_static("test"),
        }
    }

    pub(super) fn body(request: &Request) -> (&'static str, Value) {
        let body = request.body.as_ref().unwrap();
        (
            body.content_type,
            serde_json::from_slice(&body.bytes).unwrap(),
        )
    }
}
