//! How long it takes to read and check `segments.toml`, and that it grows with the file and no
//! faster: `cargo bench -p segments-model --features toml --bench file`.
//!
//! Each file has segments of two rules with two clauses each. The best of several runs counts,
//! because everything else is the machine's business.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use segments_model::file;

fn main() {
    println!("segments   file size   read and check   per segment");
    for (segments, runs) in [(1_000, 20), (10_000, 10), (25_000, 5)] {
        let text = text(segments);
        let best = (0..runs)
            .map(|_| measure(&text, segments))
            .min()
            .unwrap_or_default();
        println!(
            "{segments:>8}   {:>6.1} MB   {:>11.1} ms   {:>8.2} µs",
            mega(text.len()),
            best.as_secs_f64() * 1e3,
            best.as_secs_f64() * 1e6 / f64::from(segments),
        );
    }
}

#[allow(clippy::cast_precision_loss, reason = "for people to read")]
fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn measure(text: &str, segments: u32) -> Duration {
    let start = Instant::now();
    let report = file::read("segments.toml", text.as_bytes());
    let elapsed = start.elapsed();
    let file = report
        .into_file()
        .unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(file.segments.len(), segments as usize);
    elapsed
}

fn text(segments: u32) -> String {
    let mut text = String::from(
        "[contexts.user.attributes]\nemail = \"string\"\naccountAge = \"number\"\nversion = \"semver\"\nbeta = \"bool\"\n",
    );
    for segment in 0..segments {
        let _ = write!(
            text,
            r#"
[segments.audience-{segment}]
name = "Audience {segment}"
description = "The audience with the number {segment}"
tags = ["beta", "generated"]
included = {{ user = ["user-{segment}"] }}

[[segments.audience-{segment}.rules]]
description = "by address"
clauses = [
  {{ attribute = "email", op = "endsWith", values = ["@company-{segment}.com"] }},
  {{ attribute = "beta", op = "in", values = [true] }},
]

[[segments.audience-{segment}.rules]]
clauses = [
  {{ attribute = "accountAge", op = "greaterThan", values = [{segment}] }},
  {{ attribute = "version", op = "semVerLessThan", values = ["2.{segment}.0"], negate = true }},
]
"#
        );
    }
    text
}
