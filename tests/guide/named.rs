//! What pages name exists.

use std::fs;
use std::path::Path;

use segments_model::{CLAUSE_VALUES, PATCH_TARGETS, RULES, STANDARD_TARGETS};

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
    for folder in ["tests", "segments-cli", "segments-emulator/tests"] {
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
            sources.contains(&format!("fn {test}()")),
            "there is no test {test}"
        );
    }
}

#[test]
fn limits_are_those_of_the_model() {
    let page = fs::read_to_string(root().join("docs/guide/limits.md")).unwrap();
    for (what, limit) in [
        ("keys on the lists of a standard segment", STANDARD_TARGETS),
        ("rules of a segment", RULES),
        ("values in all clauses of a segment", CLAUSE_VALUES),
        ("list changes in one request", PATCH_TARGETS),
    ] {
        let limit = format!("{},{:03}", limit / 1000, limit % 1000);
        assert!(page.contains(&format!("| {what} | {limit}")), "{what}");
    }
}
