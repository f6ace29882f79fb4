//! Changes of the state: each is saved, made, and sent to the listening SDKs.

use serde::Serialize;
use serde_json::Value as Json;

use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::{
    ApprovalSettings, AuditEntry, BigSegment, Environment, Experiment, Kind, Project, StoredKind,
    StoredRequest, StoredSegment, Targeted, Targeting, sdk_data,
};

impl Service {
    /// Makes or changes a segment.
    pub(crate) fn put_segment(
        &mut self,
        project: &str,
        environment: &str,
        stored: StoredSegment,
    ) -> Result<(), ApiError> {
        let key = &stored.segment.key;
        let known = self.state.segment(project, environment, key).is_ok();
        let place = ["projects", project, "environments", environment];
        if !known {
            self.save(
                &place,
                &["generations", key],
                Some(&stored.segment.generation),
            )?;
        }
        self.save(&place, &["segments", key], Some(&stored))?;
        let found = self.state.environment_mut(project, environment)?;
        found.updates.changed(|| sdk_data::segment_change(&stored));
        found.put(stored);
        Ok(())
    }

    /// Deletes a segment.
    pub(crate) fn remove_segment(
        &mut self,
        project: &str,
        environment: &str,
        key: &str,
    ) -> Result<(), ApiError> {
        let stored = self.state.segment(project, environment, key)?;
        let version = stored.sdk_version();
        let place = ["projects", project, "environments", environment];
        self.save(&place, &["segments", key], None::<&StoredSegment>)?;
        self.save(&place, &["big", key], None::<&BigSegment>)?;
        let found = self.state.environment_mut(project, environment)?;
        found.remove(key);
        found
            .updates
            .deleted("segments", key, version.saturating_add(1));
        Ok(())
    }

    /// Changes the members of a big segment.
    pub(crate) fn change_big_segment<T>(
        &mut self,
        project: &str,
        environment: &str,
        key: &str,
        change: impl FnOnce(&mut BigSegment) -> T,
    ) -> Result<T, ApiError> {
        let found = self.state.environment_mut(project, environment)?;
        let big = found.big.entry(key.to_owned()).or_default();
        let result = change(big);
        let place = ["projects", project, "environments", environment];
        let place: Vec<&str> = place.into_iter().chain(["big", key]).collect();
        self.store.set(&place, Some(big))?;
        Ok(result)
    }

    /// Makes or changes a project without its parts.
    pub(crate) fn put_project(&mut self, key: &str, project: Project) -> Result<(), ApiError> {
        self.save(&["projects"], &[key], Some(&project))?;
        self.state.projects.insert(key.to_owned(), project);
        Ok(())
    }

    /// Saves what a project is now.
    pub(crate) fn save_project(&mut self, key: &str) -> Result<(), ApiError> {
        let project = self.state.project(key)?;
        self.store.set(&["projects", key], Some(project))
    }

    /// Deletes a project and all that is in it.
    pub(crate) fn remove_project(&mut self, key: &str) -> Result<(), ApiError> {
        self.save(&["projects"], &[key], None::<&Project>)?;
        self.state.projects.remove(key);
        Ok(())
    }

    /// Makes an environment.
    pub(crate) fn put_environment(
        &mut self,
        at: &str,
        key: &str,
        environment: Environment,
    ) -> Result<(), ApiError> {
        self.save(
            &["projects", at, "environments"],
            &[key],
            Some(&environment),
        )?;
        let project = self.state.project_mut(at)?;
        for targeting in project
            .flags
            .values_mut()
            .chain(project.ai_configs.values_mut())
        {
            targeting.add_environment(key, 1, &mut self.ids);
        }
        project.environments.insert(key.to_owned(), environment);
        self.save_targetings(at)
    }

    /// Deletes an environment and its segments.
    pub(crate) fn remove_environment(&mut self, at: &str, key: &str) -> Result<(), ApiError> {
        self.save(
            &["projects", at, "environments"],
            &[key],
            None::<&Environment>,
        )?;
        let project = self.state.project_mut(at)?;
        project.environments.remove(key);
        for targeting in project
            .flags
            .values_mut()
            .chain(project.ai_configs.values_mut())
        {
            targeting.environments.remove(key);
        }
        self.save_targetings(at)
    }

    /// Saves what all flags and AI Configs of a project are now.
    fn save_targetings(&mut self, project: &str) -> Result<(), ApiError> {
        let found = self.state.project(project)?;
        for what in [Targeted::Flag, Targeted::AiConfig] {
            let place = ["projects", project, what.place()];
            self.store.set(&place, Some(found.targetings(what)))?;
        }
        Ok(())
    }

    /// Makes or changes a context kind.
    pub(crate) fn put_kind(
        &mut self,
        project: &str,
        key: &str,
        kind: StoredKind,
    ) -> Result<(), ApiError> {
        self.save(&["projects", project, "kinds"], &[key], Some(&kind))?;
        self.state
            .project_mut(project)?
            .kinds
            .insert(key.to_owned(), kind);
        Ok(())
    }

    /// Makes or changes a flag or an AI Config, which reaches SDKs as the flag behind it.
    pub(crate) fn put_targeting(
        &mut self,
        what: Targeted,
        project: &str,
        key: &str,
        targeting: Targeting,
    ) -> Result<(), ApiError> {
        let place = ["projects", project, what.place()];
        self.save(&place, &[key], Some(&targeting))?;
        let project = self.state.project_mut(project)?;
        let before = project.targetings(what).get(key).cloned();
        for (name, environment) in &mut project.environments {
            let Some(here) = targeting.environments.get(name) else {
                continue;
            };
            let was = before.as_ref().and_then(|it| it.environments.get(name));
            let whole = before.as_ref().is_some_and(|it| {
                (&it.variations, it.archived) != (&targeting.variations, targeting.archived)
            });
            if targeting.archived {
                environment.updates.deleted("flags", key, here.version);
            } else if was != Some(here) || whole {
                environment
                    .updates
                    .changed(|| sdk_data::flag_change(key, &targeting, here));
            }
        }
        project
            .targetings_mut(what)
            .insert(key.to_owned(), targeting);
        Ok(())
    }

    /// Deletes a flag or an AI Config.
    pub(crate) fn remove_targeting(
        &mut self,
        what: Targeted,
        project: &str,
        key: &str,
    ) -> Result<(), ApiError> {
        let place = ["projects", project, what.place()];
        self.save(&place, &[key], None::<&Targeting>)?;
        let project = self.state.project_mut(project)?;
        let targeting = project.targetings_mut(what).remove(key);
        let targeting = targeting.ok_or_else(ApiError::not_found)?;
        for (name, environment) in &mut project.environments {
            let here = targeting.environments.get(name);
            let version = here.map_or(1, |targeting| targeting.version);
            environment
                .updates
                .deleted("flags", key, version.saturating_add(1));
        }
        Ok(())
    }

    /// Makes or changes a request for an approval.
    pub(crate) fn put_approval_request(
        &mut self,
        id: &str,
        request: StoredRequest,
    ) -> Result<(), ApiError> {
        self.save(&["approvalRequests"], &[id], Some(&request))?;
        self.state.approval_requests.insert(id.to_owned(), request);
        Ok(())
    }

    /// Deletes a request for an approval.
    pub(crate) fn remove_approval_request(&mut self, id: &str) -> Result<(), ApiError> {
        self.save(&["approvalRequests"], &[id], None::<&StoredRequest>)?;
        self.state.approval_requests.remove(id);
        Ok(())
    }

    /// Changes which changes of an environment need an approval.
    pub(crate) fn put_approval_settings(
        &mut self,
        project: &str,
        environment: &str,
        kind: Kind,
        settings: ApprovalSettings,
    ) -> Result<(), ApiError> {
        let place = ["projects", project, "environments", environment];
        self.save(&place, &["approvals", kind.name()], Some(&settings))?;
        let found = self.state.environment_mut(project, environment)?;
        found.approvals.insert(kind, settings);
        Ok(())
    }

    /// Makes or changes an experiment.
    pub(crate) fn put_experiment(
        &mut self,
        project: &str,
        environment: &str,
        key: &str,
        experiment: Experiment,
    ) -> Result<(), ApiError> {
        let place = ["projects", project, "environments", environment];
        self.save(&place, &["experiments", key], Some(&experiment))?;
        let found = self.state.environment_mut(project, environment)?;
        found.experiments.insert(key.to_owned(), experiment);
        Ok(())
    }

    /// Makes or changes a metric.
    pub(crate) fn put_metric(
        &mut self,
        project: &str,
        key: &str,
        metric: Json,
    ) -> Result<(), ApiError> {
        self.save(&["projects", project, "metrics"], &[key], Some(&metric))?;
        let found = self.state.project_mut(project)?;
        found.metrics.insert(key.to_owned(), metric);
        Ok(())
    }

    /// Deletes a metric.
    pub(crate) fn remove_metric(&mut self, project: &str, key: &str) -> Result<(), ApiError> {
        self.save(&["projects", project, "metrics"], &[key], None::<&Json>)?;
        self.state.project_mut(project)?.metrics.remove(key);
        Ok(())
    }

    /// Makes an environment, and its project, if they are not there.
    pub(crate) fn ensure_environment(
        &mut self,
        project: &str,
        environment: &str,
    ) -> Result<(), ApiError> {
        if self.state.environment(project, environment).is_ok() {
            return Ok(());
        }
        let now = self.clock.now();
        self.state
            .ensure_environment(project, environment, now, &mut self.ids);
        let found = self.state.project(project)?;
        self.store.set(&["projects", project], Some(found))
    }

    /// Saves what the thing at a place is now.
    fn save<V: Serialize>(
        &mut self,
        place: &[&str],
        rest: &[&str],
        is: Option<&V>,
    ) -> Result<(), ApiError> {
        let at: Vec<&str> = place.iter().chain(rest).copied().collect();
        self.changes += 1;
        self.store.set(&at, is)
    }

    /// Notes who made the changes of a request.
    pub(crate) fn log(&mut self, caller: Caller, comment: Option<String>) -> Result<(), ApiError> {
        let (token, accesses) = caller.into_accesses();
        if accesses.is_empty() {
            return Ok(());
        }
        let entry = AuditEntry {
            date: self.clock.now(),
            token,
            accesses,
            comment,
        };
        let (number, forgotten) = self.state.audit_log.add(entry);
        let at = |number: u64| number.to_string();
        if let Some(forgotten) = forgotten {
            let place = ["auditLog", &at(forgotten)];
            self.store.set(&place, None::<&AuditEntry>)?;
        }
        let entry = self.state.audit_log.get(number);
        self.store.set(&["auditLog", &at(number)], entry)
    }
}
