//! How long contexts stay on lists that are changed at run time.

use std::collections::HashMap;

use segments_model::wire::ExpiringTarget;
use segments_model::{ContextKind, Definition, MAX_PATCH_TARGETS, SegmentKey};

use super::place::{LISTS, Moves, Stay};
use crate::sync::change::TargetList;
use crate::sync::expiries::{self, Instruction, Target};
use crate::sync::failed::FailedRequest;
use crate::sync::reader::Reader;

/// Which contexts of a segment expire.
#[derive(Default)]
pub(crate) struct Expiring(Vec<ExpiringTarget>);

impl Expiring {
    pub(crate) async fn read(reader: &Reader, key: &SegmentKey) -> Result<Self, FailedRequest> {
        expiries::read(reader, key).await.map(Self)
    }

    /// Those about which a definition says nothing: a list of which it declares expiries is as declared.
    pub(crate) fn left_by(mut self, definition: &Definition) -> Self {
        self.0.retain(|it| {
            let targets = match TargetList::named(&it.target_type) {
                Some(TargetList::Excluded) => definition.excluded(),
                Some(TargetList::Included) | None => definition.included(),
            };
            let mut lists = targets.lists();
            let is_declared = lists.any(|(kind, keys)| {
                *kind.as_str() == *it.context_kind && keys.contains(&it.context_key)
            });
            !(targets.expire() && is_declared)
        });
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it takes that contexts expire as they do in another segment.
    pub(crate) fn missing_from(&self, other: &Self) -> Vec<Instruction> {
        let known = expiries::known(&other.0);
        let missing = self.0.iter();
        let missing = missing.filter(|it| !known.contains_key(&expiries::place(it)));
        let missing = missing.filter_map(|it| {
            let list = TargetList::named(&it.target_type)?;
            let target = Target::new(list, &it.context_kind, &it.context_key);
            target.stays(Some(it.expiration_date), None)
        });
        missing.collect()
    }

    /// The contexts of a kind on a list that expire.
    fn of(&self, list: TargetList, kind: &ContextKind) -> HashMap<&str, &ExpiringTarget> {
        let on_list = self.0.iter().filter(|known| {
            known.target_type == list.name() && known.context_kind == kind.as_str()
        });
        on_list
            .map(|known| (known.context_key.as_str(), known))
            .collect()
    }

    /// How long contexts of a kind stay that are on a list.
    pub(super) fn stays(
        &self,
        list: TargetList,
        kind: &ContextKind,
    ) -> impl Fn(&str) -> Stay + use<'_> {
        let known = self.of(list, kind);
        move |key| {
            known
                .get(key)
                .map_or(Stay::ForGood, |known| Stay::Until(known.expiration_date))
        }
    }

    /// What it takes that contexts stay as long as they are to.
    pub(super) fn due(&self, kind: &ContextKind, moves: &Moves) -> Vec<Instruction> {
        let of_list = |list: TargetList| {
            let known = self.of(list, kind);
            let due = moves.iter().filter_map(move |(key, turn)| {
                let until = match turn.after.on(list)? {
                    Stay::ForGood => None,
                    Stay::Until(moment) => Some(moment),
                };
                let target = Target::new(list, kind.as_str(), key);
                target.stays(until, known.get(key.as_str()).copied())
            });
            due.collect::<Vec<_>>()
        };
        LISTS.into_iter().flat_map(of_list).collect()
    }
}

/// Sets expiries; the error says what the service refused, without keys.
pub(crate) async fn set(
    reader: &Reader,
    key: &SegmentKey,
    comment: &str,
    expiries: &[Instruction],
) -> Result<(), String> {
    for chunk in expiries.chunks(MAX_PATCH_TARGETS) {
        let patched = expiries::patch(reader, key, comment, chunk).await;
        let patched = patched.map_err(|error| error.to_string())?;
        if let Some(first) = patched.refused.first() {
            return Err(format!(
                "LaunchDarkly refused {} of {} expiries, the first that of context {} in order",
                patched.refused.len(),
                chunk.len(),
                first.instruction_index + 1
            ));
        }
    }
    Ok(())
}
