//! Any bytes as a file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use segments_model::diagnostic::{json, sarif};
use segments_model::file;

fuzz_target!(|bytes: &[u8]| {
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
});
