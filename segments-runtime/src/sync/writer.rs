//! Everything that writes. There is no way to one from a plan but to apply it.

use segments_model::wire::{CreateSegment, Segment};
use segments_model::{ContextKind, SegmentKey};

use super::error::RequestError;
use super::patch::Patch;
use super::reader::Reader;
use super::request::JsonPatch;

/// Writes one environment. Whoever may write may read.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) reader: Reader,
}

impl Writer {
    /// Makes a segment, without lists and rules: the service ignores them here.
    pub(crate) async fn create(&self, segment: &CreateSegment) -> Result<Segment, RequestError> {
        let Reader { client, scope } = &self.reader;
        let created = client.json(&scope.create(segment)).await?;
        answer_for(&segment.key, created)
    }

    /// Changes a segment, and returns it as it is afterwards.
    pub(crate) async fn patch(
        &self,
        key: &SegmentKey,
        comment: String,
        patch: Patch,
    ) -> Result<Segment, RequestError> {
        let Reader { client, scope } = &self.reader;
        let request = match patch {
            Patch::Semantic(instructions) => scope.patch(key, comment, instructions),
            Patch::Json(patch) => scope.json_patch(key, &JsonPatch { comment, patch }),
        };
        let patched = client.json(&request).await?;
        answer_for(key.as_str(), patched)
    }

    /// Deletes a segment. That it is gone already is no error.
    pub(crate) async fn delete(&self, key: &SegmentKey) -> Result<(), RequestError> {
        let Reader { client, scope } = &self.reader;
        match client.done(&scope.delete(key)).await {
            Err(RequestError::NotFound(_)) => Ok(()),
            result => result,
        }
    }

    /// Makes a context kind, or leaves it as it is.
    pub(crate) async fn put_kind(&self, kind: &ContextKind) -> Result<(), RequestError> {
        let Reader { client, scope } = &self.reader;
        client.done(&scope.put_kind(kind)).await
    }
}

/// Any JSON object decodes as a segment; one without the key that was asked for tells nothing about
/// what the request did.
fn answer_for(key: &str, segment: Segment) -> Result<Segment, RequestError> {
    if segment.key == key {
        Ok(segment)
    } else {
        Err(RequestError::NotJson {
            status: 200,
            content_type: "JSON".to_owned(),
            cause: format!("it is not about segment `{key}`"),
        })
    }
}
