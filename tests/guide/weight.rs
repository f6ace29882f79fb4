//! `docs/reference/weight.md` names exactly the crates that a program builds.

use std::collections::BTreeSet;
use std::process::Command;

use crate::root;

/// The crates in the first column of the table below a line that begins so.
fn table<'a>(page: &'a str, begin: &str) -> BTreeSet<&'a str> {
    let start = page.find(begin).expect("a line that begins so");
    let rows = page[start..].lines().skip(2);
    rows.skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

/// The crates that cargo builds for the runtime with these features.
fn built(features: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--package",
            "segments-runtime",
        ])
        .args(["--no-default-features", "--features", features])
        .args([
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter(|line| line.contains(" v"));
    names
        .filter_map(|line| Some(line.split_once(' ')?.0.to_owned()))
        .collect()
}

/// Other systems have other sockets and certificates.
#[cfg(target_os = "linux")]
#[test]
fn each_crate_is_named() {
    let page = std::fs::read_to_string(root().join("docs/reference/weight.md")).unwrap();
    let mut named = BTreeSet::new();
    for (begin, features) in [
        ("An application that only tests membership", ""),
        ("`sync` adds", "sync"),
        ("`tls` (a default) adds", "tls"),
    ] {
        named.extend(table(&page, begin));
        let built = built(features);
        let built: BTreeSet<&str> = built.iter().map(String::as_str).collect();
        assert_eq!(named, built, "with `{features}`");
    }
    for (begin, feature) in [("`tower` adds", "tower"), ("`proptest` adds", "proptest")] {
        let mut named = table(&page, "An application that only tests membership");
        named.extend(table(&page, begin));
        let built = built(feature);
        let built: BTreeSet<&str> = built.iter().map(String::as_str).collect();
        assert_eq!(named, built, "with `{feature}`");
    }
}
