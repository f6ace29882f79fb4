//! How long one question takes: hand-written Rust, the typed path, the interpreter, and
//! LaunchDarkly's evaluator, with the same contexts, made before the clock starts, and answers
//! checked to be equal.
//!
//! ```text
//! cargo bench -p segments-benches
//! ```
//!
//! The official evaluator has no public function that asks a segment, so it is asked for a flag
//! with one rule, as an application does; its store hands out copies of segments, which its
//! interface demands and its own in-memory store does, too.
//!
//! The run fails if a goal is missed.

#![allow(
    clippy::cast_precision_loss,
    reason = "counts of nanoseconds are small"
)]

mod cases;
mod measure;
mod official;
mod segments;

use cases::{Case, Users};

/// How much faster than the official evaluator the interpreter has to be, on each case.
const OF_INTERPRETER: f64 = 5.0;

/// How long `variation` may take.
const OF_VARIATION: f64 = 20.0;

/// Which variation of an AI Config is served. `variation_with` is shown without a goal: its answer is interpreted
/// and includes the conversion of the context, which the official evaluator is spared.
fn assistant(users: &Users) -> Option<String> {
    let contestants = cases::assistant(users);
    let answers = &contestants[0].answers;
    assert!(answers.contains(&true) && answers.contains(&false));
    for contestant in &contestants {
        assert_eq!(contestant.answers, *answers, "{}", contestant.name);
    }
    let [hand_written, variation, with_salts, official] = measure::race(&contestants);
    println!(
        "\n| which variation of an AI Config | hand-written | `variation` | `variation_with` | official |"
    );
    println!("|---|---|---|---|---|");
    println!(
        "| two rules, one asks a segment   | {hand_written:>12.2} | {variation:>11.1} | {with_salts:>16.1} | {official:>8.1} |"
    );
    (variation > OF_VARIATION)
        .then(|| format!("`variation` takes {variation:.1} ns, more than {OF_VARIATION}"))
}

fn main() {
    println!(
        "| nanoseconds per question                   | hand-written | typed          | interpreter      | official  |"
    );
    println!("|---|---|---|---|---|");
    let users = Users::new();
    let mut missed = Vec::new();
    for case in cases::all(&users) {
        let Case {
            name,
            contestants,
            of_hand_written,
            of_official,
        } = case;
        let answers = &contestants[0].answers;
        assert!(
            answers.contains(&true) && answers.contains(&false),
            "{name} has hits and misses"
        );
        for contestant in &contestants {
            assert_eq!(
                contestant.answers, *answers,
                "{} on {name}",
                contestant.name
            );
        }
        let [hand_written, typed, interpreter, official] = measure::race(&contestants);
        let ratios = [
            typed / hand_written,
            official / typed,
            official / interpreter,
        ];
        println!(
            "| {name:<42} | {hand_written:>12.2} | {typed:>6.2} ({:.2}x) | {interpreter:>7.1} ({:>6.0}x) | {official:>9.1} |",
            ratios[0], ratios[2],
        );
        if ratios[0] > of_hand_written {
            missed.push(format!(
                "{name}: typed takes {:.2} of hand-written Rust's time, at most {of_hand_written}",
                ratios[0]
            ));
        }
        if ratios[1] < of_official {
            missed.push(format!(
                "{name}: typed is {:.0} times as fast as the official evaluator, at least {of_official}",
                ratios[1]
            ));
        }
        if ratios[2] < OF_INTERPRETER {
            missed.push(format!(
                "{name}: the interpreter is {:.1} times as fast as the official evaluator, at least {OF_INTERPRETER}",
                ratios[2]
            ));
        }
    }
    missed.extend(assistant(&users));
    println!("\ntyped: in parentheses its time against hand-written Rust");
    println!("interpreter: in parentheses how much faster it is than the official evaluator");
    assert!(missed.is_empty(), "goals missed:\n{}", missed.join("\n"));
}
