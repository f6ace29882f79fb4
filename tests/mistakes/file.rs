//! Mistakes in `segments.toml`: what is said of each, and whether doing it helps.

use std::fs;
use std::path::Path;

use segments_model::diagnostic::{Diagnostic, Edit, Suggestion};
use segments_model::{Code, file};

use crate::table::{Judged, Table, names_what_to_write};

/// What stands in front of each case.
const HEAD: &str = r#"contexts.user.attributes = { email = "string", age = "number", beta = "bool", version = "semver", created = "date", plan = { type = "string", one_of = ["free", "pro"] } }
contexts.device.attributes = { model = "string" }
"#;

struct Case {
    name: String,
    text: String,
    /// Where the error is to stand.
    token: usize,
    /// Whether there is a change that takes it away.
    mended: bool,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("toml/mistakes.txt");
    let corpus = fs::read_to_string(path).unwrap();
    let blocks = corpus.split("\n--- ").skip(1);
    blocks.map(case).collect()
}

fn case(block: &str) -> Case {
    let (name, text) = block.split_once('\n').unwrap();
    let head = if name.contains("(alone)") { "" } else { HEAD };
    let text = format!("{head}{}\n", text.trim_end());
    let token = text
        .find('⟦')
        .unwrap_or_else(|| panic!("{name} says no place"));
    Case {
        name: name.to_owned(),
        text: text.replace(['⟦', '⟧'], ""),
        token,
        mended: !name.contains("(by hand)"),
    }
}

/// What a diagnostic says to write: as a change, or, where the place alone is changed, from its text.
fn suggestion(found: &Diagnostic) -> Option<Suggestion> {
    if let Some(suggestion) = &found.suggestion {
        return Some(suggestion.clone());
    }
    let (_, written) = found
        .message
        .split_once("; write `")
        .or_else(|| found.message.split_once("; did you mean `"))?;
    let (written, _) = written.split_once('`')?;
    Some(Suggestion {
        edits: vec![Edit::new(found.span.clone(), written)],
    })
}

/// Whether the change, with and without the quotes of the text that is replaced, leaves no error, and not the same
/// warning.
fn helps(text: &str, code: Code, suggestion: &Suggestion) -> bool {
    let quoted = Suggestion {
        edits: suggestion
            .edits
            .iter()
            .map(|edit| Edit::new(edit.span.clone(), format!("\"{}\"", edit.replacement)))
            .collect(),
    };
    [suggestion, &quoted].iter().any(|suggestion| {
        let report = file::read("segments.toml", suggestion.apply(text).as_bytes());
        !report.has_errors() && report.diagnostics().iter().all(|found| found.code != code)
    })
}

pub fn judge(table: &mut Table) {
    for case in cases() {
        let report = file::read("segments.toml", case.text.as_bytes());
        let found = report.diagnostics();
        let first = found.first();
        table.add(Judged {
            case: format!("file: {}", case.name),
            one: found.len() == 1,
            place: first.is_some_and(|found| found.span.start == case.token),
            written: first.is_some_and(|found| names_what_to_write(&found.message)),
            mended: case.mended.then(|| {
                let suggestion = first.and_then(suggestion);
                let code = first.map(|found| found.code);
                let helps = |suggestion| helps(&case.text, code.unwrap(), &suggestion);
                suggestion.is_some_and(helps)
            }),
        });
    }
}
