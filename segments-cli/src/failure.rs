//! Errors of commands.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use segments_emulator::{ImportError, StartError};
use segments_model::evaluate::{LineError, LoadError};
use segments_model::file::NotQuotable;
use segments_runtime::registry::RegistryError;
use segments_runtime::sync::{ConfigError, ListError, LockError, RequestError, SyncError};
use thiserror::Error;

use crate::denied::Denied;
use crate::invalid_settings::InvalidSettings;
use crate::output::Text;
use crate::status::Status;

#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    #[error("cannot read `{}`: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot read `{}`: {reason}", .path.display())]
    NotQuotable { path: PathBuf, reason: NotQuotable },
    #[error("cannot read `{}`: {reason}", .path.display())]
    NotText { path: PathBuf, reason: String },
    #[error("`files` in `Cargo.toml` names `{}`, and {reason}", .path.display())]
    ManifestFile { path: PathBuf, reason: NotQuotable },
    #[error("no file matches `{}`; name a file, or a pattern such as `audiences/*.toml`", .0.display())]
    NoMatch(PathBuf),
    #[error("cannot write `{}`: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("`{}` exists already; name another file, or delete it first", .0.display())]
    Exists(PathBuf),
    #[error("no emulator answers at {address}: {source}; start one with `cargo segments emulate --port {}`", .address.port())]
    Unhealthy {
        address: SocketAddr,
        source: io::Error,
    },
    #[error(
        "`{what}` is neither a file nor in git: {reason}; write a path, `REVISION` or `REVISION:PATH`"
    )]
    Revision { what: String, reason: String },
    #[error(
        "cannot compare an environment with a file; write `environment/KEY` twice, or name two files or revisions"
    )]
    OneEnvironmentToCompare,
    /// The diagnostics have been shown.
    #[error("{0} in the definitions; nothing was changed")]
    Definitions(String),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("`{}`: {source}", .path.display())]
    Manifest {
        path: PathBuf,
        source: InvalidSettings,
    },
    #[error(
        "other users can read `{}` (mode {mode:o}), so the token in it is not safe; run `chmod 600` on it", .path.display()
    )]
    TokenReadable { path: PathBuf, mode: u32 },
    #[error(
        "no access token; set LAUNCHDARKLY_ACCESS_TOKEN (or LAUNCHDARKLY_API_TOKEN), or name a file that holds one with `--token-file`"
    )]
    NoToken,
    #[error(
        "`--prune` deletes segments that carry the owner's tag, so it needs your own owner; pass `--owner`, or set `owner` in `[package.metadata.segments]`"
    )]
    PruneWithoutOwner,
    #[error(
        "one file names the owner `{0}`, another `{1}`; apply them one at a time with `--file`"
    )]
    Owners(String, String),
    #[error(
        "the files have no environment in common: one lists {0}, and another {1}; apply them one after the other with `--file`"
    )]
    NoEnvironment(String, String),
    #[error(
        "`{key}` is not one of the environments that the {where_} lists ({}); add it there, or remove it", .listed.join(", ")
    )]
    OutsideEnvironments {
        key: String,
        where_: &'static str,
        listed: Vec<String>,
    },
    #[error(transparent)]
    Config(ConfigError),
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error("{0}; nothing was applied")]
    Locked(LockError),
    #[error("`{}` is not a plan of `cargo segments plan --out`: {source}", .path.display())]
    NotAPlan {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("`{}` is a plan of format {found}, and this version of cargo-segments applies format {known}; make a new plan", .path.display())]
    PlanFormat {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error(
        "the plan is for {planned}, but the {what} is set to `{set}`; remove this setting, or make another plan"
    )]
    PlanElsewhere {
        planned: String,
        what: &'static str,
        set: String,
    },
    #[error(
        "the plan is out of date: {changed}; nothing was applied. Make a new plan and review it"
    )]
    Stale { changed: String },
    #[error(
        "`{}` was edited after it was made, so it may not show its real changes; nothing was applied. Make a new plan and review it", .path.display()
    )]
    PlanAltered { path: PathBuf },
    #[error(
        "cannot ask for confirmation: stdin or stderr is not a terminal; nothing was applied. Pass `--yes` to skip the prompt"
    )]
    NobodyToAsk,
    #[error("{0}; nothing was applied")]
    Denied(Denied),
    #[error("{} with more than the policy allows; nothing was applied", if *.0 == 1 { "a rule begins".to_owned() } else { format!("{} rules begin", .0) })]
    FirstStep(usize),
    #[error("cannot accept `{key}`: {reason}; nothing was written")]
    NotAccepted { key: String, reason: String },
    #[error("cannot fill `{key}`: {reason}")]
    NotFilled { key: String, reason: String },
    #[error("not approved yet: {0}; nothing was applied")]
    NotApproved(String),
    #[error(
        "`{key}` is declared, so the next apply would create it again; remove its declaration first; nothing was deleted"
    )]
    StillDeclared { key: String },
    #[error("cannot rename `{old}` to `{new}`: {reason}; nothing was changed")]
    NotRenamed {
        old: String,
        new: String,
        reason: String,
    },
    #[error("cannot retire `{key}` of {scope}: {reason}; nothing was deleted")]
    NotRetired {
        key: String,
        scope: String,
        reason: String,
    },
    #[error("declined; nothing was applied")]
    Declined,
    #[error(
        "targeting of AI Configs and flags can only be imported into a TOML file; write a name that ends in `.toml`, or remove `--targeting`"
    )]
    ServedInRust,
    #[error("this command takes one environment; run it once for each")]
    OneEnvironment,
    #[error(
        "files do not declare prompts; run `check --live` with the program that has `#[ai_config(variables(...))]`"
    )]
    NoPrompts,
    #[error("`{}`: {reason}; import again, or delete it", .path.display())]
    Imported { path: PathBuf, reason: String },
    #[error("cannot format `{}`: {reason}", .path.display())]
    Layout { path: PathBuf, reason: String },
    #[error("`{}` is not a history of `cargo segments count --history`: line {line}: {source}", .path.display())]
    History {
        path: PathBuf,
        line: usize,
        source: serde_json::Error,
    },
    #[error("`{}`: {reason}", .path.display())]
    Table { path: PathBuf, reason: String },
    #[error(transparent)]
    Emulator(#[from] StartError),
    #[error("cannot fill the emulator from `{}`: {source}", .path.display())]
    Fill { path: PathBuf, source: ImportError },
    #[error("cannot read the segments of `{}`: {source}", .path.display())]
    Load { path: PathBuf, source: LoadError },
    #[error("invalid context: {0}")]
    Context(#[source] segments_model::evaluate::InvalidContext),
    #[error(
        "there is no file `{0}`; `--context` takes a file with the context's JSON, the JSON itself, `-` for standard input, or a kind and a key such as `user:user-1`"
    )]
    NoContext(String),
    #[error("the key of the context `{0}` is empty; write it behind the colon, as in `{0}user-1`")]
    EmptyKey(String),
    #[error("there is no segment, AI Config or flag `{key}`{advice}")]
    NothingToAsk { key: String, advice: String },
    #[error(
        "the snapshot is of {of}, but the {what} is set to `{named}`; remove this setting, or use another snapshot"
    )]
    SnapshotElsewhere {
        of: String,
        what: &'static str,
        named: String,
    },
    #[error(
        "`{}` is not a complete snapshot of an environment; save one with `cargo segments pull`", .0.display()
    )]
    NotASnapshot(PathBuf),
    #[error("{0}; nothing was changed")]
    List(ListError),
    #[error(transparent)]
    ListRequest(ListError),
    #[error(
        "no context is named; name one with `--user KEY`, `--context KIND:KEY` or `--users-from FILE`"
    )]
    NoContexts,
    #[error("no file declares contexts of kind `{kind}`{advice}; nothing was changed")]
    UndeclaredKind { kind: String, advice: String },
    #[error("{error}; contexts of kind {done} were changed before")]
    ListsPartly { error: ListError, done: String },
    #[error(
        "{named} contexts are named, and `--at-most` allows {most}; name fewer, or allow more; nothing was changed"
    )]
    TooManyContexts { named: usize, most: usize },
    #[error(
        "so many contexts of a big segment cannot be taken back; leave `--save-undo` out, or name fewer at once; nothing was changed"
    )]
    NoUndo,
    /// What is wrong may name a context.
    #[error("`{}` is not what `--save-undo` wrote: line {line} cannot be read", .path.display())]
    NotAnUndo { path: PathBuf, line: usize },
    #[error("cannot read what SDKs receive: {source}")]
    SdkData { source: LoadError },
    #[error("there is no segment `{key}` in {scope}{advice}")]
    NoSegment {
        key: String,
        scope: String,
        advice: String,
    },
    #[error(transparent)]
    Name(#[from] segments_model::InvalidName),
    #[error("only plans have `--format markdown`; use `human` or `json` for a segment")]
    NoMarkdown,
    #[error("cannot read all contexts: {0}")]
    Contexts(#[from] LineError),
    #[error("cannot listen at {address}: {source}; name another address with `--listen`")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error(
        "this build is without the feature `{0}`; install it with `cargo install --locked cargo-segments --features {0}`, or as a binary, which has all features"
    )]
    #[cfg_attr(
        all(feature = "lsp", feature = "mcp", feature = "parquet"),
        allow(dead_code, reason = "a build with all features lacks none")
    )]
    NotBuilt(&'static str),
    #[cfg(feature = "mcp")]
    #[error("the client is not understood: {0}")]
    Protocol(String),
    #[cfg(feature = "mcp")]
    #[error("agents speak over standard input; name a file instead of `-`")]
    InputIsTaken,
    #[cfg(feature = "mcp")]
    #[error(
        "agents could read every file of this machine; name the folder of the project with `--root`"
    )]
    NoRoot,
    #[cfg(feature = "mcp")]
    #[error("cannot read `{}`: it is not below `{}`; name a file there", .path.display(), .top.display())]
    NotBelow { path: PathBuf, top: PathBuf },
    #[cfg(feature = "mcp")]
    #[error("{0}")]
    NotProposed(String),
    #[error("cannot start: {0}")]
    Start(#[source] io::Error),
    #[error(
        "project `{project}` is not the probe's: {what} was created by someone else; name a project that does not exist, which the probe creates and deletes"
    )]
    NotTheProbes { project: String, what: String },
    #[error(
        "cannot {verb} project `{project}` of the probe ({status} {message}); give the token a role that allows it"
    )]
    ProbeRefused {
        verb: &'static str,
        project: String,
        status: u16,
        message: String,
    },
    #[error(
        "the probe took longer than `--timeout`; its project was deleted. Set a longer one, or a higher `--rate`"
    )]
    ProbeOutOfTime,
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error("`{}` is not what `cargo segments probe` writes: {source}", .path.display())]
    Behavior {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("interrupted; {0}")]
    Interrupted(String),
}

/// The message about the lists depends on whether a request was sent before the error.
impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Config(error) => error.into(),
            ListError::Request(_)
            | ListError::Partly { .. }
            | ListError::Runtime(_)
            | ListError::WithoutExpiry { .. } => Failure::ListRequest(error),
            _ => Failure::List(error),
        }
    }
}

/// Replaces advice about a program's code with advice about the command line.
impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::MissingToken => Failure::NoToken,
            ConfigError::PruneWithoutOwner => Failure::PruneWithoutOwner,
            other => Failure::Config(other),
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Sync(error) => Failure::Sync(error),
            held => Failure::Locked(held),
        }
    }
}

/// The TOML error, and its position. The parser's own message quotes the line.
pub(crate) fn toml_reason(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = error.message();
    match before {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message.to_owned(),
    }
}

/// Returns whether `--timeout` passed before it was known what is to be done.
fn is_out_of_time(error: &SyncError) -> bool {
    matches!(error.request(), Some(RequestError::Deadline(_)))
}

impl Failure {
    /// The error, as shown. The result of a sync is drawn in lines.
    pub(crate) fn text(&self) -> Text {
        match self {
            Failure::Sync(error) => Text::drawn(error),
            Failure::Registry(error) => Text::drawn(error),
            other => other.into(),
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Failure::ProbeOutOfTime => Status::OutOfTime,
            Failure::Sync(error) if is_out_of_time(error) => Status::OutOfTime,
            Failure::Definitions(_) | Failure::Registry(_) | Failure::Sync(SyncError::Drift(_)) => {
                Status::NotRight
            }
            #[cfg(feature = "mcp")]
            Failure::InputIsTaken | Failure::NoRoot => Status::Misunderstood,
            Failure::NotBuilt(_)
            | Failure::OneEnvironment
            | Failure::OneEnvironmentToCompare
            | Failure::ServedInRust
            | Failure::NoPrompts
            | Failure::Name(_)
            | Failure::NoMarkdown
            | Failure::NoContexts
            | Failure::EmptyKey(_)
            | Failure::UndeclaredKind { .. }
            | Failure::SnapshotElsewhere { .. }
            | Failure::NoEnvironment(..)
            | Failure::OutsideEnvironments { .. }
            | Failure::PlanElsewhere { .. } => Status::Misunderstood,
            Failure::NotTheProbes { .. }
            | Failure::Stale { .. }
            | Failure::Locked(_)
            | Failure::PlanAltered { .. }
            | Failure::NobodyToAsk
            | Failure::Declined
            | Failure::Denied(_)
            | Failure::FirstStep(_)
            | Failure::List(_)
            | Failure::TooManyContexts { .. }
            | Failure::NoUndo
            | Failure::NotApproved(_)
            | Failure::StillDeclared { .. }
            | Failure::NotRetired { .. }
            | Failure::NotRenamed { .. }
            | Failure::Exists(_) => Status::NotDone,
            Failure::Interrupted(_) => Status::Interrupted,
            Failure::ListsPartly { .. }
            | Failure::ListRequest(ListError::WithoutExpiry { .. } | ListError::Partly { .. })
            | Failure::Sync(SyncError::Incomplete(_)) => Status::Partly,
            _ => Status::Failed,
        }
    }
}
