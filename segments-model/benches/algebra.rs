//! What it takes to prove things of audiences, and that what is made to take long ends within its budget:
//! `cargo bench -p segments-model --features toml --bench algebra`.

use std::time::{Duration, Instant};

use segments_model::algebra::{Algebra, Answer, Expression};
use segments_model::file;
use segments_model::{AttributeRef, ContextKind};

const HEAD: &str = "allow = ['style-description']\n\
    contexts.user.attributes = { plan = 'string', email = 'string', n = 'number', v = 'semver', beta = 'bool' }\n";

fn main() {
    pair();
    assertions();
    check();
    for (name, text) in hostile() {
        hostile_file(name, &text);
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Two segments of two rules with two clauses: an example, and the proof that there is none.
fn pair() {
    let text = format!(
        "{HEAD}
        [segments.a]
        excluded = {{}}
        rules = [
          {{ clauses = [{{ attribute = 'plan', op = 'in', values = ['pro', 'team'] }}, {{ attribute = 'n', op = 'greaterThan', values = [10] }}] }},
          {{ clauses = [{{ attribute = 'email', op = 'endsWith', values = ['@company.com'] }}, {{ attribute = 'beta', op = 'in', values = [true] }}] }},
        ]
        [segments.b]
        excluded = {{}}
        rules = [
          {{ clauses = [{{ attribute = 'plan', op = 'startsWith', values = ['free'] }}, {{ attribute = 'n', op = 'lessThan', values = [5] }}] }},
          {{ clauses = [{{ attribute = 'n', op = 'lessThan', values = [7] }}, {{ attribute = 'beta', op = 'in', values = [false] }}] }},
        ]
        [segments.c]
        excluded = {{}}
        rules = [
          {{ clauses = [{{ attribute = 'plan', op = 'in', values = ['trial'] }}, {{ attribute = 'n', op = 'lessThan', values = [5] }}] }},
          {{ clauses = [{{ attribute = 'n', op = 'lessThan', values = [7] }}, {{ attribute = 'beta', op = 'in', values = [false] }}, {{ attribute = 'plan', op = 'in', values = ['x'] }}] }},
        ]"
    );
    let file = file::read("segments.toml", text.as_bytes())
        .into_file()
        .unwrap();
    let domains = |kind: &ContextKind, attribute: &AttributeRef| file.domain(kind, attribute);
    let definitions = file.segments.iter().map(|it| &it.definition);
    let algebra = Algebra::new(definitions, &domains);
    let [a, b, c] = ["a", "b", "c"].map(Expression::segment);
    let proof = (c.clone() & !a.clone()) & !Expression::segment("c");
    for (what, question) in [("an example", a & b), ("a proof", proof)] {
        let once = || {
            let start = Instant::now();
            let answer = algebra.example(&question);
            assert_ne!(answer, Answer::Unknown);
            start.elapsed()
        };
        let times = (0..1_000).map(|_| once()).collect();
        println!("one pair, {what:<12} {:>9.1?}", median(times));
    }
}

fn read(what: &str, text: &str) {
    let times = (0..3).map(|_| {
        let start = Instant::now();
        let report = file::read("segments.toml", text.as_bytes());
        assert!(!report.has_errors(), "{report}");
        start.elapsed()
    });
    println!("{what:<44} {:>9.1?}", median(times.collect()));
}

fn segments(count: usize) -> String {
    let segment = |n: usize| {
        format!(
            "[segments.s-{n}]\nexcluded = {{}}\nrules = [\
             {{ clauses = [{{ attribute = 'plan', op = 'in', values = ['p-{n}'] }}, {{ attribute = 'n', op = 'greaterThan', values = [{n}] }}, {{ attribute = 'n', op = 'lessThan', values = [{}] }}] }},\
             {{ clauses = [{{ attribute = 'plan', op = 'in', values = ['p-{n}'] }}, {{ attribute = 'beta', op = 'in', values = [true] }}] }}]\n",
            n + 10
        )
    };
    (0..count).map(segment).collect()
}

fn assertions() {
    let assertion = |n: usize| {
        let (one, other) = (n % 1_000, (n * 7 + 1) % 1_000);
        let claim = if one == other { "equal" } else { "disjoint" };
        format!("[[assertions]]\n{claim} = ['s-{one}', 's-{other}']\n")
    };
    let claims: String = (0..2_000).map(assertion).collect();
    let text = format!("{HEAD}{}{claims}", segments(1_000));
    read("a file of 1,000 segments, 2,000 assertions", &text);
    read(
        "the same without assertions",
        &format!("{HEAD}{}", segments(1_000)),
    );
}

fn check() {
    read(
        "a file of 10,000 segments",
        &format!("{HEAD}{}", segments(10_000)),
    );
}

/// What is made to take long.
fn hostile() -> Vec<(&'static str, String)> {
    let rule =
        |clauses: String| format!("{HEAD}[segments.s]\nrules = [{{ clauses = [{clauses}] }}]\n");
    let clause = |attribute: &str, op: &str, values: String, negate: bool| {
        format!(
            "{{ attribute = '{attribute}', op = '{op}', values = [{values}], negate = {negate} }},"
        )
    };
    let values = |count: usize, make: &dyn Fn(usize) -> String| -> String {
        (0..count).map(|n| make(n) + ",").collect()
    };
    let contains: String = (0..200)
        .map(|n| clause("email", "contains", format!("'a{n}b'"), n % 2 == 1))
        .collect();
    let numbers: String = (0..200)
        .map(|n| clause("n", "in", values(25, &|v| (n * 25 + v).to_string()), true))
        .collect();
    let list = clause(
        "plan",
        "contains",
        values(5_000, &|n| format!("'v{n}'")),
        true,
    ) + &clause("plan", "startsWith", "'v'".to_owned(), false);
    let patterns: String = (0..12)
        .map(|n| {
            clause(
                "email",
                "matches",
                format!("'^(?:a|b)*a(?:a|b){{{}}}$'", n + 8),
                n % 2 == 0,
            )
        })
        .collect();
    let repeated = clause("email", "matches", "'^(?:a|b|c){0,500}x'".to_owned(), false)
        + &clause(
            "email",
            "matches",
            "'^(?:[a-c]{0,30}y){0,30}$'".to_owned(),
            true,
        );
    let rules: String = (0..200)
        .map(|n| {
            format!(
                "{{ clauses = [{}{}] }},",
                clause("n", "greaterThan", n.to_string(), false),
                clause("email", "endsWith", format!("'{n}'"), false)
            )
        })
        .collect();
    let deep: String = (0..2_000).map(|n| format!("[segments.d-{n}]\nexcluded = {{}}\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = ['d-{}', 'd-{}'], negate = {} }}] }}]\n", n + 1, n + 2, n % 2 == 0)).collect();
    vec![
        ("200 clauses on one text", rule(contains)),
        ("200 clauses on one number, 5,000 values", rule(numbers)),
        ("5,000 parts of a text", rule(list)),
        ("patterns that explode", rule(patterns)),
        ("patterns that repeat", rule(repeated)),
        (
            "200 rules on one number and one text",
            format!("{HEAD}[segments.s]\nrules = [{rules}]\n"),
        ),
        (
            "2,000 segments in a chain",
            format!("external_segments = ['d-2000', 'd-2001']\n{HEAD}{deep}"),
        ),
    ]
}

fn hostile_file(name: &str, text: &str) {
    let start = Instant::now();
    let report = file::read("segments.toml", text.as_bytes());
    let elapsed = start.elapsed();
    println!(
        "hostile: {name:<41} {elapsed:>9.1?}, {} findings",
        report.diagnostics().len()
    );
    assert!(elapsed < Duration::from_secs(30), "{name}");
}
