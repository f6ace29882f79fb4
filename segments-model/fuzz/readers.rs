// The readers of files and of JSON that others wrote. Each takes any bytes, and has to come to an end.

use segments_model::diagnostic::{json, sarif};
use segments_model::evaluate::{CompiledSegments, ContextInstance, ndjson};
use segments_model::{OPERATORS, file, wire};

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

/// What stands where in a file that is being typed.
pub fn outline(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let middle = text.floor_char_boundary(text.len() / 2);
    let mut outline = file::Outline::new(&text[..middle]);
    outline.edit(&text, &(middle..middle), text.len() - middle);
    let names = |outline: &file::Outline| -> Vec<_> {
        outline
            .names()
            .map(|(span, symbol, _)| (span, symbol.clone()))
            .collect()
    };
    assert_eq!(names(&outline), names(&file::Outline::new(&text)));
    for at in [0, middle, text.len()] {
        let _ = outline.cursor(&text, at);
        for part in outline.parts(&text, &(at..at)) {
            assert!(text.get(part.removal(&text)).is_some());
        }
    }
    for (span, _) in outline.words(&text, &(0..text.len())) {
        assert!(text.get(span).is_some());
    }
    drop(outline.sections());
}

/// A file of definitions.
pub fn read(bytes: &[u8]) {
    let report = file::read("segments.toml", bytes);
    // Whatever is found can be shown, in every form.
    let _ = report.to_string();
    for found in report.diagnostics() {
        let _ = json(found, report.source());
    }
    let _ = sarif([(report.source(), report.diagnostics())]);
    // What was read without an error is read in the same way again.
    if let Some(file) = report.file() {
        let again = file::read("segments.toml", bytes);
        assert_eq!(again.file(), Some(file));
    }
}

/// Bytes in the places of a file that is otherwise right: which operator and which type, a number, and
/// two texts.
pub fn clause(bytes: &[u8]) {
    let Some((&[operator, attribute_type, ref number @ ..], texts)) =
        bytes.split_first_chunk::<10>()
    else {
        return;
    };
    let number = f64::from_le_bytes(*number);
    let (text, other) = texts.split_at(texts.len() / 2);
    let operator = OPERATORS[usize::from(operator) % OPERATORS.len()].wire;
    let types = ["bool", "string", "number", "date", "semver", "any"];
    let attribute_type = types[usize::from(attribute_type) % types.len()];
    let [text, other] = [text, other].map(|text| quoted(&String::from_utf8_lossy(text)));
    let file = format!(
        "[contexts.user.attributes]\n{other} = {{ type = \"{attribute_type}\", one_of = [{text}, {number:?}] }}\n\
         [segments.{text}]\n\
         rules = [{{ clauses = [{{ attribute = {other}, op = \"{operator}\", values = [{text}, {other}, {number:?}] }}] }}]\n\
         [[segments.{text}.examples]]\nmember = true\ncontext = {{ user = {{ key = {text}, {other} = {text} }} }}\n"
    );
    let report = file::read("segments.toml", file.as_bytes());
    let _ = report.to_string();
}

/// A TOML string of any text.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
