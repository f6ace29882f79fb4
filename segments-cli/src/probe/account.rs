//! The project of the probe, and requests to it at a limited rate.

use std::cell::Cell;
use std::time::Duration;

use segments_runtime::sync::{Connection, Method, RawAnswer, RawRequest, RequestError, SyncConfig};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep_until};

use crate::failure::Failure;

/// The mark of the project, and of everything in it.
const MARK: &str = "segments-probe";

/// The environment that the probe makes.
pub(super) const ENVIRONMENT: &str = "probe";

pub(super) const JSON: &str = "application/json";
pub(super) const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// How often a request is sent again that came too early.
const PATIENCE: usize = 5;

pub(super) struct Account {
    connection: Connection,
    pub(super) project: String,
    pace: Duration,
    next: Cell<Instant>,
    made: Cell<usize>,
}

impl Account {
    pub(super) fn new(config: &SyncConfig, rate: u32) -> Result<Self, Failure> {
        Ok(Self {
            connection: Connection::new(config).map_err(Failure::from)?,
            project: config.project().to_string(),
            pace: Duration::from_secs(1) / rate.max(1),
            next: Cell::new(Instant::now()),
            made: Cell::new(0),
        })
    }

    /// Makes the project anew. One that is there has to be left from an earlier run, with nothing in it
    /// that the probe did not make.
    pub(super) async fn prepare(&self) -> Result<(), Failure> {
        let found = self.get(&["projects", &self.project], &[]).await?;
        match found.status {
            404 => {}
            200 => {
                self.only_ours(&found.body).await?;
                self.clean_up().await?;
            }
            _ => return Err(self.refused("read", &found)),
        }
        let body = json!({"key": self.project, "name": "Probe of segments-as-code", "tags": [MARK],
            "environments": [{"key": ENVIRONMENT, "name": "Probe", "color": "417505"}]});
        let made = self.post(&["projects"], body).await?;
        if made.status != 201 {
            return Err(self.refused("make", &made));
        }
        Ok(())
    }

    /// Refuses a project in which anything is somebody else's.
    async fn only_ours(&self, project: &Json) -> Result<(), Failure> {
        let foreign = |what: String| Failure::NotTheProbes {
            project: self.project.clone(),
            what,
        };
        if !is_marked(project) {
            return Err(foreign("the project itself".to_owned()));
        }
        let environments = self
            .keys(&["projects", &self.project, "environments"])
            .await?;
        if let Some((key, _)) = environments.iter().find(|(key, _)| key != ENVIRONMENT) {
            return Err(foreign(format!("environment `{key}`")));
        }
        let flags = self.keys(&["flags", &self.project]).await?;
        if let Some((key, _)) = flags.iter().find(|(_, marked)| !marked) {
            return Err(foreign(format!("flag `{key}`")));
        }
        if environments.is_empty() {
            return Ok(());
        }
        let segments = self.keys(&["segments", &self.project, ENVIRONMENT]).await?;
        match segments.iter().find(|(_, marked)| !marked) {
            Some((key, _)) => Err(foreign(format!("segment `{key}`"))),
            None => Ok(()),
        }
    }

    /// The keys of a list, each with whether it has the mark.
    async fn keys(&self, path: &[&str]) -> Result<Vec<(String, bool)>, Failure> {
        const PAGE: usize = 20;
        let mut found: Vec<(String, bool)> = Vec::new();
        loop {
            let query = [
                ("limit", PAGE.to_string()),
                ("offset", found.len().to_string()),
            ];
            let page = self.get(path, &query).await?;
            let items = page.body["items"].as_array().cloned().unwrap_or_default();
            if page.status != 200 {
                return Err(self.refused("read", &page));
            }
            let last = items.len() < PAGE;
            let keys = items.iter().map(|it| {
                let key = it["key"].as_str().unwrap_or_default();
                (key.to_owned(), is_marked(it))
            });
            found.extend(keys);
            if last {
                return Ok(found);
            }
        }
    }

    /// Deletes the project with everything in it.
    pub(super) async fn clean_up(&self) -> Result<(), Failure> {
        let gone = self
            .call(Method::DELETE, &["projects", &self.project], None)
            .await?;
        match gone.status {
            204 | 404 => Ok(()),
            _ => Err(self.refused("delete", &gone)),
        }
    }

    fn refused(&self, verb: &'static str, answer: &RawAnswer) -> Failure {
        let message = answer.body["message"].as_str().unwrap_or_default();
        Failure::ProbeRefused {
            verb,
            project: self.project.clone(),
            status: answer.status,
            message: message.to_owned(),
        }
    }

    /// Makes a segment, and returns its key.
    pub(super) async fn segment(&self) -> Result<String, String> {
        self.made.set(self.made.get() + 1);
        let key = format!("probe-{}", self.made.get());
        let made = self.create(&key).await?;
        expect(&made, 201)?;
        Ok(key)
    }

    pub(super) async fn create(&self, key: &str) -> Result<RawAnswer, String> {
        let body = json!({"key": key, "name": key, "tags": [MARK]});
        self.post(&["segments", &self.project, ENVIRONMENT], body)
            .await
            .map_err(|error| error.to_string())
    }

    /// A request about a segment of the probe.
    pub(super) async fn of_segment(
        &self,
        method: Method,
        key: &str,
        body: Option<(&'static str, Json)>,
    ) -> Result<RawAnswer, String> {
        let path = ["segments", self.project.as_str(), ENVIRONMENT, key];
        let answer = self.call(method, &path, body).await;
        answer.map_err(|error| error.to_string())
    }

    /// A semantic patch of a segment.
    pub(super) async fn instruct(&self, key: &str, instruction: Json) -> Result<RawAnswer, String> {
        let body = json!({"environmentKey": ENVIRONMENT, "instructions": [instruction]});
        self.of_segment(Method::PATCH, key, Some((SEMANTIC, body)))
            .await
    }

    /// A JSON patch of a segment.
    pub(super) async fn patch(&self, key: &str, operations: Json) -> Result<RawAnswer, String> {
        let body = json!({"comment": "a question of segments-as-code", "patch": operations});
        self.of_segment(Method::PATCH, key, Some((JSON, body)))
            .await
    }

    /// The environment and its list of segments.
    pub(super) fn list(&self) -> [&str; 3] {
        ["segments", &self.project, ENVIRONMENT]
    }

    /// A flag of the probe.
    pub(super) async fn flag(&self, key: &str) -> Result<(), String> {
        let body = json!({"key": key, "name": key, "tags": [MARK]});
        let made = self.post(&["flags", &self.project], body).await;
        expect(&made.map_err(|error| error.to_string())?, 201)
    }

    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&'static str, String)],
    ) -> Result<RawAnswer, RequestError> {
        let mut request = request(Method::GET, path);
        request.query = query.to_vec();
        self.send(&request).await
    }

    async fn post(&self, path: &[&str], body: Json) -> Result<RawAnswer, RequestError> {
        self.call(Method::POST, path, Some((JSON, body))).await
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &[&str],
        body: Option<(&'static str, Json)>,
    ) -> Result<RawAnswer, RequestError> {
        let mut request = request(method, path);
        if let Some((content_type, body)) = body {
            request.content_type = content_type;
            request.body = Some(body);
        }
        self.send(&request).await
    }

    /// Sends a request in its turn, and again where it came too early.
    pub(super) async fn send(&self, request: &RawRequest<'_>) -> Result<RawAnswer, RequestError> {
        let mut patience = PATIENCE;
        loop {
            let turn = self.next.get();
            sleep_until(turn).await;
            self.next.set(turn.max(Instant::now()) + self.pace);
            let answer = self.connection.send(request).await?;
            if answer.status != 429 || patience == 0 {
                return Ok(answer);
            }
            patience -= 1;
            let wait = answer.retry_after.unwrap_or(Duration::from_secs(10));
            self.next.set(Instant::now() + wait);
        }
    }
}

/// A request to a path below `/api/v2`.
pub(super) fn request<'a>(method: Method, path: &[&'a str]) -> RawRequest<'a> {
    RawRequest {
        method,
        path: ["api", "v2"]
            .into_iter()
            .chain(path.iter().copied())
            .collect(),
        query: Vec::new(),
        version: "20240415",
        content_type: JSON,
        body: None,
        stranger: false,
    }
}

fn is_marked(it: &Json) -> bool {
    let tags = it["tags"].as_array().into_iter().flatten();
    tags.into_iter().any(|tag| tag == MARK)
}

/// Checks what a question is built on.
pub(super) fn expect(answer: &RawAnswer, status: u16) -> Result<(), String> {
    if answer.status == status {
        return Ok(());
    }
    let message = answer.body["message"].as_str().unwrap_or_default();
    Err(format!("{} {message}", answer.status))
}
