//! The story of an edit in a real editor: Neovim opens a file, sees a mistake that is typed, applies the fix, renames and
//! saves.

use std::path::Path;
use std::process::Command;

use crate::client::Folder;

/// The environment variable that names the binary.
const BINARY: &str = "SEGMENTS_NEOVIM";

const FILE: &str = "[contexts.user.attributes]\nemail = \"string\"\n\n[segments.staff]\ndescription = \"People who work here\"\nrules = [{ clauses = [{ attribute = \"email\", op = \"in\", values = [\"a@company.com\"] }] }]\n";

#[test]
fn neovim_sees_a_mistake_fixes_it_renames_and_saves() {
    let binary = std::env::var_os(BINARY).unwrap_or_else(|| "nvim".into());
    let version = Command::new(&binary).arg("--version").output();
    let Some(version) = version.ok().filter(|it| it.status.success()) else {
        println!(
            "lsp: NOT RUN: the story in Neovim, because none was found; `apt-get install neovim`, or name it with {BINARY}"
        );
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout);
    println!("lsp: {}", version.lines().next().unwrap_or_default());
    let folder = Folder::new();
    let file = folder.write("segments.toml", FILE);
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/neovim/segments.lua");
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp/story.lua");
    let output = Command::new(&binary)
        .args(["--headless", "--clean", "-n"])
        .arg("--cmd")
        .arg(format!(
            "let g:segments_command = ['{}', 'lsp']",
            env!("CARGO_BIN_EXE_cargo-segments")
        ))
        .arg("-c")
        .arg(format!("luafile {}", settings.display()))
        .arg("-c")
        .arg(format!("edit {}", file.display()))
        .arg("-c")
        .arg(format!("luafile {}", story.display()))
        .env("XDG_STATE_HOME", folder.path("state"))
        .env("XDG_CACHE_HOME", folder.path("cache"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let saved = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        saved,
        FILE.replace("\"in\"", "\"endsWith\"")
            .replace("staff", "team"),
        "{said}"
    );
    assert!(said.contains("did you mean `endsWith`?"), "{said}");
}
