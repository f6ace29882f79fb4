//! Edits, and editors that behave badly.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::client::{Client, Folder, span, usual_capabilities};

const WRONG: &str = "[contexts.user.attributes]\nemail = 'string'\n[segments.a]\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'emial', op = 'in', values = ['x'] }] }]\n";

fn wrong_at<'t>(client: &mut Client, uri: &str, text: &'t str) -> Vec<&'t str> {
    let found = client.diagnostics(uri);
    found
        .iter()
        .map(|it| &text[span(text, &it["range"])])
        .collect()
}

#[test]
fn columns_are_utf16_with_any_text_before_them() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), WRONG);
    assert_eq!(wrong_at(&mut client, &uri, WRONG), ["'emial'"]);
    // On the same line in front of it: an emoji of two units, one of eleven, combining characters, a wide letter.
    for odd in [
        "😀",
        "👩\u{200d}👩\u{200d}👧",
        "e\u{301}\u{302}",
        "日本",
        "\t",
    ] {
        let rules = WRONG.find("rules").unwrap();
        let text = WRONG.replace("{ clauses", &format!("{{ description = 'x{odd}', clauses"));
        client.replace(&uri, &text);
        assert_eq!(wrong_at(&mut client, &uri, &text), ["'emial'"], "{odd}");
        // Edits behind it.
        let at = text.find("emial").unwrap();
        client.edit(&uri, at..at + 5, "email");
        assert_eq!(client.diagnostics(&uri), [] as [Json; 0], "{odd}");
        client.edit(&uri, rules..rules, "# 😀\n");
        let cursor = client.text(&uri).find("email',").unwrap();
        assert!(client.at("textDocument/hover", &uri, cursor)["contents"]["value"].is_string());
    }
}

#[test]
fn editors_that_count_bytes_are_answered_in_bytes() {
    let folder = Folder::new();
    let mut capabilities = usual_capabilities();
    capabilities["general"] = json!({ "positionEncodings": ["utf-8", "utf-16"] });
    let mut client = Client::with(&[&folder.path("")], &capabilities, &[]);
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
    let text = WRONG.replace("{ clauses", "{ description = '😀', clauses");
    let uri = client.open(&folder.path("segments.toml"), &text);
    let found = client.diagnostics(&uri);
    let line = text.lines().nth(4).unwrap();
    assert_eq!(
        found[0]["range"]["start"]["character"],
        line.find("'emial'").unwrap()
    );
}

#[test]
fn line_ends_and_marks_of_byte_order_are_no_matter() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), "");
    let with_returns = WRONG.replace('\n', "\r\n");
    client.replace(&uri, &with_returns);
    assert_eq!(wrong_at(&mut client, &uri, &with_returns), ["'emial'"]);
    let with_mark = format!("\u{feff}{WRONG}");
    client.replace(&uri, &with_mark);
    assert_eq!(wrong_at(&mut client, &uri, &with_mark), ["'emial'"]);
    let first = with_mark.replace("[contexts", "[context");
    client.replace(&uri, &first);
    let found = client.diagnostics(&uri);
    assert_eq!(&first[span(&first, &found[0]["range"])], "context");
    // The mark goes, and comes back.
    client.edit(&uri, 0..3, "");
    assert_eq!(wrong_at(&mut client, &uri, &first[3..])[0], "context");
}

/// Of ten megabytes under `SEGMENTS_THOROUGH`, else of one and a half: a debug build reads slowly.
#[test]
fn a_large_file_blocks_nothing() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let mut text = String::from(WRONG);
    let is_thorough = std::env::var_os("SEGMENTS_THOROUGH").is_some();
    // More than the service takes, in both.
    let (count, width) = if is_thorough {
        (60_000, 180)
    } else {
        (16_000, 90)
    };
    let keys = (0..count).map(|number| format!("'member-{number:0width$}', "));
    text.push_str("[segments.long]\ndescription = 'd'\nincluded = { user = [");
    text.extend(keys);
    text.push_str("] }\n");
    assert!(text.len() > count * width);
    let uri = client.open(&folder.path("segments.toml"), &text);
    let at = text.find("emial").unwrap();
    for letter in "email".chars().rev() {
        client.edit(&uri, at..at, &letter.to_string());
    }
    // What needs no reading is answered while the file is read.
    let items = client.at(
        "textDocument/documentHighlight",
        &uri,
        text.find("email").unwrap(),
    );
    assert!(items.is_array());
    client.edit(&uri, at + 5..at + 10, "");
    let found = client.diagnostics(&uri);
    let codes: Vec<_> = found
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["targets-too-many"]);
}

#[test]
fn a_thousand_edits_end_with_what_check_says() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), WRONG);
    let mut random = 7_usize;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below.max(1)
    };
    for _ in 0..1000 {
        let text = client.text(&uri);
        let at = text.floor_char_boundary(next(text.len() + 1));
        let end = text
            .floor_char_boundary((at + next(3)).min(text.len()))
            .max(at);
        let with = ["a", "\n", "[", "]", "'", "{ ", " = ", "😀", ""][next(9)];
        client.edit(&uri, at..end, with);
    }
    crate::typing::same_as_check(&mut client, &uri, &folder, "random edits");
    client.replace(&uri, WRONG);
    assert_eq!(wrong_at(&mut client, &uri, WRONG), ["'emial'"]);
}

#[test]
fn what_is_canceled_is_answered_as_canceled() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let text = WRONG.replace("segments.a", "segments.b");
    let uri = client.open(&folder.path("segments.toml"), &text);
    let mut canceled = 0;
    for round in 0..20 {
        client.edit(&uri, 0..0, &format!("# {round}\n"));
        let params = json!({ "textDocument": { "uri": uri } });
        let id = client.request("textDocument/diagnostic", &params);
        client.tell("$/cancelRequest", &json!({ "id": id }));
        let answer = client.wait_for(id);
        // It may have been answered before.
        canceled += usize::from(answer["error"]["code"] == -32800);
        assert!(
            answer.get("result").is_some() || answer["error"]["code"] == -32800,
            "{answer}"
        );
    }
    println!("{canceled} of 20 were canceled in time");
    client.tell("$/cancelRequest", &json!({ "id": "unknown" }));
    client.tell("$/cancelRequest", &json!({}));
    assert_eq!(client.diagnostics(&uri).len(), 1);
}

#[test]
fn the_server_ends_with_the_editor() {
    let folder = Folder::new();
    let client = Client::start(&[&folder.path("")]);
    assert!(!client.die().success());
    let mut client = Client::start(&[&folder.path("")]);
    client.open(&folder.path("segments.toml"), WRONG);
    assert!(client.end().success());
    // In the middle of a message.
    let mut client = Client::start(&[&folder.path("")]);
    client.send_raw(b"Content-Length: 1000\r\n\r\n{\"jsonrpc\":");
    assert!(!client.die().success());
}

#[test]
fn messages_that_make_no_sense_are_refused() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), WRONG);
    for (method, params, code) in [
        ("textDocument/hover", json!({}), -32602),
        ("textDocument/hover", Json::Null, -32602),
        (
            "textDocument/rename",
            json!({ "textDocument": { "uri": uri } }),
            -32602,
        ),
        ("textDocument/unheardOf", json!({}), -32601),
    ] {
        let answer = client.answer(method, &params);
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
    }
    for params in [
        Json::Null,
        json!({}),
        json!({ "textDocument": { "uri": "file:///nowhere", "version": 1 }, "contentChanges": [] }),
    ] {
        client.tell("textDocument/didOpen", &params);
        client.tell("textDocument/didChange", &params);
        client.tell("textDocument/didClose", &params);
        client.tell("textDocument/didSave", &params);
        client.tell("unheard/of", &params);
    }
    // Places that are not there.
    for (line, character) in [(0, 9999), (9999, 0), (4_000_000_000_u32, 4_000_000_000_u32)] {
        let at = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
        client.ask("textDocument/completion", &at);
        client.ask("textDocument/hover", &at);
    }
    let elsewhere = json!({ "textDocument": { "uri": "untitled:1" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.ask("textDocument/hover", &elsewhere), Json::Null);
    assert_eq!(client.diagnostics(&uri).len(), 1);
    client.ask("shutdown", &Json::Null);
    let answer = client.answer("textDocument/hover", &elsewhere);
    assert_eq!(answer["error"]["code"], -32600);
}

#[test]
fn what_was_never_saved_is_read_all_the_same() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(Path::new("/nowhere/at/all/segments.toml"), WRONG);
    assert_eq!(wrong_at(&mut client, &uri, WRONG), ["'emial'"]);
}
