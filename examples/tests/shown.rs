//! What the README and the guide show is what the programs print.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The code blocks of a page, each with the words after its fence.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (info, after) = after.split_once('\n').unwrap();
        let (code, after) = after.split_once("```").expect("every block ends");
        blocks.push((info, code));
        rest = after;
    }
    blocks
}

/// What an example prints. Built as the README says, with no more features than examples have.
fn printed(example: &str) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", example]);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LAUNCHDARKLY_") {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Times differ from run to run.
fn without_times(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(", ") {
        Some((before, time)) if time.ends_with(" s") => before,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A page shows the end of what an example prints, from this heading on.
fn shows_the_end_of(path: &str, example: &str, heading: &str) {
    let page = page(path);
    let printed = without_times(&printed(example));
    let shown = blocks(&page)
        .into_iter()
        .find(|(info, code)| *info == "text" && code.starts_with(heading))
        .unwrap_or_else(|| panic!("{path} shows {example}"));
    let shown = without_times(shown.1);
    assert!(
        printed.ends_with(&shown),
        "printed:\n{printed}\n\nshown:\n{shown}"
    );
}

#[test]
fn the_readme_shows_the_end_of_the_quickstart() {
    shows_the_end_of("README.md", "quickstart", "== What an edit would mean\n");
}

#[test]
fn the_guide_shows_how_a_segment_steers_an_ai_config() {
    let heading = "== What a sync would do\n";
    shows_the_end_of("docs/reference/ai-configs.md", "ai_config", heading);
}

#[test]
fn the_guide_shows_the_first_program_and_what_it_prints() {
    let guide = page("docs/guide/first-segment.md");
    let blocks = blocks(&guide);
    let program = page("examples/first-segment/main.rs");
    let (_, program) = program.split_once("\n\n").expect("a line of documentation");
    assert!(
        blocks.contains(&("rust,standalone_crate", program)),
        "the guide has another program than examples/first-segment"
    );
    let printed = without_times(&printed("first-segment"));
    let shown = blocks
        .iter()
        .find(|(info, code)| *info == "text" && code.starts_with("created"));
    let shown = without_times(shown.unwrap().1);
    assert_eq!(printed, shown);
}

/// The macro reads the package's own file, and the guide shows it.
#[test]
fn the_guide_shows_the_file_that_its_code_includes() {
    let guide = page("docs/guide/toml.md");
    let file = page("examples/segments.toml");
    assert!(blocks(&guide).contains(&("toml", file.as_str())));
}

#[test]
fn the_deployments_lose_no_audience() {
    let printed = printed("deployment");
    for line in [
        "job:      default/production: 1 created\n",
        "replicas: 0 writes\n",
        "new:      default/production: 1 updated, 1 created\n",
        "old:      default/production: 1 superseded, 1 kept\n",
        "degraded: in sync false\n",
        "healed:   in sync true\n",
        "rollback: default/production: 1 updated, 1 kept\n",
    ] {
        assert!(printed.contains(line), "{line}{printed}");
    }
}
