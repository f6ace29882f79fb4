//! What accounts have that is odd, and what becomes of each when it is imported.

use serde_json::{Value as Json, json};

use super::clause;

/// What becomes of a segment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    /// It is written down.
    Imported,
    /// It is not; the reason says this.
    LeftOut(&'static str),
    /// It is left to this owner.
    Theirs(&'static str),
}

use Fate::{Imported, LeftOut, Theirs};

/// An odd segment.
#[allow(dead_code, reason = "one test is about files, another about Rust")]
pub(crate) struct Odd {
    pub(crate) segment: Json,
    pub(crate) toml: Fate,
    pub(crate) rust: Fate,
}

/// A segment with one rule, which is this.
fn rule(key: &str, mut rule: Json) -> Json {
    rule["_id"] = json!(format!("rule-{key}"));
    for (clause, n) in rule["clauses"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .zip(0..)
    {
        clause["_id"] = json!(format!("clause-{key}-{n}"));
    }
    json!({"key": key, "name": key, "version": 3, "tags": [], "rules": [rule]})
}

/// A segment with one rule of one clause.
fn one(key: &str, clause: &Json) -> Json {
    rule(key, json!({"clauses": [clause]}))
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "rows of the table read better without references"
)]
fn on(key: &str, attribute: &str, op: &str, values: Json) -> Json {
    one(key, &clause("user", attribute, op, &values))
}

fn not(mut clause: Json) -> Json {
    clause["negate"] = json!(true);
    clause
}

fn with(mut segment: Json, name: &str, value: Json) -> Json {
    segment[name] = value;
    segment
}

/// All of them: with what becomes of each as a file, and as Rust.
#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn odd() -> Vec<Odd> {
    let by = |key: &str, by: &str| {
        rule(
            key,
            json!({"clauses": [], "weight": 10_000, "rolloutContextKind": "user", "bucketBy": by}),
        )
    };
    let weight = |key: &str, weight: i64| rule(key, json!({"clauses": [], "weight": weight}));
    let big = |key: &str| json!({"key": key, "name": key, "version": 1, "unbounded": true, "unboundedContextKind": "user"});
    let groups = |value: &str| clause("user", "groups", "in", &json!([value]));
    let two_rules = json!([
        {"_id": "beta", "clauses": [not(with(groups("beta"), "_id", json!("beta")))]},
        {"_id": "eu", "clauses": [with(groups("eu"), "_id", json!("eu"))]},
    ]);
    let table = [
        // References to attributes.
        (
            on("slash-email", "/email", "endsWith", json!(["@x.io"])),
            Imported,
            Imported,
        ),
        (
            one(
                "name-with-slash",
                &json!({"attribute": "/email", "op": "in", "values": ["a"]}),
            ),
            Imported,
            Imported,
        ),
        (
            on("empty-part", "/a//b", "in", json!(["a"])),
            LeftOut("empty part"),
            LeftOut("empty part"),
        ),
        (
            on("bad-escape", "/a~2", "in", json!(["a"])),
            LeftOut("lone `~`"),
            LeftOut("lone `~`"),
        ),
        (
            by("split-by-bad-escape", "/a~2"),
            LeftOut("lone `~`"),
            LeftOut("lone `~`"),
        ),
        (
            on("in-a-name", "/name/first", "in", json!(["Ann"])),
            LeftOut("`name` is built in"),
            LeftOut("`name` is built in"),
        ),
        // What every context has.
        (
            on("slash-key", "/key", "startsWith", json!(["u-"])),
            Imported,
            Imported,
        ),
        (
            on("slash-anonymous", "/anonymous", "in", json!([true])),
            Imported,
            Imported,
        ),
        (by("split-by-slash-key", "/key"), Imported, Imported),
        (by("split-by-anonymous", "/anonymous"), Imported, Imported),
        (by("split-by-kind", "kind"), Imported, Imported),
        (
            on("kind", "kind", "in", json!(["device", "org"])),
            Imported,
            Imported,
        ),
        (
            one(
                "slash-kind",
                &not(clause("org", "/kind", "in", &json!(["device"]))),
            ),
            Imported,
            Imported,
        ),
        (
            on("kinds-by-name", "kind", "startsWith", json!(["dev"])),
            Imported,
            LeftOut("`startsWith` on `kind` compares names"),
        ),
        (
            on("kind-multi", "kind", "in", json!(["multi"])),
            LeftOut("`multi` is not a context kind"),
            LeftOut("`multi` is not a context kind"),
        ),
        // One attribute in several ways.
        (
            on("address-as-text", "address", "contains", json!(["Bern"])),
            Imported,
            LeftOut("`address` of kind `user` is a value for some"),
        ),
        (
            on("address-as-object", "/address/city", "in", json!(["Bern"])),
            Imported,
            Imported,
        ),
        (
            on("email-as-number", "email", "in", json!([1])),
            Imported,
            LeftOut("most segments compare `email`"),
        ),
        // Nobody knows how many values an attribute holds.
        (
            rule(
                "two-groups",
                json!({"clauses": [groups("admin"), groups("eu")]}),
            ),
            Imported,
            Imported,
        ),
        (
            json!({"key": "not-beta-or-eu", "name": "N", "version": 1, "rules": two_rules}),
            Imported,
            Imported,
        ),
        (
            rule(
                "two-keys",
                json!({"clauses": [
                    clause("user", "key", "in", &json!(["a"])), clause("user", "key", "in", &json!(["b"])),
                ]}),
            ),
            LeftOut("rule 1: this rule never matches"),
            LeftOut("rule 1: this rule never matches"),
        ),
        // Operators and values.
        (
            on("no-operator", "a", "near", json!(["b"])),
            LeftOut("`near` is not"),
            LeftOut("`near` is not"),
        ),
        (
            on("null-value", "a", "in", json!([null])),
            LeftOut("null is no"),
            LeftOut("null is no"),
        ),
        (
            on("nested-value", "a", "in", json!([["b"]])),
            LeftOut("[\"b\"] is no"),
            LeftOut("[\"b\"] is no"),
        ),
        (
            on("long-number", "a", "in", json!([9_007_199_254_740_993_i64])),
            LeftOut("beyond 2^53"),
            LeftOut("beyond 2^53"),
        ),
        (
            on("no-values", "a", "in", json!([])),
            LeftOut("no values"),
            LeftOut("no values"),
        ),
        (
            on("empty-text", "a", "contains", json!([""])),
            LeftOut("the empty string"),
            LeftOut("the empty string"),
        ),
        (
            on("look-ahead", "a", "matches", json!(["a(?=b)"])),
            LeftOut("rule 1: "),
            LeftOut("rule 1: "),
        ),
        (
            on("twice", "a", "in", json!(["b", "c", "b"])),
            Imported,
            Imported,
        ),
        // Percentages.
        (weight("weight-of-all", 100_000), Imported, Imported),
        (
            weight("weight-of-none", 0),
            LeftOut("rule 1: "),
            LeftOut("rule 1: "),
        ),
        // Segments as wholes.
        (
            with(
                big("big-with-rules"),
                "rules",
                json!([{"_id": "r", "clauses": []}]),
            ),
            LeftOut("it is a big segment with 1 rule"),
            LeftOut("it is a big segment with 1 rule"),
        ),
        (
            with(big("big-with-lists"), "included", json!(["u-1"])),
            LeftOut("also lists contexts"),
            LeftOut("also lists contexts"),
        ),
        (
            one(
                "not-banned",
                &not(clause("user", "", "segmentMatch", &json!(["banned"]))),
            ),
            LeftOut("rule 1: segment `banned` does not exist"),
            LeftOut("rule 1: segment `banned` does not exist"),
        ),
        (
            with(
                on("synced", "a", "in", json!(["b"])),
                "_external",
                json!("amplitude"),
            ),
            LeftOut("`amplitude` manages it"),
            LeftOut("`amplitude` manages it"),
        ),
        (
            with(
                on("of-terraform", "a", "in", json!(["b"])),
                "tags",
                json!(["managed-by.terraform"]),
            ),
            Theirs("terraform"),
            Theirs("terraform"),
        ),
        (
            one(
                "asks-theirs",
                &clause("user", "", "segmentMatch", &json!(["of-terraform"])),
            ),
            Imported,
            LeftOut("`of-terraform`, which is not imported"),
        ),
        (
            with(
                on("revised", "a", "in", json!(["b"])),
                "tags",
                json!(["rev.x", "rev.07", "rev.7"]),
            ),
            Imported,
            Imported,
        ),
        (
            one(
                "circle-a",
                &clause("user", "", "segmentMatch", &json!(["circle-b"])),
            ),
            Imported,
            LeftOut("`circle-b`, which is not imported"),
        ),
        (
            one(
                "circle-b",
                &clause("user", "", "segmentMatch", &json!(["circle-a"])),
            ),
            LeftOut("circle"),
            LeftOut("circle"),
        ),
        (
            with(
                with(
                    on("on-both-lists", "a", "in", json!(["b"])),
                    "included",
                    json!(["u"]),
                ),
                "excluded",
                json!(["u"]),
            ),
            LeftOut("both included and excluded"),
            LeftOut("both included and excluded"),
        ),
        (
            with(on("no-name", "a", "in", json!(["b"])), "name", json!(" ")),
            LeftOut("the name is empty"),
            LeftOut("the name is empty"),
        ),
        (
            with(
                on("listed-twice", "a", "in", json!(["b"])),
                "includedContexts",
                json!([{"contextKind": "user", "values": ["u", "u"]}, {"contextKind": "org", "values": []}]),
            ),
            Imported,
            Imported,
        ),
    ];
    let table = table.into_iter();
    table
        .map(|(segment, toml, rust)| Odd {
            segment,
            toml,
            rust,
        })
        .collect()
}

/// An account of 300 segments, these among them.
#[allow(dead_code, reason = "of one test")]
pub(crate) fn account() -> Vec<Json> {
    let odd: Vec<Json> = odd().into_iter().map(|odd| odd.segment).collect();
    let plain = (0..300 - odd.len()).map(|n| {
        let key = format!("plain-{n}");
        let value = json!([format!("@{n}.com")]);
        on(&key, "email", "endsWith", value)
    });
    plain.chain(odd).collect()
}
