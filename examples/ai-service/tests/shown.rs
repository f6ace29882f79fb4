//! What `docs/ai.md` shows is what the program prints.

use std::path::Path;
use std::process::Command;

#[test]
fn the_page_shows_what_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_ai-service"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ai.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page
        .split_once("```text\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0;
    assert_eq!(printed.trim(), shown.trim());
}
