//! Official SDKs, installed into a folder of their own under `target/portable`.

use std::ffi::OsStr;
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
            "prerequisites": [], "targets": [], "contextTargets": [], "deleted": false,
        })
    }
}

/// An official SDK that can be asked here.
#[allow(clippy::large_enum_variant, reason = "there are six")]
pub(crate) enum Sdk {
    Rust,
    Program {
        name: &'static str,
        program: Program,
    },
}

/// What asks an SDK about two files of its folder: the flags, and which values each is held against.
pub(crate) struct Program {
    command: Command,
    folder: PathBuf,
}

/// Installs an SDK into a folder, and says what starts the program that asks it.
type Install = fn(folder: &Path, package: &str) -> Command;

/// Every other SDK, with the package that is installed where none is there yet.
const SDKS: [(&str, &str, Install); 5] = [
    ("Python", "launchdarkly-server-sdk==9.20.0", python),
    ("Node", "@launchdarkly/node-server-sdk@9.13.7", node),
    (
        "Go",
        "github.com/launchdarkly/go-server-sdk-evaluation/v3@v3.0.1",
        go,
    ),
    ("Ruby", "launchdarkly-server-sdk:8.15.0", ruby),
    ("PHP", "launchdarkly/server-sdk:6.8.2", php),
];

fn works(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The SDKs that are installed, and with `SEGMENTS_INSTALL_CLIENTS`, which `.ci/clients` sets, those that can be; of each
/// other one a line says what was not run.
pub(crate) fn installed() -> Vec<Sdk> {
    let mut sdks = vec![Sdk::Rust];
    let question = [Case {
        clauses: json!([{
            "contextKind": "user", "attribute": "a", "op": "in", "values": ["x"], "negate": false,
        }]),
        values: vec!["x".into(), "y".into()],
    }];
    for (name, package, install) in SDKS {
        let folder = folder().join(format!("sdk-{}", name.to_lowercase()));
        if !folder.exists() && std::env::var_os("SEGMENTS_INSTALL_CLIENTS").is_none() {
            println!(
                "not run: the SDK for {name}, for {package} is not installed; `SEGMENTS_INSTALL_CLIENTS=1` installs it"
            );
            continue;
        }
        fs::create_dir_all(&folder).unwrap();
        let mut program = Program::new(install(&folder, package), folder);
        program.command.stderr(Stdio::null());
        match program.ask(&question) {
            Some(answers) if answers == ["10"] => sdks.push(Sdk::Program { name, program }),
            _ => println!("not run: the SDK for {name}, for {package} cannot be installed here"),
        }
    }
    sdks
}

fn python(folder: &Path, package: &str) -> Command {
    let python = folder.join("bin/python");
    if !works(Command::new(&python).args(["-c", "import ldclient"])) {
        works(Command::new("python3").args(["-m", "venv"]).arg(folder));
        works(Command::new(&python).args(["-m", "pip", "install", "--quiet", package]));
    }
    start(python, "sdk.py")
}

fn node(folder: &Path, package: &str) -> Command {
    if !folder.join("node_modules").exists() {
        fs::write(folder.join("package.json"), "{ \"private\": true }").unwrap();
        let mut npm = Command::new("npm");
        works(
            npm.args(["install", "--silent", package])
                .current_dir(folder),
        );
    }
    start("node", "sdk.mjs")
}

/// Where no module proxy is reached, `GOFLAGS` may name a `go.mod` that replaces the modules by folders.
fn go(folder: &Path, _: &str) -> Command {
    for file in ["go.mod", "sdk.go"] {
        fs::copy(script("sdks/go").join(file), folder.join(file)).unwrap();
    }
    let mut build = Command::new("go");
    build.args(["build", "-mod=mod", "-o", "sdk-go", "."]);
    works(build.current_dir(folder));
    Command::new(folder.join("sdk-go"))
}

/// Where no registry of gems is reached, `RUBYLIB` may name the folders of sources.
fn ruby(folder: &Path, package: &str) -> Command {
    let own = |command: &str| {
        let mut command = Command::new(command);
        command.env("GEM_HOME", folder);
        command
    };
    if !works(own("ruby").args(["-e", "require 'ldclient-rb'"])) {
        works(own("gem").args(["install", "--silent", "--no-document", package]));
    }
    let mut ruby = own("ruby");
    ruby.arg("-W0").arg(script("sdks/sdk.rb"));
    ruby
}

/// Where no registry of Composer is reached, a `vendor/autoload.php` that is there already is used.
fn php(folder: &Path, package: &str) -> Command {
    if !folder.join("vendor/autoload.php").exists() {
        let mut composer = Command::new("composer");
        works(
            composer
                .args(["require", "--quiet", package])
                .current_dir(folder),
        );
    }
    start("php", "sdk.php")
}

fn start(program: impl AsRef<OsStr>, name: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(script("sdks").join(name));
    command
}

impl Sdk {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Program { name, .. } => name,
        }
    }

    /// For each case, whether its clauses hold for each of its values: a `1` or a `0`.
    pub(crate) fn ask(&mut self, cases: &[Case]) -> Vec<String> {
        match self {
            Self::Rust => cases.iter().map(ask_rust).collect(),
            Self::Program { name, program } => {
                program.command.stderr(Stdio::inherit());
                let answers = program.ask(cases);
                answers.unwrap_or_else(|| panic!("the SDK for {name} gave up"))
            }
        }
    }
}

impl Program {
    fn new(mut command: Command, folder: PathBuf) -> Self {
        command.args(["flags.json", "cases.ndjson"]);
        command.current_dir(&folder);
        Self { command, folder }
    }

    fn ask(&mut self, cases: &[Case]) -> Option<Vec<String>> {
        let (mut flags, mut lines) = (serde_json::Map::new(), String::new());
        for (index, case) in cases.iter().enumerate() {
            let key = format!("f{index}");
            let line = json!({ "flag": key, "values": case.values });
            lines.push_str(&format!("{line}\n"));
            flags.insert(key.clone(), case.flag(&key));
        }
        let flags = json!({ "flags": flags }).to_string();
        fs::write(self.folder.join("flags.json"), flags).unwrap();
        fs::write(self.folder.join("cases.ndjson"), lines).unwrap();
        let output = self.command.output().ok()?;
        let answers = String::from_utf8(output.stdout).ok()?;
        let answers: Vec<String> = answers.lines().map(str::to_owned).collect();
        (output.status.success() && answers.len() == cases.len()).then_some(answers)
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
