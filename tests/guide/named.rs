//! What pages name exists.

use std::fs;
use std::path::Path;

use segments_model::{MAX_CLAUSE_VALUES, MAX_PATCH_TARGETS, MAX_TARGETS, RULES};

use crate::metadata::packages;
use crate::page::pages;
use crate::root;

/// `SECURITY.md` names the test that shows each row; a test that is gone, or has another name, shows
/// nothing.
#[test]
fn the_tests_that_security_names_exist() {
    fn functions(path: &Path, into: &mut String) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                functions(&entry.unwrap().path(), into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let security = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut sources = String::new();
    for folder in [
        "tests",
        "segments-cli/src",
        "segments-cli/tests",
        "segments-emulator/tests",
        "segments-model/src",
        "segments-model/tests",
        "segments-runtime/src",
    ] {
        functions(&root().join(folder), &mut sources);
    }
    let named = security.split('`').skip(1).step_by(2);
    let tests: Vec<_> = named
        .filter(|name| {
            name.matches('_').count() >= 3
                && name
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        })
        .collect();
    assert!(tests.len() > 15, "{tests:?}");
    for test in tests {
        assert!(
            sources.contains(&format!("fn {test}(")),
            "there is no test {test}"
        );
    }
}

/// Whoever changes the code looks for it where the pages say.
#[test]
fn files_that_pages_name_exist() {
    let folders = fs::read_dir(root()).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        format!("{name}/")
    });
    let folders: Vec<String> = folders.collect();
    let mut checked = 0;
    for (path, page) in pages() {
        // It names what was there before.
        if path.ends_with("CHANGELOG.md") {
            continue;
        }
        for name in page.split('`').skip(1).step_by(2) {
            // Placeholders and patterns name several, or none yet; commands and addresses have spaces and colons.
            let is_path = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
            let is_ours = folders.iter().any(|folder| name.starts_with(&**folder));
            if is_path && is_ours && !name.starts_with("target/") {
                checked += 1;
                let exists = root().join(name).exists() || path.with_file_name(name).exists();
                assert!(exists, "{}: `{name}`", path.display());
            }
        }
    }
    assert!(checked > 60, "{checked}");
}

/// The first page says what this is, and leads to the others.
#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 150, "move it to the guide");
}

#[test]
fn limits_are_those_of_the_model() {
    let page = fs::read_to_string(root().join("docs/guide/limits.md")).unwrap();
    for (what, limit) in [
        ("keys on the lists of a standard segment", MAX_TARGETS),
        ("rules of a segment", RULES),
        ("values in all clauses of a segment", MAX_CLAUSE_VALUES),
        ("list changes in one request", MAX_PATCH_TARGETS),
    ] {
        let limit = format!("{},{:03}", limit / 1000, limit % 1000);
        assert!(page.contains(&format!("| {what} | {limit}")), "{what}");
    }
}

/// Each feature of a crate is explained where its documentation begins.
#[test]
fn features_are_explained() {
    let mut explained = 0;
    for package in packages().iter().filter(|package| package.published) {
        let start = fs::read_to_string(package.folder.join("src/lib.rs")).unwrap();
        let features = package.features.iter();
        for feature in features.filter(|feature| *feature != "default") {
            let (name, feature) = (&package.name, format!("`{feature}`"));
            let mut lines = start.lines().filter(|line| line.starts_with("//! "));
            assert!(
                lines.any(|line| line.contains(&feature)),
                "{name}: {feature}"
            );
            explained += 1;
        }
    }
    assert!(explained > 10, "{explained}");
}

/// The items of the Rust API Guidelines' checklist.
const GUIDELINES: &str = "CASE CONV GETTER ITER ITER-TY FEATURE WORD-ORDER COMMON-TRAITS CONV-TRAITS \
    COLLECT SERDE SEND-SYNC GOOD-ERR NUM-FMT RW-VALUE EVOCATIVE MACRO-ATTR ANYWHERE MACRO-VIS MACRO-TY \
    CRATE-DOC EXAMPLE QUESTION-MARK FAILURE LINK METADATA RELNOTES HIDDEN SMART-PTR CONV-SPECIFIC METHOD \
    NO-OUT OVERLOAD DEREF CTOR INTERMEDIATE CALLER-CONTROL GENERIC OBJECT NEWTYPE CUSTOM-TYPE BITFLAG \
    BUILDER VALIDATE DTOR-FAIL DTOR-BLOCK DEBUG DEBUG-NONEMPTY SEALED STRUCT-PRIVATE NEWTYPE-HIDE \
    STRUCT-BOUNDS STABLE PERMISSIVE";

#[test]
fn each_guideline_has_a_verdict() {
    let page = fs::read_to_string(root().join("docs/dev/api-guidelines.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| C-"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    let named: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(named, GUIDELINES.split_whitespace().collect::<Vec<_>>());
    for row in rows {
        let verdict = row[1].split(", with").next().unwrap();
        assert!(
            ["kept", "exception", "not applicable"].contains(&verdict),
            "{row:?}"
        );
        // What is no plain `kept` says why.
        assert!(row[1] == "kept" || row[2].len() > 20, "{row:?}");
    }
}
