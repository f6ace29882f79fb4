//! Metrics (API documentation, *getMetrics*, *postMetric*, *getMetric*, *patchMetric*, *deleteMetric*),
//! stored and returned; their results are elsewhere.

use segments_model::MetricKey;
use serde_json::{Map, Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::paging::Paging;
use crate::message::{ApiError, Response, link};
use crate::service::Service;

/// The kinds of metrics.
const KINDS: [&str; 4] = ["pageview", "click", "custom", "trace"];

/// The fields of a metric in a body.
const FIELDS: [&str; 19] = [
    "key",
    "name",
    "description",
    "kind",
    "selector",
    "urls",
    "isNumeric",
    "unit",
    "eventKey",
    "successCriteria",
    "tags",
    "randomizationUnits",
    "analysisUnits",
    "maintainerId",
    "unitAggregationType",
    "analysisType",
    "percentileValue",
    "eventDefault",
    "dataSource",
];

/// `POST /metrics/{project}`.
pub(crate) fn create(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let body: Map<String, Json> = call.request.json()?;
    let key = body.get("key").and_then(Json::as_str);
    let key = key
        .ok_or_else(|| ApiError::invalid("key is required"))?
        .to_owned();
    MetricKey::parse(&*key).map_err(|error| ApiError::invalid(error.to_string()))?;
    call.caller.may("createMetric", &resource(project, &key))?;
    let service = &mut *call.service;
    if service.state.project(project)?.metrics.contains_key(&key) {
        return Err(ApiError::key_exists("Duplicate metric key"));
    }
    let mut metric = json!({
        "_id": service.ids.object_id(), "_versionId": service.ids.uuid(), "_version": 1,
        "_creationDate": service.clock.now(), "name": key, "tags": [], "isNumeric": false,
        "dataSource": {"key": "launchdarkly-hosted"},
        "_links": {
            "self": link(format!("/api/v2/metrics/{project}/{key}")),
            "parent": link(format!("/api/v2/metrics/{project}")),
        },
    });
    for (field, value) in body {
        if FIELDS.contains(&&*field) {
            metric[field] = value;
        }
    }
    same_units(&mut metric, "analysisUnits", "randomizationUnits");
    valid(service, project, &metric)?;
    service.put_metric(project, &key, metric.clone())?;
    Ok(Response::created(&metric))
}

/// `GET /metrics/{project}`.
pub(crate) fn list(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let paging = Paging::of(call.request, 20, 50)?;
    let found = call.service.state.project(project)?;
    let counted = call.request.expands("experimentCount");
    let all: Vec<(&String, &Json)> = found.metrics.iter().collect();
    Ok(Response::ok(&paging.page(&all, |(key, metric)| {
        let mut metric = (*metric).clone();
        if counted {
            metric["experimentCount"] = json!(using(call.service, project, key).len());
        }
        metric
    })))
}

/// `GET /metrics/{project}/{metric}`.
pub(crate) fn get(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let mut metric = find(call.service, project, key)?.clone();
    let using = using(call.service, project, key);
    if call.request.expands("experimentCount") {
        metric["experimentCount"] = json!(using.len());
    }
    if call.request.expands("experiments") {
        metric["experiments"] = json!(using);
    }
    if call.request.expands("metricGroupCount") {
        metric["metricGroupCount"] = json!(0);
    }
    if call.request.expands("metricGroups") {
        metric["metricGroups"] = json!([]);
    }
    Ok(Response::ok(&metric))
}

/// `PATCH /metrics/{project}/{metric}`: a JSON patch of what is shown. What a metric is, and whose, stays.
pub(crate) fn patch(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let before = find(call.service, project, key)?.clone();
    let operations: json_patch::Patch = call.request.json()?;
    call.caller.may("updateMetric", &resource(project, key))?;
    let mut metric = before.clone();
    json_patch::patch(&mut metric, &operations.0)
        .map_err(|error| ApiError::invalid(format!("invalid JSON patch: {error}")))?;
    for fixed in ["key", "kind", "isNumeric", "_id", "_creationDate"] {
        if metric[fixed] != before[fixed] {
            return Err(ApiError::invalid(format!(
                "{fixed} of a metric cannot be changed"
            )));
        }
    }
    let units = if metric["analysisUnits"] == before["analysisUnits"] {
        ("randomizationUnits", "analysisUnits")
    } else {
        ("analysisUnits", "randomizationUnits")
    };
    same_units(&mut metric, units.0, units.1);
    valid(call.service, project, &metric)?;
    if metric != before {
        metric["_version"] = json!(before["_version"].as_u64().unwrap_or(1) + 1);
        metric["_versionId"] = json!(call.service.ids.uuid());
        call.service.put_metric(project, key, metric.clone())?;
    }
    Ok(Response::ok(&metric))
}

/// `DELETE /metrics/{project}/{metric}`. One that an experiment uses stays.
pub(crate) fn delete(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    find(call.service, project, key)?;
    call.caller.may("deleteMetric", &resource(project, key))?;
    if !using(call.service, project, key).is_empty() {
        return Err(ApiError::conflict("the metric is used by an experiment"));
    }
    call.service.remove_metric(project, key)?;
    Ok(Response::no_content())
}

fn resource(project: &str, key: &str) -> String {
    format!("proj/{project}:metric/{key}")
}

fn find<'a>(service: &'a Service, project: &str, key: &str) -> Result<&'a Json, ApiError> {
    let metrics = &service.state.project(project)?.metrics;
    metrics.get(key).ok_or_else(ApiError::not_found)
}

/// Units have two names, which say the same.
fn same_units(metric: &mut Json, from: &str, to: &str) {
    if metric[from].is_null() {
        let other = metric[to].clone();
        metric[from] = if other.is_null() {
            json!(["user"])
        } else {
            other
        };
    }
    metric[to] = metric[from].clone();
}

fn valid(service: &Service, project: &str, metric: &Json) -> Result<(), ApiError> {
    let kind = metric["kind"].as_str().unwrap_or_default();
    if !KINDS.contains(&kind) {
        return Err(ApiError::invalid(
            "kind is one of pageview, click, custom and trace",
        ));
    }
    let numeric = metric["isNumeric"].as_bool().unwrap_or_default();
    if kind == "custom" && metric["eventKey"].as_str().is_none_or(str::is_empty) {
        return Err(ApiError::invalid(
            "eventKey is required for a custom metric",
        ));
    }
    let success = metric["successCriteria"].as_str();
    let known = ["HigherThanBaseline", "LowerThanBaseline"];
    if success.is_some_and(|success| !known.contains(&success)) {
        return Err(ApiError::invalid("invalid successCriteria"));
    }
    if kind == "custom" && numeric && success.is_none() {
        return Err(ApiError::invalid(
            "successCriteria is required for a numeric metric",
        ));
    }
    let kinds = &service.state.project(project)?.kinds;
    for unit in metric["analysisUnits"].as_array().into_iter().flatten() {
        let unit = unit.as_str().unwrap_or_default();
        if !kinds.contains_key(unit) {
            return Err(ApiError::invalid(format!(
                "there is no context kind \"{unit}\""
            )));
        }
    }
    Ok(())
}

/// The experiments of a project that use a metric.
fn using(service: &Service, project: &str, key: &str) -> Vec<Json> {
    let Ok(found) = service.state.project(project) else {
        return Vec::new();
    };
    let mut using = Vec::new();
    for (environment, here) in &found.environments {
        for (experiment, it) in &here.experiments {
            if it.uses(key) {
                let path = format!("/api/v2/projects/{project}/environments/{environment}");
                using.push(json!({
                    "key": experiment, "name": it.name, "environmentId": here.id,
                    "environmentKey": environment, "creationDate": it.created,
                    "_links": {
                        "parent": link(&*path),
                        "self": link(format!("{path}/experiments/{experiment}")),
                    },
                }));
            }
        }
    }
    using
}
