//! The recipes of `just` are the table of `CONTRIBUTING.md`.

use std::fs;

use crate::root;

/// What to do, and the command that does it.
type Command = (String, String);

/// The rows of the table: the first command of each. Others say how to install what it needs.
fn table() -> Vec<Command> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let command = cells[1].split('`').nth(1).expect("a command");
        (cells[0].trim().to_owned(), command.to_owned())
    });
    rows.collect()
}

/// The recipes but the first, which lists the others.
fn recipes() -> Vec<Command> {
    let file = fs::read_to_string(root().join("justfile")).unwrap();
    let recipes = file.split("\n\n").skip(2);
    let recipes = recipes.map(|recipe| {
        let lines: Vec<&str> = recipe.trim_end().lines().collect();
        let [comment, name, command] = lines[..] else {
            panic!("a recipe is a comment, a name and a command:\n{recipe}");
        };
        assert!(name.ends_with(':'), "{name}");
        let command = command.strip_prefix("    ").unwrap();
        (
            comment.trim_start_matches("# ").to_owned(),
            command.to_owned(),
        )
    });
    recipes.collect()
}

#[test]
fn recipes_are_the_table_of_commands() {
    let table = table();
    assert!(table.len() > 20, "{table:?}");
    assert_eq!(recipes(), table);
}
