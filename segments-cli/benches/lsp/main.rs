//! How long an editor waits for answers while somebody types, and how much memory that takes.
//!
//! ```text
//! cargo bench -p cargo-segments --bench lsp
//! ```
//!
//! Each question is asked right after an edit in the middle of the file, as editors do; the figures are 95th percentiles
//! over a real process, up to the last byte of the answer.

#[path = "../../tests/lsp/client.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod client;

use std::time::{Duration, Instant};

use client::{Client, Folder, position};
use serde_json::json;

/// How many times each question is asked.
const TURNS: usize = 60;

fn main() {
    // What test runners ask of every benchmark.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    let mut missed = 0;
    for (segments, limit) in [(1_000, 16), (10_000, 100)] {
        missed += measure(segments, Duration::from_millis(limit));
    }
    if missed > 0 {
        println!("{missed} figures miss their limit");
        std::process::exit(1);
    }
}

/// A file as people write them: a few attributes, a rule or two, and references.
fn file(segments: usize) -> String {
    let mut text = String::from(
        "[contexts.user.attributes]\nemail = \"string\"\nage = \"number\"\nplan = { type = \"string\", one_of = [\"free\", \"pro\"] }\ncreated = \"date\"\n\n",
    );
    for number in 0..segments {
        text.push_str(&format!(
            "[segments.segment-{number:05}]\ndescription = \"Number {number}\"\nrules = [\n  {{ clauses = [{{ attribute = \"email\", op = \"endsWith\", values = [\"@company-{number}.com\"] }}, {{ attribute = \"age\", op = \"greaterThan\", values = [{number}] }}] }},\n"
        ));
        if number % 5 == 1 {
            let asked = number - 1;
            text.push_str(&format!("  {{ clauses = [{{ op = \"segmentMatch\", values = [\"segment-{asked:05}\"] }}] }},\n"));
        }
        text.push_str("]\n\n");
    }
    text
}

fn measure(segments: usize, limit: Duration) -> usize {
    let text = file(segments);
    println!("{segments} segments, {} KB", text.len() >> 10);
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let start = Instant::now();
    let uri = client.open(&folder.path("segments.toml"), &text);
    client.diagnostics(&uri);
    let first = start.elapsed();
    let mut missed = tell(
        "first diagnostics",
        first,
        if segments > 1_000 {
            None
        } else {
            Some(Duration::from_millis(100))
        },
    );

    let middle = format!("segment-{:05}]", segments / 2);
    let middle = text.find(&middle).expect("it is in the file");
    let value = middle + text[middle..].find("email").expect("it has a rule");
    let line = text[..value].matches('\n').count();
    let window = json!({
        "start": { "line": line.saturating_sub(30), "character": 0 }, "end": { "line": line + 30, "character": 0 },
    });
    let here = json!({ "textDocument": { "uri": uri }, "position": position(&text, value + 1) });
    let shown = json!({ "textDocument": { "uri": uri }, "range": window });
    let action = json!({
        "textDocument": { "uri": uri }, "context": { "diagnostics": [] },
        "range": { "start": position(&text, value), "end": position(&text, value + 5) },
    });
    let whole = json!({ "textDocument": { "uri": uri }, "context": { "includeDeclaration": true }, "position": position(&text, middle + 1) });
    let questions = [
        ("textDocument/completion", &here),
        ("textDocument/hover", &here),
        ("textDocument/definition", &here),
        ("textDocument/documentHighlight", &whole),
        ("textDocument/references", &whole),
        ("textDocument/inlayHint", &shown),
        ("textDocument/semanticTokens/range", &shown),
        ("textDocument/codeAction", &action),
        ("textDocument/documentSymbol", &whole),
        ("textDocument/foldingRange", &whole),
        ("textDocument/codeLens", &whole),
    ];
    for (method, params) in questions {
        let mut times: Vec<Duration> = Vec::new();
        for turn in 0..TURNS {
            // A letter comes and goes.
            let at = value + 5;
            if turn % 2 == 0 {
                client.edit(&uri, at..at, "x");
            } else {
                client.edit(&uri, at..at + 1, "");
            }
            let start = Instant::now();
            client.answer(method, params);
            times.push(client.arrived - start);
        }
        missed += tell(method, percentile(times), Some(limit));
    }
    let mut times = Vec::new();
    for turn in 0..TURNS / 3 {
        let at = value + 5;
        if turn % 2 == 0 {
            client.edit(&uri, at..at, "x");
        } else {
            client.edit(&uri, at..at + 1, "");
        }
        let start = Instant::now();
        client.diagnostics(&uri);
        times.push(start.elapsed());
    }
    missed += tell("diagnostics of the whole file", percentile(times), None);
    if let Some(peak) = client.peak_memory() {
        let over = segments == 1_000 && peak >= 150 << 10;
        println!(
            "  {:35} {:8} MB{}",
            "memory at its peak",
            peak >> 10,
            if over { "  MISSES 150 MB" } else { "" }
        );
        missed += usize::from(over);
    }
    missed
}

fn percentile(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() * 95 / 100]
}

fn tell(what: &str, time: Duration, limit: Option<Duration>) -> usize {
    let misses = limit.is_some_and(|limit| time > limit);
    let said = match limit {
        Some(limit) if misses => format!("  MISSES {} ms", limit.as_millis()),
        _ => String::new(),
    };
    println!("  {what:35} {:8.1} ms{said}", time.as_secs_f64() * 1000.0);
    usize::from(misses)
}
