//! Contexts on the lists of a segment, changed at run time: only lists that no declaration manages.

mod expiry;
mod preview;
mod typed;

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::wire::{Instruction, Segment};
use segments_model::{
    ContextKind, Definition, MAX_PATCH_TARGETS, MAX_TARGETS, Part, SegmentKey, Targets, date,
};
use thiserror::Error;

pub use preview::ListPreview;
pub use typed::{KeyOf, Lists};

use super::change::TargetList;
use super::client::Client;
use super::config::{ConfigError, SyncConfig};
use super::failed::FailedRequest;
use super::ownership;
use super::reader::Reader;
use super::request::Scope;
use super::runtime::{self, NoRuntime};
use super::{BigSegment, MembersError};
use expiry::Expiring;
pub(crate) use expiry::Expiry;
use preview::Due;

/// What becomes of contexts on the lists of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListEdit {
    /// They are included, and excluded no more.
    Include,
    /// They are excluded, and included no more.
    Exclude,
    /// They are on neither list.
    Remove,
}

/// A change of the lists of one segment, which has to exist. Nothing is sent before it is
/// [previewed](Self::preview) or [applied](Self::apply); applying it twice is the same as once.
///
/// Lists that a declaration manages are refused, because the next sync would undo the change: as the
/// [definition](Self::declared) says, or else as the tags of the segment say. Of a big segment the
/// included list is changed.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::model::{ContextKind, SegmentKey};
/// use segments_runtime::sync::{ListChange, ListEdit, SyncConfig};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.import("default", "production", r#"[{"key": "beta"}]"#)?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
///
/// let keys = ["user-1".to_owned(), "user-2".to_owned()];
/// let change = ListChange::new(&config, SegmentKey::parse("beta")?, ListEdit::Include, ContextKind::USER, keys);
/// assert_eq!(change.preview().await?.to_string(), "include 2 contexts of kind user");
/// change.apply().await?;
/// assert!(change.preview().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ListChange {
    config: SyncConfig,
    segment: SegmentKey,
    edit: ListEdit,
    kind: ContextKind,
    keys: BTreeSet<String>,
    until: Option<i64>,
    most: Option<usize>,
    declared: Option<Box<Definition>>,
}

/// Keys of members are nobody's business.
impl std::fmt::Debug for ListChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListChange")
            .field("segment", &self.segment)
            .field("edit", &self.edit)
            .field("kind", &self.kind)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// Why the lists of a segment were not changed. Nothing was, unless the error says so.
#[derive(Error)]
#[non_exhaustive]
pub enum ListError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no Tokio runtime to wait in.
    #[error(
        "cannot reach LaunchDarkly without a Tokio runtime: {0}; call it from one that is built with `enable_all`"
    )]
    Runtime(#[source] std::io::Error),
    /// A request failed. A write that failed may have taken effect; the same change may be applied again.
    #[error(transparent)]
    Request(Box<FailedRequest>),
    /// There is no such segment.
    #[error("there is no segment `{segment}` in {scope}; a sync creates it")]
    NoSegment {
        /// The segment.
        segment: SegmentKey,
        /// The project and the environment.
        scope: String,
    },
    /// A declaration manages the list.
    #[error(
        "the {} list of `{segment}` is declared, so the next sync would undo this; change the declaration", .list.name()
    )]
    Declared {
        /// The segment.
        segment: SegmentKey,
        /// The list.
        list: TargetList,
    },
    /// Another system keeps the segment.
    #[error("`{system}` keeps `{segment}`; change it there")]
    External {
        /// The segment.
        segment: SegmentKey,
        /// The system.
        system: String,
    },
    /// No context can have such a key.
    #[error("a key is empty; name each context by its key")]
    EmptyKey,
    /// There is nothing to change.
    #[error("no context is named; name at least one")]
    NoKeys,
    /// More than were allowed.
    #[error(
        "{keys} contexts are named, and {most} are the most at once; raise `at_most`, or name fewer"
    )]
    TooMany {
        /// How many are named.
        keys: usize,
        /// How many may be.
        most: usize,
    },
    /// More than a segment can list.
    #[error(
        "`{segment}` would list {total} contexts, and {MAX_TARGETS} are the most; use a big segment"
    )]
    TooLong {
        /// The segment.
        segment: SegmentKey,
        /// How many contexts would be listed.
        total: usize,
    },
    /// The expiry is not in the future.
    #[error("the expiry {until} has passed; name a later one")]
    Passed {
        /// The expiry.
        until: String,
    },
    /// Contexts that are removed do not expire.
    #[error("contexts that are on no list have no expiry; leave it out")]
    NothingExpires,
    /// A big segment is of another kind.
    #[error(
        "`{segment}` is a big segment of contexts of kind `{kind}`; name contexts of that kind"
    )]
    OtherKind {
        /// The segment.
        segment: SegmentKey,
        /// The kind of its members.
        kind: String,
    },
    /// A big segment has no such list here, or no expiry.
    #[error("`{segment}` is a big segment, where {what}")]
    Big {
        /// The segment.
        segment: SegmentKey,
        /// What is not possible.
        what: &'static str,
    },
    /// The members of a big segment could not be changed.
    #[error(transparent)]
    Members(Box<MembersError>),
    /// The contexts could not be given their expiry, and were taken off the list again.
    #[error("the contexts could not be given their expiry, so they were not listed: {reason}")]
    NoExpiry {
        /// What the service says.
        reason: String,
    },
    /// The contexts are listed without the expiry, because they could not be taken off again.
    #[error(
        "the contexts are listed, could not be given their expiry ({reason}) and could not be taken off again; remove them"
    )]
    WithoutExpiry {
        /// What the service says.
        reason: String,
    },
}

segments_model::readable_debug! {
    enum ListError {
        Config(error),
        Runtime(error),
        Request(error),
        NoSegment { segment, scope },
        Declared { segment, list },
        External { segment, system },
        EmptyKey,
        NoKeys,
        TooMany { keys, most },
        TooLong { segment, total },
        Passed { until },
        NothingExpires,
        OtherKind { segment, kind },
        Big { segment, what },
        Members(error),
        NoExpiry { reason },
        WithoutExpiry { reason },
    }
}

impl From<NoRuntime> for ListError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        Self::Runtime(error)
    }
}

impl From<FailedRequest> for ListError {
    fn from(error: FailedRequest) -> Self {
        Self::Request(Box::new(error))
    }
}

/// What has been read, and what is due.
struct Look {
    client: std::sync::Arc<Client>,
    scope: Scope,
    is_big: bool,
    due: Due,
}

impl ListChange {
    /// Describes a change of contexts of one kind. Sends nothing.
    pub fn new(
        config: &SyncConfig,
        segment: SegmentKey,
        edit: ListEdit,
        kind: ContextKind,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            config: config.clone(),
            segment,
            edit,
            kind,
            keys: keys.into_iter().collect(),
            until: None,
            most: None,
            declared: None,
        }
    }

    /// Lists the contexts until then, when the service takes them off by itself (*expiring targets*).
    #[must_use]
    pub fn until(mut self, moment: SystemTime) -> Self {
        let since_1970 = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.until = Some(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX));
        self
    }

    /// Refuses to change more contexts at once.
    #[must_use]
    pub fn at_most(self, contexts: usize) -> Self {
        Self {
            most: Some(contexts),
            ..self
        }
    }

    /// Goes by what this definition manages. Without it, the tags of the segment tell.
    #[must_use]
    pub fn declared(self, definition: Definition) -> Self {
        Self {
            declared: Some(Box::new(definition)),
            ..self
        }
    }

    /// Reads the segment, and says what [`apply`](Self::apply) would change.
    ///
    /// # Errors
    ///
    /// When the change is not possible, or the segment cannot be read.
    pub async fn preview(&self) -> Result<ListPreview, ListError> {
        runtime::needed(async { Ok(self.look().await?.due.preview(self)) }).await
    }

    /// Makes the change, with as many contexts in each request as the service takes, and returns what
    /// changed. What is as wanted already is not sent.
    ///
    /// # Errors
    ///
    /// When the change is not possible, in which case nothing was sent, or a request failed.
    pub async fn apply(&self) -> Result<ListPreview, ListError> {
        runtime::needed(async {
            let look = self.look().await?;
            let preview = look.due.preview(self);
            if look.is_big {
                self.apply_to_big(&look.due).await?;
            } else {
                self.apply_to_lists(&look).await?;
            }
            Ok(preview)
        })
        .await
    }

    /// Everything that can be wrong before anything is read.
    fn check(&self) -> Result<(), ListError> {
        if self.keys.is_empty() {
            return Err(ListError::NoKeys);
        }
        if self.keys.iter().any(|key| key.trim().is_empty()) {
            return Err(ListError::EmptyKey);
        }
        if let Some(most) = self.most.filter(|most| self.keys.len() > *most) {
            let keys = self.keys.len();
            return Err(ListError::TooMany { keys, most });
        }
        if let Some(until) = self.until {
            if self.edit == ListEdit::Remove {
                return Err(ListError::NothingExpires);
            }
            let moment = u64::try_from(until).unwrap_or_default();
            if self.config.options.clock.until(moment).is_zero() {
                let until = date::format(until);
                return Err(ListError::Passed { until });
            }
        }
        Ok(())
    }

    async fn look(&self) -> Result<Look, ListError> {
        self.check()?;
        let client = std::sync::Arc::new(Client::new(&self.config)?);
        let reader = Reader::new(client.clone(), &self.config);
        let segment = reader.segment(&self.segment).await?;
        let segment = segment.ok_or_else(|| ListError::NoSegment {
            segment: self.segment.clone(),
            scope: self.config.scope(),
        })?;
        if let Some(system) = segment.external.clone().filter(|it| !it.is_empty()) {
            let segment = self.segment.clone();
            return Err(ListError::External { segment, system });
        }
        let due = if segment.unbounded {
            self.of_big(&segment)?
        } else {
            self.of_lists(&reader, &segment).await?
        };
        Ok(Look {
            client,
            scope: reader.scope,
            is_big: segment.unbounded,
            due,
        })
    }

    /// Who is on the list of a big segment the service tells one by one only, so all are sent.
    fn of_big(&self, segment: &Segment) -> Result<Due, ListError> {
        let kind = segment.unbounded_context_kind.clone();
        let kind = kind.unwrap_or_else(|| ContextKind::USER.to_string());
        if self.kind.as_str() != kind {
            return Err(ListError::OtherKind {
                segment: self.segment.clone(),
                kind,
            });
        }
        let big = |what| ListError::Big {
            segment: self.segment.clone(),
            what,
        };
        if self.until.is_some() {
            return Err(big("contexts do not expire; leave the expiry out"));
        }
        let keys: Vec<String> = self.keys.iter().cloned().collect();
        match self.edit {
            ListEdit::Include => Ok(Due {
                include: keys,
                ..Due::default()
            }),
            ListEdit::Remove => Ok(Due {
                take_from_included: keys,
                ..Due::default()
            }),
            ListEdit::Exclude => Err(big(
                "the included list alone is changed; remove the contexts instead",
            )),
        }
    }

    async fn of_lists(&self, reader: &Reader, segment: &Segment) -> Result<Due, ListError> {
        let due = self.due(segment);
        for (list, adds, removes) in [
            (
                TargetList::Included,
                !due.include.is_empty(),
                !due.take_from_included.is_empty(),
            ),
            (
                TargetList::Excluded,
                !due.exclude.is_empty(),
                !due.take_from_excluded.is_empty(),
            ),
        ] {
            if !self.is_free(segment, list, adds, removes) {
                let segment = self.segment.clone();
                return Err(ListError::Declared { segment, list });
            }
        }
        let total = listed(segment) + due.include.len() + due.exclude.len()
            - due.take_from_included.len()
            - due.take_from_excluded.len();
        if due.adds() && total > MAX_TARGETS {
            let segment = self.segment.clone();
            return Err(ListError::TooLong { segment, total });
        }
        let Some(until) = self.until else {
            return Ok(due);
        };
        let known = Expiring::read(reader, &self.segment).await?;
        let list = match self.edit {
            ListEdit::Exclude => TargetList::Excluded,
            ListEdit::Include | ListEdit::Remove => TargetList::Included,
        };
        let expiries = known.due(list, &self.kind, &self.keys, until);
        Ok(Due { expiries, ..due })
    }

    /// What differs from what is wanted.
    fn due(&self, segment: &Segment) -> Due {
        let included = keys(&self.kind, &segment.included, &segment.included_contexts);
        let excluded = keys(&self.kind, &segment.excluded, &segment.excluded_contexts);
        let on = |list: &BTreeSet<&String>, is_on: bool| -> Vec<String> {
            let keys = self.keys.iter();
            keys.filter(|key| list.contains(key) == is_on)
                .cloned()
                .collect()
        };
        match self.edit {
            ListEdit::Include => Due {
                include: on(&included, false),
                take_from_excluded: on(&excluded, true),
                ..Due::default()
            },
            ListEdit::Exclude => Due {
                exclude: on(&excluded, false),
                take_from_included: on(&included, true),
                ..Due::default()
            },
            ListEdit::Remove => Due {
                take_from_included: on(&included, true),
                take_from_excluded: on(&excluded, true),
                ..Due::default()
            },
        }
    }

    /// Returns whether no declaration would undo a change of a list. Of a list that declares some contexts
    /// and leaves the others to people, those others are free.
    fn is_free(&self, segment: &Segment, list: TargetList, adds: bool, removes: bool) -> bool {
        if !adds && !removes {
            return true;
        }
        let Some(definition) = &self.declared else {
            let part = match list {
                TargetList::Included => Part::Included,
                TargetList::Excluded => Part::Excluded,
            };
            return !ownership::managed_parts(&segment.tags).contains(&part);
        };
        let definition = definition.in_environment(&self.config.environment);
        let targets = match list {
            TargetList::Included => definition.included(),
            TargetList::Excluded => definition.excluded(),
        };
        match targets {
            Targets::Unmanaged => true,
            Targets::Exactly(_) => false,
            Targets::AtLeast(lists) => {
                let declared = lists.get(&self.kind);
                !removes || declared.is_none_or(|declared| declared.is_disjoint(&self.keys))
            }
        }
    }

    async fn apply_to_big(&self, due: &Due) -> Result<(), ListError> {
        let big = BigSegment::new(&self.config, self.segment.clone());
        let changed = match self.edit {
            ListEdit::Include => big.add(due.include.clone()).await,
            ListEdit::Exclude | ListEdit::Remove => {
                big.remove(due.take_from_included.clone()).await
            }
        };
        changed
            .map(drop)
            .map_err(|error| ListError::Members(Box::new(error)))
    }

    async fn apply_to_lists(&self, look: &Look) -> Result<(), ListError> {
        let due = &look.due;
        // Off a list before on the other, so that nobody counts twice against the most.
        let steps: [(&Vec<String>, Make); 4] = [
            (&due.take_from_included, |context_kind, values| {
                Instruction::RemoveIncludedTargets {
                    context_kind,
                    values,
                }
            }),
            (&due.take_from_excluded, |context_kind, values| {
                Instruction::RemoveExcludedTargets {
                    context_kind,
                    values,
                }
            }),
            (&due.include, |context_kind, values| {
                Instruction::AddIncludedTargets {
                    context_kind,
                    values,
                }
            }),
            (&due.exclude, |context_kind, values| {
                Instruction::AddExcludedTargets {
                    context_kind,
                    values,
                }
            }),
        ];
        for (keys, make) in steps {
            self.send(look, keys, make).await?;
        }
        if due.expiries.is_empty() {
            return Ok(());
        }
        let Err(reason) = expiry::set(look, &self.segment, self.comment(), &due.expiries).await
        else {
            return Ok(());
        };
        // Contexts that should go by themselves must not stay for good.
        let taken_off = match self.edit {
            ListEdit::Exclude => {
                self.send(look, &due.exclude, |context_kind, values| {
                    Instruction::RemoveExcludedTargets {
                        context_kind,
                        values,
                    }
                })
                .await
            }
            ListEdit::Include | ListEdit::Remove => {
                self.send(look, &due.include, |context_kind, values| {
                    Instruction::RemoveIncludedTargets {
                        context_kind,
                        values,
                    }
                })
                .await
            }
        };
        Err(match taken_off {
            Ok(()) => ListError::NoExpiry { reason },
            Err(_) => ListError::WithoutExpiry { reason },
        })
    }

    async fn send(&self, look: &Look, keys: &[String], make: Make) -> Result<(), ListError> {
        for chunk in keys.chunks(MAX_PATCH_TARGETS) {
            let instruction = make(self.kind.to_string(), chunk.to_vec());
            let request = look
                .scope
                .patch(&self.segment, self.comment(), vec![instruction]);
            look.client.done(&request).await?;
        }
        Ok(())
    }

    fn comment(&self) -> String {
        let comment = self.config.options.comment.clone();
        comment.unwrap_or_else(|| "changed at run time by segments-as-code".to_owned())
    }
}

/// Makes an instruction about contexts of a kind.
type Make = fn(String, Vec<String>) -> Instruction;

/// The keys of a kind on a list of the service. Users may stand in either place.
fn keys<'s>(
    kind: &ContextKind,
    users: &'s [String],
    others: &'s [segments_model::wire::ContextTargets],
) -> BTreeSet<&'s String> {
    let of_kind = others
        .iter()
        .filter(|list| list.context_kind == kind.as_str());
    let mut keys: BTreeSet<&String> = of_kind.flat_map(|list| &list.values).collect();
    if *kind == ContextKind::USER {
        keys.extend(users);
    }
    keys
}

/// How many contexts a segment lists.
fn listed(segment: &Segment) -> usize {
    let others = [&segment.included_contexts, &segment.excluded_contexts];
    let others = others.into_iter().flatten().map(|list| list.values.len());
    segment.included.len() + segment.excluded.len() + others.sum::<usize>()
}
