//! What a person sees in an editor, asked of a real rust-analyzer, and of Taplo and Tombi about
//! `segments.toml`.
//!
//! ```text
//! cargo test -p segments-tests --test ide
//! ```
//!
//! `SEGMENTS_RUST_ANALYZER` names the binary; by default it is the one on the path. Without one that
//! runs, nothing is asked, and the test says so; `SEGMENTS_TAPLO` and `taplo`, `SEGMENTS_TOMBI` and `tombi`
//! likewise. Each probe types something into the open file `audiences.rs`, asks, and puts the text back.

mod probes;
mod server;
mod toml;

use std::path::{Path, PathBuf};
use std::time::Instant;

use probes::{PROBES, Probe, Wanted};
use server::{BINARY, Server, find, position};

const AUDIENCES: &str = include_str!("audiences.rs");

fn main() {
    // What test runners ask of every test binary.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let failed = ask_rust_analyzer() + ask_taplo() + ask_tombi();
    if failed > 0 {
        std::process::exit(1);
    }
}

/// Edits a `segments.toml` with the schema; how many answers are wrong.
fn ask_taplo() -> usize {
    let Some(asked) = toml::ask_taplo() else {
        println!(
            "ide: NOT RUN: the schema of segments.toml in Taplo, because no taplo was found; \
             `cargo install taplo-cli --locked --features lsp`, or name it with {}",
            toml::TAPLO
        );
        return 0;
    };
    told("Taplo", &asked)
}

/// Checks files with the schema; how many answers are wrong.
fn ask_tombi() -> usize {
    let Some(asked) = toml::ask_tombi() else {
        println!(
            "ide: NOT RUN: the schema of segments.toml in Tombi, because no tombi was found; \
             `pip install tombi`, or name it with {}",
            toml::TOMBI
        );
        return 0;
    };
    told("Tombi", &asked)
}

fn told(whose: &str, asked: &toml::Asked) -> usize {
    println!(
        "ide: {} of {} answers of {whose} about segments.toml are right",
        asked.asked - asked.failed,
        asked.asked
    );
    asked.failed
}

/// Types into Rust; how many probes fail.
fn ask_rust_analyzer() -> usize {
    let Some((binary, version)) = find() else {
        println!(
            "ide: NOT RUN: {} probes of completion, hover, go-to-definition and diagnostics, because no rust-analyzer was found; \
             install one, or name it with {BINARY}",
            PROBES.len()
        );
        return 0;
    };
    let start = Instant::now();
    let (package, target) = package();
    let mut server = Server::start(&binary, &package, &target, "src/lib.rs")
        .unwrap_or_else(|error| panic!("{error}"));
    println!(
        "ide: {version}, ready after {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let mut failed = 0;
    for probe in PROBES {
        let start = Instant::now();
        match ask(&mut server, probe) {
            Ok(()) => println!(
                "ok      {:5} ms  {}",
                start.elapsed().as_millis(),
                probe.name
            ),
            Err(why) => {
                failed += 1;
                println!(
                    "FAILED  {:5} ms  {}\n        {why}",
                    start.elapsed().as_millis(),
                    probe.name
                );
            }
        }
    }
    println!(
        "ide: {} of {} probes hold, {:.1} s",
        PROBES.len() - failed,
        PROBES.len(),
        start.elapsed().as_secs_f64()
    );
    failed
}

/// A package with the audiences, outside of the workspace, as a user's would be.
fn package() -> (PathBuf, PathBuf) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../segments-runtime");
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ide");
    let package = work.join("package");
    let manifest = format!(
        "[package]\nname = \"audiences\"\nedition = \"2024\"\n\n[dependencies]\nsegments-runtime = {{ path = \"{}\", default-features = false }}\n\n[workspace]\n",
        runtime.display()
    );
    std::fs::create_dir_all(package.join("src")).expect("the target folder can be written");
    let write = |file: &str, text: &str| {
        std::fs::write(package.join(file), text).expect("the target folder can be written");
    };
    write("Cargo.toml", &manifest);
    write("Cargo.lock", include_str!("../../Cargo.lock"));
    write("src/lib.rs", AUDIENCES);
    (package, work.join("target"))
}

fn ask(server: &mut Server, probe: &Probe) -> Result<(), String> {
    let mut text = AUDIENCES.to_owned();
    let mut cursor = None;
    for (old, new) in probe.typed {
        if text.matches(old).count() != 1 {
            return Err(format!(
                "`{old}` is there {} times, not once",
                text.matches(old).count()
            ));
        }
        let at = text.find(old).unwrap_or_default();
        let typed = new.replace('|', "");
        text.replace_range(at..at + old.len(), &typed);
        cursor = new.find('|').map(|offset| at + offset).or(cursor);
    }
    server.type_in(&text)?;
    let at = position(&text, cursor.unwrap_or_default());
    match probe.wanted {
        Wanted::Completions {
            only: false,
            has,
            lacks,
        } => {
            let shown = server.completions(&at)?;
            let missing: Vec<_> = has
                .iter()
                .filter(|name| !shown.iter().any(|shown| shown == *name))
                .collect();
            let surplus: Vec<_> = lacks
                .iter()
                .filter(|name| shown.iter().any(|shown| shown == *name))
                .collect();
            if missing.is_empty() && surplus.is_empty() {
                Ok(())
            } else {
                Err(format!(
                    "missing {missing:?}, surplus {surplus:?}, among {} shown: {:.20?}",
                    shown.len(),
                    shown
                ))
            }
        }
        Wanted::Completions {
            only: true, has, ..
        } => {
            let mut shown = server.completions(&at)?;
            shown.sort();
            shown.dedup();
            let mut wanted: Vec<String> = has.iter().map(|name| (*name).to_owned()).collect();
            wanted.sort();
            if shown == wanted {
                Ok(())
            } else {
                Err(format!("shown {shown:?}"))
            }
        }
        Wanted::Hover(parts) => {
            let shown = server.hover(&at)?;
            match parts.iter().find(|part| shown.matches(**part).count() != 1) {
                None => Ok(()),
                Some(part) => Err(format!(
                    "{part:?} is there {} times in {shown:?}",
                    shown.matches(*part).count()
                )),
            }
        }
        Wanted::Definition(line) => {
            let places = server.definitions(&at)?;
            let found = |(file, at): &(String, u64)| {
                let shown = text.lines().nth(usize::try_from(*at).unwrap_or(usize::MAX));
                file == "lib.rs" && shown.is_some_and(|shown| shown.trim() == line)
            };
            if places.len() == 1 && places.iter().all(found) {
                Ok(())
            } else {
                Err(format!("leads to {places:?}"))
            }
        }
        Wanted::Diagnostics(wanted) => {
            let found = server.diagnostics(&text)?;
            let right = found.len() == wanted.len()
                && wanted.iter().all(|(at, message)| {
                    found
                        .iter()
                        .any(|found| found.at == *at && found.message.contains(message))
                });
            if right {
                Ok(())
            } else {
                Err(format!("found {found:?}"))
            }
        }
    }
}
