//! Compile errors, one file per mistake, and programs that have to compile.
//!
//! `TRYBUILD=overwrite cargo test -p segments-ui-tests --test ui` writes the messages anew; read them as a user would before you commit them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of mistakes, by the attribute that they are made in.
const FOLDERS: &[&str] = &[
    "ai_config",
    "assertion",
    "attribute_value",
    "context",
    "experiment",
    // `include_segments!`: the places inside the file are in the text.
    "file",
    "flag_targeting",
    // Words and signs of other languages, in `#[segment]`.
    "habit",
    "metric",
    "partition",
    "segment",
];

/// A folder that is not in the list would not be tested.
#[test]
fn every_folder_is_tested() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(here).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
    let names = folders.map(|folder| folder.file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter(|name| !matches!(&**name, "built" | "contexts" | "pass"))
        .collect();
    names.sort();
    assert_eq!(names, FOLDERS);
}

/// trybuild runs in a program of its own, for which that program itself is cargo.
#[test]
fn mistakes_are_one_clear_error_at_the_right_token() {
    place_files();
    let cases = env!("CARGO_BIN_EXE_cases");
    // `trybuild=part-of-a-name` selects cases.
    let selected = std::env::args().filter(|argument| argument.starts_with("trybuild="));
    let status = Command::new(cases)
        .arg("compare")
        .args(FOLDERS)
        .args(selected)
        .env("CARGO", cases)
        .env("SEGMENTS_UI_CARGO", env!("CARGO"))
        .status();
    assert!(
        status.unwrap().success(),
        "what rustc says differs, see above"
    );
}

/// A program that is no target would not be tested.
#[test]
fn every_program_without_mistakes_is_tested() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
    for program in fs::read_dir(here.join("pass")).unwrap() {
        let name = program.unwrap().file_name().into_string().unwrap();
        let path = format!("path = \"pass/{name}\"");
        assert!(manifest.contains(&path), "Cargo.toml lacks {path}");
    }
}

/// The cases are built in a package of trybuild's own, so the files that they include have to be there.
fn place_files() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("file/toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let there = target
        .join("tests/trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("toml");
    fs::create_dir_all(&there).unwrap();
    for file in fs::read_dir(here).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), there.join(file.file_name())).unwrap();
    }
}

/// The expected messages of the whole repository.
fn messages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && !path.is_symlink() && name != "target" && name != ".git" {
            messages(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "stderr")
        {
            found.push(path);
        }
    }
}

/// How rustc, and what trybuild makes of it, name files of the standard library.
const STANDARD_LIBRARY: &[&str] = &[
    "$RUST",
    "/rustc/",
    "/rustlib/",
    "library/core/",
    "library/std/",
    "library/alloc/",
];

/// rustc quotes the standard library only where the component `rust-src` is installed, so a message
/// that points there is not the same on every machine. Change the case so that rustc points elsewhere.
#[test]
fn no_message_quotes_the_standard_library() {
    let mut found = Vec::new();
    messages(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        &mut found,
    );
    assert!(found.len() > 150, "{} messages", found.len());
    for path in found {
        let message = fs::read_to_string(&path).unwrap();
        for quoted in STANDARD_LIBRARY {
            assert!(
                !message.contains(quoted),
                "{} quotes `{quoted}`",
                path.display()
            );
        }
    }
}
