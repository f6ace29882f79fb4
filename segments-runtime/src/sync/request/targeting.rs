//! Requests about the targeting of AI Configs and flags, and about the experiments on them.

use http::Method;
use segments_model::wire::{SemanticPatch, TargetingInstruction};
use segments_model::{AiConfigKey, Resource};

use super::{Body, JSON, Purpose, Repeat, Request, Scope, path, purpose};

impl Scope {
    /// Changes an AI Config or flag, or reads it.
    fn of_resource(&self, verb: &str, resource: &Resource, action: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let specifier = crate::sync::specifier::specifier(resource);
        let specifier = format!("proj/{project}:env/{environment}:{specifier}");
        purpose(format!("{verb} {resource}"), action, &specifier)
    }

    fn ai_configs<'a>(&'a self, rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let start = ["api", "v2", "projects", self.project.as_str(), "ai-configs"];
        path(start.into_iter().chain(rest))
    }

    fn targeting_of(&self, resource: &Resource) -> Vec<String> {
        match resource {
            Resource::AiConfig(key) => self.ai_configs([key.as_str(), "targeting"]),
            Resource::Flag(key) => {
                path(["api", "v2", "flags", self.project.as_str(), key.as_str()])
            }
        }
    }

    /// *getFeatureFlags*: all, or those with a tag.
    pub(crate) fn list_flags(&self, tag: Option<&str>, offset: usize, limit: usize) -> Request {
        let tag = tag.map(|tag| ("tag", tag.to_owned()));
        let page = [
            ("env", self.environment.to_string()),
            ("limit", limit.to_string()),
            ("offset", offset.to_string()),
        ];
        Request {
            query: tag.into_iter().chain(page).collect(),
            ..Request::read(
                path(["api", "v2", "flags", self.project.as_str()]),
                self.reading("list the flags"),
            )
        }
    }

    /// *getAIConfigs*.
    pub(crate) fn list_ai_configs(&self, offset: usize, limit: usize) -> Request {
        Request {
            query: vec![("limit", limit.to_string()), ("offset", offset.to_string())],
            ..Request::read(self.ai_configs([]), self.reading("list the AI Configs"))
        }
    }

    /// *getAIConfig*.
    pub(crate) fn ai_config(&self, key: &AiConfigKey) -> Request {
        let resource = Resource::AiConfig(key.clone());
        Request::read(
            self.ai_configs([key.as_str()]),
            self.of_resource("read", &resource, "viewProject"),
        )
    }

    /// *getAIConfigTargeting*, or *getFeatureFlag* for one environment.
    pub(crate) fn targeting(&self, resource: &Resource) -> Request {
        let query = match resource {
            Resource::AiConfig(_) => Vec::new(),
            Resource::Flag(_) => vec![("env", self.environment.to_string())],
        };
        Request {
            query,
            ..Request::read(
                self.targeting_of(resource),
                self.of_resource("read", resource, "viewProject"),
            )
        }
    }

    /// *patchAIConfigTargeting*, or *patchFeatureFlag*.
    pub(crate) fn patch_targeting(
        &self,
        resource: &Resource,
        comment: &str,
        instructions: &[TargetingInstruction],
    ) -> Request {
        let patch = serde_json::json!({
            "environmentKey": self.environment,
            "comment": comment,
            "instructions": instructions,
        });
        let body = Body::json(SemanticPatch::CONTENT_TYPE, &patch);
        let path = self.targeting_of(resource);
        let purpose = self.of_resource("update", resource, "update*");
        Request::write(Method::PATCH, path, body, Repeat::LookFirst, purpose)
    }

    /// *patchAIConfig*, with the tags and nothing else.
    pub(crate) fn tag_ai_config(&self, key: &AiConfigKey, tags: &[String]) -> Request {
        let body = Body::json(JSON, &serde_json::json!({ "tags": tags }));
        let path = self.ai_configs([key.as_str()]);
        let resource = Resource::AiConfig(key.clone());
        let purpose = self.of_resource("update", &resource, "update*");
        Request::write(Method::PATCH, path, body, Repeat::Harmless, purpose)
    }

    /// *getExperiments*, of those that run on a flag or on the flag behind an AI Config.
    pub(crate) fn running_experiments(&self, flag: &str) -> Request {
        let filter = format!("flagKey:{flag},status:running");
        Request {
            query: vec![("filter", filter)],
            ..Request::read(
                self.environment(["experiments"]),
                self.reading("list the experiments"),
            )
        }
    }
}
