//! Requests about context kinds.

use http::Method;
use segments_model::ContextKind;

use super::{Body, JSON, Repeat, Request, Scope, purpose};

impl Scope {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::request::tests::{body, scope};
    use serde_json::json;

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
}
