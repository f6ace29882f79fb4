//! The official evaluator, prepared as an SDK prepares it.

use std::collections::HashMap;

use launchdarkly_server_sdk_evaluation::{Context, Flag, FlagValue, Segment, Store, evaluate};
use segments_model::{Definition, Serve, Targeting, wire};
use serde_json::{Value as Json, json};

/// A flag, and the segments that it asks.
pub(crate) struct Official {
    flag: Flag,
    segments: HashMap<String, Segment>,
}

const WRONG: &str = "the benchmark writes data for SDKs";

impl Official {
    /// One segment, and a flag that is true for its members.
    pub(crate) fn new(segment: &Json) -> Self {
        let key = &segment["key"];
        let flag = json!({
            "key": "flag", "version": 1, "on": true, "targets": [], "prerequisites": [], "salt": "",
            "rules": [{
                "id": "rule", "variation": 1, "trackEvents": false,
                "clauses": [{"attribute": "", "op": "segmentMatch", "values": [key]}],
            }],
            "fallthrough": {"variation": 0}, "offVariation": 0, "variations": [false, true],
        });
        Self::of(flag, [segment.clone()])
    }

    /// An AI Config without splits, as a flag whose variations are the keys.
    pub(crate) fn of_targeting(targeting: &Targeting, segments: &[Definition]) -> Self {
        let place = |serve: &Serve| {
            let served = serve.variations().next();
            let mut variations = targeting.variations.iter();
            variations.position(|known| Some(known) == served)
        };
        let rules = targeting.rules().iter().enumerate().map(|(index, rule)| {
            let clauses = wire::Rule::from(&rule.condition()).clauses;
            json!({
                "id": index.to_string(), "variation": place(&rule.serve), "trackEvents": false,
                "clauses": clauses,
            })
        });
        let flag = json!({
            "key": targeting.resource.key(), "version": 1, "on": true, "targets": [],
            "prerequisites": [], "salt": "", "rules": rules.collect::<Vec<_>>(),
            "fallthrough": {"variation": targeting.fallthrough.as_ref().and_then(place)},
            "offVariation": 0,
            "variations": targeting.variations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        let segments = segments.iter().map(|definition| {
            let mut json = json!(wire::Segment::from(definition));
            json["salt"] = json!("salty");
            json
        });
        Self::of(flag, segments)
    }

    fn of(flag: Json, segments: impl IntoIterator<Item = Json>) -> Self {
        let segments = segments.into_iter().map(|segment| {
            let key = segment["key"].as_str().expect(WRONG).to_owned();
            (key, serde_json::from_value(segment).expect(WRONG))
        });
        Self {
            flag: serde_json::from_value(flag).expect(WRONG),
            segments: segments.collect(),
        }
    }

    pub(crate) fn contains(&self, context: &Context) -> bool {
        matches!(
            evaluate(self, &self.flag, context, None).value,
            Some(FlagValue::Bool(true))
        )
    }

    /// Whether the context is served this variation.
    pub(crate) fn serves(&self, context: &Context, variation: &str) -> bool {
        matches!(
            evaluate(self, &self.flag, context, None).value,
            Some(FlagValue::Str(served)) if served == variation
        )
    }
}

impl Store for Official {
    fn flag(&self, _key: &str) -> Option<Flag> {
        None
    }

    fn segment(&self, key: &str) -> Option<Segment> {
        self.segments.get(key).cloned()
    }
}
