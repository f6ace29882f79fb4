//! The contexts that were evaluated in an environment. The real service also knows those that SDKs have
//! sent.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Map, Value as Json};

use super::seen_attributes::SeenAttributes;

/// How many instances are remembered.
const MOST: usize = 1000;

/// The longest instance that is remembered, as JSON.
const LONGEST: usize = 16 * 1024;

/// The contexts that an environment has seen: those that came together, and the values of their
/// attributes.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) attributes: SeenAttributes,
    /// By identifier and application.
    instances: BTreeMap<(String, String), SeenInstance>,
    /// How many there were, so that what comes in one moment has an order, too.
    count: u64,
}

/// Contexts that came together, as they were the last time.
#[derive(Debug, Clone)]
pub(crate) struct SeenInstance {
    /// Made of the kinds and keys.
    pub(crate) id: String,
    pub(crate) application: String,
    /// Milliseconds since 1970.
    pub(crate) last_seen: i64,
    pub(crate) serial: u64,
    /// One context, or one of kind `multi`, in the service's JSON.
    pub(crate) context: Json,
}

/// One context of an instance.
pub(crate) struct SeenContext<'a> {
    pub(crate) kind: &'a str,
    pub(crate) key: &'a str,
    /// Without its kind where it stands in one of kind `multi`.
    pub(crate) members: &'a Map<String, Json>,
}

impl Seen {
    /// Remembers a context in the service's JSON, and who asked about it.
    pub(crate) fn remember(&mut self, context: &Json, application: &str, now: i64) {
        self.attributes.remember(context);
        if context.to_string().len() > LONGEST || application.len() > LONGEST {
            return;
        }
        self.count += 1;
        let instance = SeenInstance {
            id: identifier(context),
            application: application.to_owned(),
            last_seen: now,
            serial: self.count,
            context: context.clone(),
        };
        let place = (instance.id.clone(), instance.application.clone());
        self.instances.insert(place, instance);
        if self.instances.len() > MOST {
            let oldest = self.instances.values().min_by_key(|it| it.serial);
            let oldest = oldest.map(|it| (it.id.clone(), it.application.clone()));
            oldest.and_then(|place| self.instances.remove(&place));
        }
    }

    /// The instances, the oldest first.
    pub(crate) fn instances(&self) -> Vec<&SeenInstance> {
        let mut instances: Vec<_> = self.instances.values().collect();
        instances.sort_by_key(|it| it.serial);
        instances
    }

    /// Forgets the instances of an identifier.
    pub(crate) fn forget(&mut self, id: &str) {
        self.instances.retain(|(known, _), _| known != id);
    }
}

impl SeenInstance {
    /// The contexts in it, one of each kind.
    pub(crate) fn contexts(&self) -> Vec<SeenContext<'_>> {
        contexts(&self.context)
    }
}

impl<'a> SeenContext<'a> {
    fn read(kind: &'a str, context: &'a Json) -> Option<Self> {
        let members = context.as_object()?;
        let key = members.get("key")?.as_str()?;
        Some(Self { kind, key, members })
    }
}

fn contexts(context: &Json) -> Vec<SeenContext<'_>> {
    let kind = context["kind"].as_str().unwrap_or("user");
    match context.as_object() {
        Some(members) if kind == "multi" => members
            .iter()
            .filter_map(|(kind, context)| SeenContext::read(kind, context))
            .collect(),
        _ => SeenContext::read(kind, context).into_iter().collect(),
    }
}

/// Kinds and keys in one word, as the service makes it: `org:launchdarkly`, in Base64.
fn identifier(context: &Json) -> String {
    let contexts = contexts(context);
    let mut names: Vec<String> = contexts
        .iter()
        .map(|it| format!("{}:{}", it.kind, it.key))
        .collect();
    names.sort_unstable();
    BASE64_URL_SAFE_NO_PAD.encode(names.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_instance_is_remembered_once_for_each_application() {
        let mut seen = Seen::default();
        let org = json!({"kind": "org", "key": "launchdarkly", "plan": "pro"});
        seen.remember(&org, "a/1", 1);
        seen.remember(
            &json!({"kind": "multi", "org": {"key": "o"}, "user": {"key": "u"}}),
            "a/1",
            2,
        );
        seen.remember(&org, "b/1", 3);
        seen.remember(&json!({"kind": "org", "key": "launchdarkly"}), "a/1", 4);
        let instances = seen.instances();
        let told: Vec<_> = instances
            .iter()
            .map(|it| (it.contexts().len(), it.last_seen))
            .collect();
        assert_eq!(told, [(2, 2), (1, 3), (1, 4)]);
        assert_eq!(instances[2].id, "b3JnOmxhdW5jaGRhcmtseQ");
        assert_eq!(instances[2].context.get("plan"), None);
        seen.forget("b3JnOmxhdW5jaGRhcmtseQ");
        assert_eq!(seen.instances().len(), 1);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let mut seen = Seen::default();
        for number in 0..=MOST {
            seen.remember(&json!({"key": number.to_string()}), "", 0);
        }
        seen.remember(&json!({"key": "long", "text": "x".repeat(LONGEST)}), "", 0);
        let instances = seen.instances();
        assert_eq!(instances.len(), MOST);
        assert_eq!(instances[0].context["key"], "1");
    }
}
