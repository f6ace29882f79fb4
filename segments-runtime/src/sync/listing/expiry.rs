//! Expiring targets: the service takes contexts off a list when their time comes (API documentation,
//! *getExpiringTargetsForSegment*, *patchExpiringTargetsForSegment*).

use std::collections::BTreeSet;

use segments_model::wire::Page;
use segments_model::{ContextKind, MAX_PATCH_TARGETS, SegmentKey};
use serde::{Deserialize, Serialize};

use crate::sync::change::TargetList;
use crate::sync::failed::FailedRequest;
use crate::sync::reader::Reader;

/// Which contexts of a segment expire.
pub(super) struct Expiring(Vec<Known>);

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

/// An instruction that sets the expiry of one context.
#[derive(Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
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
    pub(super) async fn read(reader: &Reader, key: &SegmentKey) -> Result<Self, FailedRequest> {
        let request = reader.scope.expiring_targets(key);
        let page: Page<Known> = reader.client.json(&request).await?;
        Ok(Self(page.items))
    }

    /// What it takes that all of these contexts expire then.
    pub(super) fn due(
        &self,
        list: TargetList,
        kind: &ContextKind,
        keys: &BTreeSet<String>,
        until: i64,
    ) -> Vec<Expiry> {
        let target_type = list.name();
        let on_list = self.0.iter();
        let on_list =
            on_list.filter(|it| it.target_type == target_type && it.context_kind == kind.as_str());
        let known: std::collections::HashMap<&str, &Known> =
            on_list.map(|it| (it.context_key.as_str(), it)).collect();
        let due = keys.iter().filter_map(|key| {
            let (context_kind, context_key) = (kind.to_string(), key.clone());
            match known.get(key.as_str()) {
                Some(known) if known.expiration_date == until => None,
                Some(known) => Some(Expiry::UpdateExpiringTarget {
                    target_type,
                    context_kind,
                    context_key,
                    value: until,
                    version: known.version,
                }),
                None => Some(Expiry::AddExpiringTarget {
                    target_type,
                    context_kind,
                    context_key,
                    value: until,
                }),
            }
        });
        due.collect()
    }
}

/// Sets expiries; the error says what the service refused, without keys.
pub(super) async fn set(
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
