//! An editor, as far as the server can tell.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// Longer than anything takes on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_mins(2);

/// A folder that goes when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("lsp-{}-{number}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(std::fs::canonicalize(folder).unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() {
            self.0.clone()
        } else {
            self.0.join(name)
        }
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

pub struct Client {
    process: Child,
    input: Option<ChildStdin>,
    inbox: Receiver<(Json, Instant)>,
    /// When the message that was waited for was here as a whole, before it was parsed.
    pub arrived: Instant,
    requests: i64,
    /// The texts of open files, each with its version.
    open: HashMap<String, (String, i64)>,
    /// What was told unasked, and asked by the server.
    pub told: Vec<Json>,
    pub capabilities: Json,
}

/// What the editor can do.
pub fn usual_capabilities() -> Json {
    json!({
        "textDocument": { "diagnostic": {}, "completion": { "completionItem": { "snippetSupport": false } } },
        "experimental": { "segments": { "includes": true } },
    })
}

impl Client {
    pub fn start(roots: &[&Path]) -> Self {
        Self::with(roots, &usual_capabilities(), &[])
    }

    pub fn with(roots: &[&Path], capabilities: &Json, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_cargo-segments"))
            .arg("lsp")
            .args(arguments)
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (sender, inbox) = channel();
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut client = Self {
            process,
            input,
            inbox,
            arrived: Instant::now(),
            requests: 0,
            open: HashMap::new(),
            told: Vec::new(),
            capabilities: Json::Null,
        };
        let folders = roots
            .iter()
            .map(|root| json!({ "uri": uri(root), "name": "root" }));
        let params = json!({
            "processId": null,
            "rootUri": null,
            "workspaceFolders": folders.collect::<Vec<_>>(),
            "capabilities": capabilities,
        });
        client.capabilities = client.ask("initialize", &params)["capabilities"].clone();
        client.tell("initialized", &json!({}));
        client
    }

    pub fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        let document = json!({ "uri": uri, "languageId": "toml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        self.open.insert(uri.clone(), (text.to_owned(), 1));
        uri
    }

    /// Replaces a part of an open file, by bytes.
    pub fn edit(&mut self, uri: &str, span: std::ops::Range<usize>, with: &str) {
        let (text, version) = self.open.get_mut(uri).unwrap();
        let range = json!({ "start": position(text, span.start), "end": position(text, span.end) });
        text.replace_range(span, with);
        *version += 1;
        let document = json!({ "uri": uri, "version": version });
        let change = json!({ "range": range, "text": with });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        self.tell("textDocument/didChange", &params);
    }

    /// Replaces all of an open file.
    pub fn replace(&mut self, uri: &str, with: &str) {
        let (text, version) = self.open.get_mut(uri).unwrap();
        with.clone_into(text);
        *version += 1;
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "text": with }],
        });
        self.tell("textDocument/didChange", &params);
    }

    pub fn text(&self, uri: &str) -> &str {
        &self.open[uri].0
    }

    /// Asks about a place of an open file, by byte.
    pub fn at(&mut self, method: &str, uri: &str, offset: usize) -> Json {
        let at = position(self.text(uri), offset);
        self.ask(
            method,
            &json!({ "textDocument": { "uri": uri }, "position": at }),
        )
    }

    /// Asks about a file.
    pub fn about(&mut self, method: &str, uri: &str) -> Json {
        self.ask(method, &json!({ "textDocument": { "uri": uri } }))
    }

    pub fn diagnostics(&mut self, uri: &str) -> Vec<Json> {
        let answer = self.about("textDocument/diagnostic", uri);
        answer["items"].as_array().unwrap().clone()
    }

    pub fn actions(&mut self, uri: &str, span: std::ops::Range<usize>) -> Vec<Json> {
        let text = self.text(uri);
        let range = json!({ "start": position(text, span.start), "end": position(text, span.end) });
        let params = json!({
            "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] },
        });
        self.ask("textDocument/codeAction", &params)
            .as_array()
            .unwrap()
            .clone()
    }

    /// The text of a file after the changes of an answer.
    pub fn changed(&self, edit: &Json, uri: &str) -> String {
        let edits = edit["changes"][uri].as_array().cloned().unwrap_or_default();
        changed(self.text(uri), &edits)
    }

    pub fn tell(&mut self, method: &str, params: &Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub fn ask(&mut self, method: &str, params: &Json) -> Json {
        let answer = self.answer(method, params);
        assert!(
            answer.get("error").is_none(),
            "{method}: {}",
            answer["error"]
        );
        answer["result"].clone()
    }

    /// The whole answer, which may be an error.
    pub fn answer(&mut self, method: &str, params: &Json) -> Json {
        let id = self.request(method, params);
        self.wait_for(id)
    }

    pub fn request(&mut self, method: &str, params: &Json) -> i64 {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub fn wait_for(&mut self, id: i64) -> Json {
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    /// Waits for a message; those before it are kept.
    pub fn wait(&mut self, wanted: impl Fn(&Json) -> bool) -> Json {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(left) {
                Ok((message, arrived)) if wanted(&message) => {
                    self.arrived = arrived;
                    return message;
                }
                Ok((message, _)) => {
                    if let Some(id) = message
                        .get("id")
                        .filter(|_| message.get("method").is_some())
                    {
                        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
                    }
                    self.told.push(message);
                }
                Err(RecvTimeoutError::Timeout) => panic!("waited {PATIENCE:?}"),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended: {}", self.errors())
                }
            }
        }
    }

    /// The most memory that the server had, in KB, where the system tells.
    #[allow(dead_code, reason = "the benchmark asks for it")]
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    fn errors(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut errors) = self.process.stderr.take() {
            drop(errors.read_to_string(&mut text));
        }
        text
    }

    fn send(&mut self, message: &Json) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        drop(input.write_all(bytes));
        drop(input.flush());
    }

    /// The editor goes away without a word.
    pub fn die(mut self) -> ExitStatus {
        self.input = None;
        self.process.wait().unwrap()
    }

    pub fn end(mut self) -> ExitStatus {
        self.ask("shutdown", &Json::Null);
        self.tell("exit", &Json::Null);
        self.input = None;
        let status = self.process.wait().unwrap();
        assert_eq!(self.errors(), "", "nothing is said beside the protocol");
        status
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn receive(output: &mut impl BufRead) -> Option<(Json, Instant)> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, value)) => length = value.parse::<usize>().ok().or(length),
            None => break,
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    let arrived = Instant::now();
    Some((serde_json::from_slice(&body).ok()?, arrived))
}

/// The place of a byte: columns are UTF-16 units.
pub fn position(text: &str, offset: usize) -> Json {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count();
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// The byte of a place.
pub fn offset(text: &str, place: &Json) -> usize {
    let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut left = place["character"].as_u64().unwrap();
    let mut at = start;
    for found in text[start..].chars() {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(found.len_utf16() as u64);
        at += found.len_utf8();
    }
    at
}

pub fn span(text: &str, range: &Json) -> std::ops::Range<usize> {
    offset(text, &range["start"])..offset(text, &range["end"])
}

pub fn changed(text: &str, edits: &[Json]) -> String {
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            (
                span(text, &edit["range"]),
                edit["newText"].as_str().unwrap(),
            )
        })
        .collect();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = text.to_owned();
    for (span, new) in edits {
        text.replace_range(span, new);
    }
    text
}
