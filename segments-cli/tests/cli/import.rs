//! `import`.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

use crate::accounts::odd::{self, Fate, Odd};
use crate::accounts::{Dice, clause};
use crate::support::{Ended, Folder};

/// Sends one request about the segments of production, as somebody's script would.
pub(crate) fn send(emulator: &Emulator, method: &str, path: &str, body: &Json) {
    let path = format!("segments/default/production{path}");
    rest(emulator, method, &path, body);
}

/// Sends one request, and returns the answer.
pub(crate) fn rest(emulator: &Emulator, method: &str, path: &str, body: &Json) -> Json {
    let mut stream = TcpStream::connect(emulator.address()).unwrap();
    let semantic = if body.get("instructions").is_some() {
        "; domain-model=launchdarkly.semanticpatch"
    } else {
        ""
    };
    let body = body.to_string();
    write!(
        stream,
        "{method} /api/v2/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Type: application/json{semantic}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        emulator.access_token(),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 20"),
        "{method} {path} {body}: {answer}"
    );
    let (_, json) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(json).unwrap_or_default()
}

fn make(emulator: &Emulator, key: &str, tags: &[&str], patch: &Json) {
    let new = json!({"key": key, "name": format!("The \"{key}\"\n\u{7f}"), "tags": tags});
    send(emulator, "POST", "", &new);
    if patch.as_array().is_some_and(|patch| !patch.is_empty()) {
        send(emulator, "PATCH", &format!("/{key}"), patch);
    }
}

pub(crate) fn rules(rules: &Json) -> Json {
    json!([{"op": "replace", "path": "/rules", "value": rules}])
}

/// Two hundred accounts under `SEGMENTS_THOROUGH`, which `.ci/thorough` sets, else a tenth of them.
#[test]
fn what_is_imported_is_what_is_there() {
    let all = std::env::var_os("SEGMENTS_THOROUGH").is_some();
    let rounds = if all { 200 } else { 20 };
    // Starting a process is most of it, and processes can start beside each other.
    std::thread::scope(|scope| {
        for start in 0..2 {
            scope.spawn(move || (start..rounds).step_by(2).for_each(round_trip));
        }
    });
}

fn round_trip(round: usize) {
    let mut dice = Dice::new(u64::try_from(round).unwrap());
    let emulator = Emulator::builder().start_blocking().unwrap();
    let folder = Folder::new(&format!("import-{round}"));
    let count = 1 + dice.below(12);
    let segments = json!(dice.segments(count)).to_string();
    emulator.import("default", "production", &segments).unwrap();
    let before = emulator.segments("default", "production");
    let ended = folder.run_at(&emulator, "import").with(0);
    assert!(
        ended.messages.starts_with(&format!("imported {count} of ")),
        "{ended:?}"
    );
    folder.run("check").with(0);
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        format!("default/production: {count} unchanged (project: default, environment: default)\n")
    );
    assert_eq!(emulator.segments("default", "production"), before);
}

/// Fills production with 300 segments that are nobody's.
pub(crate) fn account_of_300(emulator: &Emulator) {
    let listed: Vec<Json> = (0..300)
        .map(|n| {
            let mut staff = clause("user", "email", "endsWith", &json!([format!("@{n}.com")]));
            staff["_id"] = json!(format!("c{n}"));
            json!({"key": format!("staff-{n}"), "name": format!("Staff {n}"), "version": 1 + n % 7,
                "description": "People of one company",
                "tags": ["people"], "rules": [{"_id": format!("r{n}"), "clauses": [staff]}]})
        })
        .collect();
    let listed = json!(listed).to_string();
    emulator.import("default", "production", &listed).unwrap();
}

/// What is wrong with one segment of an answer is no reason to leave out the others.
#[test]
fn a_segment_that_cannot_be_read_is_left_out_by_its_key() {
    let body = json!({
        "items": [
            {"key": "odd", "name": "Odd", "version": 1, "rules": {"canary-5d8e": 1}},
            {"key": "asks", "name": "Asks", "version": 1,
                "rules": [{"_id": "r", "clauses": [clause("user", "", "segmentMatch", &json!(["odd"]))]}]},
            {"key": "staff", "name": "Staff", "version": 1, "included": ["u-1"]},
        ],
        "totalCount": 3,
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(20) {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or_default();
            let asks_expiries =
                String::from_utf8_lossy(&head[..length]).contains("expiring-targets");
            let body = if asks_expiries {
                json!({"items": []}).to_string()
            } else {
                body.to_string()
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    let folder = Folder::new("import-unreadable");
    let import = |words: &str| {
        let mut command = folder.command(words);
        command
            .env("LAUNCHDARKLY_BASE_URI", &address)
            .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-canary-5d8e");
        Ended::from(command.output().unwrap())
    };
    let ended = import("import").with(4);
    assert_eq!(
        ended.messages,
        "left out odd: `rules` is of another type than documented\nimported 2 of 3 segments\n"
    );
    let ended = folder.run("check").with(0);
    assert_eq!(ended.messages, "checked 2 segments: nothing is wrong\n");
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert!(text.contains("external_segments = [\"odd\"]"), "{text}");
    // Whom nobody asks for is not told.
    std::fs::remove_file(folder.path("segments.toml")).unwrap();
    let ended = import("import --key staff").with(0);
    assert_eq!(ended.messages, "imported 1 of 1 segment\n");
}

#[test]
fn an_account_of_many_segments_is_taken_over_bit_by_bit() {
    let (folder, emulator) = (
        Folder::new("import-account"),
        Emulator::builder().start_blocking().unwrap(),
    );
    account_of_300(&emulator);
    let ended = folder.run_at(&emulator, "import").with(0);
    assert_eq!(ended.messages, "imported 300 of 300 segments\n");
    let ended = folder.run("check").with(0);
    assert_eq!(ended.messages, "checked 300 segments: nothing is wrong\n");
    folder.run("fmt --check").with(0);
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        "default/production: 300 unchanged (project: default, environment: default)\n"
    );

    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    folder.write("segments.toml", &text.replace("\"@7.com\"", "\"@7.org\""));
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        "~ adopt staff-7
    add tags managed-by.segments-as-code, manages.description.tags.rules
    rule 1 (user email ends with \"@7.com\"): user email ends with \"@7.com\" → user email ends with \"@7.org\"
    wider: also lets in, for example, `{\"kind\":\"user\",\"key\":\"u\",\"email\":\"@7.org\"}`
    narrower: no longer lets in, for example, `{\"kind\":\"user\",\"key\":\"u\",\"email\":\"@7.com\"}`
default/production: 299 unchanged, 1 to adopt (project: default, environment: default)
"
    );
    emulator.clear_requests();
    folder.run_at(&emulator, "apply --yes").with(0);
    let writes = emulator.requests();
    let writes = writes.iter().filter(|request| request.is_write()).count();
    assert_eq!(writes, 1);
    folder.run_at(&emulator, "verify").with(0);

    // Somebody else changes what was imported: whoever has not seen that does not win over it.
    let rename = json!([{"op": "replace", "path": "/name", "value": "Other"}]);
    send(&emulator, "PATCH", "/staff-8", &rename);
    let ended = folder.run_at(&emulator, "apply --yes").with(4);
    assert!(ended.messages.contains("staff-8"), "{ended:?}");
    let moved = emulator
        .segment("default", "production", "staff-8")
        .unwrap();
    assert_eq!(moved.name, "Other");
}

#[test]
fn an_import_writes_over_nothing_and_to_standard_output_the_same() {
    let (folder, emulator) = (
        Folder::new("import-twice"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let staff =
        json!([{"clauses": [clause("user", "email", "endsWith", &json!(["@company.com"]))]}]);
    make(&emulator, "staff", &["people"], &rules(&staff));
    folder.run_at(&emulator, "import").with(0);
    folder.run_at(&emulator, "import").with(5);
    let ended = folder.run_at(&emulator, "import -").with(0);
    let file = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert_eq!(ended.data.trim_end(), file.trim_end());
}

#[test]
fn rust_that_is_imported_says_what_is_there() {
    let (folder, emulator) = (
        Folder::new("import-rust"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let staff = json!([{"clauses": [
        clause("user", "email", "endsWith", &json!(["@company.com"])),
        clause("user", "/address/city", "in", &json!(["Bern", "Basel"])),
        clause("device", "os-version", "semVerLessThan", &json!(["2.0.0"])),
    ]}]);
    make(&emulator, "staff", &["people"], &rules(&staff));
    let asks = json!([{"clauses": [clause("user", "", "segmentMatch", &json!(["staff"]))], "weight": 12_500}]);
    make(&emulator, "some-staff", &[], &rules(&asks));
    folder.run_at(&emulator, "import audiences.rs").with(0);
    let file = std::fs::read_to_string(folder.path("audiences.rs")).unwrap();
    for part in [
        "use segments_runtime::{Attributes, Context, OneOrMany, segment};",
        "pub address: Option<UserAddress>,",
        "#[context(name = \"os-version\")]\n    pub os_version: Option<OneOrMany<semver::Version>>,",
        "User::EMAIL.ends_with(\"@company.com\"),",
        "User::ADDRESS.city.is_any_of([\"Bern\", \"Basel\"]),",
        "Device::OS_VERSION.lt(\"2.0.0\"),",
        "percent = 12.5,\n        by = User::KEY,\n        member_of!(Staff),",
    ] {
        assert!(file.contains(part), "{part}: {file}");
    }
}

#[test]
fn what_cannot_be_expressed_is_told_and_spoils_nothing_else() {
    let (folder, emulator) = (
        Folder::new("import-odd"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let nested = json!([{"clauses": [clause("user", "groups", "in", &json!([["a"]]))]}]);
    make(&emulator, "nested", &[], &rules(&nested));
    let asks = json!([{"clauses": [clause("user", "", "segmentMatch", &json!(["nested"]))]}]);
    make(&emulator, "asks", &[], &rules(&asks));
    let ended = folder.run_at(&emulator, "import").with(4);
    let mut told = String::new();
    writeln!(told, "imported 1 of 2 segments").unwrap();
    assert!(ended.messages.starts_with("left out nested: "), "{ended:?}");
    assert!(ended.messages.ends_with(&told), "{ended:?}");
    let file = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert!(file.contains("external_segments = [\"nested\"]"), "{file}");
    folder.run("check").with(0);
}

/// 300 segments, of which some are odd in the ways that `accounts/odd.rs` lists.
#[test]
fn what_is_odd_spoils_nothing_else() {
    let (folder, emulator) = (
        Folder::new("import-odd-account"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let odd = odd::odd();
    assert!(odd.len() >= 30);
    let account = json!(odd::account()).to_string();
    emulator.import("default", "production", &account).unwrap();
    let before = emulator.segments("default", "production");
    let ended = folder.run_at(&emulator, "import").with(4);
    let mut imported = 300;
    for Odd { segment, toml, .. } in &odd {
        let key = segment["key"].as_str().unwrap();
        let reason = |line: &&str| line.starts_with(&format!("left out {key}: "));
        let reason = ended.messages.lines().find(reason);
        match toml {
            Fate::Imported => assert_eq!(reason, None, "{ended:?}"),
            Fate::LeftOut(why) => {
                let reason = reason.unwrap_or_else(|| panic!("{key} was not left out: {ended:?}"));
                assert!(reason.contains(why), "{key}: {reason}");
                imported -= 1;
            }
            Fate::Theirs(owner) => {
                let told = format!("left to their owner {owner}: 1 segment ({key})");
                assert!(ended.messages.contains(&told), "{told}: {ended:?}");
                imported -= 1;
            }
        }
    }
    assert!(imported >= 270, "{imported}");
    let told = format!("imported {imported} of 300 segments\n");
    assert!(ended.messages.ends_with(&told), "{ended:?}");

    let ended = folder.run("check").with(0);
    for claim in ["rule-never-matches", "rule-covered"] {
        assert!(!ended.messages.contains(claim), "{ended:?}");
    }
    folder.run("fmt --check").with(0);
    let ended = folder.run_at(&emulator, "plan").with(0);
    // One was written by revision 7 of a program, and a file without a revision is older than any.
    let unchanged = imported - 1;
    assert_eq!(
        ended.data,
        format!(
            "left revised alone: revision 7 is in force, which is newer\n\
             default/production: {unchanged} unchanged, 1 superseded (project: default, environment: default)\n"
        )
    );
    assert_eq!(emulator.segments("default", "production"), before);
    // The next import writes the same.
    folder.run_at(&emulator, "import again.toml").with(4);
    let read = |name| std::fs::read_to_string(folder.path(name)).unwrap();
    let file = read("segments.toml");
    assert_eq!(read("again.toml"), file);
    // Only revisions of a sync are its own tags.
    assert!(file.contains("tags = [\"rev.07\", \"rev.x\"]"), "{file}");
    assert!(
        file.contains("email = { type = \"any\", many = \"unknown\" }"),
        "{file}"
    );
    assert!(
        file.contains("external_segments = [\"circle-b\", \"of-terraform\"]"),
        "{file}"
    );
}

/// A tag of the own owner is no reason to leave a segment to anybody.
#[test]
fn an_owner_imports_what_is_its_own() {
    let (folder, emulator) = (
        Folder::new("import-owner"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let staff = json!([{"clauses": [clause("user", "email", "endsWith", &json!(["@x.io"]))]}]);
    make(
        &emulator,
        "theirs",
        &["managed-by.checkout"],
        &rules(&staff),
    );
    make(
        &emulator,
        "shared",
        &["managed-by.checkout", "managed-by.billing"],
        &rules(&staff),
    );
    let ended = folder.run_at(&emulator, "import --owner checkout").with(0);
    assert_eq!(
        ended.messages,
        "left to their owner billing: 1 segment (shared)\nimported 1 of 2 segments\n"
    );
    folder.run("check").with(0);
    let ended = folder.run_at(&emulator, "plan --owner checkout").with(0);
    // It carries this owner's tag beside the other's.
    assert_eq!(
        ended.data,
        "kept shared, which is no longer declared: it carries the owner's tag of `checkout` and `billing`\n\
         default/production: 1 unchanged, 1 kept (project: default, environment: default)\n"
    );
}

#[test]
fn a_selection_of_segments_is_imported_alone() {
    let (folder, emulator) = (
        Folder::new("import-selection"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let on = |op: &str, value: &str| json!([{"clauses": [clause("user", "email", op, &json!([value]))]}]);
    make(
        &emulator,
        "staff",
        &["people"],
        &rules(&on("endsWith", "@x.io")),
    );
    let asks = json!([{"clauses": [clause("user", "", "segmentMatch", &json!(["staff"]))]}]);
    make(&emulator, "asks", &["beta"], &rules(&asks));
    make(&emulator, "other", &[], &rules(&on("contains", "a")));
    let ended = folder.run_at(&emulator, "import --tag beta").with(0);
    assert_eq!(ended.messages, "imported 1 of 1 segment\n");
    folder.run("check").with(0);
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        "default/production: 1 unchanged (project: default, environment: default)\n"
    );
    let ended = folder
        .run_at(&emulator, "import --key staff --key stuff two.toml")
        .with(4);
    assert_eq!(
        ended.messages,
        "there is no segment `stuff`; did you mean `staff`?\nimported 1 of 1 segment\n"
    );
}

/// An account of which nothing can be written down is an empty file that is read again.
#[test]
fn an_account_of_odd_segments_alone_is_a_file_as_well() {
    let (folder, emulator) = (
        Folder::new("import-nothing"),
        Emulator::builder().start_blocking().unwrap(),
    );
    let odd = json!([{"clauses": [clause("user", "/a~2", "in", &json!(["x"]))]}]);
    make(&emulator, "odd", &[], &rules(&odd));
    folder.run_at(&emulator, "import").with(4);
    folder.run("check").with(0);
    folder.run_at(&emulator, "plan").with(0);
}

/// What is the same everywhere is written once, and what is not for each environment.
#[test]
fn several_environments_become_one_file() {
    let (folder, emulator) = (
        Folder::new("import-several"),
        Emulator::builder().start_blocking().unwrap(),
    );
    folder.write(
        "made.toml",
        "[contexts.user.attributes]\nplan = 'string'\n\
         [segments.same]\nincluded = { user = ['u-1'] }\n\
         [segments.share]\ndescription = 'Some'\nenvironments.test.percent = 90\n\
         rules = [{ percent = 10, clauses = [{ attribute = 'plan', op = 'in', values = ['pro'] }] }]\n\
         [segments.listed]\nincluded = { user = ['u-1'] }\nexcluded = { user = ['u-2'] }\n\
         environments.test = { name = 'Other', included = {}, excluded = { user = ['u-3'] } }\n\
         [segments.there]\nincluded = { user = ['u-1'] }\nenvironments.production.absent = true\n\
         [segments.here]\nincluded = { user = ['u-1'] }\nenvironments.test.absent = true\n\
         [segments.empty]\nincluded = { user = ['u-1'] }\nenvironments.test.nobody = true\n",
    );
    let both = "-e production -e test";
    let apply = format!("apply --file made.toml --yes {both}");
    folder.run_at(&emulator, &apply).with(0);
    let ended = folder.run_at(&emulator, &format!("import {both}")).with(0);
    assert_eq!(ended.messages, "imported 6 of 6 segments\n");
    folder.run("check").with(0);
    folder.run("fmt --check").with(0);
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    for (part, count) in [
        ("absent = true", 2),
        ("nobody = true", 1),
        ("included = {", 6),
    ] {
        assert_eq!(text.matches(part).count(), count, "{part}: {text}");
    }
    for environment in ["production", "test"] {
        let ended = folder
            .run_at(&emulator, &format!("plan -e {environment}"))
            .with(0);
        let told = format!(
            "default/{environment}: 5 unchanged (project: default, environment: --environment)\n"
        );
        assert_eq!(ended.data, told, "{text}");
    }
    // Rust is written for one.
    folder
        .run_at(&emulator, &format!("import audiences.rs {both}"))
        .with(2);
}

/// A flag that asks a segment, with one of everything, and is another in `test`.
fn flag_in_two_environments(emulator: &Emulator) {
    for environment in ["production", "test"] {
        let path = format!("segments/default/{environment}");
        rest(
            emulator,
            "POST",
            &path,
            &json!({"key": "staff", "name": "Staff"}),
        );
    }
    let flag = json!({"key": "new-page", "name": "New page", "tags": ["web"], "variations": [
        {"name": "Old page", "value": "old"}, {"name": "New page", "value": "new"}]});
    let flag = rest(emulator, "POST", "flags/default", &flag);
    let id = |place: usize| {
        flag["variations"][place]["_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let patch = |environment: &str, instructions: &Json| {
        let body = json!({"environmentKey": environment, "instructions": instructions});
        rest(emulator, "PATCH", "flags/default/new-page", &body);
    };
    let asks = json!([{"contextKind": "user", "attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]);
    let germans = json!([{"contextKind": "user", "attribute": "country", "op": "in", "values": ["de"], "negate": false}]);
    let rules = json!([
        {"kind": "addRule", "variationId": id(1), "clauses": asks},
        {"kind": "addRule", "clauses": germans, "rolloutContextKind": "user",
            "rolloutWeights": {id(0): 12_500, id(1): 87_500}},
        {"kind": "addTargets", "variationId": id(1), "contextKind": "user", "values": ["u-1", "u-2"]},
        {"kind": "updateFallthroughVariationOrRollout", "variationId": id(0)}]);
    patch("production", &rules);
    let fallthrough =
        json!([{"kind": "updateFallthroughVariationOrRollout", "variationId": id(1)}]);
    patch("test", &fallthrough);
}

#[test]
fn what_flags_serve_is_imported_and_the_first_plan_is_empty() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    flag_in_two_environments(&emulator);
    let flag = || rest(&emulator, "GET", "flags/default/new-page", &Json::Null);
    let before = flag();
    let folder = Folder::new("import-flags");
    let ended = folder
        .run_at(
            &emulator,
            "import --targeting flag/new-page -e production -e test",
        )
        .with(0);
    assert!(ended.messages.contains("imported 1 targeting"), "{ended:?}");
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    for line in [
        "[flags.new-page]",
        "variations = [\"old-page\", \"new-page\"]",
        "fallthrough = \"old-page\"",
        "serve = { old-page = 12.5, new-page = 87.5 }",
        "[flags.new-page.environments.test]",
        "fallthrough = \"new-page\"",
        "country = { type = \"string\", many = \"unknown\" }",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    folder.run("check").with(0);
    for environment in ["production", "test"] {
        let plan = format!("plan -e {environment} --detailed-exitcode");
        folder.run_at(&emulator, &plan).with(0);
    }
    assert_eq!(flag(), before);

    // The first change takes it over.
    let text = text.replace("fallthrough = \"old-page\"", "fallthrough = \"new-page\"");
    folder.write("segments.toml", &text);
    let ended = folder.run_at(&emulator, "apply --yes -v").with(0);
    assert!(
        ended.messages.contains("adopted flag new-page"),
        "{ended:?}"
    );
    assert_ne!(flag(), before);
}

#[test]
fn what_cannot_be_imported_of_flags_is_told() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    flag_in_two_environments(&emulator);
    let folder = Folder::new("import-odd-flags");
    let ended = folder
        .run_at(
            &emulator,
            "import - --targeting flag/nothing --targeting flag/new-page",
        )
        .with(4);
    assert!(
        ended.messages.contains("there is no flag nothing"),
        "{ended:?}"
    );
    // What another owner targets is theirs, and what asks a segment that is gone asks nobody.
    let tags =
        json!([{"op": "replace", "path": "/tags", "value": ["targeted-by.billing.in.production"]}]);
    rest(&emulator, "PATCH", "flags/default/new-page", &tags);
    let all = "import - --targeting all";
    let ended = folder.run_at(&emulator, all).with(4);
    let told = "left out flag new-page: production is left to its owner billing";
    assert!(ended.messages.contains(told), "{ended:?}");
    let ended = folder
        .run_at(&emulator, &format!("{all} --owner billing"))
        .with(0);
    assert!(ended.data.contains("[flags.new-page]"), "{ended:?}");
    send(&emulator, "DELETE", "/staff", &Json::Null);
    let ended = folder
        .run_at(&emulator, &format!("{all} --owner billing"))
        .with(4);
    let told = "left out flag new-page: segment `staff` does not exist";
    assert!(ended.messages.contains(told), "{ended:?}");
    folder
        .run_at(&emulator, "import a.rs --targeting all")
        .with(2);
}
