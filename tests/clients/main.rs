//! Clients that nobody here wrote go through their stories against the emulator.
//!
//! With `SEGMENTS_INSTALL_CLIENTS`, which `.ci/clients` sets, they are installed into a folder of their own under
//! `target/clients`: a test that nobody asked for this downloads nothing. Those that are not there, or cannot be
//! installed, are named, and the others go on. Each story counts its steps and says at its
//! end how many failed. With `SEGMENTS_CLIENTS_PROXY` the clients reach the emulator by way of that
//! program, which is given the emulator's address and prints its own, so that what they send and are
//! answered can be kept.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use segments_emulator::Emulator;
use segments_runtime::model::SegmentKey;
use segments_runtime::sync::{BigSegment, Definitions, Members, SyncConfig, sync_definitions};
use segments_runtime::{Context, Salts, Targeted, ai_config, registry, segment};
use serde_json::{Value as Json, json};

/// The version whose behavior is written down in `docs/service-behaviour.md`.
const CLIENT: &str = "launchdarkly-api==25.0.1";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients")
}

/// Whether clients may be installed that are not there yet.
fn may_install() -> bool {
    let wanted = ["SEGMENTS_INSTALL_CLIENTS", "SEGMENTS_NEWEST_CLIENTS"];
    wanted.iter().any(|name| std::env::var_os(name).is_some())
}

/// LaunchDarkly's AI SDK, and the SDK below it.
const AI_SDK: [&str; 3] = [
    "launchdarkly-server-sdk-ai==1.2.0",
    "launchdarkly-server-sdk==9.20.0",
    // The AI SDK imports it and does not ask for it.
    "typing_extensions==4.15.0",
];

/// The interpreter of a folder in which packages are installed; `None` if they cannot be.
///
/// With `SEGMENTS_NEWEST_CLIENTS` these are the newest, at which a workflow looks every night.
fn python(name: &str, module: &str, packages: &[&str]) -> Option<PathBuf> {
    let newest = std::env::var_os("SEGMENTS_NEWEST_CLIENTS").is_some();
    let home = folder().join(if newest { "newest" } else { "" }).join(name);
    let python = home.join("bin/python");
    let works = |arguments: &[&str]| {
        Command::new(&python)
            .args(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if works(&["-c", &format!("import {module}")]) {
        return Some(python);
    }
    if !may_install() {
        return None;
    }
    Command::new("python3")
        .arg("-m")
        .arg("venv")
        .arg(&home)
        .status()
        .ok()
        .filter(std::process::ExitStatus::success)?;
    let install = ["-m", "pip", "install", "--quiet"];
    let packages = packages.iter().copied();
    let packages = packages.map(|package| match package.split_once("==") {
        Some((name, _)) if newest => name,
        _ => package,
    });
    let arguments: Vec<&str> = install.into_iter().chain(packages).collect();
    works(&arguments).then_some(python)
}

/// LaunchDarkly's SDK for Python with the client of the store that it reads big segments from.
const REDIS: [&str; 2] = ["launchdarkly-server-sdk==9.20.0", "redis==8.1.0"];

/// What the Python of the published skills imports.
const SKILLS: [&str; 1] = ["requests==2.34.2"];

/// LaunchDarkly's packages for browsers: the present SDK, and the one before it.
const BROWSER: [&str; 2] = [
    "@launchdarkly/js-client-sdk@4.10.3",
    "launchdarkly-js-client-sdk@3.9.5",
];

/// LaunchDarkly's client for TypeScript, which is generated from the document of its API.
const TYPESCRIPT: [&str; 1] = ["launchdarkly-api-typescript@17.2.0"];

/// LaunchDarkly's packages for Node.
const NODE: [&str; 3] = [
    "@launchdarkly/node-server-sdk@9.13.7",
    "@launchdarkly/server-sdk-ai@0.16.8",
    "launchdarkly-node-client-sdk@3.4.3",
];

/// LaunchDarkly's MCP server, which is generated from the document of its API.
const MCP: [&str; 1] = ["@launchdarkly/mcp-server@0.6.2"];

/// A folder in which packages for Node are installed; `None` if they cannot be.
fn node(name: &str, packages: &[&str]) -> Option<PathBuf> {
    let newest = std::env::var_os("SEGMENTS_NEWEST_CLIENTS").is_some();
    let home = folder().join(if newest { "newest" } else { "" }).join(name);
    let installed = home.join("node_modules/.package-lock.json");
    if installed.exists() && !newest {
        return Some(home);
    }
    if !may_install() {
        return None;
    }
    std::fs::create_dir_all(&home).ok()?;
    let packages = packages
        .iter()
        .map(|package| match package.rsplit_once('@') {
            Some((name, _)) if newest => name,
            _ => package,
        });
    let install = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(&home)
        .args(packages)
        .output();
    let done = install.is_ok_and(|output| output.status.success());
    (done && installed.exists()).then_some(home)
}

/// The address at which clients reach an emulator, and the proxy that is there.
struct Reached {
    base_uri: String,
    proxy: Option<Child>,
}

impl Reached {
    fn of(emulator: &Emulator) -> Self {
        let Some(program) = std::env::var_os("SEGMENTS_CLIENTS_PROXY") else {
            let base_uri = emulator.base_uri().to_owned();
            return Self {
                base_uri,
                proxy: None,
            };
        };
        let mut proxy = Command::new(program)
            .arg(emulator.base_uri())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(proxy.stdout.as_mut().unwrap());
        said.read_line(&mut line).unwrap();
        let said: Json = line.parse().unwrap();
        Self {
            base_uri: said["base_uri"].as_str().unwrap().to_owned(),
            proxy: Some(proxy),
        }
    }
}

impl Drop for Reached {
    fn drop(&mut self) {
        if let Some(proxy) = &mut self.proxy {
            let _ = proxy.kill();
            let _ = proxy.wait();
        }
    }
}

/// Lets a program go through its story, which says at its end how many steps it had.
fn finishes(program: &mut Command, emulator: &Emulator) {
    let reached = Reached::of(emulator);
    let output = program
        .env("LAUNCHDARKLY_BASE_URI", &reached.base_uri)
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .env(
            "LAUNCHDARKLY_SDK_KEY",
            emulator.sdk_key("default", "production").unwrap(),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains(" 0 failures"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let program = Path::new(program.get_program()).file_name().unwrap();
    let program = program.to_string_lossy();
    eprintln!("{program}: {}", said.lines().last().unwrap_or_default());
}

/// A program that is installed here, by one of its names.
fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&path);
    let mut files = places.flat_map(|place| names.iter().map(move |name| place.join(name)));
    files.find(|file| file.is_file())
}

fn story(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mcp_server_finishes_its_story() {
    let Some(home) = node("mcp", &MCP) else {
        eprintln!("skipped: {MCP:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    let server = home.join("node_modules/@launchdarkly/mcp-server/bin/mcp-server.js");
    finishes(
        Command::new("node").arg(story("mcp.mjs")).arg(server),
        &emulator,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_for_node_finish_their_story() {
    let Some(home) = node("node", &NODE) else {
        eprintln!("skipped: {NODE:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    finishes(
        Command::new("node").arg(story("node.mjs")).arg(home),
        &emulator,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_for_browsers_finish_their_story() {
    let Some(browser) = installed(&["chromium", "chromium-browser", "google-chrome"]) else {
        eprintln!("skipped: no Chromium is here, so {BROWSER:?} were not run");
        return;
    };
    let Some(home) = node("browser", &BROWSER) else {
        eprintln!("skipped: {BROWSER:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    let mut program = Command::new("node");
    program.arg(story("browser.mjs")).arg(home).arg(browser);
    finishes(&mut program, &emulator);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_client_finishes_its_story() {
    let Some(home) = node("typescript", &TYPESCRIPT) else {
        eprintln!("skipped: {TYPESCRIPT:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    finishes(
        Command::new("node").arg(story("typescript.mjs")).arg(home),
        &emulator,
    );
}

/// A server of Redis that ends with the value.
struct Server(Child, PathBuf);

impl Server {
    /// Listens on a socket in a folder of its own, so that no port can be taken.
    fn start(program: &Path) -> Self {
        let home = std::env::temp_dir().join(format!("segments-redis-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home).unwrap();
        let socket = home.join("socket");
        let server = Command::new(program)
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(&socket)
            .arg("--dir")
            .arg(&home)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut tries = 0;
        while !socket.exists() && tries < 200 {
            std::thread::sleep(std::time::Duration::from_millis(50));
            tries += 1;
        }
        Self(server, home)
    }

    fn url(&self) -> String {
        format!("unix://{}", self.1.join("socket").display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = std::fs::remove_dir_all(&self.1);
    }
}

/// The members that our own import brings are those that an official SDK finds in a store that is filled
/// from the export.
#[tokio::test(flavor = "multi_thread")]
async fn a_big_segment_store_has_the_members_that_were_imported() {
    let Some(redis) = installed(&["redis-server"]) else {
        eprintln!("skipped: no redis-server is here, so {REDIS:?} were not run");
        return;
    };
    let Some(python) = python("redis", "ldclient, redis", &REDIS) else {
        eprintln!("skipped: {REDIS:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    let world = json!({"projects": {"default": {
        "environments": {"production": {"segments": [
            {"key": "customers", "name": "Customers", "unbounded": true, "unboundedContextKind": "user"}]}},
        "flags": [{"key": "checkout", "name": "Checkout", "instructions": {"production": [
            {"kind": "turnFlagOn"},
            {"kind": "updateFallthroughVariationOrRollout", "variation": 1},
            {"kind": "addRule", "variation": 0, "clauses": [{"attribute": "segmentMatch",
                "op": "segmentMatch", "values": ["customers"]}]}]}}]}}});
    emulator.fill(&world.to_string()).unwrap();
    let reached = Reached::of(&emulator);
    let config = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(&reached.base_uri)
        .build()
        .unwrap();
    let customers = BigSegment::new(&config, SegmentKey::parse("customers").unwrap());
    let members = Members::keys(|| {
        let plain = (0..4999).map(|number| format!("customer-{number}"));
        plain.chain(["customer \"4999\", odd".to_owned()])
    });
    customers.replace_from(members).await.unwrap();
    let server = Server::start(&redis);
    let mut program = Command::new(python);
    program
        .arg(story("big_segments.py"))
        .env("REDIS_URL", server.url());
    finishes(&mut program, &emulator);
}

/// The pages are LaunchDarkly's, so that they are read where somebody has put them.
#[tokio::test(flavor = "multi_thread")]
async fn the_published_skills_run_as_they_are() {
    let Some(pages) = std::env::var_os("SEGMENTS_SKILLS") else {
        eprintln!(
            "skipped: SEGMENTS_SKILLS names no folder with the pages of `aiconfig-segments` and `aiconfig-targeting`"
        );
        return;
    };
    let Some(python) = python("skills", "requests", &SKILLS) else {
        eprintln!("skipped: {SKILLS:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    finishes(
        Command::new(python).arg(story("skills.py")).arg(pages),
        &emulator,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_finishes_its_stories() {
    let Some(python) = python("python", "launchdarkly_api", &[CLIENT]) else {
        eprintln!("skipped: {CLIENT} is not installed here");
        return;
    };
    for name in ["segments.py", "surroundings.py"] {
        let emulator = Emulator::start().await.unwrap();
        finishes(Command::new(&python).arg(story(name)), &emulator);
    }
}

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    beta: bool,
    age: u32,
}

/// Who tries new things.
#[segment(
    include(User = ["u-3"]),
    exclude(User = ["u-8"]),
    rule(User::BETA.is(true), User::AGE.gt(30)),
    rule(percent = 20, by = User::ID, User::AGE.gt(60)),
)]
struct Pioneers;

/// The assistant that the SDK asks for.
#[ai_config(
    variations(fast, careful, bold),
    target(User = ["u-4", "u-5"] => bold),
    rule(member_of!(Pioneers) => careful),
    rule(User::AGE.gt(40) => percent(fast = 50, bold = 30, careful = 20)),
    fallthrough = fast,
)]
struct Assistant;

async fn post(emulator: &Emulator, path: &str, body: &Json) {
    let request = reqwest::Client::new()
        .post(format!("{}{path}", emulator.base_uri()))
        .header("Authorization", emulator.access_token())
        .json(body);
    request.send().await.unwrap().error_for_status().unwrap();
}

#[tokio::test]
async fn the_ai_sdk_receives_what_is_answered_here() {
    let Some(python) = python("ai", "ldai.client", &AI_SDK) else {
        eprintln!("skipped: {AI_SDK:?} is not installed here");
        return;
    };
    let emulator = Emulator::start().await.unwrap();
    let configs = "/api/v2/projects/default/ai-configs";
    post(
        &emulator,
        configs,
        &json!({"key": "assistant", "name": "Assistant"}),
    )
    .await;
    // In another order than declared: the service's counts for splits.
    for key in ["bold", "fast", "careful"] {
        let variation = json!({"key": key, "name": key, "model": {"modelName": key}});
        post(
            &emulator,
            &format!("{configs}/assistant/variations"),
            &variation,
        )
        .await;
    }
    let config = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .build()
        .unwrap();
    let (segments, targetings) = (
        registry::definitions().unwrap(),
        registry::targetings().unwrap(),
    );
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    sync_definitions(&config, declared).await.unwrap();
    let again = sync_definitions(&config, declared).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");

    let sdk_key = emulator.sdk_key("default", "production").unwrap();
    let data = reqwest::Client::new()
        .get(format!("{}/sdk/latest-all", emulator.base_uri()))
        .header("Authorization", &sdk_key);
    let data = data.send().await.unwrap().text().await.unwrap();
    let salts = Salts::from_json(&data).unwrap();
    let users: Vec<User> = (0..50)
        .map(|n| User {
            id: format!("u-{n}"),
            beta: n % 3 == 0,
            age: 20 + n,
        })
        .collect();
    let lines: String = users
        .iter()
        .map(|user| user.to_json().to_string() + "\n")
        .collect();
    let contexts = folder().join("contexts.ndjson");
    std::fs::write(&contexts, lines).unwrap();

    let reached = Reached::of(&emulator);
    let output = Command::new(python)
        .arg(story("ai_config.py"))
        .env("LAUNCHDARKLY_BASE_URI", &reached.base_uri)
        .env("SDK_KEY", &sdk_key)
        .env("AI_CONFIG", Assistant::KEY.as_str())
        .stdin(std::fs::File::open(contexts).unwrap())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Json> = answers.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(answers.len(), users.len(), "{errors}");
    let mut seen = std::collections::BTreeSet::new();
    for (user, answer) in users.iter().zip(answers) {
        let here = Assistant::variation_with(user, &salts);
        let expected = here.known().unwrap().to_string();
        let wanted = json!({"enabled": true, "model": expected, "variation": expected});
        assert_eq!(answer, wanted, "{}", Assistant::explain_with(user, &salts));
        seen.insert(expected);
    }
    assert_eq!(seen.len(), Assistant::targeting().variations.len());
}
