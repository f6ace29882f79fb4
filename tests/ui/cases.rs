//! Compares what rustc says of each case with what is expected, with trybuild, and stands in for the cargo that
//! trybuild runs.
//!
//! trybuild writes a package whose programs are the cases, and has cargo check it. In a folder of its own, cargo then
//! builds all dependencies again: the macros and what they need, and the rest twice, without and with the flags of the
//! cases. That takes longer than the cases. But the build script of this package has been built with the same
//! dependencies, so rustc checks each case with those.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use serde_json::{Value as Json, json};
use toml::{Table, Value as Toml};

/// The command line of the rustc that compiled the build script, with a tab between two arguments.
const BUILT_BY: &str = env!("SEGMENTS_UI_BUILT_BY");

/// Where cargo compiles the libraries of the workspace, whose sources rustc therefore knows by their paths from here.
fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let given = |argument: &str| arguments.iter().any(|word| word == argument);
    if given("compare") {
        let cases = trybuild::TestCases::new();
        for folder in arguments.iter().filter(|word| !word.contains('=')).skip(1) {
            cases.compile_fail(format!("{folder}/*.rs"));
        }
    } else if given("check") && given("--bins") {
        check(&arguments);
    } else if !given("check") && !given("clean") {
        let cargo =
            env::var_os("SEGMENTS_UI_CARGO").expect("`ui.rs` says which cargo this stands in for");
        let status = Command::new(cargo).args(arguments).status().unwrap();
        return ExitCode::from(u8::from(!status.success()));
    }
    ExitCode::SUCCESS
}

/// Prints what rustc says of the programs of the package in this folder, as cargo does.
fn check(arguments: &[String]) {
    let manifest: Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let options = options(&manifest, arguments);
    let cases = manifest["bin"].as_array().unwrap();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    print(case, &options);
                }
            });
        }
    });
}

/// What rustc is to know of each program.
fn options(manifest: &Table, arguments: &[String]) -> Vec<String> {
    let edition = manifest["package"]["edition"].as_str().unwrap();
    let mut options = vec![
        format!("--edition={edition}"),
        "--check-cfg=cfg(docsrs,test)".to_owned(),
        "--emit=metadata".to_owned(),
        "--error-format=json".to_owned(),
    ];
    let flags = arguments
        .iter()
        .find_map(|argument| argument.strip_prefix("--config=build.rustflags="));
    let flags: Table = format!("flags={}", flags.unwrap()).parse().unwrap();
    let flags = flags["flags"].as_array().unwrap().iter();
    options.extend(flags.map(|flag| flag.as_str().unwrap().to_owned()));
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let is_dependency = |name: &str| dependencies.keys().any(|key| key.replace('-', "_") == name);
    let built_by: Vec<&str> = BUILT_BY.split('\t').collect();
    for pair in built_by.windows(2) {
        let wanted = match pair[0] {
            "-L" => true,
            "--extern" => is_dependency(pair[1].split('=').next().unwrap()),
            _ => false,
        };
        if wanted {
            options.extend(pair.iter().map(|word| (*word).to_owned()));
        }
    }
    options
}

/// Prints what rustc says of a program.
fn print(program: &Toml, options: &[String]) {
    let text = |key: &str| program[key].as_str().unwrap();
    let package = env::current_dir().unwrap();
    let output = Command::new(BUILT_BY.split('\t').next().unwrap())
        .args(["--crate-name", text("name"), text("path")])
        .args(options)
        .arg("--out-dir")
        .arg(&package)
        .env("CARGO_MANIFEST_DIR", &package)
        .current_dir(workspace())
        .output()
        .unwrap();
    let target = json!({ "src_path": text("path") });
    for line in String::from_utf8(output.stderr).unwrap().lines() {
        let mut message: Json =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("rustc: {line}"));
        message["rendered"] = absolute(message["rendered"].as_str().unwrap()).into();
        // In this order, which trybuild looks for.
        println!(r#"{{"reason":"compiler-message","target":{target},"message":{message}}}"#);
    }
}

/// What rustc rendered, with the whole paths of the workspace's libraries, which trybuild looks for.
fn absolute(rendered: &str) -> String {
    let line = |line: &str| {
        let start = line.find("--> ").or_else(|| line.find("::: "));
        let (arrow, place) = line.split_at(start.map_or(0, |start| start + 4));
        let path = workspace().join(place.split(':').next().unwrap());
        if !arrow.is_empty() && path.is_file() {
            format!("{arrow}{}", workspace().join(place).display())
        } else {
            line.to_owned()
        }
    };
    rendered.split_inclusive('\n').map(line).collect()
}
