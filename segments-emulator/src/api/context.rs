//! Contexts and context instances that an environment has seen (API documentation, *Contexts*).

use std::collections::BTreeMap;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::context_filter::Condition;
use crate::api::filter::Filter;
use crate::api::paging::limit;
use crate::message::{ApiError, Request, Response, link};
use crate::service::clock::rfc3339;
use crate::state::{SeenContext, SeenInstance};

/// Contexts on a page when the request does not say, and at most.
const PAGE: (usize, usize) = (20, 50);

/// The search, in the parameters of the query or in the body.
#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Search {
    filter: Option<String>,
    sort: Option<String>,
    limit: Option<usize>,
    continuation_token: Option<String>,
}

impl Search {
    fn of_query(request: &Request) -> Result<Self, ApiError> {
        let text = |name| request.parameter(name).map(str::to_owned);
        let limited = request.parameter("limit").is_some();
        Ok(Self {
            filter: text("filter"),
            sort: text("sort"),
            limit: limited
                .then(|| limit(request, PAGE.0, PAGE.1))
                .transpose()?,
            continuation_token: text("continuationToken"),
        })
    }

    /// Reads either; both are an error.
    fn of(request: &Request) -> Result<Self, ApiError> {
        let of_query = Self::of_query(request)?;
        let of_body = match &*request.body {
            [] => Self::default(),
            _ => request.json()?,
        };
        if of_query == Self::default() {
            return Ok(of_body);
        }
        if of_body == Self::default() {
            return Ok(of_query);
        }
        Err(ApiError::invalid(
            "a search has its parameters in the query or in the body, not in both",
        ))
    }
}

/// Something that a search finds.
struct Found<'a> {
    instance: &'a SeenInstance,
    /// One context of it, if that is what is searched for.
    context: Option<SeenContext<'a>>,
}

/// `POST /projects/{project}/environments/{environment}/contexts/search`.
pub(crate) fn search(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let search = Search::of(call.request)?;
    page(
        call,
        [project, environment],
        &search,
        Condition::of_context,
        each_context,
    )
}

/// `POST /projects/{project}/environments/{environment}/context-instances/search`.
pub(crate) fn search_instances(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let search = Search::of(call.request)?;
    page(
        call,
        [project, environment],
        &search,
        Condition::of_instance,
        each_instance,
    )
}

/// `GET /projects/{project}/environments/{environment}/contexts/{kind}/{key}`.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, kind, key]: [&str; 4]) -> Answer {
    let search = Search::of_query(call.request)?;
    page(
        call,
        [project, environment],
        &search,
        Condition::of_application,
        |all| {
            let mut found = each_context(all);
            found.retain(|it| {
                it.context
                    .as_ref()
                    .is_some_and(|it| it.kind == kind && it.key == key)
            });
            found
        },
    )
}

/// `GET /projects/{project}/environments/{environment}/context-instances/{id}`.
pub(crate) fn get_instances(call: &mut Call<'_>, [project, environment, id]: [&str; 3]) -> Answer {
    let search = Search::of_query(call.request)?;
    page(
        call,
        [project, environment],
        &search,
        Condition::of_application,
        |all| {
            let mut found = each_instance(all);
            found.retain(|it| it.instance.id == id);
            found
        },
    )
}

/// `DELETE /projects/{project}/environments/{environment}/context-instances/{id}`.
pub(crate) fn delete_instances(
    call: &mut Call<'_>,
    [project, environment, id]: [&str; 3],
) -> Answer {
    let found = call.service.state.environment_mut(project, environment)?;
    let resource = format!("proj/{project}:env/{environment}");
    call.caller.may("deleteContextInstance", &resource)?;
    found.seen.forget(id);
    Ok(Response::no_content())
}

fn each_instance(instances: Vec<&SeenInstance>) -> Vec<Found<'_>> {
    let instances = instances.into_iter();
    instances
        .map(|instance| Found {
            instance,
            context: None,
        })
        .collect()
}

/// Each context once for each application, as it was last.
fn each_context(instances: Vec<&SeenInstance>) -> Vec<Found<'_>> {
    let mut latest = BTreeMap::new();
    for instance in instances {
        for context in instance.contexts() {
            let place = (context.kind, context.key, &*instance.application);
            let context = Some(context);
            latest.insert(place, Found { instance, context });
        }
    }
    latest.into_values().collect()
}

fn page<'s>(
    call: &'s Call<'_>,
    [project, environment]: [&str; 2],
    search: &Search,
    condition: impl Fn(&str, &str, &Json) -> Result<Condition, ApiError>,
    every: impl FnOnce(Vec<&'s SeenInstance>) -> Vec<Found<'s>>,
) -> Answer {
    let found = call.service.state.environment(project, environment)?;
    let filter = Filter::parse(search.filter.as_deref().unwrap_or_default(), condition)?;
    let mut all = every(found.seen.instances());
    all.retain(|it| filter.accepts(&|condition| condition.holds(it.instance, it.context.as_ref())));
    // The oldest first, and what came in one moment in the order in which it came.
    all.sort_by_cached_key(Found::place);
    match search.sort.as_deref() {
        Some("ts") => {}
        None | Some("-ts" | "") => all.reverse(),
        Some(sort) => {
            return Err(ApiError::invalid(format!("invalid sort field: `{sort}`")));
        }
    }
    let total = all.len();
    let rest = match &search.continuation_token {
        None => &all[..],
        Some(token) => after(&all, token)?,
    };
    let limit = search.limit.unwrap_or(PAGE.0).min(PAGE.1);
    let items = &rest[..rest.len().min(limit)];
    let base = format!("/api/v2/projects/{project}/environments/{environment}");
    let path = &call.request.path;
    let mut shown = json!({
        "_environmentId": found.id, "items": items.iter().map(|it| it.to_json(&base)).collect::<Vec<_>>(),
        "_links": {"self": link(path)},
    });
    if call.request.parameter("includeTotalCount") != Some("false") {
        shown["totalCount"] = json!(total);
    }
    if let (Some(last), true) = (items.last(), rest.len() > items.len()) {
        let token = BASE64_URL_SAFE_NO_PAD.encode(last.place());
        shown["_links"]["next"] = json!(link(format!(
            "{path}?limit={limit}&continuationToken={token}"
        )));
        shown["continuationToken"] = json!(token);
    }
    Ok(Response::ok(&shown))
}

/// The items after the last one of another page.
fn after<'f, 's>(all: &'f [Found<'s>], token: &str) -> Result<&'f [Found<'s>], ApiError> {
    let place = BASE64_URL_SAFE_NO_PAD.decode(token);
    let at = place
        .ok()
        .and_then(|place| all.iter().position(|it| it.place().as_bytes() == place));
    let at = at.ok_or_else(|| ApiError::invalid("invalid continuationToken"))?;
    Ok(&all[at + 1..])
}

impl Found<'_> {
    /// Its place in the order of time. No two have the same.
    fn place(&self) -> String {
        let SeenInstance {
            last_seen, serial, ..
        } = self.instance;
        let kind = self.context.as_ref().map_or("", |it| it.kind);
        format!("{last_seen:020} {serial:020} {kind}")
    }

    fn to_json(&self, base: &str) -> Json {
        let instance = self.instance;
        let mut shown = json!({
            "lastSeen": rfc3339(instance.last_seen), "applicationId": instance.application,
        });
        match &self.context {
            Some(context) => {
                let (kind, key) = (context.kind, context.key);
                let mut members = context.members.clone();
                members.insert("kind".to_owned(), json!(kind));
                shown["context"] = Json::Object(members);
                shown["associatedContexts"] = json!(instance.contexts().len() - 1);
                shown["_links"] = json!({"self": link(format!("{base}/contexts/{kind}/{key}")), "parent": link(base)});
            }
            None => {
                let id = &instance.id;
                shown["id"] = json!(id);
                shown["context"] = instance.context.clone();
                shown["_links"] = json!({"self": link(format!("{base}/context-instances/{id}")), "parent": link(base)});
            }
        }
        shown
    }
}
