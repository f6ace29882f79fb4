//! Prerequisites: other flags, each of which has to serve a certain variation before a flag's rules
//! apply.

use std::collections::HashSet;

use super::instruction::NewPrerequisite;
use super::variation::index;
use crate::message::ApiError;
use crate::service::Service;
use crate::state::{Prerequisite, Project, Targeting, TargetingAddress};

/// The prerequisite that an instruction names.
pub(super) fn resolve(
    service: &Service,
    project: &str,
    new: NewPrerequisite,
) -> Result<Prerequisite, ApiError> {
    let flag = flag(service.state.project(project)?, &new.key)?;
    let variation = index(flag, &new.variation_id)?;
    Ok(Prerequisite {
        key: new.key,
        variation,
    })
}

/// Adds a prerequisite, of which there is one for each flag.
pub(super) fn add(known: &mut Vec<Prerequisite>, new: Prerequisite) -> Result<(), ApiError> {
    if known.iter().any(|it| it.key == new.key) {
        return Err(ApiError::invalid(format!(
            "flag \"{}\" is a prerequisite already",
            new.key
        )));
    }
    known.push(new);
    Ok(())
}

/// Changes the variation that a prerequisite has to serve.
pub(super) fn update(known: &mut [Prerequisite], new: Prerequisite) -> Result<(), ApiError> {
    let found = known.iter_mut().find(|it| it.key == new.key);
    let found = found
        .ok_or_else(|| ApiError::invalid(format!("flag \"{}\" is not a prerequisite", new.key)))?;
    *found = new;
    Ok(())
}

/// Refuses prerequisites that are not there, and flags that would wait for themselves.
pub(super) fn check(
    service: &Service,
    at: TargetingAddress<'_>,
    environment: &str,
    targeting: &Targeting,
) -> Result<(), ApiError> {
    let project = service.state.project(at.project)?;
    for prerequisite in of(targeting, environment) {
        let variations = &flag(project, &prerequisite.key)?.variations;
        if prerequisite.variation >= variations.len() {
            let variation = prerequisite.variation;
            return Err(ApiError::invalid(format!("unknown variation {variation}")));
        }
    }
    let mut open: Vec<&str> = of(targeting, environment).map(|it| &*it.key).collect();
    let mut seen = HashSet::new();
    while let Some(key) = open.pop() {
        if key == at.key {
            return Err(ApiError::invalid(format!(
                "flag \"{key}\" would be a prerequisite of itself"
            )));
        }
        if seen.insert(key)
            && let Some(flag) = project.flags.get(key)
        {
            open.extend(of(flag, environment).map(|it| &*it.key));
        }
    }
    Ok(())
}

fn of<'a>(
    targeting: &'a Targeting,
    environment: &str,
) -> impl Iterator<Item = &'a Prerequisite> + use<'a> {
    let here = targeting.environments.get(environment);
    here.into_iter().flat_map(|here| &here.prerequisites)
}

fn flag<'a>(project: &'a Project, key: &str) -> Result<&'a Targeting, ApiError> {
    let flag = project.flags.get(key);
    flag.ok_or_else(|| ApiError::invalid(format!("unknown flag \"{key}\"")))
}
