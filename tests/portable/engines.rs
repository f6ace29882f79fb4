//! The regular expression engines of the SDKs' languages, as those SDKs call them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The folder for what is built and installed.
pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/portable");
    std::fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

/// A file of this test.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("portable")
        .join(name)
}

/// An engine that is installed here.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    command: Vec<String>,
}

/// Every engine, with what starts it, what builds it first, and the Debian package that brings it.
const ENGINES: [(&str, &str, &str, &str); 9] = [
    ("Python", "python3 {engine.py}", "", "python3"),
    ("Node", "node {engine.mjs}", "", "nodejs"),
    ("Node, Unicode mode", "node {engine.mjs} u", "", "nodejs"),
    (
        "Java",
        "java -cp {} Engine",
        "javac -d {} {Engine.java}",
        "default-jdk-headless",
    ),
    (
        "Go",
        "{}/engine-go",
        "go build -o {}/engine-go {engine.go}",
        "golang-go",
    ),
    ("Ruby", "ruby {engine.rb}", "", "ruby"),
    ("PHP", "php {engine.php}", "", "php-cli"),
    ("Erlang", "escript {engine.erl}", "", "erlang-base"),
    (
        ".NET",
        "mono {}/Engine.exe",
        "mcs -out:{}/Engine.exe {Engine.cs}",
        "mono-mcs mono-runtime",
    ),
];

fn words(command: &str) -> Vec<String> {
    let folder = folder();
    let word = |word: &str| match word.split_once('{') {
        None => word.to_owned(),
        Some((before, rest)) => {
            let (name, after) = rest.split_once('}').expect("a closed brace");
            let path = match name {
                "" => folder.clone(),
                name => script("engines").join(name),
            };
            format!("{before}{}{after}", path.display())
        }
    };
    command.split(' ').map(word).collect()
}

fn run(command: &[String]) -> bool {
    let status = Command::new(&command[0])
        .args(&command[1..])
        .env("GO111MODULE", "off")
        .env_remove("GOFLAGS")
        .env("GOCACHE", folder().join("go"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// The engines that are installed here; of each other one a line says what was not run.
pub(crate) fn installed() -> Vec<Engine> {
    let mut engines = Vec::new();
    for (name, start, build, package) in ENGINES {
        let engine = Engine {
            name,
            command: words(start),
        };
        let built = build.is_empty() || run(&words(build));
        let asked = [("a(b)", "xab"), ("a", "b")];
        match built.then(|| engine.ask(&asked)).flatten() {
            Some(answers) if answers == ['1', '0'] => engines.push(engine),
            _ => println!("not run: the engine of {name}, which needs {package}"),
        }
    }
    engines
}

impl Engine {
    /// Asks whether each pattern is found in its text: `1`, `0`, or `x` where it does not compile.
    pub(crate) fn ask(&self, pairs: &[(&str, &str)]) -> Option<Vec<char>> {
        let mut child = Command::new(&self.command[0])
            .args(&self.command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut input = child.stdin.take()?;
        let lines: String = pairs
            .iter()
            .map(|(pattern, text)| {
                let [pattern, text] = [pattern, text].map(|part| BASE64_STANDARD.encode(part));
                format!("{pattern}\t{text}\n")
            })
            .collect();
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = child.wait_with_output().ok()?;
        writer.join().ok()?.ok()?;
        let answers = String::from_utf8(output.stdout).ok()?;
        let answers: Vec<char> = answers
            .lines()
            .filter_map(|line| line.chars().next())
            .collect();
        (answers.len() == pairs.len()).then_some(answers)
    }
}
