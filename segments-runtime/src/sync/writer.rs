//! All write operations. A plan cannot obtain a `Writer` except by being applied.

use segments_model::wire::{CreateSegment, Metric, Segment, Targeting, TargetingInstruction};
use segments_model::{ContextKind, ExperimentKey, MetricKey, Resource, SegmentKey};
use serde_json::Value as Json;

use super::change::Change;
use super::diff::tags_after;
use super::failed::FailedRequest;
use super::patch::Patch;
use super::reader::Reader;
use super::request::{ExperimentBody, JsonOperation, JsonPatch, Request};
use super::request_error::RequestError;

/// Writes one environment. Permission to write includes permission to read.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) reader: Reader,
}

impl Writer {
    /// Makes a segment, without lists and rules: the service ignores them here.
    pub(crate) async fn create(&self, segment: &CreateSegment) -> Result<Segment, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = scope.create(segment);
        let created = client.json(&request).await?;
        answer_for(&request, &segment.key, created)
    }

    /// Changes a segment, and returns it as it is afterwards.
    pub(crate) async fn patch(
        &self,
        key: &SegmentKey,
        comment: String,
        patch: Patch,
    ) -> Result<Segment, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = match patch {
            Patch::Semantic(instructions) => scope.patch(key, comment, instructions),
            Patch::Json(patch) => scope.json_patch(key, &JsonPatch { comment, patch }),
        };
        let patched = client.json(&request).await?;
        answer_for(&request, key.as_str(), patched)
    }

    /// Deletes a segment, and returns whether it existed. It is not an error if it is already gone.
    pub(crate) async fn delete(&self, key: &SegmentKey) -> Result<bool, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        match client.done(&scope.delete(key)).await {
            Err(failed) if matches!(failed.error, RequestError::NotFound(_)) => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// Changes what an AI Config or flag serves, and returns it as it is afterwards.
    pub(crate) async fn patch_targeting(
        &self,
        resource: &Resource,
        comment: String,
        instructions: Vec<TargetingInstruction>,
    ) -> Result<Targeting, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = scope.patch_targeting(resource, &comment, &instructions);
        let patched: Targeting = client.json(&request).await?;
        if patched.key == resource.key() {
            Ok(patched)
        } else {
            Err(other_answer(&request, &resource.to_string()))
        }
    }

    /// Changes the tags of an AI Config or flag as the changes say, and returns what was seen with
    /// those tags. An AI Config's tags have no instruction and are sent as a whole.
    pub(crate) async fn tag(
        &self,
        resource: &Resource,
        changes: &[Change],
        seen: &Targeting,
        comment: String,
    ) -> Result<Targeting, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let tags = tags_after(&seen.tags, changes).unwrap_or_else(|| seen.tags.clone());
        let of_tags = changes
            .iter()
            .filter(|it| matches!(it, Change::RemoveTags { .. } | Change::AddTags { .. }));
        let instructions = of_tags.filter_map(super::patch::instruction);
        let instructions = instructions.map(TargetingInstruction::Common).collect();
        match resource {
            Resource::Flag(_) => {
                return self.patch_targeting(resource, comment, instructions).await;
            }
            Resource::AiConfig(key) => client.done(&scope.tag_ai_config(key, &tags)).await?,
        }
        Ok(Targeting {
            tags,
            ..seen.clone()
        })
    }

    /// Makes a metric.
    pub(crate) async fn create_metric(
        &self,
        key: &MetricKey,
        body: &Json,
    ) -> Result<Metric, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = scope.create_metric(key, body);
        answer_for_metric(&request, key, client.json(&request).await?)
    }

    /// Changes a metric, and returns it as it is afterwards.
    pub(crate) async fn patch_metric(
        &self,
        key: &MetricKey,
        operations: &[JsonOperation],
    ) -> Result<Metric, FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = scope.patch_metric(key, operations);
        answer_for_metric(&request, key, client.json(&request).await?)
    }

    /// Deletes a metric. It is not an error if it is already gone.
    pub(crate) async fn delete_metric(&self, key: &MetricKey) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        match client.done(&scope.delete_metric(key)).await {
            Err(failed) if matches!(failed.error, RequestError::NotFound(_)) => Ok(()),
            result => result,
        }
    }

    /// Makes an experiment and its first iteration, which is not started.
    pub(crate) async fn create_experiment(
        &self,
        body: &ExperimentBody<'_>,
    ) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        client.done(&scope.create_experiment(body)).await
    }

    /// Makes the iteration that the next start begins.
    pub(crate) async fn new_iteration(
        &self,
        key: &ExperimentKey,
        iteration: &Json,
    ) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        client.done(&scope.create_iteration(key, iteration)).await
    }

    /// Changes what people read of an experiment.
    pub(crate) async fn patch_experiment(
        &self,
        key: &ExperimentKey,
        comment: &str,
        fields: &serde_json::Map<String, Json>,
    ) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        client
            .done(&scope.patch_experiment(key, comment, fields))
            .await
    }

    /// Starts or stops an experiment.
    pub(crate) async fn instruct(
        &self,
        key: &ExperimentKey,
        instruction: &Json,
    ) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        let request = scope.instruct_experiment(key, None, instruction);
        client.done(&request).await
    }

    /// An experiment was written a moment ago, and is not there.
    pub(crate) fn vanished(&self, key: &ExperimentKey) -> FailedRequest {
        let request = self.reader.scope.experiment(key);
        other_answer(
            &request,
            &format!("experiment `{key}`, which was just written"),
        )
    }

    /// Makes a context kind, or leaves it as it is.
    pub(crate) async fn put_kind(&self, kind: &ContextKind) -> Result<(), FailedRequest> {
        let Reader { client, scope } = &self.reader;
        client.done(&scope.put_kind(kind)).await
    }
}

/// Any JSON object decodes as a segment; one without the key that was asked for tells nothing about
/// what the request did.
fn answer_for(request: &Request, key: &str, segment: Segment) -> Result<Segment, FailedRequest> {
    if segment.key == key {
        Ok(segment)
    } else {
        Err(other_answer(request, &format!("segment `{key}`")))
    }
}

fn answer_for_metric(
    request: &Request,
    key: &MetricKey,
    metric: Metric,
) -> Result<Metric, FailedRequest> {
    if metric.key == key.as_str() {
        Ok(metric)
    } else {
        Err(other_answer(request, &format!("metric `{key}`")))
    }
}

fn other_answer(request: &Request, about: &str) -> FailedRequest {
    let error = RequestError::UnexpectedResponse {
        status: 200,
        content_type: "JSON".to_owned(),
        cause: format!("it is not about {about}"),
    };
    FailedRequest::answered(request, error)
}
