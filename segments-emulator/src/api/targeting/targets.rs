//! Individual targets: contexts that are served a variation regardless of the rules.

use std::collections::HashSet;

use segments_model::ContextKind;
use segments_model::wire::TargetList;

use super::instruction::TargetChange;
use crate::api::segment::complete_kind;
use crate::message::ApiError;
use crate::state::{EnvironmentTargeting, Targeting, kind_of};

/// Serves contexts a variation; one that is served another is refused.
pub(super) fn add(
    targeting: &Targeting,
    here: &mut EnvironmentTargeting,
    change: TargetChange,
) -> Result<(), ApiError> {
    let (context_kind, variation) = subject(targeting, &change)?;
    insert(here, context_kind, variation, change.values)
}

/// Puts the lists of a representation in the place of those that are there.
pub(super) fn replace(
    here: &mut EnvironmentTargeting,
    lists: impl IntoIterator<Item = TargetList>,
) -> Result<(), ApiError> {
    here.targets.clear();
    for list in lists {
        let mut context_kind = list.context_kind.unwrap_or_default();
        complete_kind(&mut context_kind)?;
        insert(here, context_kind, list.variation, list.values)?;
    }
    Ok(())
}

fn insert(
    here: &mut EnvironmentTargeting,
    context_kind: String,
    variation: usize,
    values: Vec<String>,
) -> Result<(), ApiError> {
    let others = here
        .targets
        .iter()
        .filter(|it| kind_of(it) == context_kind && it.variation != variation);
    let wanted: HashSet<&String> = values.iter().collect();
    for other in others {
        if let Some(key) = other.values.iter().find(|key| wanted.contains(key)) {
            return Err(ApiError::invalid(format!(
                "context \"{key}\" of kind \"{context_kind}\" is already served another variation"
            )));
        }
    }
    let known = here
        .targets
        .iter()
        .position(|it| kind_of(it) == context_kind && it.variation == variation);
    let at = known.unwrap_or_else(|| {
        here.targets.push(TargetList {
            context_kind: Some(context_kind),
            variation,
            values: Vec::new(),
        });
        here.targets.len() - 1
    });
    let keys = &mut here.targets[at].values;
    let mut known: HashSet<String> = keys.iter().cloned().collect();
    keys.extend(values.into_iter().filter(|key| known.insert(key.clone())));
    here.targets.retain(|targets| !targets.values.is_empty());
    Ok(())
}

/// Removes contexts from the targets of a variation; it is not an error if one is not a target.
pub(super) fn remove(
    targeting: &Targeting,
    here: &mut EnvironmentTargeting,
    change: &TargetChange,
) -> Result<(), ApiError> {
    let (context_kind, variation) = subject(targeting, change)?;
    let gone: HashSet<&String> = change.values.iter().collect();
    for targets in &mut here.targets {
        if kind_of(targets) == context_kind && targets.variation == variation {
            targets.values.retain(|key| !gone.contains(key));
        }
    }
    here.targets.retain(|targets| !targets.values.is_empty());
    Ok(())
}

/// The kind and the variation that a change is about.
fn subject(targeting: &Targeting, change: &TargetChange) -> Result<(String, usize), ApiError> {
    let variation = change.variation.index(targeting)?;
    let mut context_kind = change
        .context_kind
        .clone()
        .unwrap_or_else(|| ContextKind::USER.to_string());
    complete_kind(&mut context_kind)?;
    Ok((context_kind, variation))
}
