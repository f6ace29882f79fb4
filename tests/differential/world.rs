//! Random segments: small pools of values, so that clauses often come close to matching, and a few
//! values that nobody should write.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

pub(crate) const KINDS: [&str; 3] = ["user", "org", "device"];
pub(crate) const KEYS: [&str; 6] = ["u-1", "u-2", "o-1", "42", "", "ключ"];

const ATTRIBUTES: [&str; 26] = [
    "a",
    "b",
    "c",
    "/a",
    "/o/x",
    "/o/y/z",
    "/o/y",
    "/o",
    "a/b",
    "/a~1b",
    "/~0t",
    "~t",
    "key",
    "/key",
    "name",
    "anonymous",
    "kind",
    "/kind",
    "/kind/x",
    "/key/x",
    "",
    "/",
    "/a/",
    "/a//b",
    "/a~2",
    "email",
];
const OPERATORS: [&str; 16] = [
    "in",
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
    "before",
    "after",
    "semVerEqual",
    "semVerLessThan",
    "semVerGreaterThan",
    "segmentMatch",
    "equals",
];
const TEXTS: [&str; 12] = [
    "", "a", "ab", "abc", "b", "ABC", "user", "org", "é", "u-1", "ann@x.io", "1",
];
const PATTERNS: [&str; 12] = [
    "^a",
    "b$",
    "",
    "a|b",
    r"^\d+$",
    "(?i)abc",
    "***",
    "(?!x)y",
    "[",
    r"@x\.io$",
    ".",
    r"\p{Greek}",
];
const DATES: [&str; 17] = [
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00.001Z",
    "1970-01-01T00:00:00.0010001Z",
    "1970-01-01T01:00:00+01:00",
    "1969-12-31T23:59:60Z",
    "1969-12-31T23:59:60.5Z",
    "1970-01-01 00:00:00Z",
    "1970-01-01T00:00:00\u{2212}00:00",
    "1970-01-01t00:00:00z",
    "1970-01-01",
    "1970-01-01T00:00:00",
    "1970-01-01T00:00:00.Z",
    "1970-01-01T00:00:00+24:00",
    "0000-02-29T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "1970-02-30T00:00:00Z",
    "0",
];
const VERSIONS: [&str; 21] = [
    "2",
    "2.0",
    "2.0.0",
    "2.0.0-rc.1",
    "2.0.0-rc.10",
    "2-rc.1",
    "2.0-rc.1",
    "2.0.0+b",
    "2+b",
    "2.0.1",
    "1.9.9",
    "02.0.0",
    "v2.0.0",
    "2.0.0.0",
    "2.",
    "2.-rc",
    "2.0.0-",
    "2.0.0-01",
    "99999999999999999999.0.0",
    "٢.0.0",
    "2.0.0-rc.1+b",
];
const NUMBERS: [f64; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1.5,
    2.0,
    30.0,
    0.1,
    1e300,
    -1e300,
    5e-324,
    9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    -9_007_199_254_740_991.0,
    8_210_266_876_799_999.0,
    8_210_266_876_800_000.0,
    -8_334_601_228_800_000.0,
    -8_334_601_228_800_001.0,
    -0.9,
    999.999,
];
const WEIGHTS: [i64; 9] = [0, 1, 14_955, 50_000, 99_999, 100_000, 100_001, -1, 1 << 40];

/// Segments that may ask each other, in the form of data for SDKs.
pub(crate) struct World {
    pub(crate) segments: Vec<Json>,
}

impl World {
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let keys: Vec<String> = (0..rng.usize(1..=5)).map(|n| format!("s{n}")).collect();
        let segments = keys.iter().map(|key| segment(rng, key, &keys)).collect();
        Self { segments }
    }

    /// The clauses, with what contexts have to be of to be looked at.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &Json> {
        let rules = self.segments.iter().flat_map(|s| list(&s["rules"]));
        rules.flat_map(|rule| list(&rule["clauses"]))
    }
}

/// Every operator with every value that it compares with, and some that it does not, on the attribute
/// `a` of users.
pub(crate) fn single_clauses() -> impl Iterator<Item = Json> {
    let operators = OPERATORS.into_iter().filter(|op| *op != "segmentMatch");
    operators.flat_map(|op| {
        values(op).into_iter().map(move |value| {
            json!({"contextKind": "user", "attribute": "a", "op": op, "values": [value]})
        })
    })
}

fn values(op: &str) -> Vec<Json> {
    let texts: &[&[&str]] = match op {
        "in" => &[&TEXTS, &DATES[..2], &VERSIONS[..2]],
        "matches" => &[&PATTERNS],
        "startsWith" | "endsWith" | "contains" => &[&TEXTS],
        "before" | "after" => &[&DATES],
        _ if op.starts_with("semVer") => &[&VERSIONS],
        _ => &[&["1"]],
    };
    let numbers: &[f64] = match op {
        "in" | "before" | "after" => &NUMBERS,
        _ if op.ends_with("Than") || op.ends_with("Equal") => &NUMBERS,
        _ => &[2.0],
    };
    let texts = texts.iter().copied().flatten().map(|text| json!(text));
    let numbers = numbers.iter().map(|number| json!(number));
    let odd = [json!(null), json!(true), json!([1]), json!({"x": 1})];
    texts.chain(numbers).chain(odd).collect()
}

pub(crate) fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

fn segment(rng: &mut Rng, key: &str, keys: &[String]) -> Json {
    let mut segment = json!({
        "key": key, "version": rng.u8(..), "salt": pick(rng, &["salty", "", "e5b6"]),
        "included": targets(rng, 5), "excluded": targets(rng, 3), "rules": [],
    });
    // Members of big segments are elsewhere; the official evaluator knows only what is here.
    if rng.u8(..) < 8 {
        segment["included"] = json!([]);
        segment["unbounded"] = true.into();
        segment["unboundedContextKind"] = json!(pick(rng, &KINDS));
        return segment;
    }
    for lists in ["includedContexts", "excludedContexts"] {
        if rng.u8(..) < 60 {
            segment[lists] = json!([{"contextKind": pick(rng, &KINDS), "values": targets(rng, 1)}]);
        }
    }
    segment["rules"] = (0..rng.usize(0..4)).map(|_| rule(rng, keys)).collect();
    segment
}

fn targets(rng: &mut Rng, rarity: usize) -> Vec<&'static str> {
    if rng.usize(..=rarity) > 0 {
        return Vec::new();
    }
    (0..rng.usize(..3)).map(|_| *pick(rng, &KEYS)).collect()
}

fn rule(rng: &mut Rng, keys: &[String]) -> Json {
    let mut rule = json!({"id": "r"});
    // Mostly one or two, or nothing ever matches.
    let clauses = *pick(rng, &[0, 1, 1, 1, 1, 2, 2, 3]);
    rule["clauses"] = (0..clauses).map(|_| clause(rng, keys)).collect();
    if rng.u8(..) < 80 {
        rule["weight"] = (*pick(rng, &WEIGHTS)).into();
    }
    if rng.u8(..) < 128 {
        rule["rolloutContextKind"] = kind(rng);
    }
    if rng.u8(..) < 60 {
        rule["bucketBy"] = (*pick(rng, &ATTRIBUTES)).into();
    }
    rule
}

fn kind(rng: &mut Rng) -> Json {
    let odd = ["", "kind", "multi", "no kind", "absent"];
    let odd = if rng.u8(..) < 20 {
        Some(pick(rng, &odd))
    } else {
        None
    };
    json!(odd.unwrap_or_else(|| pick(rng, &KINDS)))
}

fn clause(rng: &mut Rng, keys: &[String]) -> Json {
    let op = *pick(rng, &OPERATORS);
    // The first attributes are plain; the odd ones end everything, so they are rarer.
    let attribute = if rng.bool() {
        &ATTRIBUTES[..8]
    } else {
        &ATTRIBUTES
    };
    let mut clause = json!({"attribute": pick(rng, attribute), "op": op});
    clause["values"] = (0..*pick(rng, &[0, 1, 1, 1, 2, 3, 12]))
        .map(|_| clause_value(rng, op, keys))
        .collect();
    if rng.u8(..) < 220 {
        clause["contextKind"] = kind(rng);
    }
    if rng.bool() {
        clause["negate"] = rng.bool().into();
    }
    clause
}

/// A value that the operator compares with, mostly.
pub(crate) fn clause_value(rng: &mut Rng, op: &str, keys: &[String]) -> Json {
    if rng.u8(..) < 20 {
        return any_value(rng, 2);
    }
    match op {
        "segmentMatch" if keys.is_empty() || rng.u8(..10) == 0 => json!("missing"),
        "segmentMatch" => json!(pick(rng, keys)),
        "matches" => json!(pick(rng, &PATTERNS)),
        "startsWith" | "endsWith" | "contains" => json!(pick(rng, &TEXTS)),
        "before" | "after" => date(rng),
        "in" => any_value(rng, 1),
        _ if op.starts_with("semVer") => version(rng),
        _ => number(rng),
    }
}

fn date(rng: &mut Rng) -> Json {
    if rng.u8(..) < 80 {
        return number(rng);
    }
    let date = *pick(rng, &DATES);
    json!(mutated(rng, date))
}

fn version(rng: &mut Rng) -> Json {
    let version = *pick(rng, &VERSIONS);
    json!(mutated(rng, version))
}

pub(crate) fn number(rng: &mut Rng) -> Json {
    match rng.u8(..4) {
        0 => json!(rng.i64(-3..4)),
        1 => json!(rng.u64(..)),
        _ => json!(pick(rng, &NUMBERS)),
    }
}

/// Now and then with one letter more or less.
pub(crate) fn mutated(rng: &mut Rng, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if rng.u8(..) < 60 {
        let at = rng.usize(..=letters.len());
        let letter = *pick(
            rng,
            &['0', '1', '9', '.', '-', '+', 'Z', ' ', ':', 'a', 'é', '٢'],
        );
        match rng.u8(..3) {
            0 => letters.insert(at, letter),
            1 if at < letters.len() => letters[at] = letter,
            _ if at < letters.len() => drop(letters.remove(at)),
            _ => {}
        }
    }
    letters.into_iter().collect()
}

/// Any JSON value, of what clauses compare with more than of other things.
pub(crate) fn any_value(rng: &mut Rng, depth: usize) -> Json {
    match rng.u8(..16) {
        0..5 => {
            let text = *pick(rng, &TEXTS);
            json!(mutated(rng, text))
        }
        5..8 => number(rng),
        8 => json!(rng.bool()),
        9 => date(rng),
        10 => version(rng),
        11 => json!(pick(rng, &KEYS)),
        12 if depth > 0 => {
            let properties = ["x", "y", "z", "a"];
            let object: Map<String, Json> = (0..rng.usize(..3))
                .map(|_| {
                    (
                        (*pick(rng, &properties)).to_owned(),
                        any_value(rng, depth - 1),
                    )
                })
                .collect();
            object.into()
        }
        13 | 14 if depth > 0 => (0..rng.usize(..4))
            .map(|_| any_value(rng, depth - 1))
            .collect(),
        _ => Json::Null,
    }
}
