//! The tools that a model may call.

use serde_json::Value as Json;

use crate::parts::ModelParts;

/// A tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its purpose.
    pub description: Option<String>,
    /// The sort of tool, such as `function`.
    pub kind: Option<String>,
    /// The JSON Schema of its arguments.
    pub parameters: Option<Json>,
    /// Custom values.
    pub custom: Option<Json>,
}

/// The tools of a variation, which older variations have among the parameters of the model.
pub(crate) fn of_variation(tools: Option<Json>, model: Option<&ModelParts>) -> Vec<Tool> {
    match tools {
        Some(Json::Object(tools)) => tools
            .into_iter()
            .filter_map(|(key, tool)| read(Some(key), tool))
            .collect(),
        Some(_) => Vec::new(),
        // The program may have typed them as a parameter, so they stay there, too.
        None => match model.and_then(|model| model.parameters.get("tools")) {
            Some(Json::Array(tools)) => {
                let mut found: Vec<Tool> = Vec::new();
                for tool in tools.iter().filter_map(|tool| read(None, tool.clone())) {
                    match found.iter_mut().find(|known| known.name == tool.name) {
                        Some(known) => *known = tool,
                        None => found.push(tool),
                    }
                }
                found
            }
            _ => Vec::new(),
        },
    }
}

/// Reads a tool; `None` if it has no name.
fn read(key: Option<String>, tool: Json) -> Option<Tool> {
    let Json::Object(mut tool) = tool else {
        return None;
    };
    let mut text = |name: &str| match tool.remove(name) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    };
    let name = text("name").filter(|name| key.is_some() || !name.is_empty());
    let (description, kind) = (text("description"), text("type"));
    Some(Tool {
        name: name.or(key)?,
        description,
        kind,
        parameters: tool.remove("parameters").filter(|it| !it.is_null()),
        custom: tool.remove("customParameters").filter(|it| !it.is_null()),
    })
}
