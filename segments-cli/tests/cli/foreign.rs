//! What others wrote steers no terminal, forges no line, and commands no log.

use segments_model::steers;
use serde_json::json;

use crate::support::{Ended, Folder, TWO};

/// Everything that steers, in one name.
const EVIL: &str = "a\u{1b}[2K\u{1b}]0;x\u{7}\n::error::x\r##[add-mask]b\u{9b}1m\u{61c}\u{200b}\u{202e}\u{2028}\u{2066}\u{feff}";

#[track_caller]
fn visible(ended: &Ended) {
    for text in [&ended.data, &ended.messages] {
        let found = text.chars().find(|found| *found != '\n' && steers(*found));
        assert_eq!(found, None, "{text:?}");
        assert!(!text.contains("##["), "{text}");
        let commands = text
            .lines()
            .filter(|line| line.trim_start().starts_with("::"));
        assert_eq!(commands.count(), 0, "{text}");
    }
}

#[test]
fn names_of_others_are_shown_with_their_escapes() {
    let folder = Folder::new("foreign-names");
    let segment = json!([{"key": EVIL, "rules": [{"description": EVIL, "clauses": [
        {"contextKind": EVIL, "attribute": EVIL, "op": EVIL, "values": [EVIL]},
        {"attribute": EVIL, "op": "in", "values": [EVIL], "contextKind": "user"}]}]},
        {"key": "b", "rules": [{"clauses": [
        {"attribute": EVIL, "op": "in", "values": [EVIL], "contextKind": "user"}]}]}]);
    folder.write("evil.json", &segment.to_string());
    let context = json!({"kind": "user", "key": EVIL, EVIL: EVIL});
    folder.write("context.json", &context.to_string());
    folder.write(
        "contexts.ndjson",
        &format!("{context}\n{{\"kind\": \"{}\"}}\n", "\u{202e}x"),
    );
    folder.write(
        "contexts.csv",
        &format!("key,/{EVIL}//x\nu,1\n").replace(['\n', '\r'], " "),
    );
    for (words, code) in [
        ("eval --definitions evil.json --context context.json", 0),
        (
            "eval --definitions evil.json --context context.json --format json",
            0,
        ),
        ("count --file evil.json contexts.ndjson", 1),
        (
            "count --file evil.json contexts.ndjson --history history",
            1,
        ),
        ("count --file evil.json contexts.ndjson --format json", 1),
        ("count --file evil.json contexts.csv", 3),
        (
            "eval --definitions evil.json --context nowhere\u{202e}\u{1b}[2K",
            3,
        ),
        ("check missing\u{1b}[2K\u{202e}.toml", 1),
        ("check missing\u{1b}[2K\u{202e}.toml --format json", 1),
        ("eval --definitions evil.json --context user:a\u{202e}", 0),
    ] {
        let ended = folder.run(words);
        assert_eq!(ended.code, code, "{words}: {ended:?}");
        visible(&ended);
    }
    // In colours, too, where escapes are not taken out.
    let ended = folder.run("--color always eval --definitions evil.json --context context.json");
    assert!(
        ended.data.contains(r"a\u{1b}[2K\u{1b}]0;x\u{7}\u{a}"),
        "{ended:?}"
    );
    assert!(!ended.data.contains("\u{1b}[2K"), "{ended:?}");
}

#[test]
fn files_of_others_are_checked_and_drawn_with_their_escapes() {
    let folder = Folder::new("foreign-files");
    let quoted = json!(EVIL).to_string();
    let evil = TWO.replace("\"People who work here\"", &quoted).replace(
        "[contexts.user.attributes]\n",
        &format!("[contexts.user.attributes]\n{quoted} = \"x\"\n"),
    );
    folder.write("segments.toml", &evil);
    for format in ["human", "json", "sarif"] {
        visible(&folder.run(&format!("check --format {format}")).with(1));
    }
    let ended = folder.run("check --format github").with(1);
    assert!(!ended.data.contains("##["), "{ended:?}");
    assert!(
        ended.data.lines().all(|line| line.starts_with("::error ")),
        "{ended:?}"
    );
    let page = TWO.replace("\"People who work here\"", &quoted);
    folder.write("segments.toml", &page);
    let ended = folder.run("doc --out -").with(0);
    let found = ended
        .data
        .chars()
        .find(|found| *found != '\n' && steers(*found));
    assert_eq!(found, None);
    assert!(ended.data.contains(r"\u{202e}"));
}
