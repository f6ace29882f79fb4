//! The values that contexts have had in their attributes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// How many kinds, attributes of a kind, and values of an attribute are remembered.
const MOST: usize = 100;

/// The longest value that is remembered, as JSON, and the longest name of an attribute.
const LONGEST: usize = 1000;

/// How often each value was seen, by kind, attribute and the value's JSON.
#[derive(Debug, Default)]
pub(crate) struct SeenAttributes {
    kinds: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

impl SeenAttributes {
    /// Remembers a context in the service's JSON.
    pub(crate) fn remember(&mut self, context: &Json) {
        let kind = context["kind"].as_str().unwrap_or("user");
        let Some(members) = context.as_object() else {
            return;
        };
        if kind != "multi" {
            return self.remember_one(kind, members);
        }
        for (kind, context) in members {
            if let Some(members) = context.as_object() {
                self.remember_one(kind, members);
            }
        }
    }

    fn remember_one(&mut self, kind: &str, members: &serde_json::Map<String, Json>) {
        if kind.len() > LONGEST || (self.kinds.len() >= MOST && !self.kinds.contains_key(kind)) {
            return;
        }
        let attributes = self.kinds.entry(kind.to_owned()).or_default();
        for (name, value) in members {
            if matches!(name.as_str(), "kind" | "_meta") {
                continue;
            }
            if name.len() > LONGEST || (attributes.len() >= MOST && !attributes.contains_key(name))
            {
                continue;
            }
            let value = value.to_string();
            if value.len() > LONGEST {
                continue;
            }
            let values = attributes.entry(name.clone()).or_default();
            if values.len() < MOST || values.contains_key(&value) {
                *values.entry(value).or_default() += 1;
            }
        }
    }

    /// The names of attributes, by kind, each with how often it was seen: as many of a kind as are wanted.
    pub(crate) fn names(&self, limit: usize, wanted: impl Fn(&str, &str) -> bool) -> Vec<Json> {
        let of_kind = |(kind, attributes): (&String, &BTreeMap<String, BTreeMap<_, u64>>)| {
            let attributes = attributes.iter().filter(|(name, _)| wanted(kind, name));
            let names: Vec<Json> = attributes
                .map(|(name, values)| json!({"name": name, "weight": values.values().sum::<u64>()}))
                .take(limit)
                .collect();
            (!names.is_empty()).then(|| json!({"kind": kind, "names": names}))
        };
        self.kinds.iter().filter_map(of_kind).collect()
    }

    /// The values of an attribute, by kind, the most frequent first: as many of a kind as are wanted.
    pub(crate) fn values(
        &self,
        attribute: &str,
        limit: usize,
        wanted: impl Fn(&str, &Json) -> bool,
    ) -> Vec<Json> {
        let of_kind = |(kind, attributes): (&String, &BTreeMap<_, BTreeMap<String, u64>>)| {
            let mut seen: Vec<_> = attributes.get(attribute)?.iter().collect();
            seen.sort_by_key(|(_, weight)| std::cmp::Reverse(**weight));
            let values: Vec<Json> = seen
                .into_iter()
                .map(|(value, weight)| {
                    let value: Json = serde_json::from_str(value).unwrap_or_default();
                    (value, weight)
                })
                .filter(|(value, _)| wanted(kind, value))
                .map(|(value, weight)| json!({"name": value, "weight": weight}))
                .take(limit)
                .collect();
            (!values.is_empty()).then(|| json!({"kind": kind, "values": values}))
        };
        self.kinds.iter().filter_map(of_kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_kind_the_most_frequent_first() {
        let mut seen = SeenAttributes::default();
        for context in [
            json!({"kind": "user", "key": "a", "plan": "pro"}),
            json!({"kind": "multi", "user": {"key": "b", "plan": 7}, "org": {"key": "o", "plan": true}}),
            json!({"key": "c", "plan": 7}),
        ] {
            seen.remember(&context);
        }
        assert_eq!(
            json!(seen.values("plan", 9, |_, _| true)),
            json!([
                {"kind": "org", "values": [{"name": true, "weight": 1}]},
                {"kind": "user", "values": [{"name": 7, "weight": 2}, {"name": "pro", "weight": 1}]},
            ])
        );
        assert_eq!(json!(seen.values("other", 9, |_, _| true)), json!([]));
        let of_users = seen.values("plan", 1, |kind, _| kind == "user");
        assert_eq!(
            json!(of_users),
            json!([{"kind": "user", "values": [{"name": 7, "weight": 2}]}])
        );
        let names = [
            json!({"name": "key", "weight": 1}),
            json!({"name": "plan", "weight": 1}),
        ];
        assert_eq!(
            seen.names(9, |_, _| true)[0],
            json!({"kind": "org", "names": names})
        );
    }
}
