//! The guide says what is so: its code is read, its tables are those of the model, its links lead
//! somewhere, and what it names exists.

mod architecture;
mod circles;
mod code;
mod codes;
mod commands;
mod diagnostics;
mod imports;
mod links;
mod metadata;
mod named;
mod page;
mod patterns;
mod recipes;
mod schema;
mod weight;
mod workflows;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The files of this kind among the cases of compile errors.
fn cases(extension: &str) -> Vec<String> {
    fn below(folder: &Path, extension: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, extension, found);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    below(&root().join("tests/ui"), extension, &mut found);
    found
}
