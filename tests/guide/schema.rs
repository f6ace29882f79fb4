//! The JSON Schema that editors fetch is the one that `cargo segments schema` prints.

use std::fs;

use segments_model::file;

use crate::root;

/// `SchemaStore` leads editors to the file in this repository.
#[test]
fn what_schemastore_leads_to_is_the_schema() {
    let folder = root().join("editors/schemastore");
    let path = folder.join("segments.schema.json");
    let expected = format!("{:#}\n", file::json_schema());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text == expected,
        "`segments.schema.json` is not what `cargo segments schema` prints; write it with UPDATE=1"
    );
    let entry = fs::read_to_string(folder.join("catalog-entry.json")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    assert_eq!(entry["fileMatch"], serde_json::json!(["segments.toml"]));
    let url = entry["url"].as_str().unwrap();
    assert!(url.starts_with("https://raw.githubusercontent.com/segments-as-code/segments/"));
    assert!(url.ends_with("/editors/schemastore/segments.schema.json"));
}
