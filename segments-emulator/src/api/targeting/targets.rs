//! Individual targets: contexts that are served a variation whatever the rules say.

use std::collections::HashSet;

use segments_model::ContextKind;

use super::instruction::TargetChange;
use crate::api::segment::complete_kind;
use crate::message::ApiError;
use crate::state::{EnvironmentTargeting, Targeting, Targets};

/// Serves contexts a variation; one that is served another is refused.
pub(super) fn add(
    targeting: &Targeting,
    here: &mut EnvironmentTargeting,
    change: TargetChange,
) -> Result<(), ApiError> {
    let (context_kind, variation) = subject(targeting, &change)?;
    let others = here
        .targets
        .iter()
        .filter(|it| it.context_kind == context_kind && it.variation != variation);
    let wanted: HashSet<&String> = change.values.iter().collect();
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
        .position(|it| it.context_kind == context_kind && it.variation == variation);
    let at = known.unwrap_or_else(|| {
        here.targets.push(Targets {
            context_kind,
            variation,
            values: Vec::new(),
        });
        here.targets.len() - 1
    });
    let keys = &mut here.targets[at].values;
    let mut known: HashSet<String> = keys.iter().cloned().collect();
    keys.extend(
        change
            .values
            .into_iter()
            .filter(|key| known.insert(key.clone())),
    );
    here.targets.retain(|targets| !targets.values.is_empty());
    Ok(())
}

/// Serves contexts a variation no longer; one that was not served it is no error.
pub(super) fn remove(
    targeting: &Targeting,
    here: &mut EnvironmentTargeting,
    change: &TargetChange,
) -> Result<(), ApiError> {
    let (context_kind, variation) = subject(targeting, change)?;
    let gone: HashSet<&String> = change.values.iter().collect();
    for targets in &mut here.targets {
        if targets.context_kind == context_kind && targets.variation == variation {
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
