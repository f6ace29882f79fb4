//! Files of a crate import each other in no circle, and folders have an order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::imports::{Imports, imports};
use crate::root;

const CRATES: [&str; 6] = [
    "segments-model",
    "segments-macros",
    "segments-ai",
    "segments-runtime",
    "segments-emulator",
    "segments-cli",
];

/// What the files of each crate import.
static ALL: LazyLock<[(&str, Imports); 6]> =
    LazyLock::new(|| CRATES.map(|name| (name, imports(&root().join(name).join("src")))));

/// The circles that there are: the crate, what the paths of its files begin with, and why it is harmless.
const CIRCLES: &[(&str, &[&str], &str)] = &[
    (
        "segments-macros",
        &["segment/clause/"],
        "a clause inside of foreign words is a clause: one recursion, one file for each form",
    ),
    (
        "segments-runtime",
        &["sync/plan/survey.rs", "sync/plan/orphans.rs"],
        "what is no longer declared is the last chapter of the survey, and looks things up in it",
    ),
];

/// Groups of what imports each other, of more than one.
fn circles<T: Clone + Ord>(imports: &BTreeMap<T, BTreeSet<T>>) -> Vec<BTreeSet<T>> {
    let reached: BTreeMap<&T, BTreeSet<&T>> = imports
        .keys()
        .map(|from| {
            let mut reached = BTreeSet::new();
            let mut open = vec![from];
            while let Some(next) = open.pop() {
                let imported = imports.get(next).into_iter().flatten();
                open.extend(imported.filter(|to| reached.insert(*to)));
            }
            (from, reached)
        })
        .collect();
    let around = |from: &T| -> BTreeSet<T> {
        let reaches = |to: &&T| reached.get(*to).is_some_and(|it| it.contains(from));
        reached[from]
            .iter()
            .copied()
            .filter(reaches)
            .cloned()
            .collect()
    };
    let found: BTreeSet<BTreeSet<T>> = imports.keys().map(around).collect();
    found
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .collect()
}

fn of_files(imports: &Imports) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let files = imports.iter();
    files
        .map(|(from, to)| (from.clone(), to.keys().cloned().collect()))
        .collect()
}

/// What the folders in a folder import from each other.
fn of_folders(imports: &Imports, folder: &Path) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let below = |file: &Path| -> Option<PathBuf> {
        let mut parts = file.strip_prefix(folder).ok()?.components();
        let first = parts.next()?;
        parts.next()?;
        Some(folder.join(first))
    };
    let mut found: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for (from, imported) in imports {
        for (from, to) in imported
            .keys()
            .filter_map(|to| Some((below(from)?, below(to)?)))
        {
            if from != to {
                found.entry(from).or_default().insert(to);
            }
        }
    }
    found
}

/// The imports of a circle, one a line.
fn drawn(imports: &Imports, circle: &BTreeSet<PathBuf>) -> String {
    let part = |file: &Path| circle.iter().find(|part| file.starts_with(part));
    let mut lines = String::new();
    for (from, imported) in imports {
        for (to, names) in imported {
            if part(from).is_some() && part(to).is_some() && part(from) != part(to) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                lines += &format!(
                    "  {} -> {}: {}\n",
                    from.display(),
                    to.display(),
                    names.join(", ")
                );
            }
        }
    }
    lines
}

/// Whether a circle is one of those that are listed.
fn is_listed(name: &str, circle: &BTreeSet<PathBuf>) -> bool {
    CIRCLES.iter().any(|(of, begins, _)| {
        let begins = |file: &PathBuf| {
            begins
                .iter()
                .any(|begin| file.to_str().unwrap().starts_with(begin))
        };
        *of == name && circle.iter().all(begins)
    })
}

#[test]
fn files_import_each_other_in_no_circle_but_those_that_are_listed() {
    assert!(CIRCLES.len() <= 3);
    let (mut listed, mut faults) = (0, String::new());
    for (name, imports) in &*ALL {
        assert!(imports.len() > 10, "{name} has {} files", imports.len());
        for circle in circles(&of_files(imports)) {
            if is_listed(name, &circle) {
                listed += 1;
            } else {
                faults += &format!("{name}\n{}", drawn(imports, &circle));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "these files import each other in a circle; move what both need to a file of its own:\n{faults}"
    );
    assert_eq!(
        listed,
        CIRCLES.len(),
        "a circle is gone; remove it from the list"
    );
}

#[test]
fn folders_have_an_order() {
    for (name, imports) in &*ALL {
        let folders = imports.keys().flat_map(|file| file.ancestors().skip(1));
        for folder in folders.collect::<BTreeSet<_>>() {
            let circles = circles(&of_folders(imports, folder));
            let circle = circles.first();
            assert!(
                circle.is_none(),
                "{name}: these folders import each other; move what both need below them:\n{}",
                drawn(imports, circle.unwrap())
            );
        }
    }
}

/// A crate whose files are these.
fn made(name: &str, files: &[(&str, &str)]) -> Imports {
    let src = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("circles")
        .join(name);
    for (file, text) in files {
        let file = src.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    imports(&src)
}

#[test]
fn a_circle_is_found_through_what_is_exported_again() {
    let made = made(
        "exported",
        &[
            (
                "lib.rs",
                "mod a; mod b; pub use b::B; macro_rules! unused { () => {} }",
            ),
            ("a.rs", "use crate::B; pub struct A(B);"),
            ("b/mod.rs", "mod inner; pub use inner::B;"),
            (
                "b/inner.rs",
                "pub struct B; impl B { fn a(a: &Option<super::super::a::A>) {} }",
            ),
        ],
    );
    let found = circles(&of_files(&made));
    assert_eq!(found, [["a.rs", "b/inner.rs"].map(PathBuf::from).into()]);
    assert!(drawn(&made, &found[0]).contains("a.rs -> b/inner.rs: B, crate::B\n"));
}

#[test]
fn tests_modules_and_fields_make_no_circle() {
    let made = made(
        "none",
        &[
            ("lib.rs", "mod a; mod b; pub use a::a;"),
            (
                "a.rs",
                "pub fn a() -> u8 { 1 } #[cfg(test)] mod tests { use crate::b::b; }",
            ),
            (
                "b.rs",
                "use crate::a; pub fn b(it: (u8,)) { it.a; a::a(); }",
            ),
        ],
    );
    assert_eq!(circles(&of_files(&made)), []);
    assert_eq!(made[Path::new("b.rs")].len(), 1);
}
