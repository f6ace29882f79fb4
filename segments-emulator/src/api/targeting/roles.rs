//! The actions of LaunchDarkly's roles for changes of a flag or an AI Config (documentation, *Using
//! actions*).

use crate::message::ApiError;
use crate::service::auth::{
    Caller, ai_config_in_environment, ai_config_resource, flag_in_environment, flag_resource,
};
use crate::state::{EnvironmentTargeting, Targeted, Targeting, TargetingAddress};

/// Refuses a change that the caller's role does not allow.
pub(crate) fn may_change(
    caller: &Caller,
    at: TargetingAddress<'_>,
    before: &Targeting,
    after: &Targeting,
) -> Result<(), ApiError> {
    let TargetingAddress { project, key, .. } = at;
    match at.targeted {
        Targeted::Flag => {
            let everywhere = flag_resource(project, key, &before.tags);
            for action in of_whole(before, after) {
                caller.may(action, &everywhere)?;
            }
            for (environment, before_here, here) in changed(before, after) {
                let resource = flag_in_environment(project, environment, key, &before.tags);
                for action in of_environment(before_here, here) {
                    caller.may(action, &resource)?;
                }
            }
        }
        Targeted::AiConfig => {
            let everywhere = ai_config_resource(project, key);
            if of_whole(before, after).next().is_some() {
                caller.may("updateAIConfig", &everywhere)?;
            }
            // An AI Config is known without an environment, too.
            for (environment, ..) in changed(before, after) {
                let action = "updateAIConfigTargeting";
                let here = ai_config_in_environment(project, environment, key);
                let allowed = caller.may(action, &here);
                allowed.or_else(|refused| caller.may(action, &everywhere).map_err(|_| refused))?;
            }
        }
    }
    Ok(())
}

/// The environments in which something else is served.
fn changed<'a>(
    before: &'a Targeting,
    after: &'a Targeting,
) -> impl Iterator<Item = (&'a str, &'a EnvironmentTargeting, &'a EnvironmentTargeting)> {
    after.environments.iter().filter_map(|(name, here)| {
        let before = before.environments.get(name)?;
        (before != here).then_some((name.as_str(), before, here))
    })
}

fn of_whole(before: &Targeting, after: &Targeting) -> impl Iterator<Item = &'static str> {
    different([
        ("updateName", before.name == after.name),
        ("updateDescription", before.description == after.description),
        ("updateTags", before.tags == after.tags),
        (
            "updateFlagVariations",
            before.variations == after.variations,
        ),
        (
            "updateFlagDefaultVariations",
            (before.on_variation, before.off_variation)
                == (after.on_variation, after.off_variation),
        ),
    ])
}

fn of_environment(
    before: &EnvironmentTargeting,
    after: &EnvironmentTargeting,
) -> impl Iterator<Item = &'static str> {
    different([
        ("updateOn", before.on == after.on),
        (
            "updatePrerequisites",
            before.prerequisites == after.prerequisites,
        ),
        ("updateTargets", before.targets == after.targets),
        ("updateRules", before.rules == after.rules),
        ("updateFallthrough", before.fallthrough == after.fallthrough),
        (
            "updateOffVariation",
            before.off_variation == after.off_variation,
        ),
        (
            "updateTrackEvents",
            (before.track_events, before.track_events_fallthrough)
                == (after.track_events, after.track_events_fallthrough),
        ),
    ])
}

/// The actions whose part of something is not as it was.
fn different<const N: usize>(
    actions: [(&'static str, bool); N],
) -> impl Iterator<Item = &'static str> {
    let changed = actions.into_iter().filter(|(_, same)| !same);
    changed.map(|(action, _)| action)
}
