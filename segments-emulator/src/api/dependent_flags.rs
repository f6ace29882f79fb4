//! The flags that have a flag as a prerequisite.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{Response, link};

/// `GET /flags/{project}/{environment}/{flag}/dependent-flags`.
pub(crate) fn list(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    call.service.state.environment(project, environment)?;
    call.service.state.flag(project, key)?;
    let depending = call.service.state.project(project)?.depending(key);
    let items: Vec<Json> = depending
        .filter(|(.., place)| *place == environment)
        .map(|(key, name, _)| {
            json!({"key": key, "name": name, "_site": site(project, environment, key),
                "_links": {"self": link(format!("/api/v2/flags/{project}/{key}"))}})
        })
        .collect();
    Ok(Response::ok(&json!({
        "items": items, "_site": site(project, environment, key),
        "_links": {"self": link(&call.request.path), "parent": link(format!("/api/v2/flags/{project}/{key}"))},
    })))
}

/// `GET /flags/{project}/{flag}/dependent-flags`.
pub(crate) fn list_everywhere(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.service.state.flag(project, key)?;
    let found = call.service.state.project(project)?;
    let mut dependents: BTreeMap<&str, (&str, Vec<Json>)> = BTreeMap::new();
    for (dependent, name, environment) in found.depending(key) {
        let environments = &mut dependents.entry(dependent).or_insert((name, Vec::new())).1;
        let known = found.environments.get(environment);
        environments.push(json!({
            "key": environment, "name": known.map_or(environment, |it| &it.name),
            "_links": {"self": link(format!("/api/v2/projects/{project}/environments/{environment}"))},
            "_site": site(project, environment, dependent),
        }));
    }
    let items: Vec<Json> = dependents
        .into_iter()
        .map(|(key, (name, environments))| {
            json!({"key": key, "name": name, "environments": environments})
        })
        .collect();
    Ok(Response::ok(&json!({
        "items": items, "_site": site(project, "~", key),
        "_links": {"self": link(&call.request.path), "parent": link(format!("/api/v2/flags/{project}/{key}"))},
    })))
}

fn site(project: &str, environment: &str, key: &str) -> Json {
    json!({"href": format!("/{project}/{environment}/features/{key}"), "type": "text/html"})
}
