//! What the service knows: projects, their environments, and the segments in them.

mod environment;
mod kind;
mod project;
mod segment;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use environment::Environment;
pub(crate) use kind::StoredKind;
pub(crate) use project::Project;
pub(crate) use segment::{
    BigSegment, ExpiringTarget, Export, Import, StoredSegment, TargetList, asked_by_clauses,
    segments_asked,
};

use crate::approval::StoredRequest;
use crate::error::ApiError;
use crate::ids::Ids;

/// Everything that outlives a request.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct State {
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) approval_requests: BTreeMap<String, StoredRequest>,
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

    pub(crate) fn project(&self, key: &str) -> Result<&Project, ApiError> {
        self.projects.get(key).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn project_mut(&mut self, key: &str) -> Result<&mut Project, ApiError> {
        self.projects.get_mut(key).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn environment(&self, project: &str, key: &str) -> Result<&Environment, ApiError> {
        self.project(project)?
            .environments
            .get(key)
            .ok_or_else(ApiError::not_found)
    }

    pub(crate) fn environment_mut(
        &mut self,
        project: &str,
        key: &str,
    ) -> Result<&mut Environment, ApiError> {
        self.project_mut(project)?
            .environments
            .get_mut(key)
            .ok_or_else(ApiError::not_found)
    }

    pub(crate) fn segment(
        &self,
        project: &str,
        environment: &str,
        key: &str,
    ) -> Result<&StoredSegment, ApiError> {
        self.environment(project, environment)?
            .segments
            .get(key)
            .ok_or_else(ApiError::not_found)
    }
}
