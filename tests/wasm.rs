//! Membership builds for WebAssembly, and answers there. Needs the target `wasm32-unknown-unknown`, and Node; what is not run
//! is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The module of the page: all of its program but what checks the answers.
fn module(page: &str) -> String {
    let program = page.split("```rust,standalone_crate\n").nth(1);
    let program = program.and_then(|rest| rest.split("\nassert").next());
    let program = program.expect("the page has a program, and checks it at the end");
    assert!(program.contains("fn is_paying("), "{program}");
    program.replace("fn is_paying(", "pub fn is_paying(") + CHECKS
}

/// What the module answers, a bit for each answer that is as it should be. There is no clock before one is set.
const CHECKS: &str = r#"
/// Those who paid before the end of January 2020.
#[segment(include(User = ["u-1"], until = "2020-01-31"), rule(User::PLAN.is("pro")))]
struct Early;

/// Whom the assistant serves.
#[segments_runtime::ai_config(variations(fast, slow), rule(member_of!(Early) => fast), fallthrough = slow)]
struct Assistant;

#[unsafe(no_mangle)]
pub extern "C" fn check() -> u32 {
    use std::time::{Duration, UNIX_EPOCH};
    let user = User { id: "u-1".to_owned(), plan: "free".to_owned() };
    let explained = || matches!(Early::explain(&user).membership, segments_runtime::Membership::In { .. });
    let fast = || Assistant::variation(&user).known() == Some(&AssistantVariation::Fast);
    let before = [is_paying("u-1", "pro"), !is_paying("u-1", "free"), Early::contains(&user), explained(), fast()];
    segments_runtime::set_clock(|| UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
    let after = [!Early::contains(&user), !explained(), !fast()];
    let answers = before.into_iter().chain(after).enumerate();
    answers.map(|(bit, right)| u32::from(right) << bit).sum()
}
"#;

/// Calls `check` of the module, in Node.
const RUN: &str = "const fs = require('fs'); const imports = new Proxy({}, { get: () => new Proxy({}, { get: () => () => 0 }) }); \
    WebAssembly.instantiate(fs.readFileSync(process.argv[1]), imports).then(({ instance }) => console.log(instance.exports.check()));";

fn run(module: &Path) {
    let output = match Command::new("node").args(["-e", RUN]).arg(module).output() {
        Ok(output) => output,
        Err(error) => {
            println!("not run: membership in WebAssembly, which needs Node: {error}");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), "255", "not every answer is right: {failed}");
    println!("ok: membership answers in WebAssembly");
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
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from);
    run(&target.join(TARGET).join("debug/module.wasm"));
}
