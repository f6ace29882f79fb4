//! What the commands are given, by size: many of one thing each.

pub(crate) const CONTEXT: &str = r#"{"kind":"user","key":"u-1","email":"a@company-1.com","n":1}"#;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    pub(crate) file: &'static str,
    pub(crate) input: fn(usize) -> String,
    /// What was applied before, if the command asks the service.
    pub(crate) first: Option<fn(usize) -> String>,
}

pub(crate) const CASES: &[Case] = &[
    local(
        "check: segments",
        "check segments.toml",
        "segments.toml",
        segments,
    ),
    local(
        "check: a chain",
        "check segments.toml",
        "segments.toml",
        chain,
    ),
    local(
        "check: rules of a segment",
        "check segments.toml",
        "segments.toml",
        rules,
    ),
    local(
        "check: clauses of a rule",
        "check segments.toml",
        "segments.toml",
        clauses,
    ),
    local(
        "check: values of a clause",
        "check segments.toml",
        "segments.toml",
        values,
    ),
    local(
        "check: attributes",
        "check segments.toml",
        "segments.toml",
        attributes,
    ),
    local(
        "check: letters of a path",
        "check segments.toml",
        "segments.toml",
        path,
    ),
    local(
        "check: mistakes",
        "check segments.toml",
        "segments.toml",
        mistakes,
    ),
    local(
        "fmt: segments",
        "fmt --check segments.toml",
        "segments.toml",
        segments,
    ),
    local("doc: segments", "doc --out -", "segments.toml", segments),
    local("doc: a chain", "doc --out -", "segments.toml", chain),
    local(
        "eval: segments",
        "eval --context context.json",
        "segments.toml",
        segments,
    ),
    local(
        "eval: a chain",
        "eval --context context.json",
        "segments.toml",
        chain,
    ),
    local(
        "eval: a chain, as JSON",
        "eval --context context.json --format json",
        "segments.toml",
        chain,
    ),
    local(
        "eval: a segment that asks many",
        "eval --context context.json s0",
        "segments.toml",
        star,
    ),
    local(
        "eval: flags",
        "eval --context context.json",
        "segments.toml",
        flags,
    ),
    local(
        "count: a chain",
        "count context.json",
        "segments.toml",
        chain,
    ),
    local(
        "count: columns",
        "count columns.csv",
        "columns.csv",
        columns,
    ),
    local(
        "count: contexts",
        "count --file few.toml contexts.ndjson",
        "contexts.ndjson",
        contexts,
    ),
    Case {
        name: "plan: every rule edited",
        words: "plan --timeout 600 --file edited.toml",
        file: "edited.toml",
        input: |size| rules_of(size / 2, "edited"),
        first: Some(|size| rules_of(size / 2, "first")),
    },
];

const fn local(
    name: &'static str,
    words: &'static str,
    file: &'static str,
    input: fn(usize) -> String,
) -> Case {
    Case {
        name,
        words,
        file,
        input,
        first: None,
    }
}

const HEAD: &str = "[contexts.user.attributes]\nemail = \"string\"\nn = \"number\"\n";

fn file(parts: impl Iterator<Item = String>) -> String {
    HEAD.chars()
        .chain(parts.flat_map(|part| part.chars().collect::<Vec<_>>()))
        .collect()
}

fn segments(size: usize) -> String {
    file((0..size).map(|n| {
        format!(
            "[segments.s{n}]\ndescription = \"S\"\nincluded = {{ user = [\"u-{n}\"] }}\n\
             rules = [{{ clauses = [{{ attribute = \"email\", op = \"endsWith\", values = [\"@company-{n}.com\"] }}] }}]\n"
        )
    }))
}

fn asking(n: usize, asked: &str) -> String {
    format!(
        "[segments.s{n}]\ndescription = \"S\"\nrules = [{{ clauses = [{{ op = \"segmentMatch\", values = [{asked}] }}] }}]\n"
    )
}

fn chain(size: usize) -> String {
    let last =
        format!("[segments.s{size}]\ndescription = \"S\"\nincluded = {{ user = [\"u-1\"] }}\n");
    let asking = (0..size).map(|n| asking(n, &format!("\"s{}\"", n + 1)));
    file(asking.chain([last]))
}

fn star(size: usize) -> String {
    let asked: Vec<String> = (1..=size).map(|n| format!("\"s{n}\"")).collect();
    let others = (1..=size).map(|n| {
        format!("[segments.s{n}]\ndescription = \"S\"\nincluded = {{ user = [\"u-{n}x\"] }}\n")
    });
    file(std::iter::once(asking(0, &asked.join(", "))).chain(others))
}

fn rules(size: usize) -> String {
    rules_of(size, "first")
}

/// A segment with many rules.
fn rules_of(size: usize, word: &str) -> String {
    let rules = (0..size).map(|n| {
        format!(
            "[[segments.s.rules]]\nclauses = [{{ attribute = \"email\", op = \"in\", values = [\"{word}-{n}@x.io\"] }}]\n"
        )
    });
    file(std::iter::once("[segments.s]\ndescription = \"S\"\n".to_owned()).chain(rules))
}

fn clauses(size: usize) -> String {
    let clauses =
        (0..size).map(|n| format!("{{ attribute = \"n\", op = \"lessThan\", values = [{n}] }},\n"));
    let begin = "[segments.s]\ndescription = \"S\"\nrules = [{ clauses = [\n".to_owned();
    file(
        [begin]
            .into_iter()
            .chain(clauses)
            .chain(["] }]\n".to_owned()]),
    )
}

fn values(size: usize) -> String {
    let values: Vec<String> = (0..size).map(|n| format!("\"{n}@x.io\"")).collect();
    let clause = format!(
        "[segments.s]\ndescription = \"S\"\nrules = [{{ clauses = [{{ attribute = \"email\", op = \"in\", values = [{}] }}] }}]\n",
        values.join(", ")
    );
    file(std::iter::once(clause))
}

fn attributes(size: usize) -> String {
    let attributes = (0..size).map(|n| format!("\"/a{n}/b{n}/c\" = \"string\"\n"));
    let segment = "[segments.s]\ndescription = \"S\"\nincluded = { user = [\"u\"] }\n".to_owned();
    file(attributes.chain([segment]))
}

fn path(size: usize) -> String {
    file(
        [
            format!("\"{}\" = \"string\"\n", "/a".repeat(size)),
            "[segments.s]\ndescription = \"S\"\nincluded = { user = [\"u\"] }\n".to_owned(),
        ]
        .into_iter(),
    )
}

fn mistakes(size: usize) -> String {
    file(
        (0..size)
            .map(|n| format!("[segments.s{n}]\nrules = [{{ clauses = [{{ op = \"is\" }}] }}]\n")),
    )
}

fn flags(size: usize) -> String {
    let flags = (0..size).map(|n| {
        format!(
            "[flags.f{n}]\nvariations = [\"on\", \"off\"]\notherwise = \"off\"\n\
             rules = [{{ clauses = [{{ op = \"segmentMatch\", values = [\"s{n}\"] }}], serve = \"on\" }}]\n"
        )
    });
    segments(size) + &flags.collect::<String>()
}

fn columns(size: usize) -> String {
    let names: Vec<String> = (0..size).map(|n| format!("/a{n}/b")).collect();
    let cells: Vec<String> = (0..size).map(|n| n.to_string()).collect();
    format!("key,{}\nu,{}\n", names.join(","), cells.join(","))
}

/// What contexts are counted in, where it is their number that grows.
pub fn few() -> String {
    segments(20)
}

fn contexts(size: usize) -> String {
    (0..size * 10)
        .map(|n| format!("{{\"kind\":\"user\",\"key\":\"u-{n}\"}}\n"))
        .collect()
}
