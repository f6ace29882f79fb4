//! Segments that a plan deletes are saved in files, because the service does not keep them.

use std::path::Path;

use segments_runtime::sync::{Plan, SyncConfig};
use serde::Serialize;

use crate::failure::Failure;
use crate::file;
use crate::output::Output;

/// Writes each segment and metric that the plan deletes as the service shows it. Members are named in there,
/// so only the owner can read it. What cannot be kept is not deleted.
pub(super) fn save(
    folder: &Path,
    config: &SyncConfig,
    plan: &Plan,
    output: Output,
) -> Result<(), Failure> {
    if folder == "-" {
        return Ok(());
    }
    let folder = folder
        .join(config.project().as_str())
        .join(config.environment().as_str());
    for segment in plan.deletions() {
        let name = format!("{}.{}.json", segment.key, segment.version);
        keep(&folder, &name, &segment.key, segment, output)?;
    }
    // A segment may have the same key.
    let folder = folder.join("metrics");
    for metric in plan.metric_deletions() {
        let name = format!("{}.{}.json", metric.key, metric.version.unwrap_or_default());
        keep(
            &folder,
            &name,
            &format!("metric/{}", metric.key),
            metric,
            output,
        )?;
    }
    Ok(())
}

fn keep(
    folder: &Path,
    name: &str,
    what: &str,
    deleted: &impl Serialize,
    output: Output,
) -> Result<(), Failure> {
    let path = folder.join(name);
    std::fs::create_dir_all(folder).map_err(|source| Failure::Write {
        path: folder.to_owned(),
        source,
    })?;
    let text = serde_json::to_string_pretty(deleted).expect("our own types have a JSON form");
    file::replace_private(&path, &text)?;
    output.detail(format_args!("`{what}` is kept in `{}`", path.display()));
    Ok(())
}
