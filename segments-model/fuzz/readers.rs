// The readers of JSON that others wrote. Each takes any bytes, and has to come to an end.

use segments_model::evaluate::{CompiledSegments, ContextInstance, ndjson};
use segments_model::wire;

/// A context, and what some segment says of it.
pub fn context(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let segment = r#"{"key": "s", "rules": [{"clauses": [
        {"contextKind": "user", "attribute": "/a/b", "op": "in", "values": [1]},
        {"contextKind": "org", "attribute": "name", "op": "matches", "values": ["^a"]}
    ]}]}"#;
    let segments = CompiledSegments::from_json(segment).expect("the segment is right");
    if let Ok(context) = ContextInstance::from_json(text) {
        let _ = segments.explain("s", &context).map(|it| it.to_string());
    }
    for context in ndjson(bytes) {
        drop(context);
    }
}

/// Segments in any of the forms in which people have them, asked about a context.
pub fn segments(bytes: &[u8]) {
    let user = r#"{"kind": "user", "key": "u-1", "a": {"b": 1}, "version": "1.0", "at": 5}"#;
    let user = ContextInstance::from_json(user).expect("the context is right");
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match CompiledSegments::from_json(text) {
        Ok(segments) => {
            let alone: Vec<_> = segments
                .memberships(&user)
                .map(|(_, it)| it.known())
                .collect();
            let explained = segments.explanations(segments.keys(), &user);
            let explained: Vec<_> = explained.iter().map(|it| it.membership.known()).collect();
            assert_eq!(alone, explained);
        }
        Err(error) => drop(error.to_string()),
    }
}

/// The answers of the REST API.
pub fn rest(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if wire::bounded(bytes).is_err() {
        return;
    }
    drop(serde_json::from_str::<wire::Page<wire::Segment>>(text));
    drop(serde_json::from_str::<wire::Segment>(text));
    drop(serde_json::from_str::<wire::EnvironmentTargeting>(text));
    drop(serde_json::from_str::<wire::ErrorBody>(text));
}
