//! Clients that nobody here wrote go through their stories against the emulator.
//!
//! They are installed into a folder of their own under `target/clients`. Where that is not
//! possible, the test says so and lets the others go on.

use std::path::{Path, PathBuf};
use std::process::Command;

use segments_emulator::Emulator;

/// The version whose behaviour is written down in `docs/service-behaviour.md`.
const CLIENT: &str = "launchdarkly-api==25.0.1";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients")
}

/// The interpreter of a folder in which the client is installed; `None` if it cannot be.
fn python() -> Option<PathBuf> {
    let home = folder().join("python");
    let python = home.join("bin/python");
    let works = |arguments: &[&str]| {
        Command::new(&python)
            .args(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if works(&["-c", "import launchdarkly_api"]) {
        return Some(python);
    }
    Command::new("python3")
        .arg("-m")
        .arg("venv")
        .arg(&home)
        .status()
        .ok()
        .filter(std::process::ExitStatus::success)?;
    works(&["-m", "pip", "install", "--quiet", CLIENT]).then_some(python)
}

#[tokio::test]
async fn the_python_client_finishes_its_story() {
    let Some(python) = python() else {
        eprintln!("skipped: {CLIENT} cannot be installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/segments.py");
    let output = Command::new(python)
        .arg(story)
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
