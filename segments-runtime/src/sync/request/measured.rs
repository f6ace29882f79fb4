//! Requests about metrics and experiments.

use http::Method;
use segments_model::wire::SemanticPatch;
use segments_model::{ExperimentKey, MetricKey};
use serde_json::{Map, Value as Json, json};

use super::patch::JsonOperation;
use super::{Body, JSON, Purpose, Repeat, Request, Scope, path, purpose};

/// Creates an experiment.
#[derive(Debug)]
pub(crate) struct ExperimentBody<'a> {
    pub(crate) key: &'a ExperimentKey,
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) tags: Vec<String>,
    pub(crate) iteration: Json,
}

/// The additional fields that a response for an experiment is to contain.
const EXPERIMENT_PARTS: &str = "draftIteration,treatments,secondaryMetrics";

impl Scope {
    fn of_metric(&self, verb: &str, key: &MetricKey, action: &str) -> Purpose {
        let resource = format!("proj/{}:metric/{key}", self.project);
        purpose(format!("{verb} metric `{key}`"), action, &resource)
    }

    fn of_experiment(&self, verb: &str, key: &ExperimentKey, action: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let resource = format!("proj/{project}:env/{environment}:experiment/{key}");
        purpose(format!("{verb} experiment `{key}`"), action, &resource)
    }

    fn metrics<'a>(&'a self, rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let start = ["api", "v2", "metrics", self.project.as_str()];
        path(start.into_iter().chain(rest))
    }

    /// *getMetrics*.
    pub(crate) fn list_metrics(&self, offset: usize, limit: usize) -> Request {
        Request {
            query: vec![("limit", limit.to_string()), ("offset", offset.to_string())],
            ..Request::read(self.metrics([]), self.reading("list the metrics"))
        }
    }

    /// *getMetric*, and who uses it if that is asked for.
    pub(crate) fn metric(&self, key: &MetricKey, uses: bool) -> Request {
        let expand = uses.then(|| ("expand", "experimentCount,metricGroupCount".to_owned()));
        Request {
            query: expand.into_iter().collect(),
            ..Request::read(
                self.metrics([key.as_str()]),
                self.of_metric("read", key, "viewProject"),
            )
        }
    }

    /// *postMetric*.
    pub(crate) fn create_metric(&self, key: &MetricKey, body: &Json) -> Request {
        let purpose = self.of_metric("create", key, "createMetric");
        let body = Body::json(JSON, body);
        Request::write(
            Method::POST,
            self.metrics([]),
            body,
            Repeat::LookFirst,
            purpose,
        )
    }

    /// *patchMetric*, which takes a JSON patch.
    pub(crate) fn patch_metric(&self, key: &MetricKey, patch: &[JsonOperation]) -> Request {
        let purpose = self.of_metric("update", key, "update*");
        let (path, body) = (self.metrics([key.as_str()]), Body::json(JSON, &patch));
        Request::write(Method::PATCH, path, body, Repeat::LookFirst, purpose)
    }

    /// *deleteMetric*.
    pub(crate) fn delete_metric(&self, key: &MetricKey) -> Request {
        Request {
            method: Method::DELETE,
            ..Request::read(
                self.metrics([key.as_str()]),
                self.of_metric("delete", key, "deleteMetric"),
            )
        }
    }

    /// *getExperiments*, all of the environment.
    pub(crate) fn list_experiments(&self, offset: usize, limit: usize) -> Request {
        Request {
            query: vec![("limit", limit.to_string()), ("offset", offset.to_string())],
            ..Request::read(
                self.environment(["experiments"]),
                self.reading("list the experiments"),
            )
        }
    }

    /// *getExperiment*.
    pub(crate) fn experiment(&self, key: &ExperimentKey) -> Request {
        Request {
            query: vec![("expand", EXPERIMENT_PARTS.to_owned())],
            ..Request::read(
                self.environment(["experiments", key.as_str()]),
                self.of_experiment("read", key, "viewProject"),
            )
        }
    }

    /// *createExperiment*.
    pub(crate) fn create_experiment(&self, of: &ExperimentBody<'_>) -> Request {
        let mut body = json!({
            "key": of.key, "name": of.name, "tags": of.tags, "iteration": of.iteration,
        });
        if let Some(description) = of.description {
            body["description"] = json!(description);
        }
        let purpose = self.of_experiment("create", of.key, "createExperiment");
        let path = self.environment(["experiments"]);
        Request::write(
            Method::POST,
            path,
            Body::json(JSON, &body),
            Repeat::LookFirst,
            purpose,
        )
    }

    /// *createIteration*: the iteration that the next start begins.
    pub(crate) fn create_iteration(&self, key: &ExperimentKey, iteration: &Json) -> Request {
        let purpose = self.of_experiment("update", key, "updateExperiment");
        let path = self.environment(["experiments", key.as_str(), "iterations"]);
        let body = Body::json(JSON, iteration);
        Request::write(Method::POST, path, body, Repeat::LookFirst, purpose)
    }

    /// *patchExperiment* with `updateExperimentFields`.
    pub(crate) fn patch_experiment(
        &self,
        key: &ExperimentKey,
        comment: &str,
        fields: &Map<String, Json>,
    ) -> Request {
        let instruction = json!({"kind": "updateExperimentFields", "value": fields});
        self.instruct_experiment(key, Some(comment), &instruction)
    }

    /// *patchExperiment* with one instruction.
    pub(crate) fn instruct_experiment(
        &self,
        key: &ExperimentKey,
        comment: Option<&str>,
        instruction: &Json,
    ) -> Request {
        let mut body = json!({"instructions": [instruction]});
        if let Some(comment) = comment {
            body["comment"] = json!(comment);
        }
        let body = Body::json(SemanticPatch::CONTENT_TYPE, &body);
        let purpose = self.of_experiment("update", key, "updateExperiment");
        let path = self.environment(["experiments", key.as_str()]);
        Request::write(Method::PATCH, path, body, Repeat::LookFirst, purpose)
    }
}
