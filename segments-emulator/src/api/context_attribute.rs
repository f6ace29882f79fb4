//! The values that contexts have had in their attributes.

use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::filter::{Filter, strings, unknown};
use crate::api::paging::limit;
use crate::message::{ApiError, Response, link};

/// The most names or values of a kind (API documentation, *getContextAttributeNames*).
const MOST: usize = 100;

/// The filter of a list: the kind, or the start of the name or the value.
enum Condition {
    Kind(String),
    Begin(String),
}

/// Reads a filter in which `begin` is what a beginning is about.
fn filter(call: &Call<'_>, begin: &str) -> Result<Filter<Condition>, ApiError> {
    let text = call.request.parameter("filter").unwrap_or_default();
    Filter::parse(text, |field, operator, value| {
        let text = strings(field, value)?.concat();
        match operator {
            "equals" if field == "kind" => Ok(Condition::Kind(text)),
            "startsWith" if field == begin => Ok(Condition::Begin(text)),
            _ => Err(unknown(field, operator)),
        }
    })
}

fn accepts(filter: &Filter<Condition>, kind: &str, text: &str) -> bool {
    filter.accepts(&|condition| match condition {
        Condition::Kind(wanted) => wanted == kind,
        Condition::Begin(wanted) => text.starts_with(wanted),
    })
}

/// `GET /projects/{project}/environments/{environment}/context-attributes`.
pub(crate) fn names(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let filter = filter(call, "name")?;
    let limit = limit(call.request, MOST, MOST)?;
    let found = call.service.state.environment(project, environment)?;
    let attributes = &found.seen.attributes;
    let names = attributes.names(limit, |kind, name| accepts(&filter, kind, name));
    Ok(Response::ok(&json!({
        "items": names,
        "_links": {"self": link(&call.request.path)},
    })))
}

/// `GET /projects/{project}/environments/{environment}/context-attributes/{attribute}`.
pub(crate) fn values(call: &mut Call<'_>, [project, environment, attribute]: [&str; 3]) -> Answer {
    let filter = filter(call, "value")?;
    let limit = limit(call.request, MOST / 2, MOST)?;
    let found = call.service.state.environment(project, environment)?;
    let values = found
        .seen
        .attributes
        .values(attribute, limit, |kind, value| {
            let text = match value {
                Json::String(text) => text.clone(),
                value => value.to_string(),
            };
            accepts(&filter, kind, &text)
        });
    Ok(Response::ok(&json!({
        "items": values,
        "_links": {"self": link(&call.request.path)},
    })))
}
