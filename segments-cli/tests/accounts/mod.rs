//! Segments as people's environments have them: random, and the same in every run.

pub(crate) mod odd;

use serde_json::{Value as Json, json};

/// A number that looks random.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// Segments as the service lists them. Each may ask those before it.
    pub(crate) fn segments(&mut self, count: usize) -> Vec<Json> {
        (0..count).map(|n| self.segment(n)).collect()
    }

    fn segment(&mut self, n: usize) -> Json {
        let key = format!("segment-{n}");
        // Half of them are managed already.
        let tag = ["managed-by.segments-as-code", "two"][n % 2];
        let mut segment = json!({
            "key": key,
            "name": format!("The \"{key}\"\n\u{7f}"),
            "tags": ["one", tag],
            "version": 1 + n,
        });
        if self.below(2) == 0 {
            segment["description"] = json!("Whom \"it\" is for");
        }
        if self.below(2) == 0 {
            segment["included"] = json!(["u-1", "u 2"]);
        }
        if self.below(3) == 0 {
            segment["excludedContexts"] = json!([{"contextKind": "org", "values": ["o-1"]}]);
        }
        let rules: Vec<Json> = (0..self.below(4))
            .map(|rule| self.rule(n, &format!("{n}-{rule}")))
            .collect();
        segment["rules"] = json!(rules);
        segment
    }

    fn rule(&mut self, earlier: usize, id: &str) -> Json {
        let mut clauses: Vec<Json> = (0..=self.below(3)).map(|_| self.clause(earlier)).collect();
        // Two clauses on one attribute may contradict each other, which `import` has to refuse.
        clauses.sort_by_key(tested);
        clauses.dedup_by_key(|clause| tested(clause));
        for (clause, n) in clauses.iter_mut().zip(0..) {
            clause["_id"] = json!(format!("clause-{id}-{n}"));
        }
        let mut rule = json!({"_id": format!("rule-{id}"), "clauses": clauses});
        if self.below(2) == 0 {
            rule["description"] = json!("a rule\nof two lines");
        }
        if self.below(3) == 0 {
            rule["weight"] = json!(1 + self.below(99_999));
            rule["rolloutContextKind"] = json!("device");
        }
        rule
    }

    fn clause(&mut self, earlier: usize) -> Json {
        let (attribute, op, values) = match self.below(if earlier > 0 { 9 } else { 8 }) {
            0 => ("email", "endsWith", json!(["@x.io", "\"quoted\"\\\u{7f}"])),
            1 => ("email", "matches", json!(["^a.*b$"])),
            2 => ("age", "greaterThan", json!([self.below(100)])),
            3 => ("rate", "lessThanOrEqual", json!([0.125])),
            4 => ("created", "before", json!([1_704_067_200_000_i64])),
            5 => ("version", "semVerLessThan", json!(["2.0.0"])),
            6 => ("beta", "in", json!([true])),
            7 => ("/address/city", "in", json!(["Zürich", "Łódź"])),
            _ => (
                "",
                "segmentMatch",
                json!([format!("segment-{}", self.below(earlier))]),
            ),
        };
        let kind = ["user", "device", "org"][self.below(3)];
        let mut clause = clause(kind, attribute, op, &values);
        clause["negate"] = json!(self.below(4) == 0);
        clause
    }
}

/// A clause that is not negated.
pub(crate) fn clause(kind: &str, attribute: &str, op: &str, values: &Json) -> Json {
    json!({"contextKind": kind, "attribute": attribute, "op": op, "values": values, "negate": false})
}

/// What a clause looks at.
fn tested(clause: &Json) -> String {
    let kind = if clause["op"] == "segmentMatch" {
        &clause["values"]
    } else {
        &clause["contextKind"]
    };
    format!("{kind} {}", clause["attribute"])
}
