//! What the commands are given: the same in every run.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

/// Segments as the service lists them, each with a clause on an attribute of its own.
pub(crate) fn many_attributes(number: usize) -> String {
    let segment = |n: usize| {
        let clause = json!({"_id": format!("c{n}"), "contextKind": "user", "attribute": format!("attribute-{n}"),
            "op": "in", "values": ["yes"], "negate": false});
        json!({"key": format!("segment-{n}"), "name": format!("Segment {n}"), "version": 1, "tags": [],
            "rules": [{"_id": format!("r{n}"), "clauses": [clause]}]})
    };
    (0..number).map(segment).collect::<Value>().to_string()
}

/// A file of segments, each with a list and two rules, a third of which ask others.
pub(crate) fn many_segments(number: usize) -> String {
    let mut text = String::from(
        r#"[contexts.user.attributes]
email = "string"
plan = "string"
accountAge = "number"
"#,
    );
    for n in 0..number {
        let second = match n % 3 {
            0 if n > 0 => format!(r#"op = "segmentMatch", values = ["segment-{}"]"#, n - 1),
            _ => r#"attribute = "plan", op = "in", values = ["pro", "enterprise"]"#.to_owned(),
        };
        writeln!(
            text,
            r#"
[segments.segment-{n}]
name = "Segment {n}"
description = "People of company {n}"
tags = ["company", "generated"]
included = {{ user = ["user-{n}-1", "user-{n}-2"] }}

[[segments.segment-{n}.rules]]
description = "colleagues"
clauses = [
  {{ attribute = "email", op = "endsWith", values = ["@company-{n}.com"] }},
  {{ attribute = "accountAge", op = "greaterThan", values = [30] }},
]

[[segments.segment-{n}.rules]]
clauses = [{{ {second} }}]"#
        )
        .expect("a text can be written to");
    }
    text
}

/// Twenty segments of every sort: lists, each operand, percentages, others that are asked.
pub(crate) fn twenty_segments() -> String {
    let clause = |attribute: &str, op: &str, values: serde_json::Value| json!({"contextKind": "user", "attribute": attribute, "op": op, "values": values});
    let rule = |clauses: serde_json::Value| json!({"clauses": clauses});
    let tests = [
        json!([clause(
            "email",
            "endsWith",
            json!(["@company-7.com", "@company-8.com"])
        )]),
        json!([clause("email", "matches", json!(["^user-[0-9]+7@"]))]),
        json!([clause("plan", "in", json!(["pro", "enterprise"]))]),
        json!([clause("accountAge", "greaterThan", json!([180]))]),
        json!([clause("version", "semVerGreaterThan", json!(["2.5.0"]))]),
        json!([clause(
            "accountCreated",
            "before",
            json!(["2024-01-01T00:00:00Z"])
        )]),
        json!([clause("groups", "in", json!(["group-3", "group-4"]))]),
        json!([clause("/address/city", "startsWith", json!(["City 1"]))]),
        json!([
            clause("beta", "in", json!([true])),
            clause("plan", "in", json!(["free"]))
        ]),
        json!([clause(
            "",
            "segmentMatch",
            json!(["segment-2", "segment-3"])
        )]),
    ];
    let segments: Vec<_> = (0..20)
        .map(|n| {
            let keys: Vec<String> = (0..1000).map(|key| format!("user-{}", key * 20 + n)).collect();
            let mut rules = vec![rule(tests[n % 10].clone()), rule(tests[(n + 3) % 9].clone())];
            if n >= 10 {
                rules[0]["weight"] = json!(25_000);
                rules[0]["rolloutContextKind"] = json!("user");
            }
            json!({"key": format!("segment-{n}"), "salt": format!("salt-{n}"), "included": keys, "rules": rules})
        })
        .collect();
    json!(segments).to_string()
}

/// The same as SDKs receive them, beside a flag that asks some of them; and after a change of two of them.
pub(crate) fn two_worlds() -> [String; 2] {
    let segments: Vec<serde_json::Value> =
        serde_json::from_str(&twenty_segments()).expect("it is what was made above");
    let by_key = segments.iter().map(|segment| {
        let key = segment["key"].as_str().unwrap_or_default();
        (key.to_owned(), segment.clone())
    });
    let by_key: serde_json::Map<_, _> = by_key.collect();
    let clause =
        json!({"attribute": "", "op": "segmentMatch", "values": ["segment-2", "segment-9"]});
    let flag = json!({"key": "page", "on": true, "salt": "page", "variations": ["old", "new"],
        "fallthrough": {"variation": 0}, "rules": [{"variation": 1, "clauses": [clause]}]});
    let before = json!({ "segments": by_key, "flags": { "page": flag } });
    let mut after = before.clone();
    after["segments"]["segment-2"]["rules"][0]["clauses"][0]["values"] = json!(["pro"]);
    after["segments"]["segment-3"]["rules"][0]["clauses"][0]["values"] = json!([90]);
    [before.to_string(), after.to_string()]
}

/// Users with attributes of every type, one on a line of about 220 letters.
pub(crate) fn contexts(path: &Path, number: u64) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    for n in 0..number {
        // Numbers that look random and are the same in every run.
        let luck = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let plan = ["free", "pro", "enterprise", "trial"][(luck % 4) as usize];
        writeln!(
            file,
            r#"{{"kind":"user","key":"user-{n}","email":"user-{n}@company-{}.com","plan":"{plan}","accountAge":{},"beta":{},"version":"{}.{}.0","accountCreated":{},"groups":["group-{}","group-{}"],"address":{{"city":"City {}","zip":"{}"}}}}"#,
            luck % 50,
            luck % 365,
            luck % 7 == 0,
            luck % 5,
            luck % 9,
            1_600_000_000_000 + luck * 50,
            luck % 11,
            luck % 13,
            luck % 40,
            luck % 10_000,
        )?;
    }
    file.flush()
}
