//! One documented behavior: what is done first, what is asked, what has to come back.

use segments_emulator::{Behavior, Emulator};
use serde_json::{Value as Json, json};

use crate::shape;

/// The environment in which rows work.
pub(crate) const SEGMENTS: &str = "/api/v2/segments/default/test";

/// The media type of semantic patches.
pub(crate) const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    behavior: Behavior,
    steps: Vec<Step>,
}

/// A request and what it has to be answered.
pub(crate) struct Step {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    token: bool,
    body: Vec<u8>,
    status: u16,
    shape: Option<Json>,
    location: bool,
    answer_headers: Vec<(&'static str, Option<&'static str>)>,
}

/// Starts a row.
pub(crate) fn row(name: &'static str) -> Row {
    Row {
        name,
        behavior: Behavior::default(),
        steps: Vec::new(),
    }
}

impl Row {
    /// Changes a switch of the service.
    pub(crate) fn behavior(mut self, change: impl FnOnce(&mut Behavior)) -> Self {
        change(&mut self.behavior);
        self
    }

    /// Adds a request.
    pub(crate) fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Makes so many segments, `s00`, `s01` and so on.
    pub(crate) fn many_segments(mut self, count: usize) -> Self {
        for index in 0..count {
            self = self.segment(&format!("s{index:02}"));
        }
        self
    }

    /// Makes a segment of this key.
    pub(crate) fn segment(self, key: &str) -> Self {
        self.then(
            post(
                SEGMENTS,
                json!({"key": key, "name": format!("Segment {key}")}),
            )
            .gives(201),
        )
    }

    /// Makes a segment with included and excluded users and one rule, which is version 2.
    pub(crate) fn full_segment(self, key: &str) -> Self {
        self.segment(key).then(
            semantic(key, json!([
                {"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-1", "u-2"]},
                {"kind": "addExcludedTargets", "contextKind": "user", "values": ["u-9"]},
                {"kind": "addIncludedTargets", "contextKind": "org", "values": ["o-1"]},
                {"kind": "addRule", "description": "staff", "clauses": [
                    {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@x.io"], "negate": false}]},
            ]))
            .gives(200),
        )
    }

    /// Does what the row says, and tells the first thing that is not so. `{word}` in a path or body
    /// stands for what an earlier answer had at the place that `word` names, such as
    /// `{/rules/0/_id}`.
    pub(crate) async fn run(&self, client: &reqwest::Client) -> Result<(), String> {
        let emulator = Emulator::builder()
            .behavior(self.behavior.clone())
            .start()
            .await
            .map_err(|error| error.to_string())?;
        let mut last = Json::Null;
        for (index, step) in self.steps.iter().enumerate() {
            last = step
                .run(client, &emulator, &last)
                .await
                .map_err(|failure| format!("request {}: {failure}", index + 1))?;
        }
        Ok(())
    }
}

fn step(method: &'static str, path: impl Into<String>) -> Step {
    Step {
        method,
        path: path.into(),
        headers: vec![("Content-Type", "application/json".to_owned())],
        token: true,
        body: Vec::new(),
        status: 200,
        shape: None,
        location: false,
        answer_headers: Vec::new(),
    }
}

/// Reads.
pub(crate) fn get(path: impl Into<String>) -> Step {
    step("GET", path)
}

/// Makes.
#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
pub(crate) fn post(path: impl Into<String>, body: Json) -> Step {
    step("POST", path).body(body.to_string())
}

/// Changes.
#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
pub(crate) fn patch(path: impl Into<String>, body: Json) -> Step {
    step("PATCH", path).body(body.to_string())
}

/// Removes.
pub(crate) fn delete(path: impl Into<String>) -> Step {
    step("DELETE", path).gives(204)
}

/// Any other method.
pub(crate) fn request(method: &'static str, path: impl Into<String>) -> Step {
    step(method, path)
}

/// Changes a segment by instructions.
#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
pub(crate) fn semantic(key: &str, instructions: Json) -> Step {
    patch(
        format!("{SEGMENTS}/{key}"),
        json!({"environmentKey": "test", "instructions": instructions}),
    )
    .header("Content-Type", SEMANTIC)
}

impl Step {
    /// Sets a header of the request.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name, value.into()));
        self
    }

    /// Sends no access token.
    pub(crate) fn without_token(mut self) -> Self {
        self.token = false;
        self
    }

    /// Sends this body.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The status that has to come.
    pub(crate) fn gives(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The shape of the body that has to come.
    pub(crate) fn shaped(mut self, shape: Json) -> Self {
        self.shape = Some(shape);
        self
    }

    /// A header that the answer has to have.
    pub(crate) fn answers_with(mut self, name: &'static str, value: &'static str) -> Self {
        self.answer_headers.push((name, Some(value)));
        self
    }

    /// The answer has an address; steps that follow know it as `{/location}`, and its last part as
    /// `{/id}`.
    pub(crate) fn answers_with_location(mut self) -> Self {
        self.location = true;
        self
    }

    /// A header that the answer must not have.
    pub(crate) fn answers_without(mut self, name: &'static str) -> Self {
        self.answer_headers.push((name, None));
        self
    }

    /// Refused with this status and code, in the documented shape of errors.
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        self.gives(status)
            .shaped(json!({"code": code, "message": "<text>", "id": "<uuid>"}))
    }

    /// Refused with these words.
    pub(crate) fn refused_saying(self, status: u16, code: &str, message: &str) -> Self {
        self.gives(status)
            .shaped(json!({"code": code, "message": message, "id": "<uuid>"}))
    }

    async fn run(
        &self,
        client: &reqwest::Client,
        emulator: &Emulator,
        last: &Json,
    ) -> Result<Json, String> {
        let url = format!("{}{}", emulator.base_uri(), filled(&self.path, last)?);
        let method = self.method.parse().map_err(|_| "bad method")?;
        let mut request = client.request(method, url);
        if self.token {
            request = request.header("Authorization", emulator.access_token());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => filled(text, last)?.into_bytes(),
            Err(_) => self.body.clone(),
        };
        if !body.is_empty() {
            request = request.body(body);
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = answer.bytes().await.map_err(|error| error.to_string())?;
        let json = serde_json::from_slice::<Json>(&body).ok();
        if status != self.status {
            let body = String::from_utf8_lossy(&body);
            return Err(format!(
                "status should be {}, is {status}: {body}",
                self.status
            ));
        }
        if let Some(shape) = &self.shape {
            shape::compare(shape, json.as_ref(), "body")?;
        }
        for (name, value) in &self.answer_headers {
            let actual = headers.get(*name).and_then(|value| value.to_str().ok());
            if actual != *value {
                return Err(format!("header {name} should be {value:?}, is {actual:?}"));
            }
        }
        if let Some(location) = headers.get("location").filter(|_| self.location) {
            let location = location.to_str().map_err(|error| error.to_string())?;
            let id = location.rsplit('/').next();
            return Ok(json!({"location": location, "id": id}));
        }
        if self.location {
            return Err("header location is absent".to_owned());
        }
        Ok(json.unwrap_or_default())
    }
}

/// Fills in `{/pointer}` from the last answer.
fn filled(text: &str, last: &Json) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{/") {
        let end = rest[start..].find('}').ok_or("an open brace in the row")? + start;
        let pointer = &rest[start + 1..end];
        let value = last
            .pointer(pointer)
            .ok_or_else(|| format!("the last answer has no {pointer}: {last}"))?;
        filled.push_str(&rest[..start]);
        match value.as_str() {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&value.to_string()),
        }
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}
