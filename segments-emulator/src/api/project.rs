//! Projects and environments: only the parts that clients use.

use segments_model::{EnvironmentKey, ProjectKey};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::listing::Listing;
use crate::message::{ApiError, Response, link};
use crate::state::{Environment, Kind, Project};

/// `GET /projects`.
pub(crate) fn list(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let expand = call.request.expands("environments");
    let listing = Listing::of(call.request)?;
    let projects = call.service.state.projects.iter();
    Ok(Response::ok(&listing.page(projects, |(key, project)| {
        to_json(key, project, expand)
    })))
}

/// `GET /projects/{project}`.
pub(crate) fn get(call: &mut Call<'_>, [key]: [&str; 1]) -> Answer {
    let expand = call.request.expands("environments");
    let project = call.service.state.project(key)?;
    Ok(Response::ok(&to_json(key, project, expand)))
}

/// `DELETE /projects/{project}`.
pub(crate) fn delete(call: &mut Call<'_>, [key]: [&str; 1]) -> Answer {
    call.service.state.project(key)?;
    call.caller.may("deleteProject", &format!("proj/{key}"))?;
    call.service.remove_project(key)?;
    Ok(Response::no_content())
}

/// `PATCH /projects/{project}`: a JSON patch of what people read.
pub(crate) fn patch(call: &mut Call<'_>, [key]: [&str; 1]) -> Answer {
    let found = call.service.state.project(key)?;
    let shown = patched(call, to_json(key, found, false))?;
    call.caller.may("updateProject", &format!("proj/{key}"))?;
    let edited: Edited = read(shown)?;
    let project = call.service.state.project_mut(key)?;
    project.name = edited.name;
    project.tags = edited.tags;
    let mut shown = to_json(key, project, false);
    shown["environments"] = environments_of(key, project);
    call.service.save_project(key)?;
    Ok(Response::ok(&shown))
}

/// `PATCH /projects/{project}/environments/{environment}`.
pub(crate) fn patch_environment(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let found = call.service.state.environment(project, key)?;
    let shown = patched(call, environment_to_json(project, key, found))?;
    call.caller
        .may("updateEnvironment", &format!("proj/{project}:env/{key}"))?;
    let edited: Edited = read(shown)?;
    let environment = call.service.state.environment_mut(project, key)?;
    environment.name = edited.name;
    environment.critical = edited.critical;
    let shown = environment_to_json(project, key, environment);
    call.service.save_project(project)?;
    Ok(Response::ok(&shown))
}

/// The fields of a project or an environment that can be changed here; every other member is accepted and
/// ignored.
#[derive(Deserialize)]
struct Edited {
    name: String,
    tags: Vec<String>,
    /// Of an environment.
    #[serde(default)]
    critical: bool,
}

fn patched(call: &Call<'_>, mut shown: Json) -> Result<Json, ApiError> {
    let operations: json_patch::Patch = call.request.json()?;
    for operation in &operations.0 {
        // A member that is not kept here may be replaced all the same.
        let applied = json_patch::patch(&mut shown, std::slice::from_ref(operation));
        let is_replacement = matches!(operation, json_patch::PatchOperation::Replace(_));
        if let (Err(error), false) = (applied, is_replacement) {
            return Err(ApiError::invalid(format!("invalid JSON patch: {error}")));
        }
    }
    Ok(shown)
}

fn read(shown: Json) -> Result<Edited, ApiError> {
    serde_json::from_value(shown)
        .map_err(|error| ApiError::invalid(format!("invalid patch: {error}")))
}

/// `GET /projects/{project}/environments`.
pub(crate) fn list_environments(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let listing = Listing::of(call.request)?;
    let found = call.service.state.project(project)?.environments.iter();
    Ok(Response::ok(&listing.page(found, |(key, environment)| {
        environment_to_json(project, key, environment)
    })))
}

/// `GET /projects/{project}/environments/{environment}`.
pub(crate) fn get_environment(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let found = call.service.state.environment(project, key)?;
    Ok(Response::ok(&environment_to_json(project, key, found)))
}

/// `DELETE /projects/{project}/environments/{environment}`.
pub(crate) fn delete_environment(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.service.state.environment(project, key)?;
    call.caller
        .may("deleteEnvironment", &format!("proj/{project}:env/{key}"))?;
    call.service.remove_environment(project, key)?;
    Ok(Response::no_content())
}

#[derive(Deserialize)]
struct NewProject {
    key: String,
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    environments: Option<Vec<NewEnvironment>>,
}

#[derive(Deserialize)]
struct NewEnvironment {
    key: String,
    name: String,
}

/// `POST /projects`.
pub(crate) fn create(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let service = &mut *call.service;
    let body: NewProject = call.request.json()?;
    ProjectKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    call.caller
        .may("createProject", &format!("proj/{}", body.key))?;
    if service.state.project(&body.key).is_ok() {
        return Err(ApiError::key_exists("Duplicate project key"));
    }
    let mut project = Project::new(body.name, service.clock.now(), &mut service.ids);
    project.tags = body.tags;
    // A project that names no environments gets these two.
    let environments = body.environments.unwrap_or_else(|| {
        [("production", "Production"), ("test", "Test")]
            .map(|(key, name)| NewEnvironment {
                key: key.to_owned(),
                name: name.to_owned(),
            })
            .into()
    });
    for new in environments {
        EnvironmentKey::parse(&*new.key).map_err(|error| ApiError::invalid(error.to_string()))?;
        let environment = Environment::new(new.name, &mut service.ids);
        project.environments.insert(new.key, environment);
    }
    // Other than elsewhere, the environments come as an array.
    let mut shown = to_json(&body.key, &project, false);
    shown["environments"] = environments_of(&body.key, &project);
    service.put_project(&body.key, project)?;
    Ok(Response::created(&shown))
}

/// `POST /projects/{project}/environments`.
pub(crate) fn create_environment(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let service = &mut *call.service;
    service.state.project(project)?;
    let body: NewEnvironment = call.request.json()?;
    EnvironmentKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    call.caller.may(
        "createEnvironment",
        &format!("proj/{project}:env/{}", body.key),
    )?;
    if service.state.environment(project, &body.key).is_ok() {
        return Err(ApiError::key_exists("Duplicate environment key"));
    }
    let environment = Environment::new(body.name, &mut service.ids);
    let shown = environment_to_json(project, &body.key, &environment);
    service.put_environment(project, &body.key, environment)?;
    Ok(Response::created(&shown))
}

fn to_json(key: &str, project: &Project, expand: bool) -> Json {
    let mut shown = json!({
        "_id": project.id, "key": key, "name": project.name, "tags": project.tags,
        "includeInSnippetByDefault": false,
        "_links": {
            "self": link(format!("/api/v2/projects/{key}")),
            "environments": link(format!("/api/v2/projects/{key}/environments")),
        },
    });
    if expand {
        shown["environments"] = environment_list(key, project);
    }
    shown
}

/// All environments of a project, as a page of them.
fn environment_list(key: &str, project: &Project) -> Json {
    json!({
        "totalCount": project.environments.len(), "items": environments_of(key, project),
        "_links": {"self": link(format!("/api/v2/projects/{key}/environments"))},
    })
}

fn environments_of(key: &str, project: &Project) -> Json {
    let environments = project.environments.iter();
    environments
        .map(|(name, environment)| environment_to_json(key, name, environment))
        .collect()
}

fn environment_to_json(project: &str, key: &str, environment: &Environment) -> Json {
    let mut shown = json!({
        "_id": environment.id, "key": key, "name": environment.name,
        "apiKey": environment.sdk_key, "mobileKey": environment.mobile_key, "color": "417505",
        "defaultTtl": 0, "secureMode": false, "defaultTrackEvents": false,
        "requireComments": false, "confirmChanges": false, "tags": [], "critical": environment.critical,
        "_links": {
            "self": link(format!("/api/v2/projects/{project}/environments/{key}")),
        },
    });
    // Flags had approvals before anything else had them.
    for (kind, settings) in &environment.approvals {
        match kind {
            Kind::Flag => shown["approvalSettings"] = json!(settings),
            Kind::Segment | Kind::AiConfig => {
                shown["resourceApprovalSettings"][kind.name()] = json!(settings);
            }
        }
    }
    shown
}
