//! The JSON Schema of `segments.toml` accepts and refuses what the reader does.

use std::fs;
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

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&file::json_schema()));
}
