//! `pull`, and everything that reads what it saves.

use segments_emulator::Emulator;
use serde_json::Value as Json;

use crate::look::WORLD;
use crate::support::Folder;

fn filled() -> Emulator {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(WORLD).unwrap();
    emulator
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn a_snapshot_has_versions_and_salts_and_no_member_unless_asked() {
    let (folder, emulator) = (Folder::of_members("pull"), filled());
    let pulled = folder.run_at(&emulator, "pull").with(0);
    assert_eq!(
        pulled.messages,
        "saved 3 segments, 1 flag and 1 AI Config of default/production to `segments.snapshot.json`, \
         without the keys of listed contexts\n"
    );
    let text = read(&folder, "segments.snapshot.json");
    assert!(!text.contains("5d8e") && !text.contains("sdk-"), "{text}");
    let json: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(json["snapshot"]["project"], "default");
    assert_eq!(
        json["snapshot"]["leftOut"]["segments"]["staff"]["included"]["user"],
        2
    );
    assert!(json["snapshot"]["taken"].as_str().unwrap().ends_with('Z'));
    assert!(json["segments"]["staff"]["salt"].is_string());
    assert!(json["flags"]["assistant"]["version"].is_u64());
    folder
        .run_at(&emulator, "pull all.json --members --protocol fdv2")
        .with(0);
    let text = read(&folder, "all.json");
    assert!(
        text.contains("canary-5d8e-1") && text.contains("server-intent"),
        "{text}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path("all.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // A key of an SDK is enough to receive what SDKs receive.
    let printed = folder
        .command("pull -")
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-nobody-knows-it")
        .env(
            "LAUNCHDARKLY_SDK_KEY",
            emulator.sdk_key("default", "production").unwrap(),
        )
        .output()
        .unwrap();
    assert!(printed.status.success(), "{printed:?}");
    let wrong = folder
        .command("pull")
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .env("LAUNCHDARKLY_SDK_KEY", "sdk-canary-5d8e")
        .output()
        .unwrap();
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!(wrong.status.code(), Some(3), "{said}");
    assert!(
        said.contains("read the data for SDKs of `default/production`") && !said.contains("5d8e"),
        "{said}"
    );
}

#[test]
fn everything_reads_a_snapshot() {
    let (folder, emulator) = (Folder::of_members("pull-read"), filled());
    for (name, protocol) in [("one.json", "fdv1"), ("two.json", "fdv2")] {
        let pull = format!("pull {name} --members --protocol {protocol}");
        folder.run_at(&emulator, &pull).with(0);
        let eval = folder.run(&format!(
            "eval staff new-page assistant -f {name} --context user:canary-5d8e-1"
        ));
        let eval = eval.with(0);
        let heads: Vec<&str> = eval
            .data
            .lines()
            .filter(|line| line.starts_with('`'))
            .collect();
        assert_eq!(
            heads,
            [
                "`staff`: in the segment: the user is on its included list",
                "`new-page`: true: rule 1 holds",
                "`assistant`: careful: rule 1 holds",
            ],
            "{name}"
        );
        folder.write("seen.csv", "key,email\nu-1,a@company.com\nu-2,b@x.io\n");
        let count = folder
            .run(&format!("count seen.csv -f {name} --format json"))
            .with(0)
            .json();
        let staff = count["segments"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["segment"] == "staff");
        assert_eq!(staff.unwrap()["members"], 1);
        folder
            .run(&format!("doc -f {name} --out {name}.html"))
            .with(0);
        assert!(read(&folder, &format!("{name}.html")).contains("2 contexts of kind user"));
    }
    folder.run_at(&emulator, "pull").with(0);
    let eval = folder
        .run("eval staff -f segments.snapshot.json --context user:u-1")
        .with(0);
    assert!(
        eval.data
            .contains("lists contexts whose keys were left out; load it with its members"),
        "{eval:?}"
    );
    folder.run("doc -f segments.snapshot.json").with(0);
    let page = read(&folder, "segments.html");
    assert!(
        page.contains("2 contexts of kind user") && page.contains("1 context of kind org"),
        "{page}"
    );
}

#[test]
fn an_emulator_serves_a_snapshot_salts_included() {
    let (folder, emulator) = (Folder::of_members("pull-fill"), filled());
    folder.run_at(&emulator, "pull --members").with(0);
    let before: Json = serde_json::from_str(&read(&folder, "segments.snapshot.json")).unwrap();
    let other = Emulator::builder().seed(7).start_blocking().unwrap();
    other
        .receive("default", "production", &before.to_string())
        .unwrap();
    folder.run_at(&other, "pull again.json --members").with(0);
    let after: Json = serde_json::from_str(&read(&folder, "again.json")).unwrap();
    for (of, key, part) in [
        ("segments", "testers", "salt"),
        ("segments", "testers", "rules"),
        ("segments", "staff", "included"),
        ("flags", "assistant", "salt"),
        ("flags", "assistant", "variations"),
        ("flags", "new-page", "rules"),
        ("flags", "new-page", "fallthrough"),
    ] {
        assert_eq!(before[of][key][part], after[of][key][part], "{key} {part}");
    }
    let shown = folder.run_at(&other, "show staff").with(0);
    assert!(shown.data.contains("AI Config assistant"), "{shown:?}");
}

#[test]
fn what_is_no_snapshot_or_of_elsewhere_is_refused() {
    let (folder, emulator) = (Folder::new("pull-bad"), filled());
    folder.run_at(&emulator, "pull").with(0);
    let text = read(&folder, "segments.snapshot.json");
    folder.write("cut.json", &text[..text.len() / 2]);
    let cut = folder.run("eval -f cut.json --context user:u-1").with(3);
    assert!(
        cut.messages.contains("`cut.json`: it is cut off in line "),
        "{cut:?}"
    );
    let later = text.replace("\"format\": 1", "\"format\": 2");
    folder.write("later.json", &later);
    let later = folder.run("eval -f later.json --context user:u-1").with(3);
    assert!(
        later
            .messages
            .contains("snapshot of format 2, and this version reads format 1"),
        "{later:?}"
    );
    for (words, says) in [
        (
            "--project other",
            "the snapshot is of default/production, but the project is set to `other`",
        ),
        (
            "-e test",
            "the snapshot is of default/production, but the environment is set to `test`",
        ),
    ] {
        let elsewhere = folder.run(&format!(
            "eval -f segments.snapshot.json --context user:u-1 {words}"
        ));
        let elsewhere = elsewhere.with(2);
        assert!(elsewhere.messages.contains(says), "{elsewhere:?}");
    }
    folder.write("seen.ndjson", "{\"kind\":\"user\",\"key\":\"u-1\"}\n");
    folder.write("list.json", r#"[{"key": "staff"}]"#);
    let part = folder
        .run("impact seen.ndjson --before list.json -f list.json")
        .with(3);
    assert!(
        part.messages
            .contains("`list.json` is not a complete snapshot of an environment"),
        "{part:?}"
    );
}
