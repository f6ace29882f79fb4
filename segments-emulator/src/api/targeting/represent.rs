//! The targeting of an environment in the form of the REST API.

use segments_model::ContextKind;
use segments_model::wire::TargetList;
use serde_json::{Value as Json, json};

use crate::state::{EnvironmentTargeting, kind_of};

/// The targeting of one environment as the REST API shows it.
pub(crate) fn environment_json(
    project: &str,
    environment: &str,
    key: &str,
    here: &EnvironmentTargeting,
) -> Json {
    let (users, contexts) = by_kind(here);
    let mut shown = json!({
        "on": here.on, "archived": false, "salt": here.salt, "sel": here.salt,
        "lastModified": here.modified, "version": here.version,
        "_site": {"href": format!("/{project}/{environment}/features/{key}"), "type": "text/html"},
        "_environmentName": environment, "trackEvents": here.track_events,
        "trackEventsFallthrough": here.track_events_fallthrough, "targets": users,
        "contextTargets": contexts, "rules": here.rules, "fallthrough": here.fallthrough,
        "prerequisites": here.prerequisites,
    });
    if let Some(off) = here.off_variation {
        shown["offVariation"] = json!(off);
    }
    shown
}

/// The lists of users, and those of contexts of other kinds.
pub(super) fn by_kind(here: &EnvironmentTargeting) -> (Vec<&TargetList>, Vec<&TargetList>) {
    let is_of_users = |it: &&TargetList| kind_of(it) == ContextKind::USER.as_str();
    here.targets.iter().partition(is_of_users)
}
