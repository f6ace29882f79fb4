//! The official evaluator, prepared as an SDK prepares it.

use launchdarkly_server_sdk_evaluation::{Context, Flag, FlagValue, Segment, Store, evaluate};
use serde_json::{Value as Json, json};

/// One segment, and a flag that is true for its members.
pub(crate) struct Official {
    flag: Flag,
    segment: Segment,
}

impl Official {
    pub(crate) fn new(segment: &Json) -> Self {
        let flag = json!({
            "key": "flag", "version": 1, "on": true, "targets": [], "prerequisites": [], "salt": "",
            "rules": [{
                "id": "rule", "variation": 1, "trackEvents": false,
                "clauses": [{"attribute": "", "op": "segmentMatch", "values": [segment["key"]]}],
            }],
            "fallthrough": {"variation": 0}, "offVariation": 0, "variations": [false, true],
        });
        let wrong = "the benchmark writes data for SDKs";
        Self {
            flag: serde_json::from_value(flag).expect(wrong),
            segment: serde_json::from_value(segment.clone()).expect(wrong),
        }
    }

    pub(crate) fn contains(&self, context: &Context) -> bool {
        matches!(
            evaluate(self, &self.flag, context, None).value,
            Some(FlagValue::Bool(true))
        )
    }
}

impl Store for Official {
    fn flag(&self, _key: &str) -> Option<Flag> {
        None
    }

    fn segment(&self, key: &str) -> Option<Segment> {
        (self.segment.key == key).then(|| self.segment.clone())
    }
}
