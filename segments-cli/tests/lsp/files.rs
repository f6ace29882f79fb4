//! Several files, several folders, and Rust that includes them.

use serde_json::{Value as Json, json};

use crate::client::{Client, Folder, changed, position, uri};

const STAFF: &str = "[contexts.user.attributes]\nemail = \"string\"\n\n[segments.staff]\ndescription = \"d\"\nrules = [{ clauses = [{ attribute = \"email\", op = \"endsWith\", values = [\"@company.com\"] }] }]\n";
const OTHERS: &str = "external_segments = [\"staff\"]\n\n[segments.others]\ndescription = \"d\"\nrules = [{ clauses = [{ op = \"segmentMatch\", values = [\"staff\"], negate = true }] }]\n";

fn codes(found: &[Json]) -> Vec<&str> {
    found
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect()
}

#[test]
fn files_that_a_manifest_names_belong_together() {
    let folder = Folder::new();
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\n[package.metadata.segments]\nfiles = [\"a.toml\", \"b.toml\"]\n",
    );
    let a = folder.write("a.toml", STAFF);
    let b = folder.write("b.toml", STAFF.replace("staff", "others"));
    let mut client = Client::start(&[&folder.path("")]);
    let (a, b) = (client.open(&a, STAFF), uri(&b));
    assert_eq!(client.diagnostics(&a), [] as [Json; 0]);
    // Nobody saved it, and nobody opened the other one.
    client.replace(&a, &STAFF.replace("staff", "others"));
    let found = client.diagnostics(&b);
    assert_eq!(codes(&found), ["key-duplicate"]);
    let whole = client.ask("workspace/diagnostic", &json!({ "previousResultIds": [] }));
    let items = whole["items"].as_array().unwrap();
    let wrong: Vec<_> = items
        .iter()
        .filter(|it| !it["items"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0]["uri"], b.as_str());
    // What is saved counts again.
    client.tell(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": a } }),
    );
    assert_eq!(client.diagnostics(&b), [] as [Json; 0]);
}

#[test]
fn files_that_belong_together_ask_what_the_others_declare() {
    let folder = Folder::new();
    let manifest =
        "[package]\nname = \"shop\"\n[package.metadata.segments]\nfiles = [\"[ab].toml\"]\n";
    folder.write("Cargo.toml", manifest);
    let a = folder.write("a.toml", STAFF);
    let b = "[segments.others]\ndescription = \"d\"\nrules = [{ clauses = [{ op = \"segmentMatch\", values = [\"staff\"], negate = true }, { attribute = \"email\", op = \"in\", values = [\"a@x.com\"] }] }]\n";
    let path = folder.write("b.toml", b);
    let mut client = Client::start(&[&folder.path("")]);
    let (a, b) = (client.open(&a, STAFF), client.open(&path, b));
    assert_eq!(client.diagnostics(&b), [] as [Json; 0]);
    assert_eq!(client.diagnostics(&a), [] as [Json; 0]);
    // What the other file says while it is edited counts at once.
    client.replace(&a, &STAFF.replace("staff", "team").replace("email", "mail"));
    let found = client.diagnostics(&b);
    assert_eq!(codes(&found), ["segment-unknown", "attribute-unknown"]);
}

#[test]
fn a_rename_reaches_other_files() {
    let folder = Folder::new();
    let a = folder.write("one/segments.toml", STAFF);
    let b = folder.write("two/segments.toml", OTHERS);
    let mut client = Client::start(&[&folder.path("one"), &folder.path("two")]);
    let a = client.open(&a, STAFF);
    let params = json!({
        "textDocument": { "uri": a },
        "position": position(STAFF, STAFF.find("staff").unwrap()),
        "newName": "team",
    });
    let edit = client.ask("textDocument/rename", &params);
    assert_eq!(client.changed(&edit, &a), STAFF.replace("staff", "team"));
    let edits = edit["changes"][uri(&b)].as_array().unwrap();
    assert_eq!(changed(OTHERS, edits), OTHERS.replace("staff", "team"));
    // A folder that is closed takes its files with it.
    let folders = json!({ "event": { "added": [], "removed": [{ "uri": uri(&folder.path("two")), "name": "two" }] } });
    client.tell("workspace/didChangeWorkspaceFolders", &folders);
    let found = client.ask("workspace/symbol", &json!({ "query": "others" }));
    assert_eq!(found, json!([]));
}

#[cfg(unix)]
#[test]
fn a_folder_behind_a_link_is_called_as_the_editor_calls_it() {
    let folder = Folder::new();
    folder.write("real/Cargo.toml", "[package]\nname = \"shop\"\n[package.metadata.segments]\nfiles = [\"a.toml\", \"segments.toml\"]\n");
    folder.write("real/a.toml", STAFF);
    folder.write("real/segments.toml", OTHERS);
    let link = folder.path("link");
    std::os::unix::fs::symlink(folder.path("real"), &link).unwrap();
    let mut client = Client::start(&[&link]);
    let opened = client.open(&link.join("segments.toml"), OTHERS);
    assert_eq!(client.diagnostics(&opened), [] as [Json; 0]);
    let found = client.at(
        "textDocument/definition",
        &opened,
        OTHERS.rfind("staff").unwrap(),
    );
    assert_eq!(found[0]["uri"], uri(&link.join("a.toml")));
    // The same file by its real path.
    let again = client.open(&folder.path("real/a.toml"), STAFF);
    let found = client.at(
        "textDocument/definition",
        &again,
        STAFF.rfind("email").unwrap(),
    );
    assert_eq!(found[0]["uri"], again);
}

#[test]
fn editors_that_ask_for_nothing_are_told() {
    let folder = Folder::new();
    let wrong = STAFF.replace("endsWith", "ends_with");
    folder.write("a/segments.toml", &wrong);
    let capabilities =
        json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::with(&[&folder.path("")], &capabilities, &[]);
    let is_told = |message: &Json| message["method"] == "textDocument/publishDiagnostics";
    let told = client.wait(is_told);
    assert_eq!(told["params"]["uri"], uri(&folder.path("a/segments.toml")));
    assert_eq!(told["params"]["diagnostics"][0]["code"], "operator-unknown");
    // Somebody else saves it, and deletes it.
    folder.write("a/segments.toml", STAFF);
    client.tell("workspace/didChangeWatchedFiles", &json!({ "changes": [] }));
    assert_eq!(client.wait(is_told)["params"]["diagnostics"], json!([]));
    folder.write("a/segments.toml", &wrong);
    client.tell("workspace/didChangeWatchedFiles", &json!({ "changes": [] }));
    assert_eq!(
        client.wait(is_told)["params"]["diagnostics"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    std::fs::remove_file(folder.path("a/segments.toml")).unwrap();
    client.tell("workspace/didChangeWatchedFiles", &json!({ "changes": [] }));
    assert_eq!(client.wait(is_told)["params"]["diagnostics"], json!([]));
    let asked = client
        .told
        .iter()
        .any(|it| it["method"] == "client/registerCapability");
    assert!(asked, "files are watched");
}

#[test]
fn other_files_of_toml_are_left_alone() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    for (name, text) in [
        ("Cargo.toml", "[package]\nname = 1\n"),
        ("other.toml", "[tool]\nx = 1\n"),
    ] {
        let uri = client.open(&folder.path(name), text);
        assert_eq!(client.diagnostics(&uri), [] as [Json; 0]);
        assert_eq!(client.at("textDocument/completion", &uri, 0), Json::Null);
    }
    let uri = client.open(&folder.path("audiences.toml"), STAFF);
    assert_eq!(
        client.at("textDocument/hover", &uri, STAFF.find("staff").unwrap())["contents"]["kind"],
        "markdown"
    );
}

/// A package that includes a file, and one that depends on it.
fn with_rust() -> Folder {
    let folder = Folder::new();
    folder.write("shop/Cargo.toml", "[package]\nname = \"shop\"\n");
    folder.write("shop/segments.toml", STAFF);
    folder.write(
        "shop/src/lib.rs",
        "segments_runtime::include_segments!(\"segments.toml\");\n// Staff\npub fn in_it(user: &User) -> bool { Staff::contains(user) && \"Staff\" != \"\" }\nfn at() { User::EMAIL.ends_with(\"x\"); User::new(\"k\").email(\"e\"); }\n",
    );
    folder.write(
        "web/Cargo.toml",
        "[package]\nname = \"web\"\n[dependencies]\nshop = { path = \"../shop\" }\n",
    );
    folder.write(
        "web/src/main.rs",
        "use shop::Staff;\nfn main() { Staff::contains(&x); }\n",
    );
    folder.write("other/Cargo.toml", "[package]\nname = \"other\"\n");
    folder.write("other/src/main.rs", "struct Staff;\nfn main() { Staff; }\n");
    folder
}

#[test]
fn keys_lead_into_rust_and_renames_reach_it() {
    let folder = with_rust();
    let mut client = Client::start(&[&folder.path("")]);
    let opened = client.open(&folder.path("shop/segments.toml"), STAFF);
    let staff = STAFF.find("staff").unwrap();
    let found = client.at("textDocument/definition", &opened, staff);
    assert_eq!(found[0]["uri"], uri(&folder.path("shop/src/lib.rs")));
    assert_eq!(
        found[0]["range"]["start"],
        json!({ "line": 0, "character": 36 })
    );
    let mut params = json!({
        "textDocument": { "uri": opened }, "position": position(STAFF, staff),
        "context": { "includeDeclaration": false },
    });
    let used = client.ask("textDocument/references", &params);
    assert_eq!(used.as_array().unwrap().len(), 3, "{used}");
    params["newName"] = "the-team".into();
    let edit = client.ask("textDocument/rename", &params);
    let lib = std::fs::read_to_string(folder.path("shop/src/lib.rs")).unwrap();
    let edits = edit["changes"][uri(&folder.path("shop/src/lib.rs"))]
        .as_array()
        .unwrap();
    assert_eq!(
        changed(&lib, edits),
        lib.replace("{ Staff::", "{ TheTeam::")
    );
    let main = std::fs::read_to_string(folder.path("web/src/main.rs")).unwrap();
    let edits = edit["changes"][uri(&folder.path("web/src/main.rs"))]
        .as_array()
        .unwrap();
    assert_eq!(changed(&main, edits), main.replace("Staff", "TheTeam"));
    assert!(edit["changes"][uri(&folder.path("other/src/main.rs"))].is_null());

    // An attribute is a constant, and a method that may be anything.
    params["position"] = position(STAFF, STAFF.find("email").unwrap());
    params["newName"] = "mailTo".into();
    let edit = client.ask("textDocument/rename", &params);
    let edits = edit["changes"][uri(&folder.path("shop/src/lib.rs"))]
        .as_array()
        .unwrap();
    assert_eq!(
        changed(&lib, edits),
        lib.replace("User::EMAIL", "User::MAIL_TO")
    );
    let told = client
        .told
        .iter()
        .find(|it| it["method"] == "window/showMessage")
        .unwrap();
    let message = told["params"]["message"].as_str().unwrap();
    assert!(message.contains("shop/src/lib.rs:4"), "{message}");
}

#[test]
fn what_a_package_declares_itself_is_left_and_told() {
    let folder = with_rust();
    folder.write("web/src/staff.rs", "pub struct Staff;\n");
    let mut client = Client::start(&[&folder.path("")]);
    let opened = client.open(&folder.path("shop/segments.toml"), STAFF);
    let params = json!({
        "textDocument": { "uri": opened }, "position": position(STAFF, STAFF.find("staff").unwrap()), "newName": "team",
    });
    let edit = client.ask("textDocument/rename", &params);
    assert!(edit["changes"][uri(&folder.path("web/src/main.rs"))].is_null());
    let told = client
        .told
        .iter()
        .find(|it| it["method"] == "window/showMessage")
        .unwrap();
    let message = told["params"]["message"].as_str().unwrap();
    assert!(message.contains("web/src/main.rs:1"), "{message}");
}

#[test]
fn who_includes_a_file_that_is_saved_is_told() {
    let folder = with_rust();
    let mut client = Client::start(&[&folder.path("")]);
    let opened = client.open(&folder.path("shop/segments.toml"), STAFF);
    client.tell(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": opened } }),
    );
    let told = client.wait(|message| message["method"] == "segments/included");
    assert_eq!(
        told["params"]["files"],
        json!([uri(&folder.path("shop/src/lib.rs"))])
    );
    assert_eq!(
        told["params"]["packages"],
        json!([uri(&folder.path("shop"))])
    );
}
