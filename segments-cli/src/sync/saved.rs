//! A plan in a file, to be looked at and then applied.

use std::path::Path;

use segments_model::wire;
use segments_runtime::sync::Plan;
use serde::de::Error;
use serde::{Deserialize, Serialize};

use crate::arguments::Connection;
use crate::failure::Failure;
use crate::file;

/// The version of the form below.
const FORMAT: u64 = 1;

/// What is kept. Keys of members are not among it; the fingerprint stands for them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedPlan {
    format: u64,
    fingerprint: String,
    project: String,
    environment: String,
    /// For people and for tools; an apply makes the plan again and compares fingerprints.
    plan: serde_json::Value,
}

impl SavedPlan {
    pub(super) fn of(plan: &Plan) -> Self {
        let report = plan.clone().into_report();
        Self {
            format: FORMAT,
            fingerprint: plan.fingerprint(),
            project: report.project.to_string(),
            environment: report.environment.to_string(),
            plan: serde_json::to_value(plan).expect("texts and numbers have a JSON form"),
        }
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).expect("texts and numbers have a JSON form");
        file::replace(path, &(text + "\n"))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = file::read(path)?;
        let not_a_plan = |source| Failure::NotAPlan {
            path: path.to_owned(),
            source,
        };
        wire::bounded(text.as_bytes()).map_err(|error| not_a_plan(Error::custom(error)))?;
        let saved: Self = serde_json::from_str(&text).map_err(not_a_plan)?;
        if saved.format != FORMAT {
            return Err(Failure::PlanFormat {
                path: path.to_owned(),
                found: saved.format,
                known: FORMAT,
            });
        }
        Ok(saved)
    }

    fn place(&self) -> String {
        format!("{}/{}", self.project, self.environment)
    }

    /// Goes where the plan was made for. Whoever names another place means another plan.
    pub(super) fn lead(&self, connection: &mut Connection) -> Result<(), Failure> {
        let elsewhere = |what, set: &str| Failure::PlanElsewhere {
            planned: self.place(),
            what,
            set: set.to_owned(),
        };
        if let Some(set) = &connection.project
            && !set.is_empty()
            && *set != self.project
        {
            return Err(elsewhere("project", set));
        }
        for set in &connection.environments {
            if !set.is_empty() && *set != self.environment {
                return Err(elsewhere("environment", set));
            }
        }
        connection.project = Some(self.project.clone());
        connection.environments = vec![self.environment.clone()];
        Ok(())
    }

    /// Lets only the same plan pass.
    pub(super) fn allow(&self, plan: &Plan) -> Result<(), Failure> {
        if plan.fingerprint() == self.fingerprint {
            Ok(())
        } else {
            Err(Failure::Stale(self.place()))
        }
    }
}
