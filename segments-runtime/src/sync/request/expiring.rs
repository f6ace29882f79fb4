//! Requests about expiring contexts of segments.

use http::Method;
use segments_model::SegmentKey;
use segments_model::wire::SemanticPatch;

use super::{Body, Repeat, Request, Scope, path};
use crate::sync::expiries::Instruction;

impl Scope {
    /// *getExpiringTargetsForSegment*.
    pub(crate) fn expiring_targets(&self, key: &SegmentKey) -> Request {
        let purpose = self.of_segment("read the expiring targets of", key.as_str(), "viewProject");
        Request::read(self.expiring(key), purpose)
    }

    /// *patchExpiringTargetsForSegment*.
    pub(crate) fn patch_expiring_targets(
        &self,
        key: &SegmentKey,
        comment: &str,
        instructions: &[Instruction],
    ) -> Request {
        let patch = serde_json::json!({ "comment": comment, "instructions": instructions });
        let body = Body::json(SemanticPatch::CONTENT_TYPE, &patch);
        let action = "updateExpiringTargets";
        let purpose = self.of_segment("update the expiring targets of", key.as_str(), action);
        let path = self.expiring(key);
        Request::write(Method::PATCH, path, body, Repeat::LookFirst, purpose)
    }

    /// The key of the segment comes before that of the environment here.
    fn expiring(&self, key: &SegmentKey) -> Vec<String> {
        let (project, environment) = (self.project.as_str(), self.environment.as_str());
        let of = ["api", "v2", "segments", project, key.as_str()];
        path(of.into_iter().chain(["expiring-targets", environment]))
    }
}
