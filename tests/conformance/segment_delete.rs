//! *deleteSegment*.

use serde_json::json;

use crate::row::{Row, SEGMENTS, delete, get, row, semantic};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("deleteSegment: 204, and then it is gone")
            .segment("beta")
            .then(delete(format!("{SEGMENTS}/beta")).gives(204))
            .then(get(format!("{SEGMENTS}/beta")).refused(404, "not_found"))
            .then(get(SEGMENTS).shaped(json!({"items": [], "totalCount": 0}))),
        row("deleteSegment: an unknown segment is 404")
            .then(delete(format!("{SEGMENTS}/nobody")).refused(404, "not_found")),
        row("deleteSegment: a segment that another one asks can be deleted")
            .segment("a")
            .segment("b")
            .then(semantic(
                "b",
                json!([{"kind": "addRule", "clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["a"]}]}]),
            ))
            .then(delete(format!("{SEGMENTS}/a")).gives(204)),
        row("deleteSegment: strictly, a segment that another one asks stays")
            .behavior(|behavior| behavior.refuse_delete_in_use = true)
            .segment("a")
            .segment("b")
            .then(semantic(
                "b",
                json!([{"kind": "addRule", "clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["a"]}]}]),
            ))
            .then(delete(format!("{SEGMENTS}/a")).refused(409, "conflict"))
            .then(get(format!("{SEGMENTS}/a"))),
    ]
}
