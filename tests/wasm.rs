//! Membership builds for WebAssembly. Needs the target `wasm32-unknown-unknown`; without it nothing is run,
//! and that is said.

use std::fs;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The module of the page: all of its program but what checks the answers.
fn module(page: &str) -> String {
    let program = page.split("```rust,standalone_crate\n").nth(1);
    let program = program.and_then(|rest| rest.split("\nassert").next());
    let program = program.expect("the page has a program, and checks it at the end");
    assert!(program.contains("fn is_paying("), "{program}");
    program.replace("fn is_paying(", "pub fn is_paying(")
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    let page = fs::read_to_string(root.join("docs/guide/wasm.md")).expect("the page");
    let module = module(&page);
    let rustc = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .expect("rustc is there");
    let libraries = String::from_utf8_lossy(&rustc.stdout).trim().to_owned();
    if libraries.is_empty() || !Path::new(&libraries).is_dir() {
        println!("not run: membership in WebAssembly, which needs the target {TARGET}");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm-module");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"module\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nsegments-runtime = {{ path = \"{}\", default-features = false, features = [\"toml\"] }}\n\n[workspace]\n",
        root.join("segments-runtime").display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.join("src/lib.rs"), module).expect("a module");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--target", TARGET])
        .current_dir(&folder)
        .status()
        .expect("cargo is there");
    assert!(status.success(), "the module does not build for {TARGET}");
    println!("ok: membership builds for {TARGET}");
}
