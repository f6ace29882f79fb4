//! Runs things and watches them.

use std::ffi::OsStr;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use segments_model::AttributeValue;

pub(crate) struct Finished {
    pub(crate) took: Duration,
    pub(crate) printed: String,
    /// The most memory that the process had, in kB, where the system tells.
    pub(crate) peak: Option<u32>,
}

/// Runs `cargo segments` and fails if that fails.
pub(crate) fn run<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> io::Result<Finished> {
    run_with(words, [])
}

/// Runs `cargo segments` with variables, and fails if that fails.
pub(crate) fn run_with<'a>(
    words: impl IntoIterator<Item = &'a OsStr>,
    variables: impl IntoIterator<Item = (&'static str, String)>,
) -> io::Result<Finished> {
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-segments"))
        .args(words)
        .envs(variables)
        // What it leaves beside itself goes with the build.
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let watch = thread::spawn(move || {
        let mut peak = None;
        // Gone, or nothing but its exit code is left: then there are no such lines.
        while let Some(now) = peak_in(&std::fs::read_to_string(&status).unwrap_or_default()) {
            peak = Some(now);
            thread::sleep(Duration::from_millis(10));
        }
        peak
    });
    let mut printed = String::new();
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_to_string(&mut printed)?;
    let ended = child.wait()?;
    let took = begin.elapsed();
    let peak = watch.join().expect("the watch does not panic");
    if !ended.success() {
        return Err(io::Error::other(format!(
            "cargo segments ended with {ended}"
        )));
    }
    Ok(Finished {
        took,
        printed,
        peak,
    })
}

fn peak_in(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Reads the lines of a file and parses each. Each thread has a part of the file to itself, so that
/// nothing is handed over and nobody waits.
pub(crate) fn parse_alone(path: &Path, threads: u64) -> io::Result<Duration> {
    let begin = Instant::now();
    let size = std::fs::metadata(path)?.len();
    thread::scope(|scope| {
        let parts = (0..threads).map(|n| size * n / threads..size * (n + 1) / threads);
        let working: Vec<_> = parts
            .map(|part| scope.spawn(move || parse_part(path, &part)))
            .collect();
        let mut joined = working.into_iter().map(|it| it.join().expect("no panic"));
        joined.try_for_each(|parsed| parsed)
    })?;
    Ok(begin.elapsed())
}

/// Parses the lines that begin in a part of a file, given in bytes.
fn parse_part(path: &Path, part: &Range<u64>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut line = Vec::new();
    // A line that begins before the part is the part's before.
    let mut at = part.start.saturating_sub(1);
    file.seek(SeekFrom::Start(at))?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    if part.start > 0 {
        at += file.read_until(b'\n', &mut line)? as u64;
    }
    while at < part.end {
        line.clear();
        at += file.read_until(b'\n', &mut line)? as u64;
        let value: AttributeValue = serde_json::from_slice(&line)?;
        drop(black_box(value));
    }
    Ok(())
}

pub(crate) fn median(
    samples: impl IntoIterator<Item = io::Result<Duration>>,
) -> io::Result<Duration> {
    let mut samples: Vec<Duration> = samples.into_iter().collect::<io::Result<_>>()?;
    samples.sort_unstable();
    Ok(samples[samples.len() / 2])
}
