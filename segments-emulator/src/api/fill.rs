//! Filling an emulator from a file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::api::ai_config::{self, NewConfig};
use crate::api::flag::{self, NewFlag};
use crate::api::import::{Listed, import};
use crate::api::targeting::{self, Envelope};
use crate::api::{big, context_kind};
use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::{Address, Targeted, TargetingAddress};

/// Projects by key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    projects: BTreeMap<String, Project>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Project {
    #[serde(default)]
    environments: BTreeMap<String, Environment>,
    /// By key, as they are put.
    #[serde(default)]
    context_kinds: BTreeMap<String, context_kind::Put>,
    #[serde(default)]
    flags: Vec<Filled<NewFlag>>,
    #[serde(default)]
    ai_configs: Vec<Filled<FilledConfig>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Environment {
    /// As the real service lists them.
    #[serde(default = "no_segments")]
    segments: Listed,
    /// The members of big segments, by the segment's key, as they are posted.
    #[serde(default)]
    members: BTreeMap<String, big::Changes>,
}

fn no_segments() -> Listed {
    Listed::Items(Vec::new())
}

/// A flag or an AI Config, and what is then done with its targeting.
#[derive(Deserialize)]
struct Filled<T> {
    /// By environment.
    #[serde(default)]
    instructions: BTreeMap<String, Vec<Json>>,
    /// As it is posted.
    #[serde(flatten)]
    new: T,
}

/// An AI Config, and its variations as they are posted.
#[derive(Deserialize)]
struct FilledConfig {
    #[serde(default)]
    variations: Vec<Json>,
    #[serde(flatten)]
    new: NewConfig,
}

/// Takes in all that a file describes. Segments and context kinds that are there already are
/// replaced; flags and AI Configs stay as they are.
pub(crate) fn fill(service: &mut Service, world: World) -> Result<(), ApiError> {
    for (key, project) in world.projects {
        fill_project(service, &key, project)
            .map_err(|error| error.about(&format!("project \"{key}\"")))?;
    }
    Ok(())
}

fn fill_project(service: &mut Service, key: &str, project: Project) -> Result<(), ApiError> {
    let caller = Caller::anybody();
    for (environment, found) in project.environments {
        import(service, key, &environment, found.segments)
            .map_err(|error| error.about(&format!("environment \"{environment}\"")))?;
        for (segment, changes) in found.members {
            let at = Address::from([key, &environment, &segment]);
            big::change(service, &caller, at, changes)
                .map_err(|error| error.about(&format!("members of segment \"{segment}\"")))?;
        }
    }
    for (kind, body) in project.context_kinds {
        context_kind::save(service, &caller, key, &kind, body)
            .map_err(|error| error.about(&format!("context kind \"{kind}\"")))?;
    }
    for flag in project.flags {
        let name = format!("flag \"{}\"", flag.new.key);
        fill_flag(service, &caller, key, flag).map_err(|error| error.about(&name))?;
    }
    for config in project.ai_configs {
        let name = format!("AI Config \"{}\"", config.new.new.key);
        fill_ai_config(service, &caller, key, config).map_err(|error| error.about(&name))?;
    }
    Ok(())
}

fn fill_flag(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    flag: Filled<NewFlag>,
) -> Result<(), ApiError> {
    let key = flag.new.key.clone();
    if service.state.project(project)?.has_targeting(&key) {
        return Ok(());
    }
    flag::add(service, caller, project, flag.new)?;
    for envelope in envelopes(flag.instructions) {
        let subject = TargetingAddress {
            targeted: Targeted::Flag,
            project,
            key: &key,
        };
        targeting::patch(service, caller, subject, envelope, false)?;
    }
    Ok(())
}

fn fill_ai_config(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    config: Filled<FilledConfig>,
) -> Result<(), ApiError> {
    let FilledConfig { variations, new } = config.new;
    let key = new.key.clone();
    if service.state.project(project)?.has_targeting(&key) {
        return Ok(());
    }
    ai_config::add(service, caller, project, new)?;
    for variation in variations {
        ai_config::add_variation(service, caller, project, &key, variation)?;
    }
    for envelope in envelopes(config.instructions) {
        let subject = TargetingAddress {
            targeted: Targeted::AiConfig,
            project,
            key: &key,
        };
        ai_config::set_targeting(service, caller, subject, envelope)?;
    }
    Ok(())
}

fn envelopes(instructions: BTreeMap<String, Vec<Json>>) -> impl Iterator<Item = Envelope> {
    instructions
        .into_iter()
        .map(|(environment, instructions)| Envelope {
            environment_key: Some(environment),
            instructions,
        })
}
