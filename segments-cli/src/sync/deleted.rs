//! What a plan deletes is kept in files, because the service keeps nothing of it.

use std::path::Path;

use segments_runtime::sync::{Plan, SyncConfig};

use crate::failure::Failure;
use crate::file;
use crate::output::Output;

/// Writes each segment that the plan deletes as the service shows it. Members are named in there, so
/// only the owner can read it. What cannot be kept is not deleted.
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
        let path = folder.join(format!("{}.{}.json", segment.key, segment.version));
        std::fs::create_dir_all(&folder).map_err(|source| Failure::Write {
            path: folder.clone(),
            source,
        })?;
        let text = serde_json::to_string_pretty(segment).expect("our own types have a JSON form");
        file::replace_private(&path, &text)?;
        output.detail(format_args!(
            "`{}` is kept in `{}`",
            segment.key,
            path.display()
        ));
    }
    Ok(())
}
