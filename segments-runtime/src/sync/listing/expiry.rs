//! Expiring targets: the service takes contexts off a list when their time comes (API documentation,
//! *getExpiringTargetsForSegment*, *patchExpiringTargetsForSegment*).

use std::collections::HashMap;

use segments_model::wire::Page;
use segments_model::{ContextKind, MAX_PATCH_TARGETS, SegmentKey};
use serde::{Deserialize, Serialize};

use super::place::{LISTS, Moves, Stay};
use crate::sync::change::TargetList;
use crate::sync::failed::FailedRequest;
use crate::sync::reader::Reader;

/// Which contexts of a segment expire.
#[derive(Default)]
pub(crate) struct Expiring(Vec<Known>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    #[serde(rename = "_version", default)]
    version: u64,
    expiration_date: i64,
    #[serde(default)]
    target_type: String,
    #[serde(default)]
    context_kind: String,
    #[serde(default)]
    context_key: String,
}

/// An instruction about the expiry of one context.
#[derive(Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(
    clippy::enum_variant_names,
    reason = "the service's own names of the instructions"
)]
pub(crate) enum Expiry {
    AddExpiringTarget {
        target_type: &'static str,
        context_kind: String,
        context_key: String,
        value: i64,
    },
    UpdateExpiringTarget {
        target_type: &'static str,
        context_kind: String,
        context_key: String,
        value: i64,
        version: u64,
    },
    RemoveExpiringTarget {
        target_type: &'static str,
        context_kind: String,
        context_key: String,
    },
}

/// What the service says of instructions that it could not carry out. It carries out the others.
#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    errors: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    #[serde(default)]
    instruction_index: usize,
}

impl Expiring {
    pub(crate) async fn read(reader: &Reader, key: &SegmentKey) -> Result<Self, FailedRequest> {
        let request = reader.scope.expiring_targets(key);
        let page: Page<Known> = reader.client.json(&request).await?;
        Ok(Self(page.items))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it takes that contexts expire as they do in another segment.
    pub(crate) fn missing_from(&self, other: &Self) -> Vec<Expiry> {
        let place = |it: &Known| {
            let Known {
                target_type,
                context_kind,
                context_key,
                ..
            } = it;
            (
                target_type.clone(),
                context_kind.clone(),
                context_key.clone(),
            )
        };
        let known: std::collections::HashSet<_> = other.0.iter().map(place).collect();
        let missing = self.0.iter().filter(|it| !known.contains(&place(it)));
        let missing = missing.filter_map(|it| {
            let mut lists = [TargetList::Included, TargetList::Excluded].into_iter();
            let list = lists.find(|list| list.name() == it.target_type)?;
            Some(Expiry::AddExpiringTarget {
                target_type: list.name(),
                context_kind: it.context_kind.clone(),
                context_key: it.context_key.clone(),
                value: it.expiration_date,
            })
        });
        missing.collect()
    }

    /// The contexts of a kind on a list that expire.
    fn of(&self, list: TargetList, kind: &ContextKind) -> HashMap<&str, &Known> {
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
    pub(super) fn due(&self, kind: &ContextKind, moves: &Moves) -> Vec<Expiry> {
        let of_list = |list: TargetList| {
            let known = self.of(list, kind);
            let due = moves.iter().filter_map(move |(key, turn)| {
                let (target_type, context_kind) = (list.name(), kind.to_string());
                let context_key = key.clone();
                match (turn.after.on(list)?, known.get(key.as_str())) {
                    (Stay::ForGood, Some(_)) => Some(Expiry::RemoveExpiringTarget {
                        target_type,
                        context_kind,
                        context_key,
                    }),
                    (Stay::Until(value), Some(known)) if known.expiration_date != value => {
                        Some(Expiry::UpdateExpiringTarget {
                            target_type,
                            context_kind,
                            context_key,
                            value,
                            version: known.version,
                        })
                    }
                    (Stay::Until(value), None) => Some(Expiry::AddExpiringTarget {
                        target_type,
                        context_kind,
                        context_key,
                        value,
                    }),
                    (Stay::ForGood, None) | (Stay::Until(_), Some(_)) => None,
                }
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
    expiries: &[Expiry],
) -> Result<(), String> {
    for chunk in expiries.chunks(MAX_PATCH_TARGETS) {
        let request = reader.scope.patch_expiring_targets(key, comment, chunk);
        let outcome: Outcome = reader
            .client
            .json(&request)
            .await
            .map_err(|error| error.to_string())?;
        if let Some(first) = outcome.errors.first() {
            return Err(format!(
                "LaunchDarkly refused {} of {} expiries, the first that of context {} in order",
                outcome.errors.len(),
                chunk.len(),
                first.instruction_index + 1
            ));
        }
    }
    Ok(())
}
