//! A segment that a command names: what uses it, and which one was probably meant if it is not there.

use segments_model::or_list;
use segments_runtime::sync::{SegmentInUse, SyncConfig, list_segments};

use crate::failure::Failure;
use crate::interruptible;
use crate::progress::Watch;

/// Reports that there is no such segment, and which one was probably meant.
pub(crate) fn missing(config: &SyncConfig, key: &str, watch: &Watch) -> Result<Failure, Failure> {
    let list = interruptible::run(watch, async { Ok(list_segments(config).await?) })?;
    let known = list.segments.iter().map(|segment| segment.key.as_str());
    Ok(Failure::NoSegment {
        key: key.to_owned(),
        scope: config.scope(),
        advice: or_list(key, known),
    })
}

/// "flag `checkout`, segment `testers`".
pub(crate) fn users(found: &SegmentInUse) -> String {
    let of = [
        ("flag", &found.flags),
        ("AI Config", &found.ai_configs),
        ("segment", &found.segments),
    ];
    let users = of
        .iter()
        .flat_map(|(what, keys)| keys.iter().map(move |key| format!("{what} {key}")));
    let users: Vec<String> = users.collect();
    if users.is_empty() {
        return "nothing".to_owned();
    }
    users.join(", ")
}
