//! Why something differs from its declaration: people changed it, or the declaration changed. The audit
//! log shows which, because this crate signs every change in its comment.

use std::fmt;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use segments_model::date;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::client::connect;
use super::comment::SIGNATURE;
use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::reader::{Items, Reader};
use super::report::Measured;
use super::report::{Action, Outcome, ReportItem};
use super::runtime;
use super::specifier::specifier;

/// How many things are looked up at most: each takes a request.
const MOST: usize = 20;

/// The number of changes of one resource to report.
const TOLD: usize = 3;

/// Why a segment, an AI Config, a flag, a metric or an experiment differs from its declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The segment's key, or its [path](ReportItem::path).
    pub what: String,
    /// The changes that people made since it was last applied, newest first. If empty, the declaration
    /// changed and is not applied yet.
    pub by_hand: Vec<HandEdit>,
    /// The number of further changes; a lower bound, because the log is not read to its end.
    pub more: usize,
}

/// A change that somebody made in LaunchDarkly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HandEdit {
    /// The author: a member, or the name of a token or of an application.
    pub who: String,
    /// The time, such as `2026-11-29T12:00:00Z`.
    pub when: String,
}

/// `staff was changed in LaunchDarkly by member@example.com (2026-11-29T12:00:00Z)`.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            by_hand,
            more,
        } = self;
        if by_hand.is_empty() {
            return write!(
                f,
                "{what} was not changed in LaunchDarkly since it was last applied: its declaration changed"
            );
        }
        write!(f, "{what} was changed in LaunchDarkly by ")?;
        for (at, HandEdit { who, when }) in by_hand.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            write!(f, "{separator}{who} ({when})")?;
        }
        if *more > 0 {
            write!(f, ", and {more} times before")?;
        }
        Ok(())
    }
}

/// An entry of the audit log, as far as it says who and when (API documentation, *getAuditLogEntries*).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    date: i64,
    comment: Option<String>,
    accesses: Vec<Access>,
    member: Option<Member>,
    token: Option<Named>,
    app: Option<Named>,
    subject: Option<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Access {
    action: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Member {
    email: String,
    first_name: String,
    last_name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: String,
}

impl Entry {
    /// Returns whether a program that uses this crate made the change.
    fn is_ours(&self) -> bool {
        let mut comments = self.comment.iter();
        comments.any(|comment| comment.contains(SIGNATURE))
    }

    /// Returns whether a program made the change and the log does not say which: metrics and new iterations of
    /// experiments take no comment.
    fn may_be_ours(&self) -> bool {
        self.token.is_some() && self.comment.as_ref().is_none_or(String::is_empty)
    }

    /// Returns whether it says that something was made, which changes nothing that was there.
    fn is_creation(&self) -> bool {
        let mut accesses = self.accesses.iter();
        !self.accesses.is_empty() && accesses.all(|access| access.action.starts_with("create"))
    }

    fn who(&self) -> String {
        let member = self.member.as_ref().map(|member| {
            let name = format!("{} {}", member.first_name, member.last_name);
            match name.trim() {
                "" => member.email.clone(),
                name => name.to_owned(),
            }
        });
        let named = [&self.token, &self.app, &self.subject]
            .into_iter()
            .flatten();
        let named = named.map(|named| named.name.clone());
        let mut names = member.into_iter().chain(named);
        let name = names.find(|name| !name.is_empty());
        name.unwrap_or_else(|| "somebody".to_owned())
    }
}

/// Finds the changes that people made, since the last apply, to resources that differ in a plan or a
/// verification. Looks up only the first resources if there are many.
///
/// ```no_run
/// # async fn tell(config: &segments_runtime::SyncConfig) -> Result<(), Box<dyn std::error::Error>> {
/// # let definitions: Vec<segments_runtime::Definition> = Vec::new();
/// let plan = segments_runtime::sync::plan(config, &definitions).await?;
/// for drift in segments_runtime::sync::drift(config, plan.settled()).await? {
///     println!("{drift}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the audit log cannot be read, which needs a role with that permission.
pub async fn drift<'a>(
    config: &SyncConfig,
    settled: impl IntoIterator<Item = ReportItem<'a>>,
) -> Result<Vec<Drift>, SyncError> {
    let differ = differing(config, settled);
    if differ.is_empty() {
        return Ok(Vec::new());
    }
    runtime::needed(async { look_at_all(connect(config)?, config, differ).await }).await
}

/// The same over a connection that there is.
pub(crate) async fn drift_over<'a>(
    client: Arc<Client>,
    config: &SyncConfig,
    settled: impl IntoIterator<Item = ReportItem<'a>>,
) -> Result<Vec<Drift>, SyncError> {
    let differ = differing(config, settled);
    runtime::needed(look_at_all(client, config, differ)).await
}

/// What differs, up to as much as is looked up.
fn differing<'a>(
    config: &SyncConfig,
    settled: impl IntoIterator<Item = ReportItem<'a>>,
) -> Vec<Differing> {
    let differ = settled.into_iter().filter(differs).take(MOST);
    differ.map(|it| Differing::new(config, &it)).collect()
}

async fn look_at_all(
    client: Arc<Client>,
    config: &SyncConfig,
    differ: Vec<Differing>,
) -> Result<Vec<Drift>, SyncError> {
    let reader = Reader::new(client, config);
    let looks: Vec<_> = differ
        .into_iter()
        .map(|differing| look(&reader, differing))
        .collect();
    let mut looks = stream::iter(looks).buffered(config.options.concurrency);
    let mut found = Vec::new();
    while let Some(drift) = looks.next().await {
        found.push(drift.map_err(|error| SyncError::Read {
            scope: config.scope(),
            error: Box::new(error),
        })?);
    }
    Ok(found)
}

/// Returns whether something of this owner is not as declared. What is made, adopted or deleted is not drift.
fn differs(item: &ReportItem<'_>) -> bool {
    let changed = matches!(
        item.outcome,
        Outcome::Planned(Action::Update { .. }) | Outcome::Conflict { .. }
    );
    changed || !item.let_go.is_empty()
}

/// Something that differs, and how the audit log names it.
struct Differing {
    what: String,
    resource: String,
    /// Whether every change that this crate makes of it says so.
    takes_comments: bool,
}

impl Differing {
    fn new(config: &SyncConfig, item: &ReportItem<'_>) -> Self {
        let (project, environment) = (&config.project, &config.environment);
        let here = |specifier: String| format!("proj/{project}:env/{environment}:{specifier}");
        let resource = match (item.resource, item.measured) {
            (Some(resource), _) => here(specifier(resource)),
            (None, Some(Measured::Metric(key))) => format!("proj/{project}:metric/{key}"),
            (None, Some(experiment)) => here(experiment.path()),
            (None, None) => here(format!("segment/{}", item.key)),
        };
        Self {
            what: item.path(),
            resource,
            takes_comments: item.measured.is_none(),
        }
    }
}

async fn look(reader: &Reader, differing: Differing) -> Result<Drift, FailedRequest> {
    let Differing {
        what,
        resource,
        takes_comments,
    } = differing;
    let request = reader.scope.last_changes(resource);
    let entries: Items<Entry> = reader.client.json(&request).await?;
    let ours = |entry: &&Entry| entry.is_ours() || !takes_comments && entry.may_be_ours();
    let since = entries.items.iter().take_while(|entry| !ours(entry));
    let mut by_hand: Vec<HandEdit> = since
        .filter(|entry| !entry.is_creation())
        .map(|entry| HandEdit {
            who: entry.who(),
            when: date::format(entry.date),
        })
        .collect();
    let more = by_hand.len().saturating_sub(TOLD);
    by_hand.truncate(TOLD);
    Ok(Drift {
        what,
        by_hand,
        more,
    })
}
