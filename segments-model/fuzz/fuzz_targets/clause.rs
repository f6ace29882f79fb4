//! Texts in the places of a file that is otherwise right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use segments_model::{OPERATORS, file};

fuzz_target!(|input: (u8, u8, String, String, f64)| {
    let (operator, attribute_type, text, other, number) = input;
    let operator = OPERATORS[usize::from(operator) % OPERATORS.len()].wire;
    let types = ["bool", "string", "number", "date", "semver", "any"];
    let attribute_type = types[usize::from(attribute_type) % types.len()];
    let [text, other] = [text, other].map(|text| quoted(&text));
    let file = format!(
        "[contexts.user.attributes]\n{other} = {{ type = \"{attribute_type}\", one_of = [{text}, {number:?}] }}\n\
         [segments.{text}]\n\
         rules = [{{ clauses = [{{ attribute = {other}, op = \"{operator}\", values = [{text}, {other}, {number:?}] }}] }}]\n\
         [[segments.{text}.examples]]\nmember = true\ncontext = {{ user = {{ key = {text}, {other} = {text} }} }}\n"
    );
    let report = file::read("segments.toml", file.as_bytes());
    let _ = report.to_string();
});

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
