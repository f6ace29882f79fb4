//! Compile errors, one file per mistake, and programs that have to compile.
//!
//! `TRYBUILD=overwrite cargo test -p segments-ui-tests` writes the messages anew; read them as a user would before you commit them.

use std::fs;
use std::path::{Path, PathBuf};

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
        .filter(|name| !matches!(&**name, "contexts" | "pass"))
        .collect();
    names.sort();
    assert_eq!(names, FOLDERS);
}

/// Without programs to run, trybuild checks all cases in one run of cargo; with one, each in a run of its
/// own. So these have a set of their own.
#[test]
fn mistakes_are_one_clear_error_at_the_right_token() {
    place_files();
    let cases = trybuild::TestCases::new();
    for folder in FOLDERS {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

#[test]
fn programs_without_mistakes_compile_and_run() {
    place_files();
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.pass("file/pass/*.rs");
}

/// A message never says to write what fails next: all cases with what their messages say to write, as one program. A
/// case with several mistakes, or in which only its author knows what was meant, has `-` in the table.
#[test]
fn what_messages_say_to_write_compiles() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(here.join("answers.tsv")).unwrap();
    let contexts = here.join("contexts/mod.rs");
    let mut program = format!(
        "#![allow(dead_code, unused_imports, clippy::all)]\n#[path = {contexts:?}]\nmod contexts;\n"
    );
    let mut count = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, _, replaced, written] = cells[..] else {
            panic!("a row has four cells: {line}");
        };
        if replaced == "-" {
            continue;
        }
        let case = fs::read_to_string(here.join(format!("{name}.rs"))).unwrap();
        let (before, rest) = replaced.split_once('⟦').unwrap_or(("", replaced));
        let (piece, after) = rest.split_once('⟧').unwrap_or((rest, ""));
        let (wrong, right) = (
            format!("{before}{piece}{after}"),
            format!("{before}{written}{after}"),
        );
        assert!(case.contains(&wrong), "{name} does not have `{wrong}`");
        let mended = case.replacen(&wrong, &right, 1);
        let contexts = "#[path = \"../contexts/mod.rs\"]\nmod contexts;";
        let mended = mended.replace(contexts, "use crate::contexts;");
        let module = name.replace('/', "_");
        program += &format!("mod {module} {{\n{mended}\n}}\n");
        count += 1;
    }
    assert!(count > 80, "{count} cases");
    program += "fn main() {}\n";
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("what_messages_say_to_write.rs");
    fs::write(&path, program).unwrap();
    trybuild::TestCases::new().pass(path);
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
