//! Files that somebody sends in a pull request.

use std::time::{Duration, Instant};

use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::file;

/// Reads a file, and gives everything that is said about it, as a terminal would show it.
fn said(text: &str) -> String {
    let begin = Instant::now();
    let shown = file::read("segments.toml", text.as_bytes()).to_string();
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "it takes too long"
    );
    assert!(
        !shown.replace('\n', "").contains(char::is_control),
        "{shown:?}"
    );
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
    shown
}

#[test]
fn a_deep_file_does_not_exhaust_the_stack() {
    for deep in [
        format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("x = {}1{}", "{a=".repeat(100_000), "}".repeat(100_000)),
        format!("{}x = 1", "a.".repeat(20_000)),
        format!("[{}x]", "a.".repeat(20_000)),
    ] {
        assert!(said(&deep).starts_with("error"));
    }
}

/// Messages repeat what the file says, and the lines themselves are shown.
#[test]
fn what_a_file_says_steers_no_terminal() {
    for evil in [r"\u001b[2J", r"\u009b1m", r"\u202eliam", r"\r\nerror: fine"] {
        let text = format!(
            "[segments.\"a{evil}\"]\nnobody = true\ntags = [\"{evil}\"]\nx = \"{evil}\"\n\"{evil}\" = 1\n"
        );
        assert!(said(&text).contains("error"));
    }
    for evil in ['\u{9b}', '\u{202e}', '\u{2066}'] {
        let text = format!("[segments.a] # {evil}\nnobody = true\nx{evil} = 1\n");
        assert!(said(&text).contains("error"));
        let text = format!("[segments.a]\nnobody = true\n\"x{evil}\" = 1 # {evil}\n");
        assert!(said(&text).contains("error"));
    }
}

/// Expressions that grow when they are compiled are refused, and those that remain take time in
/// proportion to the text.
#[test]
fn a_pattern_takes_neither_all_memory_nor_all_time() {
    let clause = |pattern: &str| {
        format!(
            "contexts.user.attributes.email = 'string'\n[segments.a]\ndescription = 'd'\n\
             [[segments.a.rules]]\nclauses = [{{ attribute = 'email', op = 'matches', values = ['{pattern}'] }}]\n"
        )
    };
    let grown = said(&clause("(((a{1000}){1000}){1000})"));
    assert!(grown.contains("pattern-invalid"), "{grown}");

    let report = file::read("segments.toml", clause("^(a+)+$").as_bytes());
    let file = report
        .into_file()
        .expect("backtracking is not how it is matched");
    let definitions = file.segments.iter().map(|segment| &segment.definition);
    let compiled = CompiledSegments::from_definitions(definitions);
    let email = "a".repeat(100_000) + "b";
    let context = format!(r#"{{"kind": "user", "key": "u", "email": "{email}"}}"#);
    let context = ContextInstance::from_json(&context).unwrap();
    let begin = Instant::now();
    let _ = compiled.membership("a", &context);
    assert!(begin.elapsed() < Duration::from_secs(5));
}
