//! What is answered beside the twenty questions.

use serde_json::{Value as Json, json};

use crate::client::{Client, Folder, changed, span, usual_capabilities};

const FILE: &str = r#"[contexts.user.attributes]
email = "string"
plan = { type = "string", one_of = ["free", "pro"] }
created = "date"
"/address/city" = "string"

[segments.staff]
description = "People who work here"
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]

[segments.outsiders]
description = "Everybody else"
rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"], negate = true }] }]

[[segments.outsiders.examples]]
member = true
context = { user = { key = "u", address = { city = "Rome" } } }

[flags.checkout]
variations = ["fast", "slow"]
fallthrough = "slow"

[[flags.checkout.rules]]
clauses = [{ op = "segmentMatch", values = ["staff"] }]
serve = "fast"

[[assertions]]
disjoint = ["staff", "!staff & outsiders"]
"#;

fn opened(text: &str) -> (Folder, Client, String) {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), text);
    (folder, client, uri)
}

fn at(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("{part}")) + 1
}

fn titles(actions: &[Json]) -> Vec<&str> {
    actions
        .iter()
        .map(|action| action["title"].as_str().unwrap())
        .collect()
}

/// The text after the action of a title, which has to be there.
fn after(client: &mut Client, uri: &str, part: &str, title: &str) -> String {
    let text = client.text(uri).to_owned();
    let start = text.find(part).unwrap_or_else(|| panic!("{part}"));
    let actions = client.actions(uri, start..start + part.len());
    let action = actions.iter().find(|action| action["title"] == title);
    let action = action.unwrap_or_else(|| panic!("{title:?} is not among {:?}", titles(&actions)));
    client.changed(&action["edit"], uri)
}

#[test]
fn names_are_used_and_renamed_everywhere() {
    let (_folder, mut client, uri) = opened(FILE);
    let offset = at(FILE, "staff]");
    let position = crate::client::position(FILE, offset);
    let params = |with: bool| {
        json!({
            "textDocument": { "uri": uri }, "position": position,
            "context": { "includeDeclaration": with },
        })
    };
    let used = client.ask("textDocument/references", &params(false));
    assert_eq!(used.as_array().unwrap().len(), 4);
    let all = client.ask("textDocument/references", &params(true));
    assert_eq!(all.as_array().unwrap().len(), 5);
    let marked = client.at("textDocument/documentHighlight", &uri, offset);
    assert_eq!(marked.as_array().unwrap().len(), 5);
    for (part, new, expected) in [
        (
            "staff]",
            "team.eu",
            vec![
                "[segments.\"team.eu\"]",
                "values = [\"team.eu\"], negate",
                "values = [\"team.eu\"] }]\nserve",
                "[\"team.eu\", \"!team.eu & outsiders\"]",
            ],
        ),
        ("email =", "mail", vec!["\nmail = ", "attribute = \"mail\""]),
        (
            "fast\",",
            "quick",
            vec!["[\"quick\", \"slow\"]", "serve = \"quick\""],
        ),
        (
            "/address",
            "/address/town",
            vec!["\"/address/town\" = ", "{ town = \"Rome\" }"],
        ),
        (
            "checkout]",
            "pay",
            vec!["[flags.pay]", "[[flags.pay.rules]]"],
        ),
    ] {
        let mut named = params(false);
        named["newName"] = new.into();
        named["position"] = crate::client::position(FILE, at(FILE, part));
        let edit = client.ask("textDocument/rename", &named);
        let text = client.changed(&edit, &uri);
        for part in expected {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        client.replace(&uri, &text);
        assert_eq!(client.diagnostics(&uri), [] as [Json; 0], "{text}");
        client.replace(&uri, FILE);
    }
}

#[test]
fn what_cannot_be_renamed_says_why() {
    let (_folder, mut client, uri) = opened(FILE);
    for (part, new, expected) in [
        ("staff]", "outsiders", "exists already"),
        ("staff]", "no spaces", "space"),
        ("user.attributes", "person", "cannot be renamed"),
        ("key = \"u\"", "id", "cannot be renamed"),
        ("description", "x", "there is no name at this position"),
    ] {
        let params = json!({
            "textDocument": { "uri": uri },
            "position": crate::client::position(FILE, at(FILE, part)),
            "newName": new,
        });
        let answer = client.answer("textDocument/rename", &params);
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{part}: {answer}");
    }
    let prepared = client.at("textDocument/prepareRename", &uri, at(FILE, "staff]"));
    assert_eq!(prepared["placeholder"], "staff");
}

#[test]
fn every_suggestion_of_a_message_is_an_action_that_helps() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), "");
    let mut count = 0;
    for (name, text) in crate::typing::fixtures() {
        client.replace(&uri, &text);
        let found = client.diagnostics(&uri);
        let report = segments_model::file::read("segments.toml", text.as_bytes());
        for suggested in report
            .diagnostics()
            .iter()
            .filter(|it| it.suggestion.is_some())
        {
            let actions = client.actions(&uri, suggested.span.clone());
            let expected = suggested.suggestion.as_ref().unwrap().apply(&text);
            let made = actions
                .iter()
                .any(|action| client.changed(&action["edit"], &uri) == expected);
            assert!(
                made,
                "{name}: {}: {:?}",
                suggested.message,
                titles(&actions)
            );
            count += 1;
        }
        assert_eq!(found.len(), report.diagnostics().len(), "{name}");
    }
    assert!(count >= 16, "{count}");
}

#[test]
fn words_of_messages_are_actions() {
    let wrong =
        |clause: &str| format!("{FILE}\n[segments.edited]\ndescription = \"d\"\n{clause}\n");
    let clause = |clause: &str| wrong(&format!("rules = [{{ clauses = [{{ {clause} }}] }}]"));
    let (_folder, mut client, uri) = opened("");
    for (text, part, title, expected) in [
        (
            clause("attribute = \"email\", op = \"in\", values = [\"a\", \"b\", \"a\"]"),
            "\"a\"] }] }]",
            "Remove the second",
            "values = [\"a\", \"b\"]",
        ),
        (
            clause("attribute = \"email\", op = \"startsWith\", values = [\"a\", \"ab\"]"),
            "\"ab\"",
            "Remove the narrower value, or write two clauses if both have to match",
            "values = [\"a\"]",
        ),
        (
            clause("attribute = \"created\", op = \"before\", values = [\"2024-05-03T10:00:00\"]"),
            "\"2024",
            "Write `2024-05-03T10:00:00Z`",
            "values = [\"2024-05-03T10:00:00Z\"]",
        ),
        (
            clause("attribute = \"colour\", op = \"in\", values = [\"a\"]"),
            "\"colour\"",
            "Declare attribute `colour` of `user`",
            "[contexts.user.attributes]\ncolour = \"string\"\n",
        ),
        (
            clause("op = \"segmentMatch\", values = [\"partners\"]"),
            "\"partners\"",
            "List `partners` in `external_segments`",
            "external_segments = [\"partners\"]\n",
        ),
        (
            clause("op = \"segmentMatch\", values = [\"partners\"]"),
            "\"partners\"",
            "Declare segment `partners`",
            "[segments.partners]\n",
        ),
        (
            clause("context = \"org\", attribute = \"key\", op = \"in\", values = [\"a\"]"),
            "\"org\"",
            "Declare context kind `org`",
            "[contexts.org.attributes]\n",
        ),
        (
            clause("attribute = \"email\", op = \"in\", values = [\"a*\"]"),
            "\"a*\"",
            "Allow `text-wildcard` for segment `edited`",
            "[segments.edited]\nallow = [\"text-wildcard\"]\n",
        ),
        (
            clause("attribute = \"email\", op = \"in\", values = [\"a*\"]"),
            "\"a*\"",
            "Allow `text-wildcard` in this file",
            "allow = [\"text-wildcard\"]\n[contexts",
        ),
        (
            FILE.replace("serve = \"fast\"", "serve = \"other\""),
            "\"other\"",
            "Declare variation `other`",
            "variations = [\"fast\", \"slow\", \"other\"]",
        ),
        (
            clause("attribute = \"email\", op = \"in\", values = [\"a\", \"b\"]"),
            "\"b\"",
            "Split this rule into one for each value",
            "values = [\"a\"] }] }, { clauses = [{ attribute = \"email\", op = \"in\", values = [\"b\"] }] }]",
        ),
    ] {
        client.replace(&uri, &text);
        let fixed = after(&mut client, &uri, part, title);
        assert!(fixed.contains(expected), "{title}: {fixed}");
        client.replace(&uri, &fixed);
        let left = client.diagnostics(&uri);
        let error = left.iter().find(|it| it["severity"] == 1);
        assert!(error.is_none(), "{title}: {error:?}");
    }
    // 0 % is nobody, and no percentage is everybody: neither is done by itself.
    let text = wrong(
        "rules = [{ percent = 0, clauses = [{ attribute = \"email\", op = \"in\", values = [\"a\"] }] }]",
    );
    client.replace(&uri, &text);
    let start = text.find("percent = 0").unwrap();
    for action in client.actions(&uri, start..start + 11) {
        let changed = client.changed(&action["edit"], &uri);
        let for_all = changed.contains("attribute = \"email\", op = \"in\", values = [\"a\"]")
            && !changed.contains("percent");
        assert!(!for_all, "{action}");
    }
    let text = FILE
        .replace("segments.staff]", "segments.Staff]")
        .replace("\"staff\"", "\"Staff\"");
    client.replace(&uri, &text);
    assert_eq!(
        after(&mut client, &uri, "Staff]", "Rename to `staff` everywhere"),
        FILE
    );
}

#[test]
fn all_is_fixed_at_once() {
    let text = FILE
        .replace("endsWith", "ends_with")
        .replace("segmentMatch", "segment_match");
    let (_folder, mut client, uri) = opened(&text);
    let fixed = after(&mut client, &uri, "ends_with", "Apply all fixes");
    assert_eq!(fixed, FILE);
}

#[test]
fn a_file_is_laid_out_as_fmt_does() {
    let messy = FILE.replace(" = ", "=").replace("{ ", "{");
    let (folder, mut client, uri) = opened(&messy);
    let edits = client.about("textDocument/formatting", &uri);
    let laid_out = changed(&messy, edits.as_array().unwrap());
    let path = folder.write("fmt.toml", &messy);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-segments"))
        .args(["fmt", "--quiet"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(laid_out, std::fs::read_to_string(&path).unwrap());
    client.replace(&uri, &laid_out);
    assert_eq!(client.about("textDocument/formatting", &uri), json!([]));

    // Of a part only the tables that it touches.
    client.replace(&uri, &messy);
    let start = messy.find("[segments.staff]").unwrap();
    let params = json!({
        "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true },
        "range": { "start": crate::client::position(&messy, start), "end": crate::client::position(&messy, start + 20) },
    });
    let edits = client.ask("textDocument/rangeFormatting", &params);
    let part = changed(&messy, edits.as_array().unwrap());
    assert!(
        part.contains("rules = [{ clauses = [{ attribute = \"email\""),
        "{part}"
    );
    assert!(part.contains("description=\"Everybody else\""), "{part}");

    client.replace(&uri, "[segments.");
    let answer = client.answer(
        "textDocument/formatting",
        &json!({ "textDocument": { "uri": uri } }),
    );
    assert!(answer["error"]["message"].is_string(), "{answer}");
}

#[test]
fn windows_line_ends_stay() {
    let messy = FILE.replace(" = ", "=").replace('\n', "\r\n");
    let (_folder, mut client, uri) = opened(&messy);
    assert_eq!(client.diagnostics(&uri), [] as [Json; 0]);
    let edits = client.about("textDocument/formatting", &uri);
    let laid_out = changed(&messy, edits.as_array().unwrap());
    assert!(laid_out.contains("email = \"string\"\r\n"), "{laid_out}");
    assert!(!laid_out.replace("\r\n", "").contains('\n'));
}

#[test]
fn a_file_has_symbols_folds_and_colors() {
    let (_folder, mut client, uri) = opened(FILE);
    let symbols = client.about("textDocument/documentSymbol", &uri);
    let names: Vec<_> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["user", "staff", "outsiders", "checkout"]);
    let children = |index: usize| {
        let all = symbols[index]["children"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        all.iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(children(0), ["email", "plan", "created", "/address/city"]);
    assert_eq!(children(2), ["example 1"]);
    let found = client.ask("workspace/symbol", &json!({ "query": "otsd" }));
    assert_eq!(found[0]["name"], "outsiders");

    let folds = client.about("textDocument/foldingRange", &uri);
    let folds: Vec<_> = folds
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["startLine"].as_u64().unwrap(),
                it["endLine"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(folds[..2], [(0, 4), (6, 8)]);

    let tokens = client.about("textDocument/semanticTokens/full", &uri);
    let legend = client.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"].clone();
    let data: Vec<u64> = tokens["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_u64().unwrap())
        .collect();
    let (mut line, mut column) = (0, 0);
    let mut words = Vec::new();
    for token in data.chunks(5) {
        column = if token[0] == 0 {
            column + token[1]
        } else {
            token[1]
        };
        line += token[0];
        let place = json!({ "line": line, "character": column });
        let start = crate::client::offset(FILE, &place);
        let word = &FILE[start..start + usize::try_from(token[2]).unwrap()];
        words.push((
            word,
            legend[usize::try_from(token[3]).unwrap()].as_str().unwrap(),
        ));
    }
    for expected in [
        ("contexts", "keyword"),
        ("user", "type"),
        ("email", "property"),
        ("staff", "class"),
        ("\"endsWith\"", "operator"),
        ("\"staff\"", "class"),
        ("\"fast\"", "enumMember"),
    ] {
        assert!(
            words.contains(&expected),
            "{expected:?} is not in {words:?}"
        );
    }
}

#[test]
fn hints_and_lenses_say_what_is_not_written() {
    let folder = Folder::new();
    let history = folder.write(
        "history.ndjson",
        "{\"at\":1,\"contexts\":100000,\"members\":{\"staff\":12400,\"outsiders\":1}}\n",
    );
    let text = format!(
        "{FILE}\n[segments.early]\ndescription = \"d\"\nrules = [\n  {{ clauses = [{{ attribute = \"created\", op = \"before\", values = [1714694400000] }}] }},\n  {{ clauses = [{{ attribute = \"created\", op = \"before\", values = [1700000000000] }}] }},\n]\n"
    );
    let history = history.display().to_string();
    let mut client = Client::with(
        &[&folder.path("")],
        &usual_capabilities(),
        &["--history", &history],
    );
    let uri = client.open(&folder.path("segments.toml"), &text);
    let whole = json!({
        "start": { "line": 0, "character": 0 }, "end": crate::client::position(&text, text.len()),
    });
    let params = json!({ "textDocument": { "uri": uri }, "range": whole });
    let hints = client.ask("textDocument/inlayHint", &params);
    let labels: Vec<_> = hints
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "12,400 members",
            "1 member",
            "2024-05-03T00:00:00Z",
            "2023-11-14T22:13:20Z",
            "adds no one"
        ]
    );
    let lenses = client.about("textDocument/codeLens", &uri);
    let titles: Vec<_> = lenses
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["command"]["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["12,400 members · asked by 2", "1 member"]);
    let hover = client.at("textDocument/hover", &uri, at(&text, "staff]"));
    let shown = hover["contents"]["value"].as_str().unwrap();
    assert!(
        shown.contains("12,400 members of 100,000 contexts"),
        "{shown}"
    );
    let found = client.diagnostics(&uri);
    assert_eq!(
        found[0]["tags"],
        json!([1]),
        "what changes nothing is tagged"
    );
    let href = found[0]["codeDescription"]["href"].as_str().unwrap();
    assert!(href.ends_with("docs/diagnostics.md#rule-covered"), "{href}");
    let related = &found[0]["relatedInformation"][0];
    assert!(text[span(&text, &related["location"]["range"])].contains("1714694400000"));
}

#[test]
fn templates_go_to_editors_that_fill_them_in() {
    let folder = Folder::new();
    let mut capabilities = usual_capabilities();
    capabilities["textDocument"]["completion"]["completionItem"]["snippetSupport"] = true.into();
    let mut client = Client::with(&[&folder.path("")], &capabilities, &[]);
    let text = "[segments.a]\n";
    let uri = client.open(&folder.path("segments.toml"), text);
    let items = client.at("textDocument/completion", &uri, text.len());
    let rules = items
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["label"] == "rules")
        .unwrap();
    assert_eq!(rules["textEdit"]["newText"], "rules = [{ $0 \\}]");
    assert_eq!(rules["insertTextFormat"], 2);
}

#[test]
fn a_completion_replaces_what_is_half_typed() {
    let (_folder, mut client, uri) = opened("");
    for (typed, label, expected) in [
        (
            "rules = [{ clauses = [{ attribute = \"em|\" }] }]",
            "email",
            "attribute = \"email\" }",
        ),
        (
            "rules = [{ clauses = [{ attribute = \"em|",
            "email",
            "attribute = \"email\"",
        ),
        (
            "rules = [{ clauses = [{ attribute = em|",
            "email",
            "attribute = \"email\"",
        ),
        (
            "rules = [{ clauses = [{ attribute = \"em|, op = \"in\" }] }]",
            "email",
            "attribute = \"email\", op = ",
        ),
        (
            "rules = [{ clauses = [{ op = \"segmentMatch\", values = ['|'] }] }]",
            "staff",
            "values = ['staff']",
        ),
        (
            "included = { user = ['u'], un|",
            "until",
            "user = ['u'], until = ",
        ),
        (
            "excluded = [{ |, user = ['u'] }]",
            "until",
            "[{ until = , user",
        ),
        ("inclu|", "included", "\nincluded = "),
        ("incl| = { }", "included", "\nincluded = { }"),
    ] {
        let text = format!("{FILE}\n[segments.edited]\n{}", typed.replace('|', ""));
        client.replace(&uri, &text);
        let cursor = FILE.len() + "\n[segments.edited]\n".len() + typed.find('|').unwrap();
        let items = client.at("textDocument/completion", &uri, cursor);
        let item = items
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["label"] == label);
        let item = item.unwrap_or_else(|| panic!("{typed}: {items}"));
        let completed = changed(&text, std::slice::from_ref(&item["textEdit"]));
        assert!(completed.contains(expected), "{typed}: {completed}");
    }
}
