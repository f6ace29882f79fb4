//! The record of an import: the version of each segment, in a file beside the definitions.
//!
//! The author of an import has seen the segments, so a plan may take them over although they have no
//! owner, unless somebody changed them since. Keep the file in version control like the definitions;
//! delete it once everything was applied.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use segments_model::wire;
use segments_runtime::sync::{Mark, SyncConfig};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, toml_reason};
use crate::file;

const NAME: &str = "segments.imported.toml";

const HEADER: &str = "\
# Versions of the segments that `cargo segments import` saw. A segment that is nobody's and still has
# this version is taken over with the first change of its definition. Keep this file with the
# definitions; when `cargo segments apply` has taken over what you changed, it may go.
";

/// Versions by environment (`project/environment`) and segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Imported(BTreeMap<String, BTreeMap<String, u64>>);

impl Imported {
    /// Reads what lies beside the definitions. No files means the definitions of a program, whose
    /// record lies in the current folder.
    pub(crate) fn beside(definitions: &[PathBuf]) -> Result<Self, Failure> {
        let mut folders: Vec<&Path> = definitions
            .iter()
            .filter_map(|path| path.parent())
            .collect();
        if folders.is_empty() {
            folders.push(Path::new(""));
        }
        folders.sort_unstable();
        folders.dedup();
        let mut all = Self::default();
        for folder in folders {
            for (environment, versions) in Self::read(&folder.join(NAME))?.0 {
                all.0.entry(environment).or_default().extend(versions);
            }
        }
        Ok(all)
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let Some(text) = file::read_if_any(path)? else {
            return Ok(Self::default());
        };
        toml::from_str(&text).map_err(|error| Failure::Imported {
            path: path.to_owned(),
            reason: toml_reason(&error, &text),
        })
    }

    /// The versions that were seen in an environment.
    pub(crate) fn versions(&self, project: &str, environment: &str) -> BTreeMap<String, u64> {
        let versions = self.0.get(&format!("{project}/{environment}"));
        versions.cloned().unwrap_or_default()
    }

    /// Records what was seen in an environment of segments and, by `flag/<key>` and `ai-config/<key>`, of what is
    /// served, and keeps what is recorded of others. Segments with
    /// an owner need no record.
    pub(crate) fn record(
        folder: &Path,
        config: &SyncConfig,
        segments: &[&wire::Segment],
        served: &BTreeMap<String, u64>,
    ) -> Result<(), Failure> {
        let path = folder.join(NAME);
        let mut all = Self::read(&path)?;
        let owned = |tag: &String| matches!(Mark::of(tag), Some(Mark::Owner(_)));
        let nobodys = segments
            .iter()
            .filter(|segment| !segment.tags.iter().any(owned));
        let mut versions: BTreeMap<_, _> = nobodys
            .map(|segment| (segment.key.clone(), segment.version))
            .collect();
        versions.extend(served.clone());
        let environment = config.scope();
        if versions.is_empty() {
            all.0.remove(&environment);
        } else {
            all.0.insert(environment, versions);
        }
        if all.0.is_empty() && !path.exists() {
            return Ok(());
        }
        let text = toml::to_string(&all).expect("texts and numbers have a TOML form");
        file::replace(&path, &format!("{HEADER}\n{text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_of_other_environments_stays() {
        let folder = std::env::temp_dir().join(format!("imported-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let config = |environment: &str| {
            let builder = SyncConfig::builder().token("api-1").project("shop");
            builder.environment(environment).build().unwrap()
        };
        let segment = |key: &str, version, tag: &str| wire::Segment {
            key: key.to_owned(),
            version,
            tags: vec![tag.to_owned()],
            ..wire::Segment::default()
        };
        let (mine, free) = (
            segment("mine", 3, "managed-by.me"),
            segment("a.b", 7, "beta"),
        );
        Imported::record(&folder, &config("test"), &[&mine, &free], &BTreeMap::new()).unwrap();
        Imported::record(
            &folder,
            &config("live"),
            &[&segment("c", 1, "x")],
            &BTreeMap::new(),
        )
        .unwrap();
        let read = Imported::beside(&[folder.join("segments.toml")]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(
            read.versions("shop", "test"),
            BTreeMap::from([("a.b".to_owned(), 7)])
        );
        assert_eq!(
            read.versions("shop", "live"),
            BTreeMap::from([("c".to_owned(), 1)])
        );
        assert!(read.versions("other", "test").is_empty());
    }
}
