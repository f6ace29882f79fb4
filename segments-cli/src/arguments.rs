//! The command line.

mod connection;
mod edit;
mod files;
mod mcp;
mod moment;
mod rename;
mod retire;
mod watch;

pub(crate) use connection::Connection;
pub(crate) use edit::{Edit, Include, Undo};
pub(crate) use files::Files;
pub(crate) use mcp::Mcp;
pub(crate) use rename::Rename;
pub(crate) use retire::Retire;
pub(crate) use watch::Watch;

use moment::moment;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use segments_model::{EnvironmentKey, Resource};

/// LaunchDarkly segments as code: check, plan, apply, verify and evaluate them.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-segments",
    bin_name = "cargo segments",
    version,
    after_help = "Exit codes: 0 done; 1 findings or differences; 2 invalid command line; 3 failed;\n4 partly done; 5 not done (declined, or the plan is out of date); 6 partly done, because someone\nchanged LaunchDarkly since the plan; 7 unknown; 8 timed out; 9 left alone, because LaunchDarkly\nruns an experiment or a rollout there; 130 interrupted."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The heading of what every command takes.
const GENERAL: &str = "General";

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print errors only
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = GENERAL, display_order = 901)]
    pub(crate) quiet: bool,
    /// Print more details
    #[arg(long, short, global = true, help_heading = GENERAL, display_order = 902)]
    pub(crate) verbose: bool,
    /// When to use colors
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = GENERAL,
        display_order = 903
    )]
    pub(crate) color: Color,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On terminals, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a first segments.toml
    New(New),
    /// Write the segments of an environment as definitions
    Import(Import),
    /// Check the definitions and report every mistake
    Check(Check),
    /// Show which contexts a change of the definitions lets in and leaves out
    Diff(Diff),
    /// Show what would change in LaunchDarkly
    Plan(Plan),
    /// Show a segment of LaunchDarkly, or a saved plan
    Show(Show),
    /// List the segments of LaunchDarkly
    List(List),
    /// Make LaunchDarkly match the definitions
    Apply(Apply),
    /// Check that LaunchDarkly matches the definitions
    Verify(Verify),
    /// Write changes made in LaunchDarkly into the definitions, keeping comments
    Accept(Accept),
    /// Fill a big segment with the members in a file
    Fill(Fill),
    /// Show a context's segments and variations, and why
    Eval(Eval),
    /// Count the members of each segment in a set of contexts
    Count(Count),
    /// Save the data that SDKs receive: segments, flags and AI Configs
    Pull(Pull),
    /// Show which contexts move when the definitions are applied
    Impact(Impact),
    /// Include contexts in a segment, where no definition manages its list
    Include(Include),
    /// Exclude contexts from a segment, where no definition manages its list
    Exclude(Include),
    /// Remove contexts from the lists of a segment, so that its rules decide
    Remove(Edit),
    /// Take back what `include`, `exclude` or `remove` changed
    Undo(Undo),
    /// Give a segment another key, here and in LaunchDarkly, with everything that references it
    Rename(Rename),
    /// Show what uses segments, and delete those that nothing uses
    Retire(Retire),
    /// Check repeatedly, and report differences from the definitions: as metrics, and in words
    Watch(Watch),
    /// Start or stop an experiment, which no declaration does
    Experiment(Experiment),
    /// Format segments.toml, keeping comments
    Fmt(Fmt),
    /// Generate an HTML page of all segments and their references
    Doc(Doc),
    /// Run a local LaunchDarkly emulator
    Emulate(Emulate),
    /// Probe your LaunchDarkly account for behavior that its documentation leaves open
    Probe(Probe),
    /// Serve editors that edit segments.toml, over standard input and output
    Lsp(Lsp),
    /// Serve agents that read and propose definitions, over standard input and output (MCP); writes nothing
    Mcp(Mcp),
    /// Print the JSON Schema of segments.toml, for editors
    Schema,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// Show sizes of segments from a file of `count --history`
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// Communicate over standard input and output (always on; some editors pass this flag)
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// The owner of the segments, and the permitted changes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Ownership")]
pub(crate) struct Ownership {
    /// Owner of the segments, recorded as the tag `managed-by.<OWNER>` [default: segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    /// A former name of the owner; may be repeated
    #[arg(long, value_name = "OWNER")]
    pub(crate) formerly: Vec<String>,
    /// The revision of the definitions; programs with a lower one, or none, then leave the segments alone
    #[arg(long, value_name = "NUMBER")]
    pub(crate) revision: Option<u64>,
    /// What to do with existing segments that have no owner: `when-safe` (the default), `always`, `never`
    /// or `skip`; or the key of one to adopt, which may be repeated
    #[arg(long, value_name = "WHEN|KEY")]
    pub(crate) adopt: Vec<AdoptWhat>,
    /// Plan and apply this segment only, or `flag/KEY` or `ai-config/KEY`; may be repeated
    #[arg(long, value_name = "KEY")]
    pub(crate) only: Vec<String>,
    /// Remove the rules and targets of `flag/KEY` or `ai-config/KEY`, which is no longer declared
    #[arg(long, value_name = "WHAT", value_parser = resource)]
    pub(crate) retire: Vec<Resource>,
    /// Leave `flag/KEY` or `ai-config/KEY`, which is no longer declared, to people
    #[arg(long, value_name = "WHAT", value_parser = resource)]
    pub(crate) let_go: Vec<Resource>,
    /// Overwrite rules on which LaunchDarkly runs an experiment or a rollout, which ends it
    #[arg(long)]
    pub(crate) override_running: bool,
    /// Delete the owner's segments that are no longer declared and not in use
    #[arg(long)]
    pub(crate) prune: bool,
    /// Delete nothing if more than this many segments would be deleted [default: a fifth of the owner's]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_deletions: Option<usize>,
    /// Comment for LaunchDarkly's audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Adopt {
    /// Adopt them if they are empty or match the definitions, else refuse
    WhenSafe,
    /// Adopt them regardless of their contents
    Always,
    /// Refuse them
    Never,
    /// Skip them without failing
    Skip,
}

/// The resources without an owner to adopt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AdoptWhat {
    /// All, under this condition.
    When(Adopt),
    /// One segment.
    Key(String),
}

impl From<String> for AdoptWhat {
    fn from(text: String) -> Self {
        match Adopt::from_str(&text, false) {
            Ok(when) => Self::When(when),
            Err(_) => Self::Key(text),
        }
    }
}

impl Ownership {
    /// The condition on which all are adopted.
    pub(crate) fn adopt_when(&self) -> Option<Adopt> {
        let mut all = self.adopt.iter().rev();
        all.find_map(|what| match what {
            AdoptWhat::When(when) => Some(*when),
            AdoptWhat::Key(_) => None,
        })
    }

    /// The segments to adopt in any case.
    pub(crate) fn adopted(&self) -> impl Iterator<Item = &String> {
        self.adopt.iter().filter_map(|what| match what {
            AdoptWhat::When(_) => None,
            AdoptWhat::Key(key) => Some(key),
        })
    }
}

fn resource(text: &str) -> Result<Resource, String> {
    Resource::parse(text)
        .ok_or_else(|| "name a flag as `flag/KEY` and an AI Config as `ai-config/KEY`".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file to write
    #[arg(default_value = "segments.toml")]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file to write; standard output if it is `-`
    #[arg(default_value = "segments.toml")]
    pub(crate) path: PathBuf,
    /// What to write [default: rust if the file's name ends in `.rs`, else toml]
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<Language>,
    /// The owner that adopts the segments; segments of other owners are left alone [default:
    /// segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Also import the targeting of `flag/KEY`, `ai-config/KEY`, or `all`, which `--tag` narrows; may be
    /// repeated
    #[arg(long = "targeting", value_name = "WHAT", value_parser = served)]
    pub(crate) targetings: Vec<Served>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The AI Configs and flags whose targeting to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Served {
    All,
    One(Resource),
}

fn served(text: &str) -> Result<Served, String> {
    if text == "all" {
        return Ok(Served::All);
    }
    resource(text).map(Served::One)
}

/// The segments to import: all, or those with certain keys or tags.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Selection {
    /// Import this segment only; may be repeated
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Import segments with this tag only; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
}

/// The language of definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// A `segments.toml`
    Toml,
    /// A module with a type for each segment
    Rust,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files [default: segments.toml]
    #[arg(value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Output format: text on stderr for people, the rest on stdout for programs
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: CheckFormat,
    /// Also fail on these
    #[arg(long, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// Apply the suggestions of messages that have a single fix and are proved to keep every audience the
    /// same
    #[cfg(feature = "lsp")]
    #[arg(long, conflicts_with = "watch")]
    pub(crate) fix: bool,
    /// Also report segments that are equal or contained in each other, which may be intended
    #[arg(long)]
    pub(crate) advice: bool,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    /// Compare the prompts of AI Configs in LaunchDarkly with the variables that this program declares
    #[arg(long, conflicts_with_all = ["watch", "paths"])]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// The files [default: segments.toml]
    #[arg(value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 if something would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The old definitions: a file, a git revision, or both as REVISION:FILE; an environment of
    /// LaunchDarkly, always written as `environment/KEY` if ambiguous; or a saved plan
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The new definitions, or another environment [default: the same file in the working directory]
    #[arg(value_name = "NEW")]
    pub(crate) new: Option<PathBuf>,
    /// Exit with 1 if an audience gets wider (`wider`), narrower (`narrower`) or either (`any`), or if
    /// this is unknown
    #[arg(long, value_name = "CHANGE", value_enum)]
    pub(crate) deny: Option<DenyChange>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Denied changes of audiences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DenyChange {
    /// A context may join
    Wider,
    /// A context may leave
    Narrower,
    /// A context may join or leave
    Any,
}

#[derive(Debug, Args)]
pub(crate) struct Doc {
    /// The page to write; standard output if it is `-`
    #[arg(long, value_name = "FILE", default_value = "segments.html")]
    pub(crate) out: PathBuf,
    /// Show the segments of this environment [default: the base declarations]
    #[arg(long, short, value_name = "KEY", value_parser = environment_key)]
    pub(crate) environment: Option<EnvironmentKey>,
    #[command(flatten)]
    pub(crate) files: Files,
}

fn environment_key(text: &str) -> Result<EnvironmentKey, String> {
    EnvironmentKey::parse(text).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Show the line, with a caret under the mistake
    Human,
    /// One object with a list of findings
    Json,
    /// SARIF 2.1.0, for code review
    Sarif,
    /// Commands that GitHub Actions turns into annotations
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings
    Warnings,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) ownership: Ownership,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: PlanFormat,
    /// The same as `--format json`
    #[arg(long)]
    pub(crate) json: bool,
    /// Save the plan to a file, for `apply`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 2 if there are changes, and with 0 only if there are none
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Show which of these recorded contexts would move: NDJSON, CSV or Parquet
    #[arg(long, value_name = "FILE", help_heading = "Impact")]
    pub(crate) contexts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) recorded: Recorded,
    /// Also fail on these: `warnings`, such as a change that spoils a running experiment, or an audience
    /// that may get wider
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) deny: Vec<DenyPlan>,
}

/// Denied effects of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DenyPlan {
    /// Warnings
    Warnings,
    /// A context may join an existing audience
    Wider,
    /// A context may leave an audience
    Narrower,
    /// A context may join or leave an audience, or be served another variation
    Any,
}

/// The output format of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Human,
    /// For programs: one line for each environment
    Json,
    /// For a pull request: begins with the contexts that join and leave audiences
    Markdown,
}

/// A segment or a saved plan, for people.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The key of a segment, or the file that `plan --out` wrote; `segment/KEY` is never a file
    #[arg(value_name = "KEY|PLAN")]
    pub(crate) what: String,
    /// Output format; plans support all, segments `human` and `json`
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: PlanFormat,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The segments of an environment.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// List the segments of this owner only
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    /// List segments with this tag only; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Print JSON, one line for each environment
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// Apply exactly this saved plan, or fail
    #[arg(value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) ownership: Ownership,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Apply nothing if the plan has any of these: `warnings`, such as a change that spoils a running
    /// experiment, or an audience that may get wider
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) deny: Vec<DenyPlan>,
    /// If LaunchDarkly changed since the plan, plan again and show it
    #[arg(long)]
    pub(crate) replan: bool,
    /// Save deleted segments in this folder, as the service's JSON with all members; `-` saves nothing
    #[arg(long, value_name = "FOLDER", default_value = "segments.deleted")]
    pub(crate) save_deleted: PathBuf,
    /// If changes need approval, open a request for each, with the plan in words
    #[arg(long, conflicts_with = "when_approved")]
    pub(crate) request_approval: bool,
    /// Wait for the requested approvals, up to `--timeout`, then apply them
    #[arg(long)]
    pub(crate) when_approved: bool,
    /// Continue with the next environment if one fails
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Exclude other applies that lock: create the empty segment `segments-apply-lock` first, and delete
    /// it at the end
    #[arg(long)]
    pub(crate) lock: bool,
    /// Print the report as JSON, one line for each environment
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) ownership: Ownership,
    /// Print the report as JSON, one line for each environment
    #[arg(long)]
    pub(crate) json: bool,
}

/// Works in its own project, which it creates and deletes. A project that contains anything else is
/// refused.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// The maximum number of requests per second
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rate: u32,
    /// The file to save the observed behavior to, for the emulator
    #[arg(long, value_name = "FILE", default_value = "service-behaviour.json")]
    pub(crate) out: PathBuf,
}

/// Segments whose state in LaunchDarkly to accept.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The segments
    #[arg(value_name = "KEY", required = true)]
    pub(crate) keys: Vec<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The segment is declared with `big` and was applied before. The service activates a list as a whole.
#[derive(Debug, Args)]
pub(crate) struct Fill {
    /// The big segment
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// A CSV file with the key of a context in the first column of each line
    #[arg(value_name = "FILE")]
    pub(crate) members: PathBuf,
    /// Keep existing members
    #[arg(long)]
    pub(crate) add: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The output format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// The segments, AI Configs and flags to evaluate [default: all]
    #[arg(value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// The definitions: TOML, or the service's JSON of its REST API or its SDKs; `--file` may be repeated
    /// [default: segments.toml]
    #[command(flatten)]
    pub(crate) files: Files,
    /// The context: a file with the service's JSON, standard input (-), or the JSON itself; or a kind and
    /// a key, such as `user:user-1`, for a context without other attributes
    #[arg(long, value_name = "FILE|-|JSON|KIND:KEY")]
    pub(crate) context: String,
    /// Answer as of this time, for contexts that are declared `until` a date: a day (at 00:00 UTC), or a time
    /// [default: now]
    #[arg(long, value_name = "DATE", value_parser = moment, conflicts_with = "live")]
    pub(crate) at: Option<i64>,
    /// Also ask LaunchDarkly, and show differences
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Count {
    /// The contexts: NDJSON with one in the service's JSON on each line, CSV or Parquet with one in
    /// each row; standard input if it is `-`
    #[arg(value_name = "FILE")]
    pub(crate) contexts: PathBuf,
    /// The format of the contexts [default: by the file's extension, else ndjson]
    #[arg(long, value_name = "FORM")]
    pub(crate) contexts_as: Option<ContextsAs>,
    /// Add the number of contexts listed in LaunchDarkly
    #[arg(long)]
    pub(crate) live: bool,
    /// Append the result to this file, and chart its history
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// What becomes of an experiment.
#[derive(Debug, Args)]
pub(crate) struct Experiment {
    /// What to do
    #[arg(value_name = "DO")]
    pub(crate) what: StartOrStop,
    /// The experiment
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// The variation to serve everybody after the stop [default: the baseline]
    #[arg(long, value_name = "VARIATION")]
    pub(crate) winner: Option<String>,
    /// The reason, for LaunchDarkly's records
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StartOrStop {
    /// Begin the next iteration
    Start,
    /// End the running iteration
    Stop,
}

/// The data that SDKs receive, in a file.
#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// The file to write; standard output if it is `-`
    #[arg(value_name = "FILE", default_value = "segments.snapshot.json")]
    pub(crate) path: PathBuf,
    /// Keep the keys of listed contexts, in a file that only its owner can read
    #[arg(long)]
    pub(crate) members: bool,
    /// The protocol of the request
    #[arg(long, value_name = "PROTOCOL", default_value = "fdv1")]
    pub(crate) protocol: SdkProtocol,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// A protocol in which SDKs receive data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SdkProtocol {
    /// All data at once, as for most SDKs
    Fdv1,
    /// Single objects, as for the newest SDKs
    Fdv2,
}

#[derive(Debug, Args)]
pub(crate) struct Impact {
    /// The contexts: NDJSON with one in the service's JSON on each line, CSV or Parquet with one in
    /// each row; standard input if it is `-`
    #[arg(value_name = "FILE")]
    pub(crate) contexts: PathBuf,
    #[command(flatten)]
    pub(crate) recorded: Recorded,
    /// The definitions: TOML, or another snapshot; `--file` may be repeated [default: segments.toml]
    #[command(flatten)]
    pub(crate) files: Files,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: PlanFormat,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The format of recorded contexts, the snapshot to compare with, and the limit of moves.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Impact")]
pub(crate) struct Recorded {
    /// The format of the contexts [default: by the file's extension, else ndjson]
    #[arg(long, value_name = "FORM", requires = "contexts")]
    pub(crate) contexts_as: Option<ContextsAs>,
    /// Compare with this snapshot of `cargo segments pull` [default: the data that SDKs receive now]
    #[arg(long, value_name = "SNAPSHOT", requires = "contexts")]
    pub(crate) before: Option<PathBuf>,
    /// Exit with 1 if more contexts move than this, such as `5%` or `100`
    #[arg(long, value_name = "SHARE|NUMBER", value_parser = most, requires = "contexts")]
    pub(crate) max_moves: Option<Most>,
}

/// A maximum number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Most {
    /// Of all, in percent.
    Percent(f64),
    Number(u64),
}

fn most(text: &str) -> Result<Most, String> {
    let wrong = || "write a percentage such as `5%`, or a number such as `100`".to_owned();
    match text.strip_suffix('%') {
        Some(percent) => match percent.trim().parse() {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Most::Percent(percent)),
            _ => Err(wrong()),
        },
        None => text.parse().map(Most::Number).map_err(|_| wrong()),
    }
}

/// The format of contexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContextsAs {
    /// A context in the service's JSON on each line
    Ndjson,
    /// A row for each context; the first names the attributes
    Csv,
    /// A row for each context
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct Emulate {
    /// The port; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The address to listen on; if other machines can reach it, set --token-file, or your own token in
    /// `LAUNCHDARKLY_ACCESS_TOKEN`
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub(crate) address: IpAddr,
    /// Read the access token from a file that only its owner can read, or from standard input (-)
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Also accept clients that use this host name; may be repeated
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<String>,
    /// An environment in addition to `default/production` and `default/test`; may be repeated
    #[arg(long = "environment", short, value_name = "PROJECT/KEY", value_parser = environment)]
    pub(crate) environments: Vec<(String, String)>,
    /// Start with the projects, segments, flags and AI Configs of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) fill: Option<PathBuf>,
    /// Seed for identifiers and random faults
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Copy the behavior of the service that `cargo segments probe` saved in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) behavior: Option<PathBuf>,
    /// Keep the state in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Print one line of JSON when it is ready
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not start; exit with 0 if an emulator answers at this address and port
    #[arg(long, requires = "port")]
    pub(crate) health_check: bool,
}

fn environment(text: &str) -> Result<(String, String), String> {
    let (project, key) = text
        .split_once('/')
        .ok_or("write the project and the environment, such as `shop/staging`")?;
    let valid = |what: &str, error: segments_model::InvalidName| format!("{what}: {error}");
    segments_model::ProjectKey::parse(project).map_err(|error| valid("the project", error))?;
    segments_model::EnvironmentKey::parse(key).map_err(|error| valid("the environment", error))?;
    Ok((project.to_owned(), key.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_makes_sense() {
        super::Arguments::command().debug_assert();
    }
}
