//! The contract, and what does not keep it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::exchange::Exchange;

#[derive(Deserialize)]
pub(crate) struct Contract {
    types: BTreeMap<String, Json>,
    operations: BTreeMap<String, Operation>,
    /// The parameters of each instruction, by operation.
    instructions: BTreeMap<String, BTreeMap<String, Json>>,
    /// The documented operations that the emulator leaves out: the method and the path.
    #[serde(rename = "leftOut")]
    pub(crate) left_out: Vec<String>,
}

#[derive(Deserialize)]
struct Operation {
    /// The method and the path, with names in braces in the place of keys.
    on: String,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    body: Json,
    /// The answers, by status.
    #[serde(flatten)]
    answers: Map<String, Json>,
}

/// Who made a value, and so whether it may have members that are not in the contract.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Us,
    Service,
}

impl Contract {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("contract.json")).unwrap()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.operations.keys()
    }

    /// The operations that were asked.
    pub(crate) fn operations(&self, exchanges: &[Exchange]) -> BTreeSet<String> {
        let names = exchanges.iter().filter_map(|it| self.operation(it));
        names.map(|(name, _)| name.clone()).collect()
    }

    /// The operation of a request: of those whose path fits, the one with the fewest names in it.
    fn operation(&self, exchange: &Exchange) -> Option<(&String, &Operation)> {
        let parts: Vec<_> = exchange.path.strip_prefix("/api/v2/")?.split('/').collect();
        let names = |operation: &Operation| {
            let (method, path) = operation.on.split_once(" /")?;
            let pattern: Vec<_> = path.split('/').collect();
            let is_name = |part: &str| part.starts_with('{');
            let mut both = pattern.iter().zip(&parts);
            let fits = method == exchange.method
                && pattern.len() == parts.len()
                && both.all(|(pattern, part)| is_name(pattern) || pattern == part);
            fits.then(|| pattern.iter().filter(|part| is_name(part)).count())
        };
        let fitting = self.operations.iter();
        let fitting = fitting.filter_map(|it| Some((names(it.1)?, it)));
        fitting.min_by_key(|(names, _)| *names).map(|(_, it)| it)
    }

    /// What of an exchange does not keep the contract.
    pub(crate) fn check(&self, exchange: &Exchange) -> Vec<String> {
        let mut found = self.check_request(exchange);
        found.extend(self.check_answer(exchange));
        let place = match self.operation(exchange) {
            Some((name, _)) => format!("{name} {}", exchange.status),
            None => format!("{} {}", exchange.method, exchange.path),
        };
        let found = found.into_iter();
        found.map(|it| format!("{place}: {it}")).collect()
    }

    /// What of a request does not keep the contract.
    pub(crate) fn check_request(&self, exchange: &Exchange) -> Vec<String> {
        let Some((name, operation)) = self.operation(exchange) else {
            return vec!["no operation".to_owned()];
        };
        let mut found = Vec::new();
        for (parameter, _) in &exchange.query {
            if !operation.query.contains(parameter) {
                found.push(format!("parameter {parameter} is not in the contract"));
            }
        }
        if exchange.content_type.contains("launchdarkly.semanticpatch") {
            self.instructions(name, &exchange.sent, &mut found);
        } else if exchange.sent.is_null() == (operation.body.is_null() || operation.body == "form")
        {
            if !exchange.sent.is_null() {
                self.value(
                    By::Us,
                    &operation.body,
                    &exchange.sent,
                    "the body",
                    &mut found,
                );
            }
        } else {
            found
                .push("the body is missing, or one is sent that is not in the contract".to_owned());
        }
        found
    }

    /// What of an answer does not keep the contract.
    fn check_answer(&self, exchange: &Exchange) -> Vec<String> {
        let Some((_, operation)) = self.operation(exchange) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let status = exchange.status.to_string();
        match operation.answers.get(&status) {
            Some(Json::Null) if exchange.answered.is_null() => {}
            Some(answer) => {
                self.value(
                    By::Service,
                    answer,
                    &exchange.answered,
                    "the answer",
                    &mut found,
                );
            }
            None if exchange.status >= 400 => {
                let error = Json::from("Error");
                self.value(
                    By::Service,
                    &error,
                    &exchange.answered,
                    "the answer",
                    &mut found,
                );
            }
            None => found.push(format!("status {status} is not in the contract")),
        }
        found
    }

    fn instructions(&self, operation: &str, sent: &Json, found: &mut Vec<String>) {
        let envelope = serde_json::json!({"environmentKey?": "string", "comment?": "string",
            "instructions": ["any"]});
        self.value(By::Us, &envelope, sent, "the body", found);
        let Some(known) = self.instructions.get(operation) else {
            return;
        };
        for instruction in sent["instructions"].as_array().into_iter().flatten() {
            let kind = instruction["kind"].as_str().unwrap_or_default();
            let Some(parameters) = known.get(kind) else {
                found.push(format!("{kind} is no instruction"));
                continue;
            };
            let mut rest = instruction.clone();
            rest.as_object_mut().unwrap().remove("kind");
            self.value(By::Us, parameters, &rest, kind, found);
        }
    }

    /// Holds a value against a type: a word, a list of one type, a map of one (`*`), or members.
    fn value(&self, by: By, wanted: &Json, value: &Json, at: &str, found: &mut Vec<String>) {
        let wrong = |what: &str| format!("{at} is no {what}");
        match wanted {
            Json::String(name) => match name.as_str() {
                "string" if !value.is_string() => found.push(wrong("string")),
                "integer" if !value.is_i64() && !value.is_u64() => found.push(wrong("integer")),
                "number" if !value.is_number() => found.push(wrong("number")),
                "boolean" if !value.is_boolean() => found.push(wrong("boolean")),
                "any" | "string" | "integer" | "number" | "boolean" => {}
                name => {
                    let wanted = self.types.get(name);
                    let wanted = wanted.unwrap_or_else(|| panic!("no type {name}"));
                    self.value(by, wanted, value, at, found);
                }
            },
            Json::Array(of) => match value.as_array() {
                None => found.push(wrong("list")),
                Some(items) => {
                    for item in items {
                        self.value(by, &of[0], item, &format!("an item of {at}"), found);
                    }
                }
            },
            Json::Object(members) => match value.as_object() {
                None => found.push(wrong("object")),
                Some(object) => self.members(by, members, object, at, found),
            },
            other => panic!("{other} is no type"),
        }
    }

    fn members(
        &self,
        by: By,
        wanted: &Map<String, Json>,
        object: &Map<String, Json>,
        at: &str,
        found: &mut Vec<String>,
    ) {
        if let Some(of) = wanted.get("*") {
            for (name, value) in object {
                self.value(by, of, value, &format!("{at}: {name}"), found);
            }
            return;
        }
        for (name, of) in wanted {
            let (name, optional) = match name.strip_suffix('?') {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            };
            match object.get(name) {
                Some(value) => self.value(by, of, value, &format!("{at}: {name}"), found),
                None if optional => {}
                None => found.push(format!("{at}: {name} is missing")),
            }
        }
        let known =
            |name: &str| wanted.contains_key(name) || wanted.contains_key(&format!("{name}?"));
        if by == By::Us {
            let unknown = object.keys().filter(|name| !known(name));
            found.extend(unknown.map(|name| format!("{at}: {name} is not in the contract")));
        }
    }
}
