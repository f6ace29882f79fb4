//! Requests about the members of big segments.

use http::Method;
use segments_model::SegmentKey;

use super::{Body, JSON, Repeat, Request, Scope};
use crate::sync::change::TargetList;
use serde::Serialize;

impl Scope {
    /// *updateBigSegmentContextTargets*, for one list.
    pub(crate) fn change_members(
        &self,
        key: &SegmentKey,
        list: TargetList,
        change: &MemberChange<'_>,
    ) -> Request {
        let body = Body::json(JSON, &serde_json::json!({ list.name(): change }));
        let path = self.segments([key.as_str(), "contexts"]);
        let action = match list {
            TargetList::Included => "updateIncluded",
            TargetList::Excluded => "updateExcluded",
        };
        let purpose = self.of_segment("update the members of", key.as_str(), action);
        Request::write(Method::POST, path, body, Repeat::Harmless, purpose)
    }

    /// *getSegmentMembershipForContext*. The context's key stands in the path alone, which nothing shows.
    pub(crate) fn big_membership(&self, key: &SegmentKey, context: &str) -> Request {
        let purpose = self.of_segment("look up members of", key.as_str(), "viewProject");
        Request::read(self.segments([key.as_str(), "contexts", context]), purpose)
    }

    /// *createBigSegmentImport*, but for the form.
    pub(crate) fn import(&self, key: &SegmentKey) -> Request {
        Request {
            method: Method::POST,
            repeat: Repeat::LookFirst,
            ..Request::read(
                self.segments([key.as_str(), "imports"]),
                self.of_segment("import the members of", key.as_str(), "updateIncluded"),
            )
        }
    }

    /// *getBigSegmentImport*.
    pub(crate) fn get_import(&self, key: &SegmentKey, id: &str) -> Request {
        let purpose = self.of_segment("follow the import into", key.as_str(), "viewProject");
        Request::read(self.segments([key.as_str(), "imports", id]), purpose)
    }
}

/// The body that adds and removes members (API documentation, *updateBigSegmentContextTargets*).
#[derive(Default, Serialize)]
pub(crate) struct MemberChange<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) add: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) remove: &'a [String],
}
