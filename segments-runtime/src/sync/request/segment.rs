//! Requests about segments.

use http::Method;
use segments_model::SegmentKey;
use segments_model::wire::{CreateSegment, Instruction, SemanticPatch};

use super::patch::JsonPatch;
use super::{Body, JSON, Purpose, Repeat, Request, Scope, purpose};

impl Scope {
    /// Changes a segment of the environment, or reads it.
    pub(super) fn of_segment(&self, verb: &str, key: &str, action: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let resource = format!("proj/{project}:env/{environment}:segment/{key}");
        purpose(format!("{verb} segment `{key}`"), action, &resource)
    }

    pub(super) fn segments<'a>(&'a self, rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        [
            "api",
            "v2",
            "segments",
            self.project.as_str(),
            self.environment.as_str(),
        ]
        .into_iter()
        .chain(rest)
        .map(str::to_owned)
        .collect()
    }

    /// *getSegments*. The oldest come first, so that segments which others create meanwhile appear
    /// at the end and move nothing.
    pub(crate) fn list(&self, offset: usize, limit: usize) -> Request {
        Request {
            query: vec![
                ("limit", limit.to_string()),
                ("offset", offset.to_string()),
                ("sort", "creationDate".to_owned()),
            ],
            ..Request::read(self.segments([]), self.reading("list the segments"))
        }
    }

    /// *getSegment*.
    pub(crate) fn get(&self, key: &SegmentKey) -> Request {
        let purpose = self.of_segment("read", key.as_str(), "viewProject");
        Request::read(self.segments([key.as_str()]), purpose)
    }

    /// *postSegment*.
    pub(crate) fn create(&self, segment: &CreateSegment) -> Request {
        let body = Body::json(JSON, segment);
        let purpose = self.of_segment("create", &segment.key, "createSegment");
        let path = self.segments([]);
        Request::write(Method::POST, path, body, Repeat::LookFirst, purpose)
    }

    /// *patchSegment* with a semantic patch.
    pub(crate) fn patch(
        &self,
        key: &SegmentKey,
        comment: String,
        instructions: Vec<Instruction>,
    ) -> Request {
        let patch = SemanticPatch {
            environment_key: self.environment.to_string(),
            comment: Some(comment),
            instructions,
        };
        let body = Body::json(SemanticPatch::CONTENT_TYPE, &patch);
        let segment = self.segments([key.as_str()]);
        let purpose = self.of_segment("update", key.as_str(), "update*");
        Request::write(Method::PATCH, segment, body, Repeat::LookFirst, purpose)
    }

    /// *patchSegment* with a JSON patch.
    pub(crate) fn json_patch(&self, key: &SegmentKey, patch: &JsonPatch) -> Request {
        let segment = self.segments([key.as_str()]);
        let body = Body::json(JSON, patch);
        let purpose = self.of_segment("update", key.as_str(), "update*");
        Request::write(Method::PATCH, segment, body, Repeat::LookFirst, purpose)
    }

    /// *deleteSegment*.
    pub(crate) fn delete(&self, key: &SegmentKey) -> Request {
        let purpose = self.of_segment("delete", key.as_str(), "deleteSegment");
        Request {
            method: Method::DELETE,
            ..Request::read(self.segments([key.as_str()]), purpose)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::request::PAGE;
    use crate::sync::request::patch::JsonOperation;
    use crate::sync::request::tests::{body, scope};
    use serde_json::json;

    const KEY: SegmentKey = SegmentKey::from_static("beta");

    #[test]
    fn lists_are_asked_for_page_by_page() {
        let request = scope().list(100, PAGE);
        assert_eq!(request.path.join("/"), "api/v2/segments/demo/test");
        assert_eq!(
            request.query,
            [
                ("limit", "50".to_owned()),
                ("offset", "100".to_owned()),
                ("sort", "creationDate".to_owned())
            ]
        );
        assert!(!request.is_write() && request.body.is_none());
    }

    #[test]
    fn a_creation_carries_no_lists_and_no_rules() {
        let request = scope().create(&CreateSegment {
            key: "beta".to_owned(),
            name: "Beta".to_owned(),
            description: None,
            tags: vec!["t".to_owned()],
            unbounded: false,
            unbounded_context_kind: None,
        });
        assert_eq!(request.method, Method::POST);
        assert_eq!(
            body(&request),
            (
                "application/json",
                json!({"key": "beta", "name": "Beta", "tags": ["t"]})
            )
        );
        assert_eq!(request.repeat, Repeat::LookFirst);
    }

    #[test]
    fn a_semantic_patch_says_so_in_its_content_type() {
        let instruction = Instruction::UpdateName {
            value: "B".to_owned(),
        };
        let request = scope().patch(&KEY, "why".to_owned(), vec![instruction]);
        assert_eq!(request.path.join("/"), "api/v2/segments/demo/test/beta");
        assert_eq!(
            body(&request),
            (
                "application/json; domain-model=launchdarkly.semanticpatch",
                json!({"environmentKey": "test", "comment": "why", "instructions": [{"kind": "updateName", "value": "B"}]})
            )
        );
    }

    #[test]
    fn a_json_patch_is_plain_json() {
        let patch = JsonPatch {
            comment: "why".to_owned(),
            patch: vec![
                JsonOperation::Test {
                    path: "/version".to_owned(),
                    value: json!(3),
                },
                JsonOperation::Remove {
                    path: "/rules/0/weight".to_owned(),
                },
            ],
        };
        assert_eq!(
            body(&scope().json_patch(&KEY, &patch)),
            (
                "application/json",
                json!({"comment": "why", "patch": [
                    {"op": "test", "path": "/version", "value": 3},
                    {"op": "remove", "path": "/rules/0/weight"},
                ]})
            )
        );
    }

    #[test]
    fn deleting_twice_is_the_same_as_once() {
        let request = scope().delete(&KEY);
        assert_eq!(
            (request.method.clone(), request.repeat),
            (Method::DELETE, Repeat::Harmless)
        );
        assert!(request.is_write());
    }

    #[test]
    fn bodies_are_not_shown() {
        let targets = Instruction::AddIncludedTargets {
            context_kind: "user".to_owned(),
            values: vec!["member".to_owned()],
        };
        let request = scope().patch(&KEY, String::new(), vec![targets]);
        assert!(!format!("{request:?}").contains("member"));
    }
}
