//! What is proved of files, with the words in which it is told: `cases.txt`, in which each case is a file behind `===`
//! and what is said of it behind `---`. `UPDATE=1` writes what is said; read it as a user would.

use std::fmt::Write as _;
use std::path::Path;

use segments_model::file;

/// What every case begins with.
const HEAD: &str = r#"
allow = ["style-description", "pattern-line-breaks"]
external_segments = ["elsewhere"]

[contexts.user.attributes]
plan = "string"
country = "string"
seats = "number"
version = "semver"
since = "date"
beta = "bool"
groups = { type = "string", many = true }

[contexts.device.attributes]
os = "string"
"#;

/// A segment of these clauses, for cases that need only one rule: `name: clause; clause`.
fn expanded(text: &str) -> String {
    let mut expanded = String::new();
    for line in text.lines() {
        let Some((key, clauses)) = line.strip_prefix("> ").and_then(|it| it.split_once(": "))
        else {
            expanded.push_str(line);
            expanded.push('\n');
            continue;
        };
        let _ = writeln!(expanded, "[segments.{key}]\nexcluded = {{}}\nrules = [");
        for rule in clauses.split(" || ") {
            let clauses = rule.split(" && ").map(clause).collect::<Vec<_>>();
            let _ = writeln!(expanded, "  {{ clauses = [{}] }},", clauses.join(", "));
        }
        expanded.push_str("]\n");
    }
    expanded
}

/// `plan in "pro", "team"`, with `not` before it if it is negated; a kind before the attribute if it is another.
fn clause(text: &str) -> String {
    let (negate, text) = match text.strip_prefix("not ") {
        Some(text) => (", negate = true", text),
        None => ("", text),
    };
    let mut words = text.splitn(3, ' ');
    let (attribute, op, values) = (words.next(), words.next(), words.next());
    let (attribute, op, values) = (attribute.unwrap(), op.unwrap(), values.unwrap());
    if attribute == "member" {
        return format!("{{ op = \"segmentMatch\", values = [{values}]{negate} }}");
    }
    let (kind, attribute) = attribute.split_once('.').unwrap_or(("user", attribute));
    format!(
        "{{ context = \"{kind}\", attribute = \"{attribute}\", op = \"{op}\", values = [{values}]{negate} }}"
    )
}

#[test]
fn what_is_proved_of_files_is_told_in_these_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/algebra/cases.txt");
    let cases = std::fs::read_to_string(&path).unwrap();
    let mut updated = String::new();
    let mut count = 0;
    for case in cases.split("===").skip(1) {
        let (written, _) = case.split_once("---\n").unwrap();
        let (name, body) = written.split_once('\n').unwrap();
        let text = format!("{HEAD}{}", expanded(body));
        let report = file::read("segments.toml", text.as_bytes());
        let said: Vec<String> = report
            .diagnostics()
            .iter()
            .map(|found| format!("{}[{}]: {}\n", found.severity(), found.code, found.message))
            .collect();
        let said = if said.is_empty() {
            "nothing\n".to_owned()
        } else {
            said.concat()
        };
        let _ = write!(updated, "==={name}\n{body}---\n{said}\n");
        count += 1;
    }
    assert!(count >= 40, "{count} cases");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &updated).unwrap();
    }
    assert_eq!(cases, updated);
}
