//! The settings and extensions of editors, as far as they can be checked without the editors.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

fn editors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(editors().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_manifest_for_vs_code_names_what_is_there() {
    println!(
        "lsp: NOT RUN: the extension in VS Code's own test host, which is downloaded; its manifest is checked"
    );
    let manifest: Json = serde_json::from_str(&read("vscode/package.json")).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["license"], "MIT OR Apache-2.0");
    let source = read("vscode/src/extension.ts");
    for command in manifest["contributes"]["commands"].as_array().unwrap() {
        let command = command["command"].as_str().unwrap();
        assert!(
            source.contains(&format!("registerCommand(\"{command}\"")),
            "{command}"
        );
    }
    let properties = manifest["contributes"]["configuration"]["properties"]
        .as_object()
        .unwrap();
    for (name, property) in properties {
        let name = name.strip_prefix("segments.").unwrap();
        let read =
            source.contains(&format!("(\"{name}\", ")) || source.contains(&format!(">(\"{name}\""));
        assert!(read, "`{name}` is declared and never read");
        assert!(property.get("default").is_some(), "{name}");
    }
    let language = &manifest["contributes"]["languages"][0];
    let configuration = language["configuration"].as_str().unwrap();
    serde_json::from_str::<Json>(&read(&format!("vscode/{configuration}"))).unwrap();
    let main = manifest["main"].as_str().unwrap().trim_start_matches("./");
    assert!(
        manifest["scripts"]["build"]
            .as_str()
            .unwrap()
            .contains(main)
    );
    assert!(read("vscode/.vscodeignore").contains(&format!("!{main}")));
}

/// Everybody starts the same server, and says the same of what it tells.
#[test]
fn every_editor_starts_the_server() {
    for (name, command) in [
        ("vscode/src/extension.ts", "[\"cargo-segments\", \"lsp\"]"),
        ("neovim/segments.lua", "{ 'cargo-segments', 'lsp' }"),
        ("emacs/segments.el", "(\"cargo-segments\" \"lsp\")"),
        (
            "helix/languages.toml",
            "command = \"cargo-segments\"\nargs = [\"lsp\"]",
        ),
        ("zed/src/lib.rs", "which(\"cargo-segments\")"),
    ] {
        assert!(read(name).contains(command), "{name}");
    }
    for name in [
        "vscode/src/extension.ts",
        "neovim/segments.lua",
        "emacs/segments.el",
    ] {
        assert!(read(name).contains("segments/included"), "{name}");
    }
}

#[test]
fn settings_of_toml_are_toml() {
    for name in [
        "helix/languages.toml",
        "zed/extension.toml",
        "zed/Cargo.toml",
    ] {
        let table: toml::Table = toml::from_str(&read(name)).unwrap();
        let version = table
            .get("version")
            .or_else(|| table.get("package")?.get("version"));
        assert!(
            version.is_none_or(|it| it.as_str() == Some(env!("CARGO_PKG_VERSION"))),
            "{name}"
        );
    }
}
