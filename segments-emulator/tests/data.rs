//! What a file of data keeps.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use reqwest::Client;
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

/// A file that goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let file = std::env::temp_dir().join(format!("segments-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&file);
        Self(file)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for ending in ["", ".lock", ".new"] {
            let mut name = self.0.clone().into_os_string();
            name.push(ending);
            let _ = std::fs::remove_file(name);
        }
    }
}

async fn send(base: &str, method: &str, path: &str, body: &Json) -> reqwest::Result<u16> {
    // One for all tests, which have a runtime each: so it keeps no connections.
    static CLIENT: LazyLock<Client> =
        LazyLock::new(|| Client::builder().pool_max_idle_per_host(0).build().unwrap());
    let request = CLIENT
        .request(method.parse().unwrap(), format!("{base}{path}"))
        .header("Authorization", "api-00000000-0000-4000-8000-000000000000")
        .json(body);
    request.send().await.map(|answer| answer.status().as_u16())
}

#[tokio::test]
async fn what_was_changed_is_there_after_a_restart() {
    let file = Scratch::new("restart");
    let start = || Emulator::builder().data(&file.0).start();
    let emulator = start().await.unwrap();
    let base = emulator.base_uri();
    let here = "/api/v2/segments/default/test";
    for (method, path, body, status) in [
        (
            "POST",
            here.to_owned(),
            json!({"key": "a", "name": "A"}),
            201,
        ),
        (
            "POST",
            here.to_owned(),
            json!({"key": "b", "name": "B", "unbounded": true}),
            201,
        ),
        (
            "POST",
            here.to_owned(),
            json!({"key": "c", "name": "C"}),
            201,
        ),
        (
            "PATCH",
            format!("{here}/a"),
            json!({"included": ["u"], "description": "why"}),
            200,
        ),
        (
            "PATCH",
            format!("{here}/a"),
            json!({"description": null}),
            200,
        ),
        (
            "POST",
            format!("{here}/b/contexts"),
            json!({"included": {"add": ["u"]}}),
            204,
        ),
        ("DELETE", format!("{here}/c"), Json::Null, 204),
        (
            "PUT",
            "/api/v2/projects/default/context-kinds/org".to_owned(),
            json!({"name": "Org"}),
            200,
        ),
        (
            "POST",
            "/api/v2/flags/default".to_owned(),
            json!({"key": "f", "name": "F"}),
            201,
        ),
    ] {
        let answered = send(base, method, &path, &body).await.unwrap();
        assert_eq!(answered, status, "{method} {path}");
    }
    let before = emulator.segments("default", "test");
    let sdk_key = emulator.sdk_key("default", "test");
    drop(emulator);

    let emulator = start().await.unwrap();
    assert_eq!(emulator.segments("default", "test"), before);
    assert_eq!(emulator.sdk_key("default", "test"), sdk_key);
    let base = emulator.base_uri();
    let path = format!("{base}{here}/b/contexts/u");
    let membership = Client::new()
        .get(path)
        .header("Authorization", emulator.access_token());
    let membership: Json = membership.send().await.unwrap().json().await.unwrap();
    assert_eq!(membership["included"], true);
    let again = json!({"key": "c", "name": "C"});
    send(base, "POST", here, &again).await.unwrap();
    let made = emulator.segment("default", "test", "c").unwrap();
    assert_eq!(made.generation, 2, "a deleted key is remembered");
}

#[tokio::test]
async fn a_line_cut_short_is_left_out_and_anything_else_is_refused() {
    let file = Scratch::new("torn");
    let start = || Emulator::builder().data(&file.0).start();
    let emulator = start().await.unwrap();
    let body = json!({"key": "a", "name": "A"});
    let here = "/api/v2/segments/default/test";
    send(emulator.base_uri(), "POST", here, &body)
        .await
        .unwrap();
    drop(emulator);

    let whole = std::fs::read_to_string(&file.0).unwrap();
    std::fs::write(&file.0, format!("{whole}{{\"at\":[\"projects\",\"def")).unwrap();
    assert_eq!(start().await.unwrap().segments("default", "test").len(), 1);

    std::fs::write(&file.0, "not data\n").unwrap();
    let refused = start().await.unwrap_err().to_string();
    assert!(
        refused.contains(":1 is not data of an emulator"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(&file.0).unwrap(), "not data\n");
}

#[tokio::test]
async fn a_cut_in_the_middle_of_a_character_is_left_out_too() {
    let file = Scratch::new("character");
    let start = || Emulator::builder().data(&file.0).start();
    drop(start().await.unwrap());
    let mut whole = std::fs::read(&file.0).unwrap();
    whole.extend_from_slice(b"[{\"at\":[\"\xc3");
    std::fs::write(&file.0, whole).unwrap();
    assert!(start().await.is_ok());
}

#[tokio::test]
async fn one_file_is_for_one_emulator() {
    let file = Scratch::new("shared");
    let start = || Emulator::builder().data(&file.0).start();
    let first = start().await.unwrap();
    let refused = start().await.unwrap_err().to_string();
    assert!(refused.contains("in use by another emulator"), "{refused}");
    drop(first);
    assert!(start().await.is_ok());
}

#[tokio::test]
async fn a_request_is_one_line_and_many_lines_are_folded() {
    let file = Scratch::new("lines");
    let emulator = Emulator::builder().data(&file.0).start().await.unwrap();
    let base = emulator.base_uri();
    let here = "/api/v2/segments/default/test";
    let lines = || {
        std::fs::read(&file.0)
            .unwrap()
            .split(|it| *it == b'\n')
            .count()
            - 1
    };
    let big = json!({"key": "big", "name": "Big", "unbounded": true});
    send(base, "POST", here, &big).await.unwrap();
    assert_eq!(lines(), 2, "the state, and one request");
    send(base, "DELETE", &format!("{here}/big"), &Json::Null)
        .await
        .unwrap();
    assert_eq!(lines(), 3);

    send(base, "POST", here, &json!({"key": "a", "name": "A"}))
        .await
        .unwrap();
    let keys: Vec<String> = (0..15_000).map(|key| format!("{key:0>200}")).collect();
    let one = format!("{here}/a");
    for round in 0..3 {
        let body = json!({"name": format!("Round {round}"), "included": keys});
        assert_eq!(send(base, "PATCH", &one, &body).await.unwrap(), 200);
    }
    let length = std::fs::metadata(&file.0).unwrap().len();
    assert!(length < 8 * 1024 * 1024, "{length} bytes are not folded");
    let before = emulator.segments("default", "test");
    drop(emulator);
    let again = Emulator::builder().data(&file.0).start().await.unwrap();
    assert_eq!(again.segments("default", "test"), before);
}

#[tokio::test]
async fn an_environment_that_came_later_has_its_flags_after_a_restart() {
    let file = Scratch::new("environments");
    let start = || Emulator::builder().data(&file.0).start();
    let emulator = start().await.unwrap();
    let base = emulator.base_uri();
    for (path, body) in [
        ("/api/v2/flags/default", json!({"key": "f", "name": "F"})),
        (
            "/api/v2/projects/default/environments",
            json!({"key": "staging", "name": "Staging"}),
        ),
    ] {
        assert_eq!(send(base, "POST", path, &body).await.unwrap(), 201);
    }
    drop(emulator);
    let emulator = start().await.unwrap();
    let flag = Client::new()
        .get(format!("{}/api/v2/flags/default/f", emulator.base_uri()))
        .header("Authorization", emulator.access_token());
    let flag: Json = flag.send().await.unwrap().json().await.unwrap();
    assert!(flag["environments"]["staging"].is_object(), "{flag}");
}

/// What the documentation shows, with one of everything.
const WORLD: &str = include_str!("../../docs/pictures/emulator.json");

#[tokio::test]
async fn a_file_fills_an_emulator_and_fills_it_again() {
    let emulator = Emulator::start().await.unwrap();
    for _ in 0..2 {
        emulator.fill(WORLD).unwrap();
        let segments = emulator.segments("default", "production");
        assert!(segments.len() > 2);
        for segment in &segments {
            let rules = segment.rules.iter();
            assert!(rules.into_iter().all(|rule| rule.id.is_some()));
        }
    }
    let get = async |path: &str| -> Json {
        let request = Client::new()
            .get(format!("{}{path}", emulator.base_uri()))
            .header("Authorization", emulator.access_token());
        request.send().await.unwrap().json().await.unwrap()
    };
    let segment = get("/api/v2/segments/default/production/internal").await;
    assert_eq!(segment["_flags"][0]["key"], "new-checkout");
    let big = get("/api/v2/segments/default/production/newsletter").await;
    assert_eq!(big["_unboundedMetadata"]["includedCount"], 3);
    let targeting = get("/api/v2/projects/default/ai-configs/assistant/targeting").await;
    assert_eq!(
        targeting["environments"]["production"]["rules"][0]["variation"],
        1
    );
    let kinds = get("/api/v2/projects/default/context-kinds").await;
    assert_eq!(kinds["items"][0]["key"], "organization");
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_named() {
    let emulator = Emulator::start().await.unwrap();
    for (world, named) in [
        ("[]", "not what can be taken over"),
        (r#"{"projects": {}, "segments": []}"#, "segments"),
        (
            r#"{"projects": {"a b": {"environments": {"test": {}}}}}"#,
            "project \"a b\"",
        ),
        (
            r#"{"projects": {"default": {"environments": {"test": {"segments": [{"key": "a b"}]}}}}}"#,
            "a b",
        ),
        (
            r#"{"projects": {"default": {"environments": {"test": {"segments": [{"key": "a", "rules": [{"weight": -1}]}]}}}}}"#,
            "segment \"a\": weight -1",
        ),
        (
            r#"{"projects": {"default": {"flags": [{"key": "f", "name": "F", "instructions": {"test": [{"kind": "explode"}]}}]}}}"#,
            "flag \"f\"",
        ),
    ] {
        let refused = emulator.fill(world).unwrap_err().to_string();
        assert!(refused.contains(named), "{refused}");
    }
}

/// An emulator in a process of its own, which can be killed.
struct Process {
    child: Child,
    base: String,
}

/// Names the file of data to the process below.
const DATA: &str = "SEGMENTS_EMULATOR_TEST_DATA";

/// Is that process: this very program, started again to run nothing but this.
#[test]
fn process() {
    let Some(file) = std::env::var_os(DATA) else {
        return;
    };
    let emulator = Emulator::builder().data(file).start_blocking().unwrap();
    println!("\nlistens on {}", emulator.base_uri());
    loop {
        std::thread::park();
    }
}

impl Process {
    fn start(file: &Scratch) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["process", "--exact", "--nocapture"])
            .env(DATA, &file.0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let base = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listens on ").map(str::to_owned))
            .unwrap();
        Self { child, base }
    }

    /// Ends the process at once: on Unix this is SIGKILL.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn a_kill_loses_nothing_that_was_answered() {
    let file = Scratch::new("kill");
    let mut process = Process::start(&file);
    let here = "/api/v2/segments/default/test";
    let mut answered = 0;
    for index in 0..200 {
        if index == 100 {
            process.kill();
        }
        let body = json!({"key": format!("s{index}"), "name": "S"});
        match send(&process.base, "POST", here, &body).await {
            Ok(201) => answered += 1,
            _ => break,
        }
    }
    let emulator = Emulator::builder().data(&file.0).start().await.unwrap();
    let kept = emulator.segments("default", "test").len();
    assert!(answered >= 100, "{answered}");
    assert!(
        kept >= answered && kept <= answered + 1,
        "{kept} {answered}"
    );
}
