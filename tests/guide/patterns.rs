//! `docs/reference/patterns.md` has the table of the dialect that all SDKs share, as the code has it.

use std::fs;

use segments_model::pattern::{Construct, Standing};

use crate::root;

const PAGE: &str = "docs/reference/patterns.md";

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A pattern as code, with characters that cannot be seen as escapes.
fn code(pattern: &str) -> String {
    let mut shown = String::new();
    for character in pattern.chars() {
        if character.is_control() {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    format!("`{}`", cell(&shown))
}

fn table(standing: Standing) -> String {
    let mut table =
        String::from("| construct | for example | who differs | write |\n|---|---|---|---|\n");
    for construct in Construct::ALL
        .iter()
        .filter(|construct| construct.standing() == standing)
    {
        let examples = construct
            .examples()
            .iter()
            .map(|(pattern, _)| code(pattern));
        let examples: Vec<String> = examples.collect();
        let who = construct
            .reason()
            .strip_prefix("which ")
            .unwrap_or(construct.reason());
        table += &format!(
            "| {} | {} | {} | {} |\n",
            cell(construct.title()),
            examples.join(", "),
            cell(who),
            cell(construct.advice())
        );
    }
    table
}

/// `UPDATE=1` writes the tables.
#[test]
fn the_page_has_every_construct() {
    let path = root().join(PAGE);
    let mut page = fs::read_to_string(&path).unwrap();
    for standing in [
        Standing::Portable,
        Standing::LineBreaks,
        Standing::NonAscii,
        Standing::Refused,
    ] {
        let begin = format!("<!-- {} -->\n", standing.meaning());
        let (before, rest) = page.split_once(&begin).expect("where a table begins");
        let (shown, after) = rest.split_once("<!-- end -->").expect("where it ends");
        let table = table(standing);
        if std::env::var_os("UPDATE").is_some() {
            page = format!("{before}{begin}{table}<!-- end -->{after}");
        } else {
            assert_eq!(shown, table, "UPDATE=1 writes it");
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, page).unwrap();
    }
}
