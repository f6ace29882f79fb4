//! Draws the README's pictures: a compile error as rustc prints it, and the same file as an editor
//! shows it, with what a real rust-analyzer says.
//!
//! ```text
//! cargo run -p segments-tests --example pictures
//! ```
//!
//! With `-- terminal FILE.svg`, draws what standard input has of a terminal, as `docs/pictures/neovim.sh` does.
//!
//! `SEGMENTS_RUST_ANALYZER` names the binary; by default it is the one on the path. Without one that
//! runs, the second picture stays as it is, and that is said.

mod editor;
#[allow(dead_code, reason = "a picture asks less than the test of editors")]
#[path = "../ide/server.rs"]
mod server;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that both show. Its messages are compared with the compiler's by the test `ui`.
const SHOWN: &str = include_str!("../ui/segment/readme.rs");

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("terminal") {
        let path = arguments.next().ok_or("name the picture")?;
        let screen = std::io::read_to_string(std::io::stdin())?;
        let picture = anstyle_svg::Term::new().min_width_px(1000);
        fs::write(&path, picture.render_svg(screen.trim_end()))?;
        println!("wrote {path}");
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pictures = root.join("docs/pictures");
    let (package, target) = package(&root)?;

    let picture = pictures.join("compile-error.svg");
    let printed = compiled(&package, &target)?;
    fs::write(
        &picture,
        anstyle_svg::Term::new()
            .min_width_px(760)
            .render_svg(&printed),
    )?;
    println!("wrote {}", picture.display());

    let Some((binary, version)) = server::find() else {
        println!(
            "NOT DRAWN: editor.svg, because no rust-analyzer was found; name it with {}",
            server::BINARY
        );
        return Ok(());
    };
    let mut server = server::Server::start(&binary, &package, &target, "src/lib.rs")?;
    server.type_in(SHOWN)?;
    let found = server.diagnostics(SHOWN)?;
    let picture = pictures.join("editor.svg");
    fs::write(&picture, editor::draw(SHOWN, &found))?;
    println!(
        "wrote {} with {} findings of {version}",
        picture.display(),
        found.len()
    );
    Ok(())
}

/// A package of a user, outside of the workspace, and where it is built.
fn package(root: &Path) -> Result<(PathBuf, PathBuf), Box<dyn Error>> {
    let work = root.canonicalize()?.join("target/pictures");
    let package = work.join("package");
    fs::create_dir_all(package.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"audiences\"\nedition = \"2024\"\n\n[dependencies]\nsegments-runtime = {{ path = \"{}\", default-features = false }}\nsemver = \"1\"\n\n[workspace]\n",
        root.canonicalize()?.join("segments-runtime").display()
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
    fs::write(package.join("src/lib.rs"), SHOWN)?;
    Ok((package, work.join("target")))
}

/// What rustc prints, colours included, without cargo's own lines.
fn compiled(package: &Path, target: &Path) -> Result<String, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--color", "always"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target)
        .output()?;
    let printed = String::from_utf8(output.stderr)?;
    let end = printed
        .find("could not compile")
        .ok_or("the file compiles")?;
    let end = printed[..end]
        .rfind("\n\n")
        .ok_or("there is no error before cargo's own")?;
    Ok(printed[..end].to_owned())
}
