//! The state of the service: projects, their environments, and the segments in them.

mod address;
mod approval;
mod audit;
mod environment;
mod evaluation;
mod experiment;
mod expiring;
mod ids;
mod kind;
mod project;
mod resource;
pub(crate) mod sdk_data;
mod seen;
mod seen_attributes;
mod segment;
mod targeting;
mod updates;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use address::{Address, TargetingAddress};
pub(crate) use approval::{ApprovalSettings, Review, StoredRequest};
pub(crate) use audit::{Access, AuditEntry, AuditLog};
pub(crate) use environment::Environment;
pub(crate) use evaluation::evaluate;
pub use experiment::IterationStatus;
pub(crate) use experiment::{Experiment, Iteration, Treatment};
pub(crate) use expiring::{ExpiringTarget, SegmentList, TargetPlace};
pub(crate) use ids::Ids;
pub(crate) use kind::StoredKind;
pub(crate) use project::Project;
pub(crate) use resource::{Kind, Targeted};
pub(crate) use seen::{SeenContext, SeenInstance};
pub(crate) use segment::{
    BigSegment, Export, Import, StoredSegment, asked_by_clauses, segments_asked, target_keys,
    target_keys_mut,
};
pub(crate) use targeting::{Ai, EnvironmentTargeting, Prerequisite, Targeting, Variation, kind_of};
pub(crate) use updates::event;

/// Nothing has the key that was asked for.
#[derive(Debug)]
pub(crate) struct NotFound;

/// Everything that outlives a request.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct State {
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) approval_requests: BTreeMap<String, StoredRequest>,
    pub(crate) audit_log: AuditLog,
}

impl State {
    /// Makes sure that there is an environment, and its project.
    pub(crate) fn ensure_environment(
        &mut self,
        project: &str,
        environment: &str,
        now: i64,
        ids: &mut Ids,
    ) {
        let project = self
            .projects
            .entry(project.to_owned())
            .or_insert_with(|| Project::new(project, now, ids));
        project
            .environments
            .entry(environment.to_owned())
            .or_insert_with(|| Environment::new(environment, ids));
    }

    pub(crate) fn project(&self, key: &str) -> Result<&Project, NotFound> {
        self.projects.get(key).ok_or(NotFound)
    }

    pub(crate) fn project_mut(&mut self, key: &str) -> Result<&mut Project, NotFound> {
        self.projects.get_mut(key).ok_or(NotFound)
    }

    pub(crate) fn environment(&self, project: &str, key: &str) -> Result<&Environment, NotFound> {
        self.project(project)?.environments.get(key).ok_or(NotFound)
    }

    pub(crate) fn environment_mut(
        &mut self,
        project: &str,
        key: &str,
    ) -> Result<&mut Environment, NotFound> {
        self.project_mut(project)?
            .environments
            .get_mut(key)
            .ok_or(NotFound)
    }

    pub(crate) fn segment(
        &self,
        project: &str,
        environment: &str,
        key: &str,
    ) -> Result<&StoredSegment, NotFound> {
        self.environment(project, environment)?
            .segments
            .get(key)
            .ok_or(NotFound)
    }

    pub(crate) fn flag(&self, project: &str, key: &str) -> Result<&Targeting, NotFound> {
        self.project(project)?.flags.get(key).ok_or(NotFound)
    }

    pub(crate) fn ai_config(&self, project: &str, key: &str) -> Result<&Targeting, NotFound> {
        self.project(project)?.ai_configs.get(key).ok_or(NotFound)
    }

    /// A flag or an AI Config.
    pub(crate) fn targeting(&self, at: TargetingAddress<'_>) -> Result<&Targeting, NotFound> {
        let all = self.project(at.project)?.targetings(at.targeted);
        all.get(at.key).ok_or(NotFound)
    }
}
