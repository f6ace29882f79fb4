//! Membership builds for WebAssembly. Needs the target `wasm32-unknown-unknown`; without it nothing is run,
//! and that is said.

use std::fs;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// A module that asks a segment, as on the page of the guide.
const MODULE: &str = r#"
use segments_runtime::{Context, segment};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
}

/// Those who pay.
#[segment(rule(User::PLAN.is("pro")))]
struct Paying;

/// What the module exports.
pub fn is_paying(id: &str, plan: &str) -> bool {
    Paying::contains(&User { id: id.to_owned(), plan: plan.to_owned() })
}
"#;

fn main() {
    let rustc = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .expect("rustc is there");
    let libraries = String::from_utf8_lossy(&rustc.stdout).trim().to_owned();
    if libraries.is_empty() || !Path::new(&libraries).is_dir() {
        println!("not run: membership in WebAssembly, which needs the target {TARGET}");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm-module");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"module\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nsegments-runtime = {{ path = \"{}\", default-features = false, features = [\"toml\"] }}\n\n[workspace]\n",
        root.join("segments-runtime").display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.join("src/lib.rs"), MODULE).expect("a module");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--target", TARGET])
        .current_dir(&folder)
        .status()
        .expect("cargo is there");
    assert!(status.success(), "the module does not build for {TARGET}");
    println!("ok: membership builds for {TARGET}");
}
