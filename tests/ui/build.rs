//! Writes a program of all cases with what their messages say to write. It has to compile: a message never says to
//! write what fails next. A case with several mistakes, or in which only its author knows what was meant, has `-` in
//! the table.
//!
//! And tells `cases.rs` which libraries cargo built for what is here.

use std::path::Path;
use std::{env, fs};

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap();
    let here = Path::new(&here);
    let table = fs::read_to_string(here.join("answers.tsv")).unwrap();
    println!("cargo::rerun-if-changed=answers.tsv");
    let mut program = String::new();
    let mut count = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, _, replaced, written] = cells[..] else {
            panic!("a row has four cells: {line}");
        };
        if replaced == "-" {
            continue;
        }
        println!("cargo::rerun-if-changed={name}.rs");
        let case = fs::read_to_string(here.join(format!("{name}.rs"))).unwrap();
        let (before, rest) = replaced.split_once('⟦').unwrap_or(("", replaced));
        let (piece, after) = rest.split_once('⟧').unwrap_or((rest, ""));
        let (wrong, right) = (
            format!("{before}{piece}{after}"),
            format!("{before}{written}{after}"),
        );
        assert!(case.contains(&wrong), "{name} does not have `{wrong}`");
        let corrected = case.replacen(&wrong, &right, 1);
        let contexts = "#[path = \"../contexts/mod.rs\"]\nmod contexts;";
        let corrected = corrected.replace(contexts, "use crate::contexts;");
        let module = name.replace('/', "_");
        program += &format!("mod {module} {{\n{corrected}\n}}\n");
        count += 1;
    }
    assert!(count > 80, "{count} cases");
    println!(
        "cargo::rustc-env=SEGMENTS_UI_BUILT_BY={}",
        segments_ui_built::command_line!()
    );
    let out = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&out).join("written.rs"), program).unwrap();
}
