//! Flags and segments in the data that SDKs receive, in each protocol.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The kind of the objects.
#[derive(Clone, Copy)]
pub(crate) enum Received {
    Flags,
    #[cfg_attr(
        not(feature = "launchdarkly-sdk"),
        allow(dead_code, reason = "only the SDK is given segments")
    )]
    Segments,
}

impl Received {
    /// The name of one of them.
    pub(crate) const fn one(self) -> &'static str {
        match self {
            Self::Flags => "flag",
            Self::Segments => "segment",
        }
    }

    const fn all(self) -> &'static str {
        match self {
            Self::Flags => "flags",
            Self::Segments => "segments",
        }
    }

    /// The objects by key: as they stand under a name (`FDv1`), and as events put and delete them (`FDv2`).
    pub(crate) fn of(self, data: &Json) -> BTreeMap<&str, &Json> {
        let mut objects = BTreeMap::new();
        if let Some(Json::Object(all)) = data.get(self.all()) {
            objects.extend(all.iter().map(|(key, object)| (key.as_str(), object)));
        }
        let events = data.get("events").and_then(Json::as_array);
        for event in events.into_iter().flatten() {
            let about = &event["data"];
            let (Some(key), true) = (about["key"].as_str(), about["kind"] == self.one()) else {
                continue;
            };
            match event["event"].as_str() {
                Some("put-object") => objects.insert(key, &about["object"]),
                Some("delete-object") => objects.remove(key),
                _ => None,
            };
        }
        objects
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_protocols_say_the_same() {
        let event = |event: &str, kind: &str, key: &str, object: Json| json!({"event": event, "data": {"kind": kind, "key": key, "version": 1, "object": object}});
        let second = json!({"events": [
            event("put-object", "flag", "page", json!({"salt": "a"})),
            event("put-object", "flag", "old", json!({"salt": "b"})),
            event("put-object", "segment", "beta", json!({"salt": "c"})),
            event("delete-object", "flag", "old", Json::Null),
        ]});
        let first = json!({"flags": {"page": {"salt": "a"}}, "segments": {"beta": {"salt": "c"}}});
        for received in [Received::Flags, Received::Segments] {
            assert_eq!(received.of(&first), received.of(&second));
            assert_eq!(received.of(&first).len(), 1);
        }
    }
}
