//! How long `impact` takes beside `count`, over the same contexts on the same cores:
//! `cargo bench -p segments-model --features toml --bench impact`. `CONTEXTS=1000000` takes fewer contexts.
//!
//! Twenty segments, of which two change and two more ask them, and two flags that ask those.

use std::io::{BufReader, Read};
use std::time::{Duration, Instant};

use segments_model::evaluate::{CompiledSegments, Impact, Loaded};
use serde_json::{Value as Json, json};

/// How many contexts there are, unless somebody says.
const CONTEXTS: u64 = 10_000_000;
/// How many of them differ.
const DIFFERENT: u64 = 100_000;
const ROUNDS: usize = 3;

fn main() {
    let contexts = std::env::var("CONTEXTS").map_or(CONTEXTS, |it| it.parse().expect("a number"));
    let repeats = contexts / DIFFERENT;
    let block: String = (0..DIFFERENT).map(line).collect();
    let (before, after) = (world("pro", 40), world("team", 30));
    let (mut count, mut impact) = (Vec::new(), Vec::new());
    // They take turns, so that a machine that does other things disturbs both.
    for _ in 0..ROUNDS {
        let loaded = load(&before);
        let segments = CompiledSegments::from_wire(loaded.segments.clone()).complete();
        let started = Instant::now();
        let counts = segments.count().ndjson(stream(&block, repeats));
        assert_eq!(
            counts.expect("it is in memory").contexts,
            repeats * DIFFERENT
        );
        count.push(started.elapsed());
        let started = Instant::now();
        let moves = Impact::between(&loaded, &load(&after)).ndjson(stream(&block, repeats));
        let moves = moves.expect("it is in memory");
        assert_eq!(moves.contexts, repeats * DIFFERENT);
        assert!(moves.moved > 0 && moves.segments.len() == 4 && moves.flags.len() == 2);
        impact.push(started.elapsed());
    }
    let (count, impact) = (median(count), median(impact));
    let ratio = impact.as_secs_f64() / count.as_secs_f64();
    println!("count of {contexts} contexts in 20 segments: {count:.2?}");
    println!("impact on the same contexts: {impact:.2?}, {ratio:.2} times as long");
}

fn load(world: &Json) -> Loaded {
    Loaded::from_json(&world.to_string()).expect("it is what SDKs receive")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn line(number: u64) -> String {
    let plan = ["free", "pro", "team"][(number % 3) as usize];
    let country = ["de", "fr", "us", "ch"][(number % 4) as usize];
    let user = json!({"kind": "user", "key": format!("user-{number}"), "email": format!("u{number}@company{}.com", number % 50),
        "plan": plan, "country": country, "age": number % 90, "tags": ["a", "b"], "name": format!("User {number}")});
    format!("{user}\n")
}

fn world(plan: &str, age: u64) -> Json {
    let mut segments = serde_json::Map::new();
    let mut add = |key: String, clause: Json| {
        let segment = json!({"key": key, "salt": "s", "rules": [{"clauses": [clause]}]});
        segments.insert(key, segment);
    };
    let user = |attribute: &str, op: &str, value: Json| json!({"contextKind": "user", "attribute": attribute, "op": op, "values": [value]});
    add("changed-1".into(), user("plan", "in", plan.into()));
    add("changed-2".into(), user("age", "greaterThan", age.into()));
    for key in ["changed-1", "changed-2"] {
        add(
            format!("asks-{key}"),
            json!({"attribute": "", "op": "segmentMatch", "values": [key]}),
        );
    }
    for number in 0..16 {
        add(
            format!("other-{number}"),
            user("email", "endsWith", format!("@company{number}.com").into()),
        );
    }
    let flag = |key: &str, asked: &str| {
        json!({"key": key, "on": true, "salt": key, "variations": ["old", "new"], "fallthrough": {"variation": 0},
            "rules": [{"variation": 1, "clauses": [{"attribute": "", "op": "segmentMatch", "values": [asked]}]}]})
    };
    json!({"segments": segments, "flags": {
        "one": flag("one", "asks-changed-1"), "two": flag("two", "changed-2")}})
}

/// The same lines again and again.
fn stream(block: &str, repeats: u64) -> BufReader<impl Read + '_> {
    let blocks = Repeated {
        block: block.as_bytes(),
        left: repeats,
        at: 0,
    };
    BufReader::with_capacity(1 << 20, blocks)
}

struct Repeated<'a> {
    block: &'a [u8],
    left: u64,
    at: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.block.len() {
            self.at = 0;
            self.left -= 1;
        }
        if self.left == 0 {
            return Ok(0);
        }
        let rest = &self.block[self.at..];
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}
