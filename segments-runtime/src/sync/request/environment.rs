//! Requests about environments, and about the contexts that they have seen.

use http::Method;

use super::{Body, ENVIRONMENTS, JSON, Request, Scope, path, purpose};

impl Scope {
    /// *getContextInstanceSegmentsMembershipByEnv*. It only reads, whatever the method.
    pub(crate) fn evaluate(&self, context: &serde_json::Value) -> Request {
        let path = self.environment(["segments", "evaluate"]);
        Request {
            method: Method::POST,
            body: Some(Body::json(JSON, context)),
            ..Request::read(path, self.reading("read the segments of a context"))
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

    pub(super) fn environment<'a>(
        &'a self,
        rest: impl IntoIterator<Item = &'a str>,
    ) -> Vec<String> {
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
}
