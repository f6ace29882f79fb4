//! Context kinds that segments, AI Configs and flags use and that the project may lack.

use std::collections::BTreeSet;

use segments_model::ContextKind;

use super::config::ContextKinds;
use super::failed::FailedRequest;
use super::reader::Reader;
use super::report::{KindOutcome, KindReport};
use super::writer::Writer;

/// Kinds without `user`, which every project has.
pub(crate) fn special(mut kinds: BTreeSet<&ContextKind>) -> BTreeSet<&ContextKind> {
    kinds.remove(&ContextKind::USER);
    kinds
}

/// Looks the kinds up, and says which are not as segments need them.
pub(crate) async fn look_up(
    reader: &Reader,
    used: BTreeSet<&ContextKind>,
    policy: ContextKinds,
) -> Result<Vec<KindReport>, FailedRequest> {
    if used.is_empty() || policy == ContextKinds::Ignore {
        return Ok(Vec::new());
    }
    let known = reader.kinds().await?;
    let report = |kind: &ContextKind| {
        let outcome = match known.iter().find(|known| known.key == kind.as_str()) {
            None => KindOutcome::Planned,
            Some(known) if known.archived => KindOutcome::Archived,
            Some(_) => return None,
        };
        let kind = kind.to_string();
        Some(KindReport { kind, outcome })
    };
    Ok(used.into_iter().filter_map(report).collect())
}

/// Makes the kinds that are due. The list of kinds shows a new one only after a while, so nothing
/// waits for it.
pub(crate) async fn create(writer: &Writer, reports: &mut [KindReport]) {
    for report in reports {
        if report.outcome != KindOutcome::Planned {
            continue;
        }
        let Ok(kind) = ContextKind::parse(report.kind.clone()) else {
            continue;
        };
        report.outcome = match writer.put_kind(&kind).await {
            Ok(()) => KindOutcome::Created,
            Err(error) => {
                tracing::warn!(%kind, %error, "not settled");
                KindOutcome::Failed(error.to_string())
            }
        };
    }
}
