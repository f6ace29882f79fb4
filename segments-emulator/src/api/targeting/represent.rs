//! The targeting of an environment as the REST API shows it.

use serde_json::{Value as Json, json};

use crate::state::EnvironmentTargeting;

/// The targeting of one environment as the REST API shows it.
pub(crate) fn environment_json(
    project: &str,
    environment: &str,
    key: &str,
    here: &EnvironmentTargeting,
) -> Json {
    let (users, contexts): (Vec<_>, Vec<_>) = here
        .targets
        .iter()
        .partition(|it| it.context_kind == "user");
    let mut shown = json!({
        "on": here.on, "archived": false, "salt": here.salt, "sel": here.salt,
        "lastModified": here.modified, "version": here.version,
        "_site": {"href": format!("/{project}/{environment}/features/{key}"), "type": "text/html"},
        "_environmentName": environment, "trackEvents": here.track_events,
        "trackEventsFallthrough": here.track_events_fallthrough, "targets": users,
        "contextTargets": contexts, "rules": here.rules, "fallthrough": here.fallthrough,
        "prerequisites": [],
    });
    if let Some(off) = here.off_variation {
        shown["offVariation"] = json!(off);
    }
    shown
}
