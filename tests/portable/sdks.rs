//! Official SDKs, installed into a folder of their own under `target/portable`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use launchdarkly_server_sdk_evaluation::{Context, Flag, FlagValue, Segment, Store, evaluate};
use serde_json::{Value as Json, json};

use crate::engines::{folder, script};

/// A clause or several, and values of the attribute `a`.
pub(crate) struct Case {
    pub(crate) clauses: Json,
    pub(crate) values: Vec<Json>,
}

impl Case {
    /// A flag that is true where the clauses hold.
    fn flag(&self, key: &str) -> Json {
        json!({
            "key": key, "version": 1, "on": true, "salt": "s", "variations": [false, true],
            "rules": [{ "id": "r", "clauses": self.clauses, "variation": 1, "trackEvents": false }],
            "fallthrough": { "variation": 0 }, "offVariation": 0,
            "prerequisites": [], "targets": [], "contextTargets": [],
        })
    }
}

/// An official SDK that can be asked here.
pub(crate) enum Sdk {
    Rust,
    Script {
        name: &'static str,
        command: Vec<PathBuf>,
        folder: PathBuf,
    },
}

const PYTHON: &str = "launchdarkly-server-sdk==9.20.0";
const NODE: &str = "@launchdarkly/node-server-sdk@9.13.7";

fn works(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The SDKs that can be installed; of each other one a line says what was not run.
pub(crate) fn installed() -> Vec<Sdk> {
    let mut sdks = vec![Sdk::Rust];
    let home = folder();
    let python = home.join("python/bin/python");
    let imports = |python: &Path| works(Command::new(python).args(["-c", "import ldclient"]));
    if !imports(&python) {
        works(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(home.join("python")),
        );
        works(Command::new(&python).args(["-m", "pip", "install", "--quiet", PYTHON]));
    }
    if imports(&python) {
        let command = vec![python, script("sdks/sdk.py")];
        sdks.push(Sdk::Script {
            name: "Python",
            command,
            folder: home.clone(),
        });
    } else {
        println!("not run: the SDK for Python, for {PYTHON} cannot be installed here");
    }
    let node = home.join("node");
    let package = node.join("node_modules/@launchdarkly/node-server-sdk/package.json");
    if !package.exists() {
        fs::create_dir_all(&node).unwrap();
        fs::write(node.join("package.json"), "{ \"private\": true }").unwrap();
        works(
            Command::new("npm")
                .args(["install", "--silent", NODE])
                .current_dir(&node),
        );
    }
    if package.exists() {
        let command = vec!["node".into(), script("sdks/sdk.mjs")];
        sdks.push(Sdk::Script {
            name: "Node",
            command,
            folder: node,
        });
    } else {
        println!("not run: the SDK for Node, for {NODE} cannot be installed here");
    }
    sdks
}

impl Sdk {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Script { name, .. } => name,
        }
    }

    /// For each case, whether its clauses hold for each of its values: a `1` or a `0`.
    pub(crate) fn ask(&self, cases: &[Case]) -> Vec<String> {
        match self {
            Self::Rust => cases.iter().map(ask_rust).collect(),
            Self::Script {
                name,
                command,
                folder,
            } => {
                let file = |what: &str| folder.join(format!("{name}-{what}.json"));
                let flags: serde_json::Map<String, Json> = cases
                    .iter()
                    .enumerate()
                    .map(|(index, case)| {
                        let key = format!("f{index}");
                        let flag = case.flag(&key);
                        (key, flag)
                    })
                    .collect();
                fs::write(file("flags"), json!({ "flags": flags }).to_string()).unwrap();
                let lines: String = cases
                    .iter()
                    .enumerate()
                    .map(|(index, case)| {
                        let line = json!({ "flag": format!("f{index}"), "values": case.values });
                        format!("{line}\n")
                    })
                    .collect();
                fs::write(file("cases"), lines).unwrap();
                let output = Command::new(&command[0])
                    .args(&command[1..])
                    .args([file("flags"), file("cases")])
                    .current_dir(folder)
                    .stderr(Stdio::inherit())
                    .output()
                    .unwrap();
                assert!(
                    output.status.success(),
                    "the SDK for {name}: {}",
                    output.status
                );
                let answers = String::from_utf8(output.stdout).unwrap();
                answers.lines().map(str::to_owned).collect()
            }
        }
    }
}

struct NoStore;

impl Store for NoStore {
    fn flag(&self, _: &str) -> Option<Flag> {
        None
    }

    fn segment(&self, _: &str) -> Option<Segment> {
        None
    }
}

fn ask_rust(case: &Case) -> String {
    let flag: Flag = serde_json::from_value(case.flag("f")).expect("it is a flag");
    let values = case.values.iter();
    let answers = values.map(|value| {
        let context = json!({ "kind": "user", "key": "u", "a": value });
        let context: Context = serde_json::from_value(context).expect("it is a context");
        match evaluate(&NoStore, &flag, &context, None).value {
            Some(FlagValue::Bool(true)) => '1',
            Some(FlagValue::Bool(false)) => '0',
            _ => 'x',
        }
    });
    answers.collect()
}
