//! Filling an emulator with what a file describes.

use std::collections::BTreeMap;

use segments_model::wire::SemanticPatch;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::import::Listed;
use crate::message::ApiError;
use crate::service::Service;

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
    context_kinds: BTreeMap<String, Json>,
    #[serde(default)]
    flags: Vec<Targeted>,
    #[serde(default)]
    ai_configs: Vec<Targeted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Environment {
    /// As the real service lists them.
    #[serde(default = "no_segments")]
    segments: Listed,
    /// The members of big segments, by the segment's key, as they are posted.
    #[serde(default)]
    members: BTreeMap<String, Json>,
}

fn no_segments() -> Listed {
    Listed::Items(Vec::new())
}

/// A flag or an AI Config, as it is posted, and what is then done with its targeting.
#[derive(Deserialize)]
struct Targeted {
    key: String,
    /// By environment.
    #[serde(default)]
    instructions: BTreeMap<String, Vec<Json>>,
    /// Of an AI Config, as they are posted.
    #[serde(default)]
    variations: Option<Vec<Json>>,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

impl Service {
    /// Takes in all that a file describes. Segments and context kinds that are there already are
    /// replaced; flags and AI Configs stay as they are.
    pub(crate) fn fill(&mut self, world: World) -> Result<(), ApiError> {
        for (key, project) in world.projects {
            self.fill_project(&key, project)
                .map_err(|error| error.about(&format!("project \"{key}\"")))?;
        }
        Ok(())
    }

    fn fill_project(&mut self, key: &str, project: Project) -> Result<(), ApiError> {
        for (environment, found) in project.environments {
            self.import(key, &environment, found.segments)?;
            for (segment, members) in found.members {
                let path = format!("/api/v2/segments/{key}/{environment}/{segment}/contexts");
                self.internally("POST", &path, None, members.to_string())
                    .map_err(|error| error.about(&format!("members of \"{segment}\"")))?;
            }
        }
        self.state.project(key)?;
        for (kind, body) in project.context_kinds {
            let path = format!("/api/v2/projects/{key}/context-kinds/{kind}");
            self.internally("PUT", &path, None, body.to_string())
                .map_err(|error| error.about(&format!("context kind \"{kind}\"")))?;
        }
        for flag in project.flags {
            let name = format!("flag \"{}\"", flag.key);
            self.fill_flag(key, flag)
                .map_err(|error| error.about(&name))?;
        }
        for config in project.ai_configs {
            let name = format!("AI Config \"{}\"", config.key);
            self.fill_ai_config(key, config)
                .map_err(|error| error.about(&name))?;
        }
        Ok(())
    }

    fn fill_flag(&mut self, project: &str, flag: Targeted) -> Result<(), ApiError> {
        if self.state.project(project)?.has_targeting(&flag.key) {
            return Ok(());
        }
        let at = format!("/api/v2/flags/{project}");
        let targeting = format!("{at}/{}", flag.key);
        let mut body = flag.rest;
        body.insert("key".to_owned(), json!(flag.key));
        if let Some(variations) = flag.variations {
            body.insert("variations".to_owned(), json!(variations));
        }
        self.internally("POST", &at, None, Json::Object(body).to_string())?;
        self.instruct(&targeting, flag.instructions)
    }

    fn fill_ai_config(&mut self, project: &str, config: Targeted) -> Result<(), ApiError> {
        if self.state.project(project)?.has_targeting(&config.key) {
            return Ok(());
        }
        let at = format!("/api/v2/projects/{project}/ai-configs");
        let one = format!("{at}/{}", config.key);
        let mut body = config.rest;
        body.insert("key".to_owned(), json!(config.key));
        self.internally("POST", &at, None, Json::Object(body).to_string())?;
        for variation in config.variations.into_iter().flatten() {
            let variations = format!("{one}/variations");
            self.internally("POST", &variations, None, variation.to_string())?;
        }
        self.instruct(&format!("{one}/targeting"), config.instructions)
    }

    fn instruct(
        &mut self,
        path: &str,
        instructions: BTreeMap<String, Vec<Json>>,
    ) -> Result<(), ApiError> {
        for (environment, instructions) in instructions {
            let body = json!({"environmentKey": environment, "instructions": instructions});
            let content_type = Some(SemanticPatch::CONTENT_TYPE);
            self.internally("PATCH", path, content_type, body.to_string())?;
        }
        Ok(())
    }
}
