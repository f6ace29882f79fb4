//! Mistakes in Rust: the compile errors of `tests/ui`, and what they say to write.
//!
//! `tests/ui/answers.tsv` says of each case at which token the error is to stand, and what to write in the place of what.
//! `cargo test -p segments-ui-tests --test written` compiles the cases with that written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::table::{Judged, Table, names_what_to_write};

/// Cases that hold several mistakes, with their number.
const SEVERAL: &[(&str, usize)] = &[
    ("segment/too_many_clauses", 2),
    ("ai_config/environment_wrong", 9),
    ("ai_config/keys_of_segments_wrong", 4),
    ("ai_config/none_and_some", 2),
    ("ai_config/share_out_of_range", 4),
    ("ai_config/share_without_variation", 2),
    ("ai_config/variation_unknown", 3),
    ("ai_config/target_empty", 2),
    ("segment/environment_wrong", 10),
    ("experiment/share_negative", 2),
    ("segment/include_numbers", 2),
    ("segment/number_out_of_range", 4),
    ("segment/readme", 3),
    ("segment/rule_half_typed", 2),
    ("segment/three_mistakes", 3),
    ("segment/version_is_with_v", 2),
];

/// A row of the table of answers.
struct Answer {
    token: String,
    /// What is replaced, and by what; `None` if only the author knows what was meant.
    change: Option<(String, String)>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

fn answers() -> BTreeMap<String, Answer> {
    let table = fs::read_to_string(folder().join("answers.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, token, replaced, written] = cells[..] else {
            panic!("a row has four cells: {line}");
        };
        let change = (replaced != "-").then(|| (replaced.to_owned(), written.to_owned()));
        let token = token.to_owned();
        (name.to_owned(), Answer { token, change })
    });
    rows.collect()
}

/// Where the first error stands: line and column.
fn place(message: &str) -> Option<(usize, usize)> {
    let place = message
        .lines()
        .find_map(|line| line.trim().strip_prefix("--> "))?;
    let mut numbers = place.rsplitn(3, ':');
    let column = numbers.next()?.parse().ok()?;
    Some((numbers.next()?.parse().ok()?, column))
}

pub fn judge(table: &mut Table) {
    let answers = answers();
    let mut files = Vec::new();
    for part in fs::read_dir(folder()).unwrap() {
        let part = part.unwrap();
        // The mistakes of files are counted where the files are.
        if part.file_type().unwrap().is_dir() && part.file_name() != "file" {
            let cases = fs::read_dir(part.path()).unwrap();
            files.extend(cases.map(|file| file.unwrap().path()));
        }
    }
    files.sort();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|found| found == "stderr"))
    {
        let name = file.strip_prefix(folder()).unwrap().with_extension("");
        let name = name.to_str().unwrap().replace('\\', "/");
        let message = fs::read_to_string(file).unwrap();
        let code = fs::read_to_string(file.with_extension("rs")).unwrap();
        let several = SEVERAL.iter().find(|(several, _)| *several == name);
        let errors = message
            .lines()
            .filter(|line| line.starts_with("error"))
            .count();
        let answer = answers
            .get(&name)
            .unwrap_or_else(|| panic!("`{name}` is not in answers.tsv"));
        let stands = place(&message)
            .and_then(|(line, column)| code.lines().nth(line - 1)?.get(column - 1..));
        table.add(Judged {
            case: format!("Rust: {name}"),
            one: errors == several.map_or(1, |(_, errors)| *errors),
            place: stands.is_some_and(|found| found.starts_with(&answer.token)),
            written: names_what_to_write(&message),
            mended: answer.change.as_ref().map(|(replaced, written)| {
                let replaced = replaced.replace(['⟦', '⟧'], "");
                code.contains(&replaced) && message.contains(written.as_str())
            }),
        });
    }
}
