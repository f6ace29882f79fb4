//! The tools that a model may call.

use serde_json::{Map, Value as Json};

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

/// The tools of a variation and its model, of which older variations have the tools.
pub(crate) fn of_variation(
    variation: &mut Map<String, Json>,
) -> (Vec<Tool>, Option<Map<String, Json>>) {
    let mut model = match variation.remove("model") {
        Some(Json::Object(model)) => Some(model),
        _ => None,
    };
    let tools = match variation.remove("tools") {
        Some(Json::Object(tools)) => tools
            .into_iter()
            .filter_map(|(key, tool)| read(Some(key), tool))
            .collect(),
        Some(_) => Vec::new(),
        None => {
            let parameters = model.as_mut().and_then(|model| model.get_mut("parameters"));
            // The program may have typed them as a parameter, so they stay there, too.
            match parameters.and_then(|parameters| parameters.get("tools")) {
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
            }
        }
    };
    (tools, model)
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
