//! A change of the lists of a segment: what differs, whether it may be changed, and the requests.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::wire::{ContextTargets, Instruction, Segment};
use segments_model::{
    ContextKind, Definition, MAX_PATCH_TARGETS, MAX_TARGETS, Part, SegmentKey, Targets, date,
};

use super::error::ListError;
use super::expiry::{self, Expiring};
use super::preview::{Due, ListPreview};
use crate::sync::big::BigSegment;
use crate::sync::change::TargetList;
use crate::sync::client::Client;
use crate::sync::config::SyncConfig;
use crate::sync::ownership;
use crate::sync::reader::Reader;
use crate::sync::runtime;

/// What becomes of contexts on the lists of a segment.
///
/// Example: [`ListChange`].
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

/// What has been read, and what is due.
struct Look {
    reader: Reader,
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
        runtime::needed(async { Ok(self.look().await?.due.preview(&self.kind, self.until)) }).await
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
            let preview = look.due.preview(&self.kind, self.until);
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
        let reader = Reader::new(client, &self.config);
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
            reader,
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
        let Err(reason) =
            expiry::set(&look.reader, &self.segment, &self.comment(), &due.expiries).await
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
            let Reader { client, scope } = &look.reader;
            let request = scope.patch(&self.segment, self.comment(), vec![instruction]);
            client.done(&request).await?;
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
    others: &'s [ContextTargets],
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
