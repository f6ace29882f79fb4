//! What a plan deletes is kept in files, because the service keeps nothing of it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use segments_runtime::sync::{Plan, SyncConfig};

use crate::failure::Failure;
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
        let failed = |source| Failure::Write {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = serde_json::to_string_pretty(segment).expect("our own types have a JSON form");
        let mut file = options.open(&path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        output.detail(format_args!(
            "`{}` is kept in `{}`",
            segment.key,
            path.display()
        ));
    }
    Ok(())
}
