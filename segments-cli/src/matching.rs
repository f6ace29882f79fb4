//! The files that a pattern matches.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The files that a path stands for: itself or, if it is a pattern such as `audiences/*.toml`, those that fit, in
/// the order of their names.
pub(crate) fn matching(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = path.to_string_lossy();
    if path.exists() || !text.contains(['*', '?', '[']) {
        return Ok(vec![path.to_owned()]);
    }
    // What is no pattern is a name.
    let Ok(found) = glob::glob(&text) else {
        return Ok(vec![path.to_owned()]);
    };
    let found: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // A bracket may be a part of the name of a file that there is not.
    if text.contains(['*', '?']) {
        return Err(Failure::NoMatch(path.to_owned()));
    }
    Ok(vec![path.to_owned()])
}
