//! Each file of the tests is typed and deleted again, letter by letter: nothing panics, nothing blocks, and in the end the
//! server says what `check` says.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::client::{Client, Folder};

/// The environment variable that has every letter typed, and not only some.
const WHOLE: &str = "SEGMENTS_LSP_WHOLE";

/// The files that the reader is tested with, by name.
pub fn fixtures() -> Vec<(String, String)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["toml", "toml/good", "toml/refused", "ui/file/toml"] {
        let entries = std::fs::read_dir(tests.join(folder)).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|it| it == "toml"));
    files.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&tests).unwrap().display().to_string();
        (name, std::fs::read_to_string(path).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// Compares what the server says with what the command says of the same text.
pub fn same_as_check(client: &mut Client, uri: &str, folder: &Folder, name: &str) {
    let path = folder.write("checked/segments.toml", client.text(uri));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-segments"))
        .args(["check", "--quiet", "--format", "json"])
        .arg(&path)
        .output()
        .unwrap();
    let checked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let checked = checked["findings"].as_array().unwrap().iter();
    let checked: Vec<_> = checked
        .map(|it| {
            (
                it["code"].clone(),
                it["message"].clone(),
                it["line"].as_u64().unwrap(),
            )
        })
        .collect();
    let told = client.diagnostics(uri);
    let told: Vec<_> = told
        .iter()
        .map(|it| {
            (
                it["code"].clone(),
                it["message"].clone(),
                it["range"]["start"]["line"].as_u64().unwrap() + 1,
            )
        })
        .collect();
    assert_eq!(told, checked, "{name}: {:?}", client.text(uri));
}

#[test]
fn every_file_can_be_typed_and_deleted() {
    let whole = std::env::var_os(WHOLE).is_some();
    if !whole {
        println!("lsp: some letters of each file are typed; {WHOLE}=1 types all");
    }
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), "");
    let questions = [
        "textDocument/completion",
        "textDocument/hover",
        "textDocument/definition",
        "textDocument/documentHighlight",
        "textDocument/prepareRename",
    ];
    let of_files = [
        "textDocument/documentSymbol",
        "textDocument/foldingRange",
        "textDocument/semanticTokens/full",
        "textDocument/codeLens",
    ];
    for (number, (name, text)) in fixtures().into_iter().enumerate() {
        // A prime step meets every kind of place.
        let step = if whole { 1 } else { 211 + number % 13 };
        let letters: Vec<(usize, char)> = text.char_indices().collect();
        for (turn, chunk) in letters.chunks(step).enumerate() {
            let end = client.text(&uri).len();
            let typed: String = chunk.iter().map(|(_, letter)| letter).collect();
            client.edit(&uri, end..end, &typed);
            let end = client.text(&uri).len();
            ask(&mut client, questions[turn % questions.len()], &uri, end);
            client.about(of_files[turn % of_files.len()], &uri);
            let middle = client.text(&uri).floor_char_boundary(end / 2);
            ask(
                &mut client,
                questions[(turn + 1) % questions.len()],
                &uri,
                middle,
            );
            if turn % 5 == 0 {
                client.actions(&uri, end..end);
                let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
                let params = json!({ "textDocument": { "uri": uri }, "range": range });
                client.ask("textDocument/inlayHint", &params);
                // A text that is no TOML has no layout.
                client.answer("textDocument/formatting", &params);
            }
        }
        assert_eq!(client.text(&uri), text);
        same_as_check(&mut client, &uri, &folder, &name);
        for chunk in letters.chunks(step).rev() {
            let start = chunk[0].0;
            let end = client.text(&uri).len();
            client.edit(&uri, start..end, "");
            client.at("textDocument/completion", &uri, start);
        }
        assert_eq!(client.text(&uri), "");
        same_as_check(&mut client, &uri, &folder, &name);
    }
}

/// Asks, whether there is an answer or a reason why there is none.
fn ask(client: &mut Client, method: &str, uri: &str, offset: usize) {
    let at = crate::client::position(client.text(uri), offset);
    let params = json!({ "textDocument": { "uri": uri }, "position": at });
    let answer = client.answer(method, &params);
    let code = answer["error"]["code"].as_i64();
    assert!(code.is_none_or(|code| code == -32803), "{method}: {answer}");
}
