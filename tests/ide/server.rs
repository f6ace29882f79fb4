//! A client of the language server protocol: as much of it as asking questions about one file takes.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// Loading a workspace builds its proc macros, once.
const READY_WITHIN: Duration = Duration::from_mins(10);
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// The environment variable that names the server's binary.
pub const BINARY: &str = "SEGMENTS_RUST_ANALYZER";

/// The binary to use and its version; `None` if there is none that runs.
pub fn find() -> Option<(PathBuf, String)> {
    let binary =
        std::env::var_os(BINARY).map_or_else(|| PathBuf::from("rust-analyzer"), PathBuf::from);
    // rustup puts a stand-in for components that are not installed on the path; it does not run.
    let output = Command::new(&binary).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some((binary, version))
}

/// A running server with one open file.
pub struct Server {
    process: Child,
    input: ChildStdin,
    inbox: Receiver<Json>,
    requests: i64,
    version: i64,
    uri: String,
}

/// A place in a file, from 0; columns are UTF-16 units, which are characters in an ASCII file.
pub type Position = Json;

/// One diagnostic: the text at which it stands, and what it says.
#[derive(Debug)]
pub struct Diagnostic {
    pub at: String,
    pub message: String,
}

impl Server {
    /// Starts rust-analyzer on a package and opens a file of it, and waits until it has loaded.
    pub fn start(binary: &Path, package: &Path, target: &Path, file: &str) -> Result<Self, String> {
        let mut command = Command::new(binary);
        command.env("CARGO_TARGET_DIR", target);
        let mut server = Self::open(command, package, file, "rust")?;
        server.wait(READY_WITHIN, "the workspace to load", |message| {
            let status = &message["params"];
            (message["method"] == "experimental/serverStatus" && status["quiescent"] == true)
                .then(|| status.clone())
        })?;
        Ok(server)
    }

    /// Starts a server on a folder and opens a file of it.
    pub fn open(
        mut command: Command,
        folder: &Path,
        file: &str,
        language: &str,
    ) -> Result<Self, String> {
        let mut process = command
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let (sender, inbox) = channel();
        std::thread::spawn(move || {
            let mut output = output;
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let path = folder.join(file);
        let mut server = Self {
            process,
            input,
            inbox,
            requests: 0,
            version: 1,
            uri: format!("file://{}", path.display()),
        };
        let root = format!("file://{}", folder.display());
        server.ask(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "package" }],
                "initializationOptions": settings(),
                "capabilities": {
                    "textDocument": {
                        "hover": { "contentFormat": ["markdown"] },
                        "completion": { "completionItem": { "snippetSupport": false } },
                        "definition": { "linkSupport": false },
                        "diagnostic": {},
                    },
                    "workspace": { "configuration": true },
                    "experimental": { "serverStatusNotification": true },
                },
            }),
        )?;
        server.tell("initialized", &json!({}))?;
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let document =
            json!({ "uri": server.uri, "languageId": language, "version": 1, "text": text });
        server.tell("textDocument/didOpen", &json!({ "textDocument": document }))?;
        Ok(server)
    }

    /// Replaces the text of the open file, as typing would: nothing on disk changes.
    pub fn type_in(&mut self, text: &str) -> Result<(), String> {
        self.version += 1;
        let document = json!({ "uri": self.uri, "version": self.version });
        self.tell(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
        )
    }

    /// What may be typed at this place.
    pub fn completions(&mut self, at: &Position) -> Result<Vec<String>, String> {
        let answer = self.about("textDocument/completion", at)?;
        let items = answer.get("items").unwrap_or(&answer).as_array().cloned();
        let label = |item: &Json| {
            let label = item["label"].as_str().unwrap_or_default();
            // `ends_with(…)` and `core::` are the same as their names here.
            let end = label
                .find(|c: char| c != '_' && !c.is_alphanumeric())
                .unwrap_or(label.len());
            label[..end].to_owned()
        };
        Ok(items.unwrap_or_default().iter().map(label).collect())
    }

    /// What is shown about this place, as markdown.
    pub fn hover(&mut self, at: &Position) -> Result<String, String> {
        let answer = self.about("textDocument/hover", at)?;
        Ok(answer["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// The places where the thing at this place is defined: file name and line, from 0.
    pub fn definitions(&mut self, at: &Position) -> Result<Vec<(String, u64)>, String> {
        let answer = self.about("textDocument/definition", at)?;
        let place = |location: &Json| {
            let file = location["uri"].as_str().unwrap_or_default();
            let file = file.rsplit('/').next().unwrap_or_default().to_owned();
            let line = location["range"]["start"]["line"].as_u64();
            (file, line.unwrap_or_default())
        };
        Ok(answer.as_array().into_iter().flatten().map(place).collect())
    }

    /// What the server itself finds wrong with a text that was typed in.
    pub fn diagnostics(&mut self, text: &str) -> Result<Vec<Diagnostic>, String> {
        let params = json!({ "textDocument": { "uri": self.uri } });
        let answer = self.ask("textDocument/diagnostic", &params)?;
        let diagnostic = |item: &Json| Diagnostic {
            at: slice(text, &item["range"]),
            message: item["message"].as_str().unwrap_or_default().to_owned(),
        };
        let items = answer["items"].as_array().into_iter().flatten();
        Ok(items.map(diagnostic).collect())
    }

    /// Waits until the server says, unasked, that something is wrong with the open file.
    pub fn published(&mut self, part: &str) -> Result<(), String> {
        let uri = self.uri.clone();
        let what = format!("something to be said of `{part}`");
        self.wait(ANSWER_WITHIN, &what, |message| {
            let params = &message["params"];
            let here =
                message["method"] == "textDocument/publishDiagnostics" && params["uri"] == uri;
            let found = params["diagnostics"].as_array().into_iter().flatten();
            let mut messages = found.filter_map(|found| found["message"].as_str());
            (here && messages.any(|message| message.contains(part))).then_some(())
        })
    }

    fn about(&mut self, method: &str, at: &Position) -> Result<Json, String> {
        let params = json!({ "textDocument": { "uri": self.uri }, "position": at });
        self.ask(method, &params)
    }

    fn tell(&mut self, method: &str, params: &Json) -> Result<(), String> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn ask(&mut self, method: &str, params: &Json) -> Result<Json, String> {
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            self.requests += 1;
            let id = self.requests;
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
            let answer = self.wait(ANSWER_WITHIN, method, |message| {
                (message["id"] == id && message.get("method").is_none()).then(|| message.clone())
            })?;
            let Some(error) = answer.get("error") else {
                return Ok(answer["result"].clone());
            };
            // The server was still busy with the last change: ask again, as editors do.
            let again = matches!(error["code"].as_i64(), Some(-32801 | -32802));
            if !again || Instant::now() > until {
                return Err(format!("{method}: {error}"));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn send(&mut self, message: &Json) -> Result<(), String> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("the server does not listen: {error}"))
    }

    /// Reads messages until one is the wanted one; the server's own questions are answered on the way.
    fn wait<T>(
        &mut self,
        within: Duration,
        what: &str,
        wanted: impl Fn(&Json) -> Option<T>,
    ) -> Result<T, String> {
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = self.inbox.recv_timeout(left).map_err(|error| match error {
                RecvTimeoutError::Timeout => format!("waited {within:?} for {what}"),
                RecvTimeoutError::Disconnected => format!("the server ended before {what}"),
            })?;
            if message.get("method").is_some() && message.get("id").is_some() {
                let result = if message["method"] == "workspace/configuration" {
                    let items = message["params"]["items"].as_array().map_or(1, Vec::len);
                    Json::Array(vec![settings(); items])
                } else {
                    Json::Null
                };
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))?;
            }
            if let Some(found) = wanted(&message) {
                return Ok(found);
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It keeps nothing that an orderly end would save.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn settings() -> Json {
    json!({
        "checkOnSave": false,
        "cargo": { "buildScripts": { "enable": true } },
        "procMacro": { "enable": true, "attributes": { "enable": true } },
        "diagnostics": { "enable": true },
    })
}

fn receive(output: &mut impl BufRead) -> Option<Json> {
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The place of a byte in a text.
pub fn position(text: &str, offset: usize) -> Position {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
    json!({ "line": line, "character": column })
}

/// The text of a range.
fn slice(text: &str, range: &Json) -> String {
    let offset = |place: &Json| {
        let line = usize::try_from(place["line"].as_u64().unwrap_or_default()).unwrap_or_default();
        let column = usize::try_from(place["character"].as_u64().unwrap_or_default());
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        (start + column.unwrap_or_default()).min(text.len())
    };
    text[offset(&range["start"])..offset(&range["end"])].to_owned()
}
