//! The lists of a segment in the service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use segments_model::wire::Segment;
use segments_model::{
    ContextKeys, ContextKind, Definition, MAX_PATCH_TARGETS, MAX_TARGETS, Part, SegmentKey, Targets,
};
use serde::Deserialize;

use super::error::ListError;
use super::expiry::Expiring;
use super::place::{LISTS, Moves, Place, Stay, keys_of};
use crate::sync::change::TargetList;
use crate::sync::client::Client;
use crate::sync::config::{ContextKinds, SyncConfig};
use crate::sync::ownership;
use crate::sync::reader::Reader;

/// How many members of a big segment are looked up, which is done one by one.
pub(super) const LOOKED_UP: usize = MAX_PATCH_TARGETS;

/// A segment, read.
pub(super) struct Look<'c> {
    pub(super) config: &'c SyncConfig,
    pub(super) reader: Reader,
    pub(super) key: SegmentKey,
    pub(super) segment: Segment,
    pub(super) expiring: Expiring,
}

/// Whether a context is on the lists of a big segment.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    included: bool,
    #[serde(default)]
    excluded: bool,
}

impl<'c> Look<'c> {
    /// Reads a segment that exists and whose lists may hold contexts of the kind.
    pub(super) async fn at(
        config: &'c SyncConfig,
        key: &SegmentKey,
        kind: &ContextKind,
    ) -> Result<Self, ListError> {
        let client = Arc::new(Client::new(config)?);
        let reader = Reader::new(client, config);
        let segment = reader.segment(key).await?;
        let segment = segment.ok_or_else(|| ListError::NoSegment {
            segment: key.clone(),
            scope: config.scope(),
        })?;
        if let Some(system) = segment.external.clone().filter(|it| !it.is_empty()) {
            let segment = key.clone();
            return Err(ListError::External { segment, system });
        }
        let expiring = if segment.unbounded {
            Expiring::default()
        } else {
            Expiring::read(&reader, key).await?
        };
        let look = Self {
            config,
            reader,
            key: key.clone(),
            segment,
            expiring,
        };
        look.refuse_kind(kind).await?;
        Ok(look)
    }

    pub(super) fn is_big(&self) -> bool {
        self.segment.unbounded
    }

    /// Refuses a kind that the lists cannot hold. The service takes every kind for a list, and tells
    /// nobody that no context can be of it.
    async fn refuse_kind(&self, kind: &ContextKind) -> Result<(), ListError> {
        if self.is_big() {
            let of = self.segment.unbounded_context_kind.clone();
            let of = of.unwrap_or_else(|| ContextKind::USER.to_string());
            if of == kind.as_str() {
                return Ok(());
            }
            return Err(ListError::OtherKind {
                segment: self.key.clone(),
                kind: of,
            });
        }
        let ignored = self.config.options.kinds == ContextKinds::Ignore;
        if *kind == ContextKind::USER || ignored {
            return Ok(());
        }
        let known = self.reader.kinds().await?;
        if known
            .iter()
            .any(|known| known.key == kind.as_str() && !known.archived)
        {
            return Ok(());
        }
        Err(ListError::UnknownKind {
            kind: kind.clone(),
            project: self.config.project().to_string(),
        })
    }

    /// Where contexts stand; `None` of a big segment if they are too many to be looked up.
    pub(super) async fn places<'k>(
        &self,
        kind: &ContextKind,
        keys: impl ExactSizeIterator<Item = &'k String>,
    ) -> Result<Option<BTreeMap<String, Place>>, ListError> {
        if !self.is_big() {
            return Ok(Some(self.places_on_lists(kind, keys)));
        }
        if keys.len() > LOOKED_UP {
            return Ok(None);
        }
        let looks = keys.map(async |key| {
            let request = self.reader.scope.big_membership(&self.key, key);
            let listed: Listed = self.reader.client.json(&request).await?;
            let stay = |is_listed: bool| is_listed.then_some(Stay::ForGood);
            let place = Place {
                included: stay(listed.included),
                excluded: stay(listed.excluded),
            };
            Ok::<_, ListError>((key.clone(), place))
        });
        let looks = stream::iter(looks).buffer_unordered(self.config.options.concurrency);
        Ok(Some(looks.try_collect().await?))
    }

    fn places_on_lists<'k>(
        &self,
        kind: &ContextKind,
        keys: impl Iterator<Item = &'k String>,
    ) -> BTreeMap<String, Place> {
        let mut places: BTreeMap<String, Place> =
            keys.map(|key| (key.clone(), Place::default())).collect();
        for list in LISTS {
            let stays = self.expiring.stays(list, kind);
            for key in keys_of(&self.segment, list, kind) {
                if let Some(place) = places.get_mut(key) {
                    place.set(list, Some(stays(key)));
                }
            }
        }
        places
    }

    /// The parts of the segment that declarations manage, as its tags say.
    pub(super) fn managed(&self) -> BTreeSet<Part> {
        ownership::managed_parts(&self.segment.tags)
    }

    /// Refuses to change lists that a declaration manages, because the next sync would undo that. Of a
    /// list that declares some contexts and leaves the others to people, those others are free.
    pub(super) fn refuse_declared<'d>(
        &self,
        kind: &ContextKind,
        moves: &Moves,
        is_managed: impl Fn(TargetList) -> Managed<'d>,
    ) -> Result<(), ListError> {
        for list in LISTS {
            let mut moved = moves
                .iter()
                .filter(|(_, turn)| turn.before.on(list) != turn.after.on(list));
            let is_free = match is_managed(list) {
                Managed::Not => true,
                Managed::Whole => moved.next().is_none(),
                Managed::Partly(declared) => {
                    let declared = declared.get(kind);
                    let now = self.reader.client.now();
                    // How long a context is declared to stay, if it still is.
                    let stay = |key: &String| {
                        let declared = declared.filter(|declared| declared.contains(key))?;
                        match declared.until(key) {
                            None => Some(Stay::ForGood),
                            Some(until) if until.has_passed(now) => None,
                            Some(until) => Some(Stay::Until(until.milliseconds())),
                        }
                    };
                    // Who is declared may come back at once, and for as long as declared.
                    moved.all(|(key, turn)| match stay(key) {
                        None => true,
                        stay => turn.after.on(list) == stay,
                    })
                }
            };
            if !is_free {
                let segment = self.key.clone();
                return Err(ListError::Declared { segment, list });
            }
        }
        Ok(())
    }

    /// Refuses to list more contexts than a segment can.
    pub(super) fn refuse_too_long(&self, moves: &Moves) -> Result<(), ListError> {
        if self.is_big() {
            return Ok(());
        }
        let joining: usize = LISTS.iter().map(|list| moves.joining(*list).len()).sum();
        let leaving: usize = LISTS.iter().map(|list| moves.leaving(*list).len()).sum();
        let total = (listed(&self.segment) + joining).saturating_sub(leaving);
        if joining == 0 || total <= MAX_TARGETS {
            return Ok(());
        }
        let segment = self.key.clone();
        Err(ListError::TooLong { segment, total })
    }
}

/// The part of a list that declarations manage.
pub(super) enum Managed<'d> {
    /// Nothing: it is left to people.
    Not,
    /// These contexts; others are free.
    Partly(&'d BTreeMap<ContextKind, ContextKeys>),
    /// Everything.
    Whole,
}

impl<'d> Managed<'d> {
    /// As a definition says.
    pub(super) fn by(definition: &'d Definition, list: TargetList) -> Self {
        let targets = match list {
            TargetList::Included => definition.included(),
            TargetList::Excluded => definition.excluded(),
        };
        match targets {
            Targets::Unmanaged => Self::Not,
            Targets::Exactly(_) => Self::Whole,
            Targets::AtLeast(declared) => Self::Partly(declared),
        }
    }

    /// As the managed parts of a segment say.
    pub(super) fn among(parts: &BTreeSet<Part>, list: TargetList) -> Self {
        let part = match list {
            TargetList::Included => Part::Included,
            TargetList::Excluded => Part::Excluded,
        };
        if parts.contains(&part) {
            Self::Whole
        } else {
            Self::Not
        }
    }
}

/// How many contexts a segment lists.
fn listed(segment: &Segment) -> usize {
    let others = [&segment.included_contexts, &segment.excluded_contexts];
    let others = others.into_iter().flatten().map(|list| list.values.len());
    segment.included.len() + segment.excluded.len() + others.sum::<usize>()
}
