//! The Rust code that a rename reaches: types that `include_segments!` generates from keys are renamed
//! where they are used, as in the language server. Ambiguous places are reported by file and line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use segments_model::SegmentKey;
use segments_model::file::Symbol;

use crate::counted::counted;
use crate::failure::Failure;
use crate::file;
use crate::manifest;
use crate::output::{Output, Text};
use crate::rust::{self, Crates, Use};

/// What of Rust is edited, and what is left.
pub(super) struct InRust {
    edited: BTreeMap<PathBuf, Edited>,
    /// Files and lines.
    pub(super) left: Vec<String>,
}

/// A file as it will be.
struct Edited {
    shown: String,
    text: String,
    places: usize,
    name: String,
}

impl InRust {
    /// Looks through the packages that include one of these files, and those that depend on them.
    pub(super) fn of(files: &[PathBuf], old: &SegmentKey, new: &SegmentKey) -> Self {
        let files = files.iter();
        let files: Vec<PathBuf> = files
            .filter_map(|it| std::fs::canonicalize(it).ok())
            .collect();
        let [symbol, renamed] = [old, new].map(|key| Symbol::Segment(key.as_str().into()));
        let crates = crates();
        let found = crates.uses(&files, &symbol);
        let mut left: Vec<&Use> = found.doubtful.iter().collect();
        let mut edited: BTreeMap<PathBuf, Edited> = BTreeMap::new();
        let mut uses: Vec<&Use> = found.uses.iter().collect();
        // From the end, so that places in front stay where they are.
        uses.sort_by_key(|used| std::cmp::Reverse(used.span.start));
        for used in uses {
            let Some(name) = rust::renamed(used, &symbol, &renamed) else {
                left.push(used);
                continue;
            };
            let file = edited.entry(used.file.clone()).or_insert_with(|| Edited {
                shown: file_of(used),
                text: used.text.to_string(),
                places: 0,
                name: name.clone(),
            });
            file.text.replace_range(used.span.clone(), &name);
            file.places += 1;
        }
        let texts = crates.texts(&files, old.as_str());
        let left = left.into_iter().chain(&texts).map(|it| it.shown.clone());
        let mut left: Vec<String> = left.collect();
        left.sort();
        left.dedup();
        Self { edited, left }
    }

    /// What will be edited; nothing if nothing will.
    pub(super) fn preview(&self) -> Option<Text> {
        let lines = self.edited.values().map(|it| {
            let places = counted(it.places, "place");
            Text::from(format_args!("~ {}: `{}` in {places}", it.shown, it.name))
        });
        let lines: Vec<Text> = lines.collect();
        (!lines.is_empty()).then(|| Text::lines(lines))
    }

    pub(super) fn write(&self, output: Output) -> Result<(), Failure> {
        for (path, it) in &self.edited {
            file::replace(path, &it.text)?;
            output.message(format_args!("`{}` names it `{}`", it.shown, it.name));
        }
        Ok(())
    }
}

/// Says where Rust declares a segment, and what to write there; none if it does not.
pub(super) fn declared(old: &SegmentKey, new: &SegmentKey) -> Option<String> {
    let places = crates().declaring(old.as_str());
    if places.is_empty() {
        return None;
    }
    let places: Vec<&str> = places.iter().map(|it| it.shown.as_str()).collect();
    Some(format!(
        "it is declared in Rust ({}); write `key = \"{new}\", moved_from = \"{old}\"` there, and apply",
        places.join(", ")
    ))
}

/// The Rust of the workspace.
fn crates() -> Crates {
    let workspace = manifest::workspace(Path::new(""));
    let workspace = std::fs::canonicalize(&workspace).unwrap_or(workspace);
    Crates::find(&[workspace])
}

/// The file of a place, without its line.
fn file_of(used: &Use) -> String {
    let file = used
        .shown
        .rsplit_once(':')
        .map_or(&*used.shown, |(file, _)| file);
    file.to_owned()
}
