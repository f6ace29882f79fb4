//! The guide's page "A month with segments", from end to end.

use std::io::Write;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The lines of the page's consoles, in order.
fn shown() -> Vec<String> {
    let path = root().join("docs/guide/a-month-with-segments.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut blocks = page.split("```console\n").skip(1);
    let mut lines = Vec::new();
    for block in blocks.by_ref() {
        let block = block.split("```").next().unwrap();
        lines.extend(block.lines().map(str::to_owned));
    }
    assert!(lines.len() > 50, "{lines:?}");
    lines
}

#[test]
fn the_month_runs_and_the_page_shows_what_it_prints() {
    let script = root().join("examples/month/month.sh");
    let mut bash = Command::new("bash");
    bash.arg(script)
        .env("CARGO_SEGMENTS", env!("CARGO_BIN_EXE_cargo-segments"));
    let Ok(ran) = bash.output() else {
        let _ = writeln!(std::io::stderr(), "not run: the month needs bash");
        return;
    };
    let printed = String::from_utf8(ran.stdout).unwrap();
    let messages = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{printed}\n{messages}");
    assert!(printed.ends_with("== the month is over\n"), "{printed}");
    // Each line of the page comes after the one before it; only `...` stands for others in between.
    let mut lines = printed.lines();
    let mut may_skip = true;
    for line in shown() {
        if line == "..." {
            may_skip = true;
            continue;
        }
        let is_command = line.starts_with("$ ");
        let found = if may_skip || is_command {
            lines.any(|printed| printed == line)
        } else {
            lines.next() == Some(line.as_str())
        };
        assert!(
            found,
            "the page shows, and the script does not print: {line}\n{printed}"
        );
        may_skip = false;
    }
}
