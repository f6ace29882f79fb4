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
        for ending in ["", ".lock", ".new", ".0.new"] {
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

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("segments-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names in it, and what is in each.
    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut contents: Vec<_> = entries
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, std::fs::read(entry.path()).unwrap_or_default())
            })
            .collect();
        contents.sort();
        contents
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &std::path::Path) -> Result<Emulator, segments_emulator::StartError> {
    Emulator::builder().data(path).start_blocking()
}

#[test]
fn files_of_others_beside_it_are_left_as_they_are() {
    let folder = Folder::new("beside");
    for name in ["x.lock", "x.new", "x.0.new"] {
        std::fs::write(folder.file(name), "mine").unwrap();
    }
    drop(open(&folder.file("x")).unwrap());
    drop(open(&folder.file("x")).unwrap());
    let contents = folder.contents();
    let names: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x", "x.0.new", "x.lock", "x.new"]);
    for (name, content) in contents.iter().filter(|(name, _)| name != "x") {
        assert_eq!(content, b"mine", "{name}");
    }
}

#[test]
fn a_file_that_is_refused_leaves_everything_as_it_was() {
    let place = vec!["a"; 100_000];
    let long_place = format!("[{}]\n", json!({"at": place, "is": 1}));
    for content in [
        "LAUNCHDARKLY_ACCESS_TOKEN=canary-5d8e\n",
        "{}\n",
        "[{\"at\": [], \"is\": 7}]\n",
        "[{\"at\": [], \"is\": {\"projects\": {\"p\"",
        "\0\0\0",
        &long_place,
        &("[".repeat(100_000) + "\n"),
    ] {
        let folder = Folder::new("refused");
        std::fs::write(folder.file("x"), content).unwrap();
        let before = folder.contents();
        let refused = open(&folder.file("x")).unwrap_err().to_string();
        assert!(refused.contains("is not data of an emulator"), "{refused}");
        assert!(!refused.contains("canary-5d8e"), "{refused}");
        assert_eq!(folder.contents(), before);
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = Folder::new("nofile");
    std::fs::create_dir(folder.file("x")).unwrap();
    let refused = open(&folder.file("x")).unwrap_err().to_string();
    assert!(refused.contains("regular file"), "{refused}");
    assert!(open(&folder.file("nowhere/x")).is_err());
    assert_eq!(folder.contents().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new("link");
    let there = folder.file("there");
    drop(open(&there).unwrap());
    std::os::unix::fs::symlink(&there, folder.file("x")).unwrap();
    let emulator = open(&folder.file("x")).unwrap();
    assert!(folder.file("x").is_symlink());
    assert!(open(&there).unwrap_err().to_string().contains("in use"));
    emulator
        .import("default", "test", r#"[{"key": "a"}]"#)
        .unwrap();
    drop(emulator);
    assert_eq!(open(&there).unwrap().segments("default", "test").len(), 1);

    std::os::unix::fs::symlink(folder.file("nothing"), folder.file("y")).unwrap();
    assert!(open(&folder.file("y")).is_err());
    assert!(!folder.file("nothing").exists());
}

#[cfg(unix)]
#[test]
fn who_may_read_it_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("mode");
    let file = folder.file("x");
    drop(open(&file).unwrap());
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    drop(open(&file).unwrap());
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o400)).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(
        open(&file)
            .unwrap_err()
            .to_string()
            .contains("only be read")
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// A file that may not become longer stands for a disk that is full.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let folder = Folder::new("full");
    let file = folder.file("x");
    drop(open(&file).unwrap());
    let limit = std::fs::metadata(&file).unwrap().len() / 512 + 4;
    // The signal that comes with the limit would end the process.
    let script =
        format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" data::process --exact --nocapture");
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env(DATA, &file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let base = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listens on ").map(str::to_owned))
        .unwrap();
    let here = "/api/v2/segments/default/test";
    let mut statuses = Vec::new();
    for index in 0..20 {
        let body = json!({"key": format!("s{index}"), "name": "S"});
        statuses.push(send(&base, "POST", here, &body).await.unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        statuses.contains(&201) && statuses.contains(&500),
        "{statuses:?}"
    );
    let kept = open(&file).unwrap().segments("default", "test").len();
    let told = statuses.iter().take_while(|it| **it == 201).count();
    assert_eq!(kept, told);
}

/// What the documentation shows, with one of everything.
const WORLD: &str = include_str!("../../../docs/pictures/emulator.json");

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
        ("[]", "cannot import this"),
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
            .args(["data::process", "--exact", "--nocapture"])
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
