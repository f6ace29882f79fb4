//! The JSON Schema of `segments.toml` accepts and refuses what the reader does.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use segments_model::{Severity, file};

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("toml")
        .join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let files: Vec<_> = paths
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    assert!(!files.is_empty());
    files
}

/// What a language server checks: the tables as JSON, dates as text.
fn json(text: &str) -> serde_json::Value {
    fn value(toml: toml::Value) -> serde_json::Value {
        match toml {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(array) => array.into_iter().map(value).collect(),
            toml::Value::Table(table) => table
                .into_iter()
                .map(|(key, it)| (key, value(it)))
                .collect(),
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
        }
    }
    value(toml::Value::Table(toml::from_str(text).unwrap()))
}

#[test]
fn what_the_reader_accepts_the_schema_accepts() {
    let schema = jsonschema::draft7::new(&file::json_schema()).unwrap();
    for (path, text) in files("good") {
        let report = file::read(&path.display().to_string(), text.as_bytes());
        assert_eq!(report.to_string(), "");
        let json = json(&text);
        let errors: Vec<_> = schema
            .iter_errors(&json)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[test]
fn what_a_schema_can_refuse_both_refuse() {
    let schema = jsonschema::draft7::new(&file::json_schema()).unwrap();
    for (path, text) in files("refused") {
        let report = file::read(&path.display().to_string(), text.as_bytes());
        let mut found = report.diagnostics().iter();
        let error = found.any(|found| found.severity() == Severity::Error);
        assert!(error, "{} is read: {report}", path.display());
        assert!(
            !schema.is_valid(&json(&text)),
            "{} is valid",
            path.display()
        );
    }
}

/// Where each value stands: not tables under headers, which are many places.
fn values(text: &str) -> Vec<Range<usize>> {
    use toml::Spanned;
    use toml::de::{DeTable, DeValue};

    fn walk(value: &Spanned<DeValue<'_>>, text: &str, spans: &mut Vec<Range<usize>>) {
        match value.get_ref() {
            DeValue::Array(elements) => elements.iter().for_each(|it| walk(it, text, spans)),
            DeValue::Table(table) => table.values().for_each(|it| walk(it, text, spans)),
            _ => {}
        }
        let written = &text[value.span()];
        if !value.get_ref().is_table() && !written.starts_with("[[") || written.starts_with('{') {
            spans.push(value.span());
        }
    }
    let mut spans = Vec::new();
    let table = DeTable::parse(text).unwrap();
    let values = table.get_ref().values();
    values.for_each(|it| walk(it, text, &mut spans));
    spans
}

/// Each value of files that are right, exchanged for another: what JSON or the service cannot carry is
/// an error wherever it stands, and what the reader still takes, the schema takes, too.
#[test]
fn odd_values_are_refused_wherever_they_stand() {
    let schema = jsonschema::draft7::new(&file::json_schema()).unwrap();
    let never = ["nan", "1e999", "9007199254740993", "2024-05-03T00:00:00"];
    let sometimes = ["''", "-1", "{}", "[]", "true"];
    let (mut refused, mut taken) = (0, 0);
    for (path, text) in files("good") {
        for span in values(&text) {
            let (before, after) = (&text[..span.start], &text[span.end..]);
            let of_any_type = before
                .lines()
                .last()
                .is_some_and(|line| line.contains("legacy = "));
            for odd in never.into_iter().chain(sometimes) {
                let changed = format!("{before}{odd}{after}");
                let report = file::read("segments.toml", changed.as_bytes());
                let place = format!("{odd} at {span:?} of {}", path.display());
                if report.has_errors() {
                    refused += 1;
                    continue;
                }
                taken += 1;
                assert!(schema.is_valid(&json(&changed)), "{place} is not valid");
                // A date is a text in an attribute of any type.
                let date = of_any_type && odd.contains('T');
                assert!(date || !never.contains(&odd), "{place} is read");
            }
        }
    }
    assert!(refused > 1000 && taken > 50, "{refused} {taken}");
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&file::json_schema()));
}
