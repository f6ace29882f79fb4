//! What `cargo segments` promises about time and memory: `cargo bench -p cargo-segments` measures it
//! and fails if a number is missed.
//!
//! `count` is compared with a program that does a part of its work on the same file, in the same run:
//! it reads the lines and parses each with the same JSON parser into the same values, and drops them.
//! It does so as a plain loop does, which is what the goal is about, and, to know what the counting
//! itself takes, on all cores, each with a part of the file to itself. The three take turns, so that a
//! machine that does other things disturbs all, and the ratios of the medians count. Memory is the
//! largest that Linux saw the process have. The files take 2.5 GB in `target/tmp`; `CONTEXTS=1000000`
//! takes fewer contexts.

mod inputs;
mod measure;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use inputs::{contexts, many_attributes, many_segments, twenty_segments, two_worlds};
use measure::{Finished, median, parse_alone, run, run_with};
use segments_emulator::Emulator;

const CHECKED: usize = 10_000;
const CHECK_BELOW: Duration = Duration::from_secs(1);
const IMPORTED: usize = 10_000;
const IMPORT_BELOW: Duration = Duration::from_secs(5);
/// Ten times the segments and attributes may take this many times as long.
const IMPORT_GROWTH_AT_MOST: f64 = 15.0;
const VERSION_BELOW: Duration = Duration::from_millis(20);
const CONTEXTS: u64 = 10_000_000;
/// `count` may take this many times what reading and parsing take.
const RATIO_AT_MOST: f64 = 2.0;
/// `impact` may take this many times what `count` takes.
const IMPACT_AT_MOST: f64 = 1.25;
/// Ten times the contexts may take this many times the memory: what buffers happen to hold.
const GROWTH_AT_MOST: f64 = 1.25;
const ROUNDS: usize = 3;

fn main() -> io::Result<ExitCode> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("numbers");
    std::fs::create_dir_all(&folder)?;
    let mut goals = Goals::default();
    check(&folder, &mut goals)?;
    import(&folder, &mut goals)?;
    version(&mut goals)?;
    count(&folder, &mut goals)?;
    Ok(if goals.missed == 0 {
        ExitCode::SUCCESS
    } else {
        eprintln!("{} missed", goals.missed);
        ExitCode::FAILURE
    })
}

fn check(folder: &Path, goals: &mut Goals) -> io::Result<()> {
    let file = folder.join("many.toml");
    std::fs::write(&file, many_segments(CHECKED))?;
    let check = || run(["check".as_ref(), file.as_os_str()]);
    let took = median((0..5).map(|_| check().map(|done| done.took)))?;
    goals.below(&format!("check of {CHECKED} segments"), took, CHECK_BELOW);
    Ok(())
}

/// An account in which each segment tests an attribute of its own, from the emulator.
fn import(folder: &Path, goals: &mut Goals) -> io::Result<()> {
    let import = |number: usize, file: &str| -> io::Result<Duration> {
        let emulator = Emulator::builder()
            .start_blocking()
            .map_err(io::Error::other)?;
        emulator
            .import("default", "production", &many_attributes(number))
            .map_err(io::Error::other)?;
        let path = folder.join(file);
        let once = || {
            let _ = std::fs::remove_file(&path);
            let variables = [
                ("LAUNCHDARKLY_BASE_URI", emulator.base_uri().to_string()),
                (
                    "LAUNCHDARKLY_ACCESS_TOKEN",
                    emulator.access_token().to_string(),
                ),
                ("LAUNCHDARKLY_PROJECT", "default".to_owned()),
                ("LAUNCHDARKLY_ENVIRONMENT", "production".to_owned()),
            ];
            run_with(["import".as_ref(), path.as_os_str()], variables).map(|done| done.took)
        };
        median((0..ROUNDS).map(|_| once()))
    };
    for file in ["imported.toml", "imported.rs"] {
        let (few, many) = (import(IMPORTED / 10, file)?, import(IMPORTED, file)?);
        goals.below(
            &format!("import of {IMPORTED} segments to {file}"),
            many,
            IMPORT_BELOW,
        );
        let growth = many.as_secs_f64() / few.as_secs_f64();
        goals.at_most(
            &format!("import of {IMPORTED}, in times of {}", IMPORTED / 10),
            growth,
            IMPORT_GROWTH_AT_MOST,
        );
    }
    Ok(())
}

fn version(goals: &mut Goals) -> io::Result<()> {
    let version = || run(["--version".as_ref()]);
    let took = median((0..21).map(|_| version().map(|done| done.took)))?;
    goals.below("--version", took, VERSION_BELOW);
    Ok(())
}

fn count(folder: &Path, goals: &mut Goals) -> io::Result<()> {
    let many = match std::env::var("CONTEXTS") {
        Ok(number) => number.parse().map_err(io::Error::other)?,
        Err(_) => CONTEXTS,
    };
    let definitions = folder.join("twenty.json");
    std::fs::write(&definitions, twenty_segments())?;
    let file = |name: &str, number: u64| -> io::Result<PathBuf> {
        let path = folder.join(name);
        contexts(&path, number)?;
        Ok(path)
    };
    let (few_file, many_file) = (file("tenth.ndjson", many / 10)?, file("all.ndjson", many)?);
    let counted = |contexts: &Path| -> io::Result<Finished> {
        let (definitions, contexts) = (definitions.as_os_str(), contexts.as_os_str());
        run([
            "count".as_ref(),
            "--file".as_ref(),
            definitions,
            "--format".as_ref(),
            "json".as_ref(),
            contexts,
        ])
    };
    let [before, after] = two_worlds();
    let (before_file, after_file) = (folder.join("before.json"), folder.join("after.json"));
    std::fs::write(&before_file, before)?;
    std::fs::write(&after_file, after)?;
    let compared = |contexts: &Path| -> io::Result<Finished> {
        run([
            "impact".as_ref(),
            contexts.as_os_str(),
            "--before".as_ref(),
            before_file.as_os_str(),
            "--file".as_ref(),
            after_file.as_os_str(),
            "--format".as_ref(),
            "json".as_ref(),
        ])
    };
    let few = counted(&few_file)?;
    let cores = std::thread::available_parallelism()?.get() as u64;
    let (mut alone, mut on_all, mut whole, mut peak) = (Vec::new(), Vec::new(), Vec::new(), None);
    let mut impact = Vec::new();
    for _ in 0..ROUNDS {
        alone.push(parse_alone(&many_file, 1));
        on_all.push(parse_alone(&many_file, cores));
        let done = counted(&many_file)?;
        let begin = format!("{{\"contexts\":{many},\"refused\":0,");
        assert!(done.printed.starts_with(&begin), "{}", done.printed);
        peak = peak.max(done.peak);
        whole.push(Ok(done.took));
        let done = compared(&many_file)?;
        let read = format!("\"contexts\":{many},");
        assert!(done.printed.contains(&read), "{}", done.printed);
        impact.push(Ok(done.took));
    }
    let (alone, on_all, whole) = (median(alone)?, median(on_all)?, median(whole)?);
    let impact = median(impact)?;
    println!("impact on {many} contexts of two changed segments: {impact:.2?}");
    goals.at_most(
        "impact, in times of count",
        impact.as_secs_f64() / whole.as_secs_f64(),
        IMPACT_AT_MOST,
    );
    println!("reading and parsing {many} contexts alone: {alone:.2?}");
    println!("the same on {cores} cores: {on_all:.2?}");
    println!("count of {many} contexts in 20 segments: {whole:.2?}");
    let ratio = |other: Duration| whole.as_secs_f64() / other.as_secs_f64();
    goals.at_most(
        "count, in times of a plain loop",
        ratio(alone),
        RATIO_AT_MOST,
    );
    println!(
        "count, in times of {cores} such cores: {:.2}",
        ratio(on_all)
    );
    match (few.peak, peak) {
        (Some(few), Some(many_peak)) => {
            println!("memory at {} contexts: {few} kB", many / 10);
            println!("memory at {many} contexts: {many_peak} kB");
            let growth = f64::from(many_peak) / f64::from(few);
            goals.at_most("memory, in times of that", growth, GROWTH_AT_MOST);
        }
        _ => println!("memory was not measured: this system has no /proc"),
    }
    std::fs::remove_file(few_file)?;
    std::fs::remove_file(many_file)
}

#[derive(Default)]
struct Goals {
    missed: usize,
}

impl Goals {
    fn below(&mut self, what: &str, took: Duration, goal: Duration) {
        self.reached(took < goal, &format!("{what}: {took:.2?}, below {goal:?}"));
    }

    fn at_most(&mut self, what: &str, found: f64, goal: f64) {
        self.reached(
            found <= goal,
            &format!("{what}: {found:.2}, at most {goal}"),
        );
    }

    fn reached(&mut self, reached: bool, said: &str) {
        self.missed += usize::from(!reached);
        println!("{said}: {}", if reached { "reached" } else { "MISSED" });
    }
}
