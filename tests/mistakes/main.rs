//! The answers to mistakes, in Rust and in files: one error, at the right token, that names what to write, and does
//! not say what fails next. `UPDATE=1` writes the page that counts them.

mod file;
mod rust;
mod table;

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- counted -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn a_mistake_is_one_error_that_says_what_to_write() {
    let mut table = table::Table::default();
    file::judge(&mut table);
    rust::judge(&mut table);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/dev/mistakes.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (counted, after) = rest.split_once(END).unwrap();
    let now = format!("{}\n{}", table.markdown(), table.failures());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, [before, BEGIN, &now, END, after].concat()).unwrap();
    } else {
        assert_eq!(
            counted, now,
            "UPDATE=1 accepts what is counted; first say why in the page"
        );
    }
    assert!(
        table.holds([980, 980, 980, 980]),
        "the goal is missed:\n{now}"
    );
}
