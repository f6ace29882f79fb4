//! Faults on request.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::message::{ApiError, Request};
use crate::service::rate_limit::Hint;

/// A fault, the requests that it affects, and how often.
///
/// By default it affects the next request to the REST API, once.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use segments_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::start().await?;
/// emulator.inject_fault(Fault::status(503).on("GET", "/segments/").times(2));
///
/// let list = || {
///     reqwest::Client::new()
///         .get(format!("{}/api/v2/segments/default/test", emulator.base_uri()))
///         .header("Authorization", emulator.access_token())
///         .send()
/// };
/// assert_eq!(list().await?.status(), 503);
/// assert_eq!(list().await?.status(), 503);
/// assert_eq!(list().await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct Fault {
    #[serde(flatten)]
    kind: FaultKind,
    /// The method that it applies to; any, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The text that the path contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// How many requests that fit it lets pass first.
    #[serde(default)]
    after: u32,
    /// The number of times it applies; unlimited if there is none.
    #[serde(default = "once")]
    times: Option<u32>,
    /// How likely it is to strike a request that fits.
    #[serde(default = "certain")]
    chance: f64,
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "the default of an optional member"
)]
fn once() -> Option<u32> {
    Some(1)
}

fn certain() -> f64 {
    1.0
}

/// The kind of fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum FaultKind {
    /// This status, without any effect.
    Status { status: u16 },
    /// 403, because the change wants an approval; nothing is done.
    ApprovalRequired,
    /// 429, with this hint when to come back.
    RateLimited {
        #[serde(default)]
        hint: Hint,
    },
    /// The connection is reset before anything happened.
    ResetBefore,
    /// The connection is reset after the request took effect.
    ResetAfter,
    /// The answer takes its time.
    Slow { milliseconds: u64 },
    /// The body of the answer ends in the middle, after the request took effect.
    Truncated,
    /// The request takes effect, and the answer has this body.
    WrongBody { body: String },
    /// A list comes as it was before the last change of its environment.
    StaleList,
    /// Somebody else's request comes first.
    Meanwhile {
        method: String,
        path: String,
        #[serde(default)]
        body: Json,
        /// The next actions of the same person.
        #[serde(default)]
        then: Vec<Meanwhile>,
    },
}

/// A request of somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meanwhile {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) body: Json,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            after: 0,
            times: once(),
            chance: certain(),
        }
    }

    /// Responds with this status, without an effect. 409 is an `optimistic_locking_error`.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status { status })
    }

    /// Responds with 403 `approval is required`, without an effect, regardless of the settings of
    /// approvals.
    pub fn approval_required() -> Self {
        Self::new(FaultKind::ApprovalRequired)
    }

    /// Responds with 429, with this retry hint.
    pub fn rate_limited(hint: Hint) -> Self {
        Self::new(FaultKind::RateLimited { hint })
    }

    /// Responds with 409 `optimistic_locking_error`, as if another write came first.
    pub fn conflict() -> Self {
        Self::status(409)
    }

    /// Resets the connection, without an effect.
    pub fn reset_before() -> Self {
        Self::new(FaultKind::ResetBefore)
    }

    /// Resets the connection after the request took effect, so that the client cannot know.
    pub fn reset_after() -> Self {
        Self::new(FaultKind::ResetAfter)
    }

    /// Delays the response by this time.
    pub fn slow(wait: Duration) -> Self {
        Self::new(FaultKind::Slow {
            milliseconds: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Truncates the body of the response, after the request took effect.
    pub fn truncated() -> Self {
        Self::new(FaultKind::Truncated)
    }

    /// Responds with this body, after the request took effect, without changing the content type.
    pub fn wrong_body(body: impl Into<String>) -> Self {
        Self::new(FaultKind::WrongBody { body: body.into() })
    }

    /// Returns a list of segments as it was before the last change of its environment.
    pub fn stale_list() -> Self {
        Self::new(FaultKind::StaleList)
    }

    /// Creates a segment before the request is answered, as another user would. Lists have the newest
    /// first, so between two pages everything moves on by one, and one segment appears twice.
    pub fn meanwhile_created(project: &str, environment: &str, key: &str) -> Self {
        Self::meanwhile(
            "POST",
            format!("/api/v2/segments/{project}/{environment}"),
            json!({"key": key, "name": key}),
        )
    }

    /// Deletes a segment before the request is answered, as another user would. Between two pages
    /// everything after it moves back by one, and one segment is missed.
    pub fn meanwhile_deleted(project: &str, environment: &str, key: &str) -> Self {
        Self::meanwhile(
            "DELETE",
            format!("/api/v2/segments/{project}/{environment}/{key}"),
            Json::Null,
        )
    }

    /// Answers another user's request before the affected one. An array is sent as a JSON patch; an
    /// object with `instructions` as a semantic patch.
    pub fn meanwhile(method: impl Into<String>, path: impl Into<String>, body: Json) -> Self {
        Self::new(FaultKind::Meanwhile {
            method: method.into(),
            path: path.into(),
            body,
            then: Vec::new(),
        })
    }

    /// Adds another request of the user of [`meanwhile`](Self::meanwhile), after the first.
    pub fn and_then(
        mut self,
        method: impl Into<String>,
        path: impl Into<String>,
        body: Json,
    ) -> Self {
        if let FaultKind::Meanwhile { then, .. } = &mut self.kind {
            then.push(Meanwhile {
                method: method.into(),
                path: path.into(),
                body,
            });
        }
        self
    }

    /// Affects only requests of this method whose path contains this text.
    pub fn on(mut self, method: impl Into<String>, path: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self.path = Some(path.into());
        self
    }

    /// Affects only requests of this method.
    pub fn on_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Lets this number of matching requests pass first.
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Strikes this number of times.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes every time.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Strikes with this probability, 0 to 1, drawn from the emulator's
    /// [seed](crate::Builder::seed).
    pub fn chance(mut self, chance: f64) -> Self {
        self.chance = chance;
        self
    }

    fn fits(&self, request: &Request) -> bool {
        let method = request.method.as_str();
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path
                .as_ref()
                .is_none_or(|wanted| request.path.contains(wanted.as_str()))
            // A stale list is one of a list.
            && (self.kind != FaultKind::StaleList
                || (method == "GET" && request.parts.len() == 5 && request.parts[2] == "segments"))
    }
}

/// The faults that wait for requests.
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    random: fastrand::Rng,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            waiting: Vec::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    /// The fault for this request: the first one that matches it, is due, and is drawn.
    pub(crate) fn strike(&mut self, request: &Request) -> Option<FaultKind> {
        let mut struck = None;
        for fault in &mut self.waiting {
            if !fault.fits(request) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if self.random.f64() >= fault.chance {
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times = times.saturating_sub(1);
            }
            struck = Some(fault.kind.clone());
            break;
        }
        self.waiting.retain(|fault| fault.times != Some(0));
        struck
    }
}

/// The error of a status that was asked for.
pub(crate) fn refusal(status: u16) -> ApiError {
    match status {
        401 => ApiError::unauthorized(),
        403 => ApiError::forbidden("Access to the requested resource was denied"),
        404 => ApiError::not_found(),
        405 => ApiError::method_not_allowed("injected fault"),
        409 => ApiError::optimistic_lock(),
        429 => ApiError::rate_limited(),
        500..=599 => ApiError::broken(status),
        _ => ApiError::invalid("injected fault").with_status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use hyper::{HeaderMap, Method};

    fn request(method: Method, path: &'static str) -> Request {
        Request::new(
            method,
            &path.parse().unwrap(),
            HeaderMap::new(),
            Bytes::new(),
        )
    }

    #[test]
    fn a_fault_strikes_what_it_fits_as_often_as_it_says() {
        let mut faults = Faults::new(0);
        faults.add(
            Fault::conflict()
                .on("PATCH", "/segments/")
                .after(1)
                .times(2),
        );
        let patch = request(Method::PATCH, "/api/v2/segments/p/e/s");
        let get = request(Method::GET, "/api/v2/segments/p/e/s");
        assert_eq!(faults.strike(&get), None);
        let struck: Vec<bool> = (0..4).map(|_| faults.strike(&patch).is_some()).collect();
        assert_eq!(struck, [false, true, true, false]);
        assert!(faults.waiting().is_empty());
    }

    #[test]
    fn one_seed_has_the_same_luck() {
        let luck = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Fault::status(500).always().chance(0.5));
            let get = request(Method::GET, "/api/v2/segments/p/e");
            (0..64)
                .map(|_| faults.strike(&get).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(luck(1), luck(1));
        assert_ne!(luck(1), luck(2));
        assert!(luck(1).contains(&true) && luck(1).contains(&false));
    }

    #[test]
    fn faults_are_written_as_json() {
        let fault = Fault::rate_limited(Hint::RetryAfter { seconds: 2 }).on("GET", "/segments");
        let json = serde_json::to_value(&fault).unwrap();
        assert_eq!(
            json,
            json!({"kind": "rateLimited", "hint": {"form": "retryAfter", "seconds": 2},
                "method": "GET", "path": "/segments", "after": 0, "times": 1, "chance": 1.0})
        );
        let short: Fault = serde_json::from_value(json!({"kind": "resetAfter"})).unwrap();
        assert_eq!(short, Fault::reset_after());
    }
}
