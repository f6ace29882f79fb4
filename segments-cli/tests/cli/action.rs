//! The action for GitHub: its steps, run as GitHub runs them, against the emulator.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use segments_emulator::Emulator;
use serde::Deserialize;

use crate::support::{Ended, Folder, TWO};

/// What an `action.yml` may say, after GitHub's *Metadata syntax reference*, as far as ours says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "description")]
    _description: String,
    #[serde(rename = "branding")]
    _branding: BTreeMap<String, String>,
    inputs: BTreeMap<String, Input>,
    outputs: BTreeMap<String, Out>,
    runs: Runs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    description: String,
    #[serde(default)]
    required: bool,
    default: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Out {
    description: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Step {
    #[serde(rename = "name")]
    _name: String,
    id: Option<String>,
    shell: String,
    working_directory: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    run: String,
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn action() -> Action {
    serde_saphyr::from_str(&text("action.yml")).unwrap()
}

/// The values of `${{ … }}`, by the words inside.
type Expressions = BTreeMap<String, String>;

/// A text with its expressions replaced. An expression that is not known has no place here.
fn replaced(text: &str, expressions: &Expressions) -> String {
    let mut parts = text.split("${{");
    let mut replaced = parts.next().unwrap().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap();
        replaced += &expressions[expression.trim()];
        replaced += rest;
    }
    replaced
}

/// The names and values of a file such as `GITHUB_OUTPUT`.
fn assignments(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(|line| line.split_once('=').unwrap());
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A run of the action.
struct Ran {
    /// The last step's; a step that fails is the last.
    ended: Ended,
    outputs: BTreeMap<String, String>,
    summary: String,
}

/// A checked-out repository in which the action runs.
struct Repository {
    folder: Folder,
    action: Action,
    environment: Vec<(&'static str, String)>,
}

impl Repository {
    fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        // Cargo finds its subcommand on the path.
        let binary = Path::new(env!("CARGO_BIN_EXE_cargo-segments"));
        let mut path = vec![binary.parent().unwrap().to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let path = std::env::join_paths(path).unwrap().into_string().unwrap();
        Self {
            environment: vec![("PATH", path)],
            action: action(),
            folder,
        }
    }

    /// With the `env` that a workflow gives the step.
    fn at(mut self, emulator: &Emulator) -> Self {
        let token = emulator.access_token().to_owned();
        self.environment.extend([
            ("LAUNCHDARKLY_BASE_URI", emulator.base_uri().to_owned()),
            ("LAUNCHDARKLY_ACCESS_TOKEN", token),
        ]);
        self
    }

    fn run(&self, with: &[(&str, &str)]) -> Ran {
        let mut expressions = Expressions::new();
        for (name, input) in &self.action.inputs {
            let given = with.iter().find(|(given, _)| given == name);
            let value = given.map(|(_, value)| (*value).to_owned());
            let value = value.or(input.default.clone());
            assert!(value.is_some() || !input.required, "{name} is required");
            expressions.insert(format!("inputs.{name}"), value.unwrap_or_default());
        }
        expressions.insert("github.action_ref".to_owned(), "main".to_owned());
        for (name, _) in with {
            assert!(self.action.inputs.contains_key(*name), "no input {name}");
        }
        for file in ["output", "summary"] {
            self.folder.write(file, "");
        }
        let read = |file| std::fs::read_to_string(self.folder.path(file)).unwrap();
        let mut ended = None;
        for step in &self.action.runs.steps {
            let result = self.step(step, &expressions);
            if let Some(id) = &step.id {
                for (name, value) in assignments(&read("output")) {
                    expressions.insert(format!("steps.{id}.outputs.{name}"), value);
                }
            }
            let failed = result.code != 0;
            ended = Some(result);
            if failed {
                break;
            }
        }
        let outputs = self.action.outputs.iter().map(|(name, output)| {
            let expression = output
                .value
                .trim_start_matches("${{")
                .trim_end_matches("}}");
            let value = expressions.get(expression.trim()).cloned();
            (name.clone(), value.unwrap_or_default())
        });
        Ran {
            ended: ended.unwrap(),
            outputs: outputs.collect(),
            summary: read("summary"),
        }
    }

    /// As GitHub's *Workflow syntax* says of `shell: bash`.
    fn step(&self, step: &Step, expressions: &Expressions) -> Ended {
        assert_eq!(step.shell, "bash");
        assert!(!step.run.contains("${{"), "an expression in a script");
        self.folder.write("step.sh", &step.run);
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"]);
        bash.arg(self.folder.path("step.sh"));
        let directory = step.working_directory.as_deref().unwrap_or(".");
        bash.current_dir(self.folder.path(&replaced(directory, expressions)));
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if ["LAUNCHDARKLY_", "GITHUB_", "SEGMENTS_"]
                .iter()
                .any(|prefix| name_text.starts_with(prefix))
            {
                bash.env_remove(&name);
            }
        }
        bash.env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_WORKSPACE", self.folder.path(""))
            .env("GITHUB_OUTPUT", self.folder.path("output"))
            .env("GITHUB_STEP_SUMMARY", self.folder.path("summary"))
            .env("RUNNER_TEMP", self.folder.path(""));
        bash.envs(self.environment.iter().map(|(name, value)| (name, value)));
        for (name, value) in &step.env {
            bash.env(name, replaced(value, expressions));
        }
        bash.output().unwrap().into()
    }
}

/// Whether there is bash. If not, says which test is not run.
fn bash(test: &str) -> bool {
    let found = Command::new("bash").arg("--version").output().is_ok();
    if !found {
        let _ = writeln!(std::io::stderr(), "not run: {test} needs bash");
    }
    found
}

#[test]
fn a_pull_request_is_annotated_and_gets_the_plan_as_a_comment() {
    if !bash("the action on pull requests") {
        return;
    }
    let emulator = Emulator::builder().start_blocking().unwrap();
    let repository = Repository::new("action-check").at(&emulator);
    std::fs::create_dir(repository.folder.path("audiences")).unwrap();
    let check = [("command", "check"), ("directory", "audiences")];

    repository.folder.write(
        "audiences/segments.toml",
        &TWO.replace("endsWith", "endsWit"),
    );
    let ran = repository.run(&check);
    let ended = ran.ended.with(1);
    assert!(
        ended
            .data
            .starts_with("::error file=audiences/segments.toml,line="),
        "{ended:?}"
    );
    assert_eq!(ran.outputs["comment"], "");
    assert!(emulator.requests().is_empty());

    repository.folder.write("audiences/segments.toml", TWO);
    let ran = repository.run(&check);
    ran.ended.with(0);
    let comment = std::fs::read_to_string(&ran.outputs["comment"]).unwrap();
    assert!(
        comment.starts_with("## default/production: 2 to create\n"),
        "{comment}"
    );
    assert!(
        comment.contains("\n| create | segment testers | **wider** |\n"),
        "{comment}"
    );
    assert_eq!(ran.summary, comment);
    assert_eq!(ran.outputs["changes"], "true");
    let kept = std::fs::read_to_string(&ran.outputs["plan"]).unwrap();
    assert!(!kept.contains(emulator.access_token()));
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.is_write())
    );
}

#[test]
fn a_pull_request_from_a_fork_has_no_token_and_is_checked() {
    if !bash("the action on pull requests from forks") {
        return;
    }
    let repository = Repository::new("action-fork");
    repository.folder.write("segments.toml", TWO);
    let ran = repository.run(&[("command", "check")]);
    let ended = ran.ended.with(0);
    assert!(ended.messages.contains("no access token"), "{ended:?}");
    assert_eq!(
        (
            ran.outputs["comment"].as_str(),
            ran.outputs["changes"].as_str()
        ),
        ("", "")
    );
    repository.run(&[("command", "verify")]).ended.with(3);
    repository.run(&[("command", "destroy")]).ended.with(2);
}

#[test]
fn a_merge_is_applied_as_planned_and_somebody_elses_hand_is_noticed() {
    if !bash("the action on the main branch") {
        return;
    }
    let emulator = Emulator::builder()
        .environment("shop", "staging")
        .start_blocking()
        .unwrap();
    let repository = Repository::new("action-apply").at(&emulator);
    repository.folder.write("one.toml", TWO);
    let with = |command| {
        [
            ("command", command),
            ("files", "one.toml"),
            ("project", "shop"),
            ("environment", "staging"),
            ("owner", "growth"),
            ("prune", "true"),
        ]
    };
    repository.run(&with("verify")).ended.with(1);
    let ran = repository.run(&with("apply"));
    ran.ended.with(0);
    assert_eq!(ran.outputs["changes"], "true");
    let there = emulator.segments("shop", "staging");
    assert_eq!(there.len(), 2);
    assert!(
        there
            .iter()
            .all(|segment| segment.tags.contains(&"managed-by.growth".to_owned()))
    );
    let ran = repository.run(&with("apply"));
    ran.ended.with(0);
    assert_eq!(ran.outputs["changes"], "false");
    repository.run(&with("verify")).ended.with(0);

    // Somebody applies another branch; then the merge takes it back, and a segment away.
    let words = "apply --yes --file other.toml --project shop -e staging --owner growth";
    repository
        .folder
        .write("other.toml", &TWO.replace("@company.com", "@company.org"));
    repository.folder.run_at(&emulator, words).with(0);
    repository.run(&with("verify")).ended.with(1);
    let one = TWO.split("[segments.testers]").next().unwrap();
    repository.folder.write("one.toml", one);
    let ran = repository.run(&with("apply"));
    let ended = ran.ended.with(0);
    assert!(ended.data.contains("- testers"), "{ended:?}");
    assert_eq!(emulator.segments("shop", "staging").len(), 1);
    repository.run(&with("verify")).ended.with(0);
}

/// Building the command runs what others wrote, which does not need the token.
#[test]
fn what_is_installed_is_the_actions_own_commit_without_the_token() {
    if !bash("the installation of the action") {
        return;
    }
    let emulator = Emulator::builder().start_blocking().unwrap();
    let mut repository = Repository::new("action-install").at(&emulator);
    let said = repository.folder.path("said");
    let script = format!(
        "#!/bin/sh\necho \"$PWD $* [$LAUNCHDARKLY_ACCESS_TOKEN]\" >'{}'\n",
        said.display()
    );
    repository.folder.write("cargo", &script);
    let mut chmod = Command::new("chmod");
    chmod.arg("+x").arg(repository.folder.path("cargo"));
    assert!(chmod.status().unwrap().success());
    // A path with this cargo, and no cargo-segments.
    let path = format!("{}:/usr/bin:/bin", repository.folder.path("").display());
    repository.environment[0].1 = path;
    let install = &repository.action.runs.steps[0];
    // A branch, which no release is made of. `release.rs` tries tags.
    let expressions = |program: &str| {
        Expressions::from([
            ("inputs.program".to_owned(), program.to_owned()),
            ("github.action_ref".to_owned(), "main".to_owned()),
        ])
    };
    repository
        .step(install, &expressions("cargo run --bin segments --"))
        .with(0);
    assert!(!said.exists());
    repository.step(install, &expressions("")).with(0);
    let said = std::fs::read_to_string(&said).unwrap();
    assert_eq!(
        said,
        format!(
            "{} install --locked --all-features --path segments-cli []\n",
            root().display()
        )
    );
}

#[test]
fn the_sample_workflow_fits_the_action_and_its_inputs_are_documented() {
    let action = action();
    assert_eq!(action.runs.using, "composite");
    let readme = text("examples/ci-pipeline/README.md");
    for (name, input) in &action.inputs {
        assert!(!input.description.is_empty());
        assert!(readme.contains(&format!("| `{name}` |")), "input {name}");
        assert!(!name.contains("token"), "a token in an input is in the log");
    }
    for (name, output) in &action.outputs {
        assert!(!output.description.is_empty());
        assert!(readme.contains(&format!("| `{name}` |")), "output {name}");
    }

    let workflow: serde_json::Value =
        serde_saphyr::from_str(&text("examples/ci-pipeline/workflow.yml")).unwrap();
    let jobs = workflow["jobs"].as_object().unwrap();
    let mut commands = Vec::new();
    for step in jobs
        .values()
        .flat_map(|job| job["steps"].as_array().unwrap())
    {
        let uses = step["uses"].as_str().unwrap_or_default();
        let Some(version) = uses.strip_prefix("segments-as-code/segments@v") else {
            continue;
        };
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        let with = step["with"].as_object().unwrap();
        for name in with.keys() {
            assert!(action.inputs.contains_key(name), "no input {name}");
        }
        commands.push(with["command"].as_str().unwrap());
        let token = step["env"]["LAUNCHDARKLY_ACCESS_TOKEN"].as_str().unwrap();
        assert!(token.starts_with("${{ secrets."), "{token}");
    }
    commands.sort_unstable();
    assert_eq!(commands, ["apply", "check", "verify"]);
}
