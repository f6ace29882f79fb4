//! What a sync costs, against the emulator with 50 ms of latency on every request: requests,
//! seconds and memory.
//!
//! `cargo bench -p segments-runtime --bench sync` prints a table and fails if a number is not what
//! the README promises. Each row runs in a process of its own, so that its memory is its own and
//! not the emulator's. The last row needs `python3`; it runs the script for fewer segments and
//! multiplies, because a thousand take ten minutes.

use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::Duration;

use segments_emulator::Emulator;
use segments_model::{
    AttributeRef, Audience, Clause, ContextKind, Definition, Lifecycle, Operator, Rule, SegmentKey,
    Tag, Targets,
};
use segments_runtime::model as segments_model;
use segments_runtime::sync::{BigSegment, ImportStatus, Members, SyncConfig, sync_definitions};

const LATENCY: Duration = Duration::from_millis(50);

/// How many segments the Python script makes; what it takes is proportional to that.
const SCRIPTED: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, base_uri, token, count, version] = &arguments[..]
        && mode == "sync"
    {
        measure(
            base_uri,
            token,
            count.parse().unwrap(),
            version.parse().unwrap(),
        );
        return ExitCode::SUCCESS;
    }
    if let [mode, base_uri, token, file] = &arguments[..]
        && mode == "import"
    {
        measure_import(base_uri, token, file);
        return ExitCode::SUCCESS;
    }
    let mut table = Table::default();
    let near = loopback();
    let holds = near.requests == 1 && near.writes == 0 && near.seconds < 0.010;
    table.row("50 segments, nothing to do, no latency", &near, holds);
    let emulator = Emulator::builder()
        .latency(LATENCY)
        .start_blocking()
        .unwrap();
    let created = run(&emulator, 1_000, 0);
    table.row(
        "1,000 segments from nothing",
        &created,
        created.requests <= 2_020,
    );
    let idle = run(&emulator, 1_000, 0);
    let holds = idle.requests == 20 && idle.writes == 0 && idle.seconds < 2.0;
    table.row("1,000 segments, nothing to do", &idle, holds);
    let one = run(&emulator, 1_000, 1);
    let holds = one.requests == 21 && one.seconds < 2.0;
    table.row("1,000 segments, one clause changed", &one, holds);

    emulator.set_latency(Duration::ZERO);
    run(&emulator, 10_000, 1);
    emulator.set_latency(LATENCY);
    let idle = run(&emulator, 10_000, 1);
    let holds = idle.requests == 200 && idle.writes == 0 && idle.memory < 100.0;
    table.row("10,000 segments, nothing to do", &idle, holds);

    let import = run_import(&emulator);
    table.row(
        "a big segment of 1,000,000 keys from CSV",
        &import,
        import.memory < 64.0,
    );

    match script(&emulator) {
        Some(seconds) => {
            let thousand = seconds / f64::from(u32::try_from(SCRIPTED).unwrap()) * 1000.0;
            println!(
                "create, sleep, patch in Python: {seconds:.1} s for {SCRIPTED}, so {thousand:.0} s for 1,000: {:.0} times as long",
                thousand / created.seconds
            );
            table.failed |= created.seconds > thousand / 20.0;
        }
        None => println!("no python3 here, so nothing to compare with"),
    }
    if table.failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// One sync, in this process; its numbers go to the parent.
fn measure(base_uri: &str, token: &str, count: usize, version: usize) {
    let config = config(base_uri, token);
    let definitions: Vec<_> = (0..count).map(|index| definition(index, version)).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let report = runtime
        .block_on(sync_definitions(&config, &definitions))
        .unwrap();
    println!(
        "{} {} {} {}",
        report.requests(),
        report.writes(),
        report.elapsed.as_secs_f64(),
        peak_memory()
    );
}

fn config(base_uri: &str, token: &str) -> SyncConfig {
    SyncConfig::builder()
        .token(token)
        .base_uri(base_uri)
        .program("bench", "1")
        .concurrency(16)
        .deadline(Duration::from_mins(5))
        .build()
        .unwrap()
}

/// A million keys from a file, in this process.
fn measure_import(base_uri: &str, token: &str, file: &str) {
    let config = config(base_uri, token);
    let mut definition = definition(1, 0);
    definition.key = SegmentKey::from_static("big");
    definition.audience = Audience::Big {
        kind: ContextKind::USER,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(sync_definitions(&config, &[definition]))
        .unwrap();
    let started = std::time::Instant::now();
    let members = BigSegment::new(&config, SegmentKey::from_static("big"));
    let import = members.replace_from(Members::csv_file(file));
    assert_eq!(
        runtime.block_on(import).unwrap().status,
        ImportStatus::Complete
    );
    // One request that carries the file, and one that finds it done.
    println!("2 1 {} {}", started.elapsed().as_secs_f64(), peak_memory());
}

fn run_import(emulator: &Emulator) -> Numbers {
    let path = std::env::temp_dir().join(format!("members-{}.csv", std::process::id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for number in 0..1_000_000 {
        writeln!(file, "customer-{number:07}").unwrap();
    }
    file.into_inner().unwrap();
    let numbers = child(&[
        "import",
        emulator.base_uri(),
        emulator.access_token(),
        path.to_str().unwrap(),
    ]);
    std::fs::remove_file(path).unwrap();
    numbers
}

/// An ordinary segment; the first one changes with the version.
fn definition(index: usize, version: usize) -> Definition {
    let clause = |attribute: &str, operator, values: Vec<String>| Clause {
        kind: ContextKind::USER,
        attribute: AttributeRef::parse(attribute).unwrap(),
        operator,
        values: values.into_iter().map(Into::into).collect(),
        negate: false,
    };
    let plan = if index == 0 {
        format!("pro-{version}")
    } else {
        "pro".to_owned()
    };
    let members = (0..5)
        .map(|member| format!("user-{index}-{member}"))
        .collect();
    Definition {
        key: SegmentKey::parse(format!("segment-{index}")).unwrap(),
        name: format!("Segment {index}"),
        description: Some("One of many".to_owned()),
        tags: Some([Tag::from_static("bench")].into()),
        audience: Audience::Standard {
            included: Targets::Exactly([(ContextKind::USER, members)].into()),
            excluded: Targets::Unmanaged,
            rules: Some(vec![
                Rule {
                    clauses: vec![clause(
                        "plan",
                        Operator::In,
                        vec![plan, "enterprise".to_owned()],
                    )],
                    ..Rule::default()
                },
                Rule {
                    clauses: vec![clause(
                        "email",
                        Operator::EndsWith,
                        vec![format!("@{index}.example")],
                    )],
                    ..Rule::default()
                },
            ]),
        },
        unmanaged: [].into(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: [].into(),
    }
}

/// The numbers of one run.
struct Numbers {
    requests: usize,
    writes: usize,
    seconds: f64,
    memory: f64,
}

/// The median of several starts that find nothing to do, and an emulator that answers at once.
fn loopback() -> Numbers {
    const STARTS: usize = 15;
    let emulator = Emulator::builder().start_blocking().unwrap();
    run(&emulator, 50, 0);
    let mut starts: Vec<Numbers> = (0..STARTS).map(|_| run(&emulator, 50, 0)).collect();
    starts.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    starts.swap_remove(STARTS / 2)
}

fn run(emulator: &Emulator, count: usize, version: usize) -> Numbers {
    child(&[
        "sync",
        emulator.base_uri(),
        emulator.access_token(),
        &count.to_string(),
        &version.to_string(),
    ])
}

/// Runs this program again for one row.
fn child(arguments: &[&str]) -> Numbers {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(arguments).output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let numbers: Vec<&str> = out.split_whitespace().collect();
    let [requests, writes, seconds, memory] = numbers[..] else {
        panic!("{err}");
    };
    Numbers {
        requests: requests.parse().unwrap(),
        writes: writes.parse().unwrap(),
        seconds: seconds.parse().unwrap(),
        memory: memory.parse().unwrap(),
    }
}

/// The most memory that this process has had, in megabytes; 0 where the system does not tell.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

fn script(emulator: &Emulator) -> Option<f64> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/create_sleep_patch.py");
    let mut command = Command::new("python3");
    command.args([path, emulator.base_uri(), emulator.access_token()]);
    let output = command.arg(SCRIPTED.to_string()).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

#[derive(Default)]
struct Table {
    failed: bool,
    rows: usize,
}

impl Table {
    fn row(&mut self, work: &str, numbers: &Numbers, holds: bool) {
        if self.rows == 0 {
            println!(
                "| work | requests | writes | seconds | MB | as promised |\n|---|---|---|---|---|---|"
            );
        }
        let Numbers {
            requests,
            writes,
            seconds,
            memory,
        } = numbers;
        let verdict = if holds { "yes" } else { "NO" };
        println!("| {work} | {requests} | {writes} | {seconds:.3} | {memory:.0} | {verdict} |");
        self.rows += 1;
        self.failed |= !holds;
    }
}
