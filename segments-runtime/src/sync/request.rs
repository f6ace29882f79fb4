//! Requests as values: what is sent where, without sending it.
//!
//! Paths, parameters and bodies are those of LaunchDarkly's REST API documentation; the operation
//! is named at each function.

use bytes::Bytes;
use http::Method;
use segments_model::wire::{CreateSegment, Instruction, SemanticPatch, TargetingInstruction};
use segments_model::{AiConfigKey, ContextKind, EnvironmentKey, ProjectKey, Resource, SegmentKey};
use serde::Serialize;

use super::approval::{Approvable, NewApproval};
use super::big::Change as Members;

/// The largest page that the service gives out (seen in LaunchDarkly's own migration scripts; the
/// documentation names only the default of 20).
pub(crate) const PAGE: usize = 50;

/// How many environments a page has.
pub(crate) const ENVIRONMENTS: usize = 20;

/// How many approval requests a page has at most (API documentation, *getApprovalRequests*).
pub(crate) const APPROVALS: usize = 200;

/// A request, ready to be sent any number of times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
    pub(crate) repeat: Repeat,
    pub(crate) purpose: Purpose,
}

/// What a request is for, in words that errors repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// What it does, behind "cannot".
    pub(crate) doing: String,
    /// The action that the token's role has to allow, and on what.
    pub(crate) needs: String,
}

/// A body and what it is.
#[derive(Clone, PartialEq)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// Whether a request whose answer was lost may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is the same as once: reading, deleting, putting.
    Harmless,
    /// It may have taken effect, so somebody has to look before it is sent again: creating,
    /// patching.
    LookFirst,
}

/// Bodies carry the keys of members, so only their size is shown.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.content_type)
    }
}

impl Body {
    fn json(content_type: &'static str, value: &impl Serialize) -> Self {
        Self {
            content_type,
            bytes: serde_json::to_vec(value)
                .expect("our own types have string keys only")
                .into(),
        }
    }
}

const JSON: &str = "application/json";

/// A JSON patch (RFC 6902) with a comment for the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct JsonPatch {
    pub(crate) comment: String,
    pub(crate) patch: Vec<JsonOperation>,
}

/// One operation of a JSON patch.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(crate) enum JsonOperation {
    Test {
        path: String,
        value: serde_json::Value,
    },
    Add {
        path: String,
        value: serde_json::Value,
    },
    Replace {
        path: String,
        value: serde_json::Value,
    },
    Remove {
        path: String,
    },
    Move {
        from: String,
        path: String,
    },
}

/// Values may be keys of members, so only paths are shown.
impl std::fmt::Debug for JsonOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Test { path, .. } => write!(f, "test {path}"),
            Self::Add { path, .. } => write!(f, "add {path}"),
            Self::Replace { path, .. } => write!(f, "replace {path}"),
            Self::Remove { path } => write!(f, "remove {path}"),
            Self::Move { from, path } => write!(f, "move {from} to {path}"),
        }
    }
}

/// The environment that requests are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) project: ProjectKey,
    pub(crate) environment: EnvironmentKey,
}

/// A purpose that takes this action on this resource.
fn purpose(doing: String, action: &str, resource: &str) -> Purpose {
    Purpose {
        doing,
        needs: format!("`{action}` on `{resource}`"),
    }
}

impl Scope {
    /// Changes a segment of the environment, or reads it.
    fn of_segment(&self, verb: &str, key: &str, action: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let resource = format!("proj/{project}:env/{environment}:segment/{key}");
        purpose(format!("{verb} segment `{key}`"), action, &resource)
    }

    /// Reads something of the project.
    fn reading(&self, what: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let doing = format!("{what} of `{project}/{environment}`");
        purpose(doing, "viewProject", &format!("proj/{project}"))
    }

    /// Changes an AI Config or flag, or reads it.
    fn of_resource(&self, verb: &str, resource: &Resource, action: &str) -> Purpose {
        let Self {
            project,
            environment,
        } = self;
        let specifier = super::targeting::specifier(resource);
        let specifier = format!("proj/{project}:env/{environment}:{specifier}");
        purpose(format!("{verb} {resource}"), action, &specifier)
    }

    fn segments<'a>(&'a self, rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
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

    /// *getContextInstanceSegmentsMembershipByEnv*. It only reads, whatever the method.
    pub(crate) fn evaluate(&self, context: &serde_json::Value) -> Request {
        let path = self.environment(["segments", "evaluate"]);
        Request {
            method: Method::POST,
            body: Some(Body::json(JSON, context)),
            ..Request::read(path, self.reading("ask for the segments of a context"))
        }
    }

    /// *getContextAttributeValues*.
    pub(crate) fn attribute_values(&self, attribute: &str) -> Request {
        let path = self.environment(["context-attributes", attribute]);
        Request::read(path, self.reading("read the values of an attribute"))
    }

    /// *getEnvironmentsByProject*, from one on.
    pub(crate) fn list_environments(&self, offset: usize) -> Request {
        let project = self.project.as_str();
        let resource = format!("proj/{project}");
        let doing = format!("list the environments of `{project}`");
        let purpose = purpose(doing, "viewProject", &resource);
        let path = path(["api", "v2", "projects", project, "environments"]);
        Request {
            query: vec![
                ("limit", ENVIRONMENTS.to_string()),
                ("offset", offset.to_string()),
            ],
            ..Request::read(path, purpose)
        }
    }

    /// *getEnvironment*.
    pub(crate) fn get_environment(&self) -> Request {
        Request::read(self.environment([]), self.reading("read the environment"))
    }

    /// *getApprovalRequests*: those of the project that were not carried out.
    pub(crate) fn open_approvals(&self) -> Request {
        let filter = format!(
            r#"projectKey equals {},status anyOf ["pending"]"#,
            self.project
        );
        Request {
            query: vec![("filter", filter), ("limit", "200".to_owned())],
            ..Request::read(
                path(["api", "v2", "approval-requests"]),
                self.reading("list the open approval requests"),
            )
        }
    }

    /// *postApprovalRequestApply*.
    pub(crate) fn apply_approval(&self, id: &str, comment: Option<&str>) -> Request {
        let body = Body::json(
            JSON,
            &serde_json::json!({ "comment": comment.unwrap_or_default() }),
        );
        let path = path(["api", "v2", "approval-requests", id, "apply"]);
        let purpose = purpose(
            format!("carry out the approval request `{id}`"),
            "applyApprovalRequest",
            &format!("proj/{}", self.project),
        );
        Request::write(Method::POST, path, body, Repeat::LookFirst, purpose)
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

    fn environment<'a>(&'a self, rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let (project, environment) = (self.project.as_str(), self.environment.as_str());
        let start = [
            "api",
            "v2",
            "projects",
            project,
            "environments",
            environment,
        ];
        path(start.into_iter().chain(rest))
    }

    fn kinds<'a>(&'a self, kind: Option<&'a ContextKind>) -> Vec<String> {
        [
            "api",
            "v2",
            "projects",
            self.project.as_str(),
            "context-kinds",
        ]
        .into_iter()
        .chain(kind.map(ContextKind::as_str))
        .map(str::to_owned)
        .collect()
    }

    /// *getContextKindsByProjectKey*.
    pub(crate) fn list_kinds(&self) -> Request {
        let doing = format!("list the context kinds of `{}`", self.project);
        let resource = format!("proj/{}", self.project);
        Request::read(self.kinds(None), purpose(doing, "viewProject", &resource))
    }

    /// *putContextKind*. Only the name is sent, so nothing else of an existing kind changes. The
    /// action is documented under *Creating and editing context kinds*.
    pub(crate) fn put_kind(&self, kind: &ContextKind) -> Request {
        let body = Body::json(JSON, &serde_json::json!({ "name": kind.as_str() }));
        let doing = format!("create context kind `{kind}`");
        let resource = format!("proj/{}:context-kind/*", self.project);
        let purpose = purpose(doing, "createContextKind", &resource);
        let path = self.kinds(Some(kind));
        Request::write(Method::PUT, path, body, Repeat::Harmless, purpose)
    }
}

impl Scope {
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

    /// *getFeatureFlags*: those with a tag.
    pub(crate) fn list_flags(&self, tag: &str, offset: usize, limit: usize) -> Request {
        Request {
            query: vec![
                ("tag", tag.to_owned()),
                ("env", self.environment.to_string()),
                ("limit", limit.to_string()),
                ("offset", offset.to_string()),
            ],
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
}

impl Scope {
    /// *getApprovalRequests*: those for a kind of resource that nobody has decided about; or
    /// *getApprovalsForFlag*, all of those for a flag.
    pub(crate) fn list_approvals(&self, of: &Approvable<'_>, offset: usize) -> Request {
        let resource = self.approvable(of);
        let doing = format!("list the approval requests for `{resource}`");
        let purpose = purpose(doing, "viewProject", &format!("proj/{}", self.project));
        let page = [
            ("limit", APPROVALS.to_string()),
            ("offset", offset.to_string()),
        ];
        let filter = of.resource_kind().map(|kind| {
            let filter = format!(r#"resourceKind equals {kind},status anyOf ["pending"]"#);
            ("filter", filter)
        });
        // A flag's list has no pages.
        let query = filter
            .into_iter()
            .flat_map(|filter| [filter].into_iter().chain(page.clone()));
        Request {
            query: query.collect(),
            ..Request::read(self.approvals(of), purpose)
        }
    }

    /// *postApprovalRequest*, or *postApprovalRequestForFlag*. The form of the resource's name is
    /// documented for flags; those of segments and AI Configs are inferred from it.
    pub(crate) fn ask_for_approval(&self, of: &Approvable<'_>, new: &NewApproval) -> Request {
        let resource = self.approvable(of);
        let mut body = serde_json::json!(new);
        if of.resource_kind().is_some() {
            body["resourceId"] = resource.as_str().into();
        }
        let doing = format!("ask for an approval of `{resource}`");
        let purpose = purpose(doing, "createApprovalRequest", &resource);
        let body = Body::json(JSON, &body);
        let path = self.approvals(of);
        Request::write(Method::POST, path, body, Repeat::LookFirst, purpose)
    }

    fn approvable(&self, of: &Approvable<'_>) -> String {
        let Self {
            project,
            environment,
        } = self;
        let specifier = match of {
            Approvable::Segment(key) => format!("segment/{key}"),
            Approvable::Targeting(resource) => super::targeting::specifier(resource),
        };
        format!("proj/{project}:env/{environment}:{specifier}")
    }

    /// Flags have an endpoint of their own, since the general one takes only changes of their
    /// variations.
    fn approvals(&self, of: &Approvable<'_>) -> Vec<String> {
        let (project, environment) = (self.project.as_str(), self.environment.as_str());
        match of {
            Approvable::Targeting(Resource::Flag(key)) => path([
                "api",
                "v2",
                "projects",
                project,
                "flags",
                key.as_str(),
                "environments",
                environment,
                "approval-requests",
            ]),
            _ => path(["api", "v2", "approval-requests"]),
        }
    }
}

impl Scope {
    /// *updateBigSegmentContextTargets*, for the included list.
    pub(crate) fn change_members(&self, key: &SegmentKey, change: &Members<'_>) -> Request {
        let body = Body::json(JSON, &serde_json::json!({ "included": change }));
        let path = self.segments([key.as_str(), "contexts"]);
        let purpose = self.of_segment("update the members of", key.as_str(), "updateIncluded");
        Request::write(Method::POST, path, body, Repeat::Harmless, purpose)
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

fn path<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    parts.into_iter().map(str::to_owned).collect()
}

impl Request {
    fn read(path: Vec<String>, purpose: Purpose) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            repeat: Repeat::Harmless,
            purpose,
        }
    }

    fn write(
        method: Method,
        path: Vec<String>,
        body: Body,
        repeat: Repeat,
        purpose: Purpose,
    ) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: Some(body),
            repeat,
            purpose,
        }
    }

    /// Returns whether the request can change anything.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// What the service counts requests by: the method and the kind of resource, without its name.
    pub(crate) fn route(&self) -> String {
        let depth = self.path.len();
        format!("{} {} {depth}", self.method, self.path[2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn scope() -> Scope {
        Scope {
            project: ProjectKey::from_static("demo"),
            environment: EnvironmentKey::from_static("test"),
        }
    }

    fn body(request: &Request) -> (&'static str, Value) {
        let body = request.body.as_ref().unwrap();
        (
            body.content_type,
            serde_json::from_slice(&body.bytes).unwrap(),
        )
    }

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
    fn kinds_belong_to_the_project() {
        let kind = ContextKind::from_static("device");
        let request = scope().put_kind(&kind);
        assert_eq!(
            request.path.join("/"),
            "api/v2/projects/demo/context-kinds/device"
        );
        assert_eq!(body(&request).1, json!({"name": "device"}));
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
