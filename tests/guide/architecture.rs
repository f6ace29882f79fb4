//! `docs/architecture.md` says who knows whom.

use std::fs;

use crate::metadata::packages;
use crate::root;

/// What each crate that is published is built from, of this repository.
const ARROWS: &[(&str, &[&str])] = &[
    ("segments-model", &[]),
    ("segments-macros", &["segments-model"]),
    ("segments-ai", &["segments-model"]),
    (
        "segments-runtime",
        &["segments-ai", "segments-macros", "segments-model"],
    ),
    ("segments-emulator", &["segments-model"]),
    (
        "cargo-segments",
        &["segments-emulator", "segments-model", "segments-runtime"],
    ),
];

#[test]
fn arrows_point_one_way() {
    for (name, known) in ARROWS {
        let package = packages().iter().find(|package| package.name == *name);
        let mut needs = package.expect("a package of this name").needs.clone();
        needs.sort();
        assert_eq!(needs, *known, "{name}");
    }
}

/// One drawing, with each of them; and one page.
#[test]
fn the_page_shows_them() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let drawings: Vec<_> = crate::page::blocks(&page).into_iter().collect();
    assert_eq!(drawings.len(), 1);
    for (name, _) in ARROWS {
        let name = name.replace("cargo-segments", "segments-cli");
        assert!(drawings[0].code.contains(&name), "{name}");
    }
    assert!(page.lines().count() < 90);
}
