//! Requests about approvals.

use http::Method;
use segments_model::Resource;

use super::{Body, JSON, Repeat, Request, Scope, path, purpose};
use crate::sync::approval::{APPROVALS, Approvable, NewApproval};

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
        let doing = format!("request an approval of `{resource}`");
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
        format!("proj/{project}:env/{environment}:{}", of.specifier())
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
    pub(crate) fn apply_approval(&self, id: &str, comment: &str) -> Request {
        let body = Body::json(JSON, &serde_json::json!({ "comment": comment }));
        let path = path(["api", "v2", "approval-requests", id, "apply"]);
        let purpose = purpose(
            format!("apply the approval request `{id}`"),
            "applyApprovalRequest",
            &format!("proj/{}", self.project),
        );
        Request::write(Method::POST, path, body, Repeat::LookFirst, purpose)
    }
}
