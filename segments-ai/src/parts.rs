//! The parts of a variation as it is served.
//!
//! Each object is taken apart in one pass: to take values out of a map one by one searches for each, and moves
//! the rest.

use serde_json::{Map, Value as Json};

/// The parts of a variation.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) meta: Meta,
    pub(crate) model: Option<ModelParts>,
    pub(crate) provider: Option<Map<String, Json>>,
    pub(crate) tools: Option<Json>,
    pub(crate) judges: Option<Json>,
    pub(crate) prompt: PromptParts,
}

/// The parts of a prompt, of whatever mode.
#[derive(Debug, Default)]
pub struct PromptParts {
    pub(crate) messages: Option<Json>,
    pub(crate) instructions: Option<Json>,
    pub(crate) metric: Option<Json>,
    /// Of older judges, which list one.
    pub(crate) metrics: Option<Json>,
}

/// What the service says about a variation.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    pub(crate) enabled: bool,
    pub(crate) mode: Option<String>,
    pub(crate) variation: Option<String>,
    pub(crate) version: Option<i64>,
}

/// The parts of a model.
#[derive(Debug, Default)]
pub(crate) struct ModelParts {
    pub(crate) name: Option<Json>,
    pub(crate) region: Option<Json>,
    pub(crate) parameters: Map<String, Json>,
    pub(crate) custom: Map<String, Json>,
}

impl Parts {
    pub(crate) fn new(served: Map<String, Json>) -> Self {
        let mut parts = Self::default();
        for (name, value) in served {
            match name.as_str() {
                "_ldMeta" => parts.meta = object(value).map(Meta::new).unwrap_or_default(),
                "model" => parts.model = object(value).map(ModelParts::new),
                "provider" => parts.provider = object(value),
                "tools" => parts.tools = Some(value),
                "judgeConfiguration" => parts.judges = Some(value),
                "messages" => parts.prompt.messages = Some(value),
                "instructions" => parts.prompt.instructions = Some(value),
                "evaluationMetricKey" => parts.prompt.metric = Some(value),
                "evaluationMetricKeys" => parts.prompt.metrics = Some(value),
                _ => {}
            }
        }
        parts
    }
}

impl Meta {
    fn new(served: Map<String, Json>) -> Self {
        let mut meta = Self::default();
        for (name, value) in served {
            match name.as_str() {
                "enabled" => meta.enabled = value == Json::Bool(true),
                "mode" => meta.mode = text(value),
                "variationKey" => meta.variation = text(value).filter(|key| !key.is_empty()),
                "version" => meta.version = value.as_i64(),
                _ => {}
            }
        }
        meta
    }
}

impl ModelParts {
    fn new(served: Map<String, Json>) -> Self {
        let mut model = Self::default();
        for (name, value) in served {
            match name.as_str() {
                "name" => model.name = Some(value),
                "region" => model.region = Some(value),
                "parameters" => model.parameters = object(value).unwrap_or_default(),
                "custom" => model.custom = object(value).unwrap_or_default(),
                _ => {}
            }
        }
        model
    }
}

/// The object, if it is one.
pub(crate) fn object(value: Json) -> Option<Map<String, Json>> {
    match value {
        Json::Object(object) => Some(object),
        _ => None,
    }
}

/// The text, if it is one.
pub(crate) fn text(value: Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text),
        _ => None,
    }
}
