//! How long each command takes over the size of its input, up to ten thousand of everything: `cargo
//! bench -p cargo-segments --bench sizes` measures it, and fails where twice the size takes much more
//! than twice the time. `SIZE=2000` goes no further than that.

mod inputs;

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use segments_emulator::Emulator;

/// Twice the size may take so many times the time.
const GROWTH_AT_MOST: f64 = 2.8;
/// What takes less says nothing about growth.
const WORTH_COMPARING: Duration = Duration::from_millis(150);
/// Nothing takes longer.
const AT_MOST: Duration = Duration::from_mins(1);

fn main() -> io::Result<ExitCode> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sizes");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let largest = match std::env::var("SIZE") {
        Ok(size) => size.parse().map_err(io::Error::other)?,
        Err(_) => 10_000,
    };
    std::fs::write(folder.join("context.json"), inputs::CONTEXT)?;
    std::fs::write(folder.join("few.toml"), inputs::few())?;
    let mut missed = 0;
    for case in inputs::CASES {
        let mut before: Option<Duration> = None;
        let mut line = format!("{:38}", case.name);
        for size in [largest / 4, largest / 2, largest] {
            let took = run(&folder, case, size)?;
            let growth = before.map(|before| took.as_secs_f64() / before.as_secs_f64());
            line.push_str(&format!("  {size:>6}: {took:>8.2?}"));
            let is_much = took > WORTH_COMPARING && growth.is_some_and(|it| it > GROWTH_AT_MOST);
            if is_much || took > AT_MOST {
                missed += 1;
                line.push_str(" MISSED");
            }
            before = Some(took);
        }
        println!("{line}");
    }
    Ok(if missed == 0 {
        ExitCode::SUCCESS
    } else {
        eprintln!("{missed} missed");
        ExitCode::FAILURE
    })
}

/// Runs a command over an input of this size. The better of two runs counts.
fn run(folder: &Path, case: &inputs::Case, size: usize) -> io::Result<Duration> {
    let input = folder.join(case.file);
    std::fs::write(&input, (case.input)(size))?;
    let emulator = match case.first {
        Some(first) => {
            let emulator = Emulator::builder()
                .start_blocking()
                .map_err(io::Error::other)?;
            std::fs::write(folder.join("segments.toml"), first(size))?;
            command(folder, "apply --yes --timeout 600", Some(&emulator))?;
            Some(emulator)
        }
        None => None,
    };
    let runs = (0..2).map(|_| command(folder, case.words, emulator.as_ref()));
    let runs: Vec<Duration> = runs.collect::<io::Result<_>>()?;
    Ok(runs.into_iter().min().unwrap_or_default())
}

fn command(folder: &Path, words: &str, emulator: Option<&Emulator>) -> io::Result<Duration> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-segments"));
    command
        .args(words.split_whitespace().map(OsStr::new))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(emulator) = emulator {
        command
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
    }
    let begin = Instant::now();
    let ended = command.status()?;
    let took = begin.elapsed();
    // Findings are an answer, too.
    if matches!(ended.code(), Some(0 | 1)) {
        Ok(took)
    } else {
        Err(io::Error::other(format!("`{words}` ended with {ended}")))
    }
}
