//! The official evaluator, asked through its own types.

use std::collections::HashMap;

use launchdarkly_server_sdk_evaluation::{Context, Flag, FlagValue, Segment, Store, evaluate};
use serde_json::{Value as Json, json};

/// All segments of an environment, as an SDK holds them.
pub(crate) struct Official {
    segments: HashMap<String, Segment>,
}

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    In,
    Out,
    /// It gives up, and the flag takes the caller's default.
    Malformed,
}

impl Official {
    pub(crate) fn new(segments: &[Json]) -> Self {
        let segments = segments.iter().map(|json| {
            let segment: Segment = serde_json::from_value(json.clone())
                .unwrap_or_else(|error| panic!("{error}: {json}"));
            (segment.key.clone(), segment)
        });
        Self {
            segments: segments.collect(),
        }
    }

    /// A flag that is true for members is the only way to ask.
    pub(crate) fn flag(segment: &str) -> Flag {
        let flag = json!({
            "key": "flag", "version": 1, "on": true, "targets": [], "prerequisites": [], "salt": "",
            "rules": [{
                "id": "rule", "variation": 1, "trackEvents": false,
                "clauses": [{"attribute": "", "op": "segmentMatch", "values": [segment]}],
            }],
            "fallthrough": {"variation": 0}, "offVariation": 0, "variations": [false, true],
        });
        serde_json::from_value(flag).expect("the flag has the shape of data for SDKs")
    }

    pub(crate) fn ask(&self, segment: &str, context: &Context) -> Verdict {
        let flag = Self::flag(segment);
        match evaluate(self, &flag, context, None).value {
            Some(FlagValue::Bool(true)) => Verdict::In,
            Some(FlagValue::Bool(false)) => Verdict::Out,
            _ => Verdict::Malformed,
        }
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
