//! `mcp`: tools for agents, by the protocol's own messages, and by the client that others wrote.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use segments_emulator::{Emulator, Fault};
use serde_json::{Value as Json, json};

use crate::support::Folder;

const FILE: &str = r#"owner = "shop"

[contexts.user.attributes]
plan = { type = "string", one_of = ["free", "pro", "team"] }

[segments.paying]
description = "Those who pay"
included = { user = ["canary-5d8e-1"] }
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]

[segments.beta]
description = "Those who see what is new"
rules = [{ clauses = [{ op = "segmentMatch", values = ["paying"] }] }]
"#;

/// The server as a client runs it.
pub(crate) struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    sent: u64,
}

impl Server {
    pub(crate) fn start(folder: &Folder, emulator: &Emulator, words: &str) -> Self {
        let mut command = folder.command(words);
        let mut child = at(&mut command, emulator)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self {
            stdin: child.stdin.take(),
            child,
            lines,
            sent: 0,
        };
        let client = json!({"name": "test", "version": "1"});
        let params =
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
        let initialized = server.ask("initialize", &params);
        assert_eq!(
            initialized["result"]["serverInfo"]["name"],
            "cargo-segments"
        );
        server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        server
    }

    fn send(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a request, and gives its number.
    fn begin(&mut self, method: &str, params: &Json) -> u64 {
        self.sent += 1;
        let message =
            json!({"jsonrpc": "2.0", "id": self.sent, "method": method, "params": params});
        self.send(&message.to_string());
        self.sent
    }

    fn next(&mut self) -> Json {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }

    fn ask(&mut self, method: &str, params: &Json) -> Json {
        let id = self.begin(method, params);
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// What a tool says, and whether that is an error.
    pub(crate) fn call(&mut self, name: &str, arguments: &Json) -> (String, bool) {
        let answer = self.ask("tools/call", &json!({"name": name, "arguments": arguments}));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{answer}")).to_owned();
        (text, result["isError"].as_bool().unwrap_or_default())
    }

    #[track_caller]
    pub(crate) fn says(&mut self, name: &str, arguments: &Json) -> String {
        let (text, is_error) = self.call(name, arguments);
        assert!(!is_error, "{name}: {text}");
        text
    }

    #[track_caller]
    fn refuses(&mut self, name: &str, arguments: &Json, says: &str) {
        let (text, is_error) = self.call(name, arguments);
        assert!(is_error && text.contains(says), "{name}: {text}");
    }

    /// It ends when its client goes.
    pub(crate) fn end(mut self) {
        drop(self.stdin.take());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn at<'c>(command: &'c mut Command, emulator: &Emulator) -> &'c mut Command {
    command
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
}

fn place(test: &str) -> (Folder, Emulator) {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let folder = Folder::of_members(test);
    folder.write("segments.toml", FILE);
    (folder, emulator)
}

fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path("")).unwrap();
    let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn tools_answer_as_the_commands_do_and_write_nothing() {
    let (folder, emulator) = place("mcp");
    let user = json!({"kind": "user", "key": "u-1", "plan": "pro"});
    folder.write("seen.ndjson", &format!("{user}\n"));
    let mut server = Server::start(&folder, &emulator, "mcp");
    let tools = server.ask("tools/list", &json!({}));
    let tools = tools["result"]["tools"].as_array().unwrap();
    let listed: Vec<&str> = tools
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        listed,
        ["check", "explain", "impact", "plan", "propose", "search"]
    );
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    let checked = server.says("check", &json!({}));
    assert_eq!(checked, "checked 2 segments: nothing is wrong");
    let asked = json!({"context": user, "keys": ["beta"]});
    let explained = server.says("explain", &asked);
    assert!(
        explained.starts_with("`beta`: in the segment: rule 1 holds\n"),
        "{explained}"
    );
    let planned = server.says("plan", &json!({}));
    assert!(
        planned.contains("default/production: 2 to create"),
        "{planned}"
    );
    let elsewhere = server.says("plan", &json!({"environment": "test"}));
    assert!(
        elsewhere.contains("default/test: 2 to create"),
        "{elsewhere}"
    );
    for asked in [json!({"file": "seen.ndjson"}), json!({"contexts": [user]})] {
        let moved = server.says("impact", &asked);
        assert!(moved.contains("1 of 1 context moves (100.0%)"), "{moved}");
    }
    let found = server.says("search", &json!({"words": "PAY plan"}));
    assert_eq!(
        found,
        "segment paying (segments.toml:6): Paying\n  Those who pay\n  includes 1 context\n  \
         rule 1: user plan is \"pro\"\n1 definition"
    );
    let found = server.says("search", &json!({"words": "attribute team"}));
    assert!(
        found.contains("attribute plan of user (segments.toml:4): string\n"),
        "{found}"
    );
    server.end();
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    assert_eq!(names(&folder), ["seen.ndjson", "segments.toml"]);
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert_eq!(text, FILE);
}

#[test]
fn an_edit_is_proposed_with_its_findings_its_effect_and_its_difference() {
    let (folder, emulator) = place("mcp-propose");
    let mut server = Server::start(&folder, &emulator, "mcp");
    let edited = FILE.replace("[\"pro\"]", "[\"pro\", \"team\"]");
    let proposed = server.says("propose", &json!({"text": edited}));
    let (effect, patch) = proposed.split_once("\n\n").unwrap();
    let example = r#"  also lets in, for example, `{"kind":"user","key":"a","plan":"team"}`"#;
    assert_eq!(
        effect,
        format!(
            "checked 2 segments: nothing is wrong\nsegment `beta`: wider\n{example}\n\
             segment `paying`: wider\n{example}\n2 segments changed"
        )
    );
    // What is proposed is what `patch` makes of it.
    folder.write("proposed.patch", &format!("{patch}\n"));
    let git = Command::new("git")
        .args(["apply", "--check", "proposed.patch"])
        .current_dir(folder.path(""))
        .env(
            "GIT_CEILING_DIRECTORIES",
            folder.path("..").canonicalize().unwrap(),
        )
        .output();
    match git {
        Ok(output) => assert!(output.status.success(), "{output:?}\n{patch}"),
        Err(error) => {
            eprintln!("not run: `git apply` on what is proposed, which needs git: {error}");
        }
    }
    let wrong = server.says(
        "propose",
        &json!({"text": FILE.replace("\"in\"", "\"is\"")}),
    );
    assert!(wrong.starts_with("error[operator-unknown]"), "{wrong}");
    assert!(wrong.contains("while there are errors"), "{wrong}");
    let same = server.says("propose", &json!({"text": FILE}));
    assert!(
        same.ends_with("no segment changes\n`segments.toml` would stay as it is"),
        "{same}"
    );
    let guarded = "[segments.paying]\nnever_wider = true\n";
    let guarded = server.says(
        "propose",
        &json!({"text": edited.replace("[segments.paying]\n", guarded)}),
    );
    assert!(
        guarded.contains("`never_wider` and may get wider"),
        "{guarded}"
    );
    server.end();
    assert_eq!(
        std::fs::read_to_string(folder.path("segments.toml")).unwrap(),
        FILE
    );

    // Of several files, the edit of one is held against the others.
    let (one, other) = FILE.split_once("[segments.beta]").unwrap();
    std::fs::remove_file(folder.path("segments.toml")).unwrap();
    folder.write("paying.toml", one);
    folder.write("beta.toml", &format!("[segments.beta]{other}"));
    let words = "mcp --file paying.toml --file beta.toml";
    let mut server = Server::start(&folder, &emulator, words);
    let edited = one.replace("[\"pro\"]", "[\"team\"]");
    server.refuses(
        "propose",
        &json!({"text": edited}),
        "name one as `file`: paying.toml, beta.toml",
    );
    let proposed = server.says("propose", &json!({"text": edited, "file": "paying.toml"}));
    assert!(
        proposed.contains("segment `beta`: wider and narrower"),
        "{proposed}"
    );
    assert!(proposed.contains("\n+++ b/paying.toml\n"), "{proposed}");
    // What no file alone is wrong about.
    let beta = std::fs::read_to_string(folder.path("beta.toml")).unwrap();
    let other = json!({"text": format!("owner = \"other\"\n{beta}"), "file": "beta.toml"});
    let proposed = server.says("propose", &other);
    let says =
        "who joins and who leaves is not known: one file names the owner `shop`, another `other`";
    assert!(proposed.contains(says), "{proposed}");
    assert!(proposed.contains("\n+++ b/beta.toml\n"), "{proposed}");
    server.end();
}

#[test]
fn what_an_agent_must_not_or_cannot_ask_is_one_clear_error() {
    let (folder, emulator) = place("mcp-bad");
    folder.write("inside.ndjson", "{\"kind\":\"user\",\"key\":\"u\"}\n");
    std::fs::create_dir(folder.path("project")).unwrap();
    folder.write("project/segments.toml", FILE);
    folder.write("project/garbled.ndjson", "{\"kind\":\"user\",\"ke");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../inside.ndjson", folder.path("project/link.ndjson")).unwrap();
    let mut server = Server::start(&folder, &emulator, "mcp --root project");
    let token = emulator.access_token();
    let top = folder.path("project").canonicalize().unwrap();
    let outside = format!("it is not below `{}`; name a file there", top.display());
    let outside = outside.as_str();
    for (name, arguments, says) in [
        ("plan", json!({"out": "x"}), "unknown field `out`"),
        ("plan", json!({"environment": "--prune"}), "environment key"),
        (
            "explain",
            json!({"context": "u-1"}),
            "cannot read the arguments of `explain`",
        ),
        (
            "explain",
            json!({"context": {"kind": "user"}}),
            "invalid context",
        ),
        (
            "explain",
            json!({"context": {"kind": "user", "key": "u"}, "keys": ["--live"]}),
            "there is no segment, AI Config or flag `--live`",
        ),
        (
            "explain",
            json!({"context": {"kind": "user", "key": "u"}, "keys": vec!["beta"; 201]}),
            "200 are the most",
        ),
        ("impact", json!({}), "either `file` or `contexts`"),
        ("impact", json!({"file": "../inside.ndjson"}), outside),
        ("impact", json!({"file": "/etc/passwd"}), outside),
        ("impact", json!({"file": "-"}), "cannot read `./-`"),
        (
            "impact",
            json!({"file": "--before=x"}),
            "cannot read `./--before=x`",
        ),
        (
            "impact",
            json!({"file": "garbled.ndjson", "before": "../inside.ndjson"}),
            outside,
        ),
        (
            "propose",
            json!({"text": "x", "file": "../segments.toml"}),
            "is no file of definitions here; did you mean `segments.toml`?",
        ),
        (
            "propose",
            json!({"text": "x".repeat((4 << 20) + 1)}),
            "the text is larger than 4 MB",
        ),
        ("search", json!({}), "missing field `words`"),
        (
            "search",
            json!({"words": token}),
            "an argument holds the access token",
        ),
        (
            "explain",
            json!({"context": {"kind": "user", "key": "u"}, "keys": [token]}),
            "an argument holds the access token",
        ),
    ] {
        server.refuses(name, &arguments, says);
    }
    #[cfg(unix)]
    server.refuses("impact", &json!({"file": "link.ndjson"}), outside);
    // The protocol's own errors.
    let unknown = server.ask("tools/call", &json!({"name": "aply", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602);
    let message = unknown["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("there is no tool `aply`"), "{message}");
    server.send("{not json");
    server.send("[]");
    assert_eq!(server.next()["error"]["code"], -32600);
    server.says("check", &json!({}));
    server.end();
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
}

#[test]
fn answers_show_no_token_and_steer_no_terminal() {
    let (folder, emulator) = place("mcp-foreign");
    let mut server = Server::start(&folder, &emulator, "mcp");
    let token = emulator.access_token();
    // Where something is wrong, its line is quoted.
    let leak = FILE.replace("\"in\"", &format!("\"{token}\""));
    folder.write("segments.toml", &leak);
    for (tool, arguments) in [
        ("check", json!({})),
        ("search", json!({"words": ""})),
        ("propose", json!({"text": FILE})),
    ] {
        let (text, _) = server.call(tool, &arguments);
        assert!(!text.contains(token), "{tool}");
    }
    // Escapes of a terminal in what somebody wrote.
    folder.write(
        "segments.toml",
        &FILE.replace("who pay", "who \\u001B[2Jpay"),
    );
    let found = server.says("search", &json!({"words": "paying"}));
    assert!(found.contains("Those who \\u{1b}[2Jpay"), "{found}");
    server.end();
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
}

#[test]
fn an_answer_is_no_longer_than_an_agent_reads() {
    let (folder, emulator) = place("mcp-long");
    let segment =
        |n: usize| format!("[segments.s-{n}]\nrules = [{{ clauses = [{{ op = \"no-{n}\" }}] }}]\n");
    let text: String = (0..2000).map(segment).collect();
    folder.write("segments.toml", &text);
    let mut server = Server::start(&folder, &emulator, "mcp");
    for (tool, arguments) in [
        ("check", json!({})),
        ("propose", json!({"text": format!("{text}\n")})),
    ] {
        let (text, _) = server.call(tool, &arguments);
        assert!(text.len() < 66_000, "{}", text.len());
        assert!(
            text.ends_with(" more lines; ask about less"),
            "{}",
            &text[text.len() - 99..]
        );
    }
    server.end();
}

#[test]
fn what_is_cancelled_makes_room() {
    let (folder, emulator) = place("mcp-cancel");
    let wait = std::time::Duration::from_secs(20);
    emulator.inject_fault(Fault::slow(wait).on_method("GET").always());
    let mut server = Server::start(&folder, &emulator, "mcp");
    // As many as may run at once.
    let plans: Vec<u64> = (0..4)
        .map(|_| server.begin("tools/call", &json!({"name": "plan", "arguments": {}})))
        .collect();
    let checked = server.begin("tools/call", &json!({"name": "check", "arguments": {}}));
    for id in plans {
        let params = json!({"requestId": id});
        let cancelled =
            json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params});
        server.send(&cancelled.to_string());
    }
    loop {
        let answer = server.next();
        if answer["id"] == checked {
            let text = answer["result"]["content"][0]["text"].as_str().unwrap();
            assert_eq!(text, "checked 2 segments: nothing is wrong");
            break;
        }
        assert!(answer.get("result").is_none(), "{answer}");
    }
    server.end();
}

#[test]
fn it_starts_where_agents_may_read_and_ends_with_its_client() {
    let (folder, emulator) = place("mcp-start");
    let run = |words: &str| folder.run_at(&emulator, words);
    for (words, code, says) in [
        ("mcp", 0, ""),
        (
            "mcp --root /",
            2,
            "agents could read every file of this machine",
        ),
        ("mcp --root missing", 3, "cannot read `missing`"),
        ("mcp --file -", 2, "agents speak over standard input"),
        ("mcp --token-file -", 2, "agents speak over standard input"),
    ] {
        let ended = run(words).with(code);
        assert!(ended.messages.contains(says), "{words}: {ended:?}");
        assert_eq!(ended.data, "", "{words}");
    }
}

const PAGE: &str = "docs/guide/agents.md";

/// The calls of the page, each with the answer that is shown below it.
fn calls(page: &str) -> Vec<(Json, &str)> {
    let calls = page.split("\n```json,call\n").skip(1);
    let calls = calls.map(|rest| {
        let (call, rest) = rest.split_once("\n```\n").unwrap();
        let shown = rest.strip_prefix("\n```text\n").unwrap();
        (
            serde_json::from_str(call).unwrap(),
            shown.split_once("```\n").unwrap().0,
        )
    });
    calls.collect()
}

/// `UPDATE=1` writes what the tools answer into the page.
#[test]
fn the_page_shows_what_the_tools_answer() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap();
    let (folder, emulator) = place("mcp-page");
    let (_, file) = page.split_once("\n```toml\n").unwrap();
    folder.write("segments.toml", file.split_once("```").unwrap().0);
    folder.run_at(&emulator, "apply --yes").with(0);
    let mut server = Server::start(&folder, &emulator, "mcp --root .");
    let top = folder.path("").canonicalize().unwrap();
    let mut updated = String::new();
    let mut rest = page.as_str();
    for (call, shown) in calls(&page) {
        let arguments = &call["arguments"];
        let (answer, _) = server.call(call["name"].as_str().unwrap(), arguments);
        let at = shown.as_ptr() as usize - rest.as_ptr() as usize;
        updated += &rest[..at];
        let answer = answer.replace(&top.display().to_string(), "/home/me/shop");
        updated += &format!("{answer}\n");
        rest = &rest[at + shown.len()..];
        // The edit is made.
        if let Some(text) = arguments["text"].as_str() {
            folder.write("segments.toml", text);
        }
    }
    updated += rest;
    server.end();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, updated).unwrap();
    } else {
        assert!(
            updated == page,
            "the page shows something else; `UPDATE=1` writes it:\n{updated}"
        );
    }
}

/// The protocol's own client for Python.
const PACKAGE: &str = "mcp==2.3.0";

/// What an agent's program does with it: run the server, list the tools, and call three of them.
const CLIENT: &str = r#"
import asyncio, os, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    server = StdioServerParameters(command=sys.argv[1], args=["mcp"], env=dict(os.environ))
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            tools = await session.list_tools()
            print(",".join(tool.name for tool in tools.tools))
            text = open("segments.toml").read()
            for name, arguments in [
                ("search", {"words": "beta"}),
                ("propose", {"text": text.replace('"pro"', '"team"', 2).replace('"team"', '"pro"', 1)}),
                ("plan", {}),
            ]:
                answer = await session.call_tool(name, arguments)
                print(answer.content[0].text.splitlines()[0])

asyncio.run(main())
"#;

/// An interpreter that has the client, in a folder of its own below `target`; `None` if it is not there, and
/// `SEGMENTS_INSTALL_CLIENTS`, which `.ci/clients` sets, does not say to make it.
fn python() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../clients/mcp-client");
    let python = home.join("bin/python");
    let works = |words: &[&str]| {
        let output = Command::new(&python).args(words).output();
        output.is_ok_and(|output| output.status.success())
    };
    if works(&["-c", "import mcp"]) {
        return Some(python);
    }
    std::env::var_os("SEGMENTS_INSTALL_CLIENTS")?;
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&home)
        .output();
    made.is_ok_and(|output| output.status.success())
        .then(|| works(&["-m", "pip", "install", "--quiet", PACKAGE]))?
        .then_some(python)
}

#[test]
fn a_client_that_others_wrote_calls_the_tools() {
    let Some(python) = python() else {
        eprintln!(
            "not run: the protocol's client for Python, which needs Python, and `SEGMENTS_INSTALL_CLIENTS=1` to install {PACKAGE}"
        );
        return;
    };
    let (folder, emulator) = place("mcp-client");
    let mut command = Command::new(python);
    command
        .current_dir(folder.path(""))
        .args(["-c", CLIENT, env!("CARGO_BIN_EXE_cargo-segments")]);
    let output = at(&mut command, &emulator).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        said,
        "check,explain,impact,plan,propose,search\nsegment beta (segments.toml:11): Beta\n\
         checked 2 segments: nothing is wrong\n+ paying\n"
    );
}
