//! The conversation with an editor.
//!
//! One thread keeps the files and answers; another reads files whenever they change. Edits are processed
//! in order, and an answer that needs the reader waits for it, so that nothing else waits.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};

use gen_lsp_types as lsp;
use gen_lsp_types::{Notification as _, Request as _};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::check::{self, Job, Subject};
use super::document::Checked;
use super::lens::Sizes;
use super::place::Place;
use super::position::Encoding;
use super::transport::{Answer, Editor};
use super::workspace::{Workspace, real};
use super::{
    actions, completion, definition, diagnostics, folding, format, hints, hover, lens, rename,
    symbols, tokens, uri,
};

/// How the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The editor asked to shut down first.
    AsAsked,
    /// The editor went away.
    Lost,
}

/// The events that the server waits for.
#[derive(Debug)]
pub(super) enum Event {
    Message(Message),
    /// Files were read.
    Checked(Vec<(PathBuf, Checked)>),
    /// The editor went away.
    Gone,
}

/// The editor's capabilities.
#[derive(Debug, Clone, Copy, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one that the protocol has"
)]
pub(super) struct Abilities {
    /// Asks for diagnostics itself.
    pulls: bool,
    /// Asks again on request.
    refreshes: bool,
    /// Watches files for the server.
    watches: bool,
    /// Fills in templates of completions.
    pub(super) snippets: bool,
    /// Can be notified which crates include a saved file.
    checks_again: bool,
}

struct Server {
    editor: Editor,
    workspace: Workspace,
    abilities: Abilities,
    sizes: Sizes,
    jobs: Sender<Job>,
    /// Whether the reader is at work.
    reading: bool,
    /// Files that changed since they were read.
    unread: BTreeSet<PathBuf>,
    /// Requests that wait for the reader.
    waiting: Vec<Request>,
    /// The editor has asked to shut down.
    ending: bool,
    /// Numbers the questions to the editor.
    asked: i32,
}

/// Talks until the editor ends it.
pub(super) fn run(editor: Editor, incoming: Receiver<Message>, history: Option<PathBuf>) -> Ended {
    let Some(params) = begin(&editor, &incoming) else {
        return Ended::Lost;
    };
    let (events, inbox) = mpsc::channel();
    let (jobs, to_read) = mpsc::channel();
    let checked = events.clone();
    std::thread::spawn(move || {
        check::work(&to_read, |read| checked.send(Event::Checked(read)).is_ok());
    });
    std::thread::spawn(move || {
        for message in incoming {
            if events.send(Event::Message(message)).is_err() {
                return;
            }
        }
        drop(events.send(Event::Gone));
    });
    let mut server = Server::new(editor, &params, jobs, history);
    server.start();
    server.talk(&inbox)
}

/// Waits for the first request.
fn begin(editor: &Editor, incoming: &Receiver<Message>) -> Option<lsp::InitializeParams> {
    loop {
        match incoming.recv().ok()? {
            Message::Request(request)
                if request.method == lsp::InitializeRequest::METHOD.as_str() =>
            {
                let params: lsp::InitializeParams = match serde_json::from_value(request.params) {
                    Ok(params) => params,
                    Err(error) => {
                        let code = ErrorCode::InvalidParams as i32;
                        let answer = Response::new_err(request.id, code, error.to_string());
                        editor.send(answer);
                        continue;
                    }
                };
                let answer = Response::new_ok(request.id, initialized(&params));
                editor.send(answer);
                return Some(params);
            }
            Message::Request(request) => {
                let code = ErrorCode::ServerNotInitialized as i32;
                let message = "send `initialize` first".to_owned();
                let answer = Response::new_err(request.id, code, message);
                editor.send(answer);
            }
            Message::Notification(told)
                if told.method == lsp::ExitNotification::METHOD.as_str() =>
            {
                return None;
            }
            _ => {}
        }
    }
}

/// The server's capabilities.
fn initialized(params: &lsp::InitializeParams) -> Json {
    let abilities = abilities(params);
    let mut capabilities = json!({
        "positionEncoding": match encoding(params) {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
        },
        "textDocumentSync": { "openClose": true, "change": 2, "save": true },
        "completionProvider": { "triggerCharacters": ["\"", "'", "[", "{", ".", "=", ",", " "] },
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "codeActionProvider": { "codeActionKinds": actions::KINDS },
        "codeLensProvider": {},
        "documentFormattingProvider": true,
        "documentRangeFormattingProvider": true,
        "renameProvider": { "prepareProvider": true },
        "foldingRangeProvider": true,
        "inlayHintProvider": true,
        "semanticTokensProvider": { "legend": tokens::legend(), "full": true, "range": true },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    });
    if abilities.pulls {
        capabilities["diagnosticProvider"] = json!({
            "identifier": "segments",
            "interFileDependencies": true,
            "workspaceDiagnostics": true,
        });
    }
    json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "cargo-segments", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn encoding(params: &lsp::InitializeParams) -> Encoding {
    let general = params.capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref());
    let utf8 = offered.is_some_and(|all| all.contains(&lsp::PositionEncodingKind::UTF8));
    if utf8 {
        Encoding::Utf8
    } else {
        Encoding::Utf16
    }
}

fn abilities(params: &lsp::InitializeParams) -> Abilities {
    // What the types do not name, or name in many steps.
    let all = serde_json::to_value(&params.capabilities).unwrap_or_default();
    let can = |path: &str| {
        all.pointer(path)
            .and_then(Json::as_bool)
            .unwrap_or_default()
    };
    Abilities {
        pulls: all.pointer("/textDocument/diagnostic").is_some(),
        refreshes: can("/workspace/diagnostics/refreshSupport")
            || can("/workspace/diagnostic/refreshSupport"),
        watches: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
        snippets: can("/textDocument/completion/completionItem/snippetSupport"),
        checks_again: can("/experimental/segments/includes"),
    }
}

fn roots(params: &lsp::InitializeParams) -> Vec<PathBuf> {
    let folders = &params.workspace_folders_initialize_params.workspace_folders;
    let folders = match folders {
        Some(lsp::WorkspaceFolders::WorkspaceFolderList(folders)) => &folders[..],
        _ => &[],
    };
    let folders: Vec<PathBuf> = folders.iter().filter_map(|it| uri::path(&it.uri)).collect();
    if folders.is_empty() {
        #[allow(deprecated, reason = "editors that know no folders still say it")]
        return params.root_uri.iter().filter_map(uri::path).collect();
    }
    folders
}

impl Server {
    fn new(
        editor: Editor,
        params: &lsp::InitializeParams,
        jobs: Sender<Job>,
        history: Option<PathBuf>,
    ) -> Self {
        let options = params.initialization_options.as_ref();
        let options = options.and_then(|options| serde_json::to_value(options).ok());
        let named = options.and_then(|it| Some(PathBuf::from(it.get("history")?.as_str()?)));
        Self {
            workspace: Workspace::new(roots(params), encoding(params)),
            abilities: abilities(params),
            sizes: Sizes::new(history.or(named)),
            editor,
            jobs,
            reading: false,
            unread: BTreeSet::new(),
            waiting: Vec::new(),
            ending: false,
            asked: 0,
        }
    }

    fn start(&mut self) {
        self.sizes.read();
        self.discover();
        if self.abilities.watches {
            let watchers =
                ["**/segments.toml", "**/Cargo.toml"].map(|glob| json!({ "globPattern": glob }));
            let registration = json!({
                "id": "files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": watchers },
            });
            self.ask(
                "client/registerCapability",
                &json!({ "registrations": [registration] }),
            );
        }
    }

    fn talk(&mut self, inbox: &Receiver<Event>) -> Ended {
        let mut queue = VecDeque::new();
        loop {
            if queue.is_empty() {
                self.read_on();
                match inbox.recv() {
                    Ok(event) => queue.push_back(event),
                    Err(_) => return Ended::Lost,
                }
            }
            // What has arrived meanwhile may take back what is asked here.
            queue.extend(inbox.try_iter());
            let ended = match queue.pop_front() {
                Some(Event::Gone) => Some(Ended::Lost),
                Some(Event::Checked(checked)) => {
                    self.take(checked);
                    None
                }
                Some(Event::Message(Message::Request(request))) => {
                    if cancels(&queue, &request.id) {
                        self.refuse(request.id, ErrorCode::RequestCanceled, "canceled");
                    } else {
                        self.requested(request);
                    }
                    None
                }
                Some(Event::Message(Message::Notification(told))) => self.told(told),
                // Answers to what needs none.
                Some(Event::Message(Message::Response(_))) | None => None,
            };
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    /// Has the reader read what changed, unless it is at work.
    fn read_on(&mut self) {
        while !self.reading {
            let Some(path) = self.unread.pop_first() else {
                return;
            };
            let files = self.workspace.together(&path);
            let subjects: Vec<Subject> = files
                .into_iter()
                .filter_map(|path| {
                    self.unread.remove(&path);
                    let document = self.workspace.get(&path)?;
                    Some(Subject {
                        revision: document.revision,
                        shown: document.shown.clone(),
                        text: document.text.clone(),
                        path,
                    })
                })
                .collect();
            self.reading = !subjects.is_empty() && self.jobs.send(Job(subjects)).is_ok();
        }
    }

    fn take(&mut self, checked: Vec<(PathBuf, Checked)>) {
        self.reading = false;
        let mut read = Vec::new();
        for (path, checked) in checked {
            if let Some(document) = self.workspace.get_mut(&path) {
                document.take(checked);
                if document.is_current() {
                    read.push(path);
                } else {
                    self.unread.insert(path);
                }
            }
        }
        if !self.abilities.pulls {
            for path in &read {
                self.publish(path);
            }
        }
        for request in std::mem::take(&mut self.waiting) {
            self.requested(request);
        }
    }

    fn publish(&self, path: &Path) {
        if let Some(document) = self.workspace.get(path) {
            self.tell::<lsp::PublishDiagnosticsNotification>(&lsp::PublishDiagnosticsParams {
                uri: document.uri.clone(),
                version: document.version,
                diagnostics: diagnostics::all(document),
            });
        }
    }

    fn discover(&mut self) {
        let before: Vec<_> = self
            .workspace
            .documents()
            .map(|(path, it)| (path.clone(), it.uri.clone()))
            .collect();
        let changed = self.workspace.discover();
        self.unread.extend(changed);
        for (path, uri) in before {
            if self.workspace.get(&path).is_none() {
                self.unread.remove(&path);
                self.forget(uri);
            }
        }
        self.refresh();
    }

    /// Nothing is wrong with a file that is not there.
    fn forget(&self, uri: lsp::Uri) {
        if !self.abilities.pulls {
            self.tell::<lsp::PublishDiagnosticsNotification>(&lsp::PublishDiagnosticsParams {
                uri,
                version: None,
                diagnostics: Vec::new(),
            });
        }
    }

    fn refresh(&mut self) {
        if self.abilities.pulls && self.abilities.refreshes {
            self.ask("workspace/diagnostic/refresh", &Json::Null);
        }
    }

    fn told(&mut self, told: Notification) -> Option<Ended> {
        match told.method.as_str() {
            "exit" => {
                return Some(if self.ending {
                    Ended::AsAsked
                } else {
                    Ended::Lost
                });
            }
            "textDocument/didOpen" => {
                let params: lsp::DidOpenTextDocumentParams = read(told.params)?;
                let path = self.workspace.open(params.text_document)?;
                self.changed(path);
            }
            "textDocument/didChange" => {
                let params: lsp::DidChangeTextDocumentParams = read(told.params)?;
                let id = params.text_document;
                let (path, _) = self.workspace.find(&id.text_document_identifier.uri)?;
                let document = self.workspace.get_mut(&path)?;
                document.version = Some(id.version);
                for change in params.content_changes {
                    document.change(change);
                }
                self.changed(path);
            }
            "textDocument/didClose" => {
                let params: lsp::DidCloseTextDocumentParams = read(told.params)?;
                let uri = params.text_document.uri;
                let path = self.workspace.close(&uri)?;
                if self.workspace.get(&path).is_some() {
                    self.changed(path);
                } else {
                    self.unread.remove(&path);
                    self.forget(uri);
                }
            }
            "textDocument/didSave" => {
                let params: lsp::DidSaveTextDocumentParams = read(told.params)?;
                self.saved(&params.text_document.uri);
            }
            "workspace/didChangeWatchedFiles" => self.discover(),
            "workspace/didChangeWorkspaceFolders" => {
                let params: lsp::DidChangeWorkspaceFoldersParams = read(told.params)?;
                let removed: Vec<PathBuf> = params
                    .event
                    .removed
                    .iter()
                    .filter_map(|it| uri::path(&it.uri))
                    .collect();
                self.workspace.roots.retain(|root| !removed.contains(root));
                let added = params
                    .event
                    .added
                    .iter()
                    .filter_map(|it| uri::path(&it.uri));
                self.workspace.roots.extend(added);
                self.discover();
            }
            "$/cancelRequest" => {
                let id = request_id(&told.params)?;
                let canceled = self.waiting.extract_if(.., |request| request.id == id);
                for request in canceled.collect::<Vec<_>>() {
                    self.refuse(request.id, ErrorCode::RequestCanceled, "canceled");
                }
            }
            _ => {}
        }
        None
    }

    fn changed(&mut self, path: PathBuf) {
        self.unread.insert(path);
    }

    /// Counts may be new. Crates that include the file have to be checked again, which is the editor's to do.
    fn saved(&mut self, uri: &lsp::Uri) {
        self.sizes.read();
        if !self.abilities.checks_again {
            return;
        }
        let crates = crate::rust::Crates::find(&self.workspace.roots);
        let saved = real(uri);
        let included: Vec<_> = crates.including(&saved).collect();
        if included.is_empty() {
            return;
        }
        let files: Vec<_> = included.iter().map(|it| uri::of_path(&it.file)).collect();
        let folders: Vec<_> = included
            .iter()
            .map(|it| uri::of_path(&it.package))
            .collect();
        let params = json!({ "uri": uri, "files": files, "packages": folders });
        let told = Notification::new("segments/included".to_owned(), params);
        self.editor.send(told);
    }

    fn requested(&mut self, request: Request) {
        if self.ending && request.method != "shutdown" {
            self.refuse(request.id, ErrorCode::InvalidRequest, "shutting down");
            return;
        }
        if self.waits(&request) {
            self.waiting.push(request);
            return;
        }
        let Request { id, method, params } = request;
        let answered = self.answer(&method, params);
        let answered = answered
            .map_err(|Refused(code, message)| Response::new_err(id.clone(), code as i32, message));
        self.editor.answer(id, answered);
    }

    /// Returns whether an answer needs what the reader has not seen yet.
    fn waits(&self, request: &Request) -> bool {
        match request.method.as_str() {
            "workspace/diagnostic" => {
                let mut documents = self.workspace.documents();
                documents.any(|(_, document)| !document.is_current())
            }
            "textDocument/diagnostic" => self.is_unread(&request.params),
            "textDocument/codeAction"
            | "textDocument/codeLens"
            | "textDocument/completion"
            | "textDocument/hover"
            | "textDocument/inlayHint" => self
                .document_of(&request.params)
                .is_some_and(super::document::Document::is_waited_for),
            _ => false,
        }
    }

    /// Returns whether a file, or one that belongs to it, has to be read.
    fn is_unread(&self, params: &Json) -> bool {
        let Some(document) = self.document_of(params) else {
            return false;
        };
        let path = self.workspace.find(&document.uri).map(|(path, _)| path);
        let together = path.map_or_else(Vec::new, |path| self.workspace.together(&path));
        let mut together = together.iter().filter_map(|path| self.workspace.get(path));
        together.any(|document| !document.is_current())
    }

    fn document_of(&self, params: &Json) -> Option<&super::document::Document> {
        let uri = params.pointer("/textDocument/uri")?.as_str()?;
        let (_, document) = self.workspace.find(&lsp::Uri(uri.to_owned()))?;
        Some(document)
    }

    fn answer(&mut self, method: &str, params: Json) -> Result<Answer, Refused> {
        let workspace = &self.workspace;
        match method {
            "shutdown" => {
                self.ending = true;
                Ok(Answer::null())
            }
            "textDocument/completion" => at::<lsp::CompletionRequest>(workspace, params, |place| {
                Some(completion::answer(place, self.abilities.snippets).into())
            }),
            "textDocument/hover" => at::<lsp::HoverRequest>(workspace, params, |place| {
                hover::answer(place, &self.sizes)
            }),
            "textDocument/definition" => {
                at::<lsp::DefinitionRequest>(workspace, params, definition::definition)
            }
            "textDocument/references" => {
                let asked: lsp::ReferenceParams = parse(params.clone())?;
                at::<lsp::ReferencesRequest>(workspace, params, |place| {
                    definition::references(place, asked.context.include_declaration)
                })
            }
            "textDocument/documentHighlight" => {
                at::<lsp::DocumentHighlightRequest>(workspace, params, definition::highlights)
            }
            "textDocument/prepareRename" => {
                let at = parse(params)?;
                let place = Place::find(workspace, &at);
                let name = place.as_ref().map(rename::prepare).transpose();
                json_of(name.map_err(Refused::failed)?.flatten())
            }
            "textDocument/rename" => {
                let renamed: lsp::RenameParams = parse(params)?;
                let Some(place) = Place::find(workspace, &renamed.text_document_position_params)
                else {
                    return Ok(Answer::null());
                };
                let renaming =
                    rename::rename(&place, &renamed.new_name).map_err(Refused::failed)?;
                if let Some(left) = renaming.left() {
                    self.show(&left);
                }
                json_of(renaming.edit)
            }
            _ => self.answer_about_document(method, params),
        }
    }

    fn answer_about_document(&self, method: &str, params: Json) -> Result<Answer, Refused> {
        let workspace = &self.workspace;
        match method {
            "workspace/symbol" => {
                let params: lsp::WorkspaceSymbolParams = parse(params)?;
                json_of(symbols::of_workspace(workspace, &params.query))
            }
            "workspace/diagnostic" => {
                let items: Vec<Json> = workspace
                    .documents()
                    .map(|(_, document)| {
                        json!({
                            "kind": "full",
                            "uri": document.uri,
                            "version": document.version,
                            "items": diagnostics::all(document),
                        })
                    })
                    .collect();
                json_of(json!({ "items": items }))
            }
            "textDocument/diagnostic"
            | "textDocument/documentSymbol"
            | "textDocument/codeLens"
            | "textDocument/formatting"
            | "textDocument/rangeFormatting"
            | "textDocument/foldingRange"
            | "textDocument/inlayHint"
            | "textDocument/semanticTokens/full"
            | "textDocument/semanticTokens/range"
            | "textDocument/codeAction" => {
                let about: InDocument = parse(params.clone())?;
                let Some((path, document)) = workspace.find(&about.text_document.uri) else {
                    return json_of(match method {
                        "textDocument/diagnostic" => json!({ "kind": "full", "items": [] }),
                        _ => Json::Null,
                    });
                };
                let part = about
                    .range
                    .map_or(0..document.text.len(), |range| document.span(&range));
                match method {
                    "textDocument/diagnostic" => {
                        json_of(json!({ "kind": "full", "items": diagnostics::all(document) }))
                    }
                    "textDocument/documentSymbol" => json_of(symbols::of_document(document)),
                    "textDocument/codeLens" => json_of(lens::all(workspace, document, &self.sizes)),
                    "textDocument/formatting" => format::whole(document)
                        .map_err(Refused::failed)
                        .and_then(json_of),
                    "textDocument/rangeFormatting" => format::part(document, &part)
                        .map_err(Refused::failed)
                        .and_then(json_of),
                    "textDocument/foldingRange" => json_of(folding::all(document)),
                    "textDocument/inlayHint" => json_of(hints::all(document, &part, &self.sizes)),
                    "textDocument/codeAction" => {
                        let params: lsp::CodeActionParams = parse(params)?;
                        json_of(actions::all(
                            workspace,
                            &path,
                            document,
                            &part,
                            params.context.only.as_deref(),
                        ))
                    }
                    _ => json_of(tokens::all(document, &part)),
                }
            }
            _ => {
                let message = format!("`{method}` is not supported by this server");
                Err(Refused(ErrorCode::MethodNotFound, message))
            }
        }
    }

    fn tell<N: lsp::Notification>(&self, params: &N::Params) {
        let told = Notification::new(N::METHOD.as_str().to_owned(), params);
        self.editor.send(told);
    }

    fn show(&self, message: &str) {
        let params = json!({ "type": 2, "message": message });
        let told = Notification::new("window/showMessage".to_owned(), params);
        self.editor.send(told);
    }

    /// Asks the editor for what needs no answer.
    fn ask(&mut self, method: &str, params: &Json) {
        self.asked += 1;
        let request = Request::new(self.asked.into(), method.to_owned(), params);
        self.editor.send(request);
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: &str) {
        let answer = Response::new_err(id, code as i32, message.to_owned());
        self.editor.send(answer);
    }
}

/// The reason why there is no response.
struct Refused(ErrorCode, String);

impl Refused {
    #[allow(clippy::needless_pass_by_value, reason = "the shape of `map_err`")]
    fn failed(reason: impl ToString) -> Self {
        Self(ErrorCode::RequestFailed, reason.to_string())
    }
}

/// The parameters that requests about a file share.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct InDocument {
    text_document: lsp::TextDocumentIdentifier,
    range: Option<lsp::Range>,
}

/// Answers a question about a place.
fn at<R: lsp::Request>(
    workspace: &Workspace,
    params: Json,
    answer: impl FnOnce(&Place<'_>) -> R::Result,
) -> Result<Answer, Refused>
where
    R::Result: Default,
{
    let at = parse(params)?;
    let answered = Place::find(workspace, &at).map(|place| answer(&place));
    json_of(answered.unwrap_or_default())
}

fn parse<T: DeserializeOwned>(params: Json) -> Result<T, Refused> {
    serde_json::from_value(params)
        .map_err(|error| Refused(ErrorCode::InvalidParams, error.to_string()))
}

/// Reads a notification; an unreadable one cannot be refused.
fn read<T: DeserializeOwned>(params: Json) -> Option<T> {
    serde_json::from_value(params).ok()
}

fn json_of(answer: impl Serialize) -> Result<Answer, Refused> {
    Answer::new(answer).map_err(|error| Refused(ErrorCode::InternalError, error.to_string()))
}

fn cancels(queue: &VecDeque<Event>, id: &RequestId) -> bool {
    queue.iter().any(|event| match event {
        Event::Message(Message::Notification(told)) if told.method == "$/cancelRequest" => {
            request_id(&told.params).as_ref() == Some(id)
        }
        _ => false,
    })
}

fn request_id(params: &Json) -> Option<RequestId> {
    serde_json::from_value(params.get("id")?.clone()).ok()
}
