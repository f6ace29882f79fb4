//! What the checks call portable, held against what SDKs do.
//!
//! ```text
//! SEGMENTS_CASES=100000 cargo test --release -p segments-tests --test portable
//! ```
//!
//! - Each row of the table of patterns is asked of the regular expression engine of every SDK's language.
//! - So are random patterns that get no finding.
//! - Official SDKs are asked about random patterns, versions, dates, numbers and texts that get no finding,
//!   plain and negated.
//!
//! SDKs are installed into `target/portable`; engines come from Debian's packages. What is not there is not
//! asked, and a line says so. Who cannot reach a registry shows the sources of an SDK: for Go a `go.mod` with
//! `replace` directives by `GOFLAGS=-modfile=...`, for Ruby folders by `RUBYLIB`, for PHP
//! `target/portable/sdk-php/vendor/autoload.php`.

mod cases;
mod engines;
mod sdks;

use std::collections::BTreeMap;

use cases::Subject;
use engines::Engine;
use fastrand::Rng;
use sdks::{Case, Sdk};
use segments_model::pattern::{Construct, Standing};

/// How many clauses are asked in the normal test run.
const FEW: usize = 400;

/// How many clauses an SDK is given at a time.
const AT_A_TIME: usize = 10_000;

fn main() {
    // `cargo test` passes its own arguments, and a list of tests that somebody filters for.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let cases = match std::env::var("SEGMENTS_CASES") {
        Ok(cases) => cases.parse().expect("SEGMENTS_CASES is a number"),
        Err(_) => FEW,
    };
    let engines = engines::installed();
    rows(&engines);
    random_patterns(&engines, cases);
    random_clauses(&mut sdks::installed(), cases);
}

fn rust(pattern: &str, text: &str) -> char {
    match regex::Regex::new(pattern) {
        Ok(pattern) => {
            if pattern.is_match(text) {
                '1'
            } else {
                '0'
            }
        }
        Err(_) => 'x',
    }
}

/// What every engine says of each pattern, the one of Rust first.
fn answers(engines: &[Engine], pairs: &[(&str, &str)]) -> Vec<Vec<(&'static str, char)>> {
    let mut answers: Vec<Vec<(&str, char)>> = pairs
        .iter()
        .map(|(pattern, text)| vec![("Rust", rust(pattern, text))])
        .collect();
    for engine in engines {
        let said = engine.ask(pairs);
        let said = said.unwrap_or_else(|| panic!("the engine of {} gave up", engine.name));
        for (answers, said) in answers.iter_mut().zip(said) {
            answers.push((engine.name, said));
        }
    }
    answers
}

/// Engines agree about what the table calls portable; about everything else some two of them differ.
fn rows(engines: &[Engine]) {
    let rows: Vec<(Construct, &str, &str)> = Construct::ALL
        .iter()
        .flat_map(|construct| {
            let examples = construct.examples().iter();
            examples.map(|(pattern, text)| (*construct, *pattern, *text))
        })
        .collect();
    let pairs: Vec<(&str, &str)> = rows
        .iter()
        .map(|(_, pattern, text)| (*pattern, *text))
        .collect();
    let all = engines.len() == 9;
    let mut wrong = Vec::new();
    for ((construct, pattern, text), said) in rows.iter().zip(answers(engines, &pairs)) {
        let differ = said.iter().any(|(_, answer)| *answer != said[0].1);
        let as_told = match construct.standing() {
            Standing::Portable => !differ && said[0].1 == '1',
            _ => differ || !all,
        };
        if !as_told {
            wrong.push(format!("{construct:?}: `{pattern}` on {text:?}: {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "{} rows of the table, {} engines beside Rust's",
        rows.len(),
        engines.len()
    );
}

fn random_patterns(engines: &[Engine], cases: usize) {
    let mut rng = Rng::with_seed(18);
    let (mut asked, mut found) = (0, 0);
    while asked < cases {
        let patterns = cases::patterns(&mut rng, AT_A_TIME.min(cases - asked));
        let pairs: Vec<(&str, &str)> = patterns.iter().map(|(p, t)| (&p[..], &t[..])).collect();
        for ((pattern, text), said) in pairs.iter().zip(answers(engines, &pairs)) {
            let differ = said.iter().any(|(_, answer)| *answer != said[0].1);
            assert!(!differ, "`{pattern}` on {text:?}: {said:?}");
            found += usize::from(said[0].1 == '1');
        }
        asked += patterns.len();
    }
    assert!(
        found * 10 > asked && (asked - found) * 10 > asked,
        "{found} of {asked} are found"
    );
    println!("{asked} random patterns, {found} of them found, 0 different answers");
}

fn random_clauses(sdks: &mut [Sdk], cases: usize) {
    let mut rng = Rng::with_seed(18);
    let mut asked: BTreeMap<Subject, [usize; 2]> = BTreeMap::new();
    let mut differ = Vec::new();
    let mut left = cases;
    while left > 0 {
        let now = left.min(AT_A_TIME);
        left -= now;
        let (mut batch, mut subjects): (Vec<Case>, Vec<Subject>) = (Vec::new(), Vec::new());
        for index in 0..now {
            let subject = Subject::ALL[index % Subject::ALL.len()];
            batch.extend(subject.cases(&mut rng));
            subjects.extend([subject; 2]);
        }
        let answers: Vec<Vec<String>> = sdks.iter_mut().map(|sdk| sdk.ask(&batch)).collect();
        for (index, case) in batch.iter().enumerate() {
            let first = &answers[0][index];
            for (sdk, answers) in sdks.iter().zip(&answers) {
                let answer = &answers[index];
                if answer != first {
                    differ.push(format!(
                        "{} says {answer} and {} {first}: {} on {:?}",
                        sdk.name(),
                        sdks[0].name(),
                        case.clauses,
                        case.values
                    ));
                }
            }
            let yes = first.matches('1').count();
            let counts = asked.entry(subjects[index]).or_default();
            counts[0] += first.len();
            counts[1] += yes;
        }
    }
    let names: Vec<&str> = sdks.iter().map(Sdk::name).collect();
    let shown = &differ[..differ.len().min(20)];
    assert!(
        differ.is_empty(),
        "{} different answers:\n{}",
        differ.len(),
        shown.join("\n")
    );
    for (subject, [questions, yes]) in &asked {
        println!("{subject:?}: {questions} questions, {yes} times yes");
        assert!(
            yes * 20 > *questions && (questions - yes) * 20 > *questions,
            "{subject:?}"
        );
    }
    println!(
        "{cases} clauses, plain and negated, asked of the SDKs for {}: 0 different answers",
        names.join(", ")
    );
}
