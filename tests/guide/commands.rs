//! The commands that pages tell people to run: what they name is there. `.ci/run` and the tests beside
//! the programs run them.

use crate::metadata::packages;
use crate::page::{blocks, pages};
use crate::root;

/// Programs that everybody has, and what `mdbook` and the like are installed with.
const OTHERS: &[&str] = &[
    "brew", "cd", "code", "cp", "curl", "docker", "echo", "export", "gh", "git", "mdbook", "pip",
    "rustup", "sh", "tar",
];

/// Commands of cargo that name nothing of this repository.
const OF_CARGO: &[&str] = &[
    "add",
    "binstall",
    "cyclonedx",
    "deny",
    "install",
    "new",
    "release",
    "segments",
];

/// Why a command cannot be run, if so.
pub fn fault(command: &str) -> Option<String> {
    let words = command.split_whitespace();
    let mut words = words.skip_while(|word| word.contains('='));
    let program = words.next()?;
    if program.contains('/') {
        let there = root().join(program).is_file();
        return (!there).then(|| format!("there is no {program}"));
    }
    if OTHERS.contains(&program) {
        return None;
    }
    if program != "cargo" {
        return Some(format!("what is {program}?"));
    }
    let words: Vec<&str> = words.filter(|word| !word.starts_with('+')).collect();
    let (subcommand, arguments) = words.split_first()?;
    if OF_CARGO.contains(subcommand) {
        return None;
    }
    if !["bench", "build", "check", "doc", "publish", "run", "test"].contains(subcommand) {
        return Some(format!("what is cargo {subcommand}?"));
    }
    let packages = packages();
    let of_cargo = arguments.split(|word| *word == "--").next().unwrap();
    for pair in of_cargo.windows(2) {
        let there = match pair[0] {
            "-p" => packages.iter().any(|package| package.name == pair[1]),
            "--example" | "--test" => {
                let kind = pair[0].trim_start_matches('-');
                let mut targets = packages.iter().flat_map(|package| &package.targets);
                targets.any(|target| target == &(kind.to_owned(), pair[1].to_owned()))
            }
            "--manifest-path" => root().join(pair[1]).is_file(),
            _ => continue,
        };
        if !there {
            return Some(format!("there is no {} {}", pair[0], pair[1]));
        }
    }
    None
}

/// The commands of a block: behind `$ ` where output is shown, too. A line may go on in the next.
fn commands(info: &str, code: &str) -> Vec<String> {
    let code = code.replace("\\\n", " ");
    let lines = code.lines().filter_map(|line| match info {
        "console" => line.strip_prefix("$ "),
        _ => Some(line),
    });
    let commands = lines.flat_map(|line| line.split(" #").next().unwrap().split(" | "));
    let commands = commands.map(|command| command.trim().to_owned());
    commands.filter(|command| !command.is_empty()).collect()
}

#[test]
fn commands_name_what_exists() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for (path, page) in pages() {
        for block in blocks(&page) {
            if !["sh", "console"].contains(&block.info) {
                continue;
            }
            for command in commands(block.info, block.code) {
                checked += 1;
                if let Some(fault) = fault(&command) {
                    faults.push(format!("{}:{}: {fault}", path.display(), block.line));
                }
            }
        }
        // The tables and sentences of those who build here.
        if path.ends_with("CONTRIBUTING.md") || path.ends_with("README.md") {
            let quoted = page.split('`').skip(1).step_by(2);
            let starts = ["cargo ", ".ci/", "tests/", "examples/"];
            let quoted = quoted.filter(|text| starts.iter().any(|start| text.starts_with(start)));
            for command in quoted.filter(|text| !text.contains('\n')) {
                checked += 1;
                // A folder, or a file beside the page.
                if !root().join(command).is_dir()
                    && !path.with_file_name(command).is_file()
                    && let Some(fault) = fault(command)
                {
                    faults.push(format!("{}: `{command}`: {fault}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(checked > 60, "{checked}");
}
