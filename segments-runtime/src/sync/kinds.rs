//! Context kinds that segments, AI Configs and flags use and the project may not have.

use std::collections::BTreeSet;

use segments_model::{Audience, Clause, ContextKind, Definition, Operator, Serve, Targeting};

use super::config::ContextKinds;
use super::error::RequestError;
use super::reader::Reader;
use super::report::{KindOutcome, KindReport};
use super::writer::Writer;

/// The kinds that a definition uses, but for `user`, which every project has.
pub(crate) fn used(definition: &Definition) -> BTreeSet<&ContextKind> {
    let mut kinds = BTreeSet::new();
    match &definition.audience {
        Audience::Standard {
            included,
            excluded,
            rules,
        } => {
            kinds.extend(
                included
                    .lists()
                    .chain(excluded.lists())
                    .map(|(kind, _)| kind),
            );
            for rule in rules.iter().flatten() {
                kinds.extend(compared(&rule.clauses));
                kinds.extend(rule.rollout.iter().map(|rollout| &rollout.kind));
            }
        }
        Audience::Big { kind } => {
            kinds.insert(kind);
        }
    }
    kinds.remove(&ContextKind::USER);
    kinds
}

/// The kinds that a targeting uses, but for `user`.
pub(crate) fn used_by_targeting(targeting: &Targeting) -> BTreeSet<&ContextKind> {
    let mut kinds = BTreeSet::new();
    kinds.extend(
        targeting
            .targets
            .iter()
            .flatten()
            .map(|target| &target.kind),
    );
    let rules = targeting.rules();
    kinds.extend(rules.iter().flat_map(|rule| compared(&rule.clauses)));
    let served = rules.iter().map(|rule| &rule.serve);
    for serve in served.chain(&targeting.otherwise) {
        if let Serve::Split(split) = serve {
            kinds.insert(&split.kind);
        }
    }
    kinds.remove(&ContextKind::USER);
    kinds
}

/// The kinds whose attributes are compared.
fn compared(clauses: &[Clause]) -> impl Iterator<Item = &ContextKind> {
    let comparing = clauses
        .iter()
        .filter(|c| c.operator != Operator::SegmentMatch);
    comparing.map(|clause| &clause.kind)
}

/// Looks the kinds up, and says which are not as segments need them.
pub(crate) async fn look_up(
    reader: &Reader,
    used: BTreeSet<&ContextKind>,
    policy: ContextKinds,
) -> Result<Vec<KindReport>, RequestError> {
    if used.is_empty() || policy == ContextKinds::Ignore {
        return Ok(Vec::new());
    }
    let known = reader.kinds().await?;
    let report = |kind: &ContextKind| {
        let outcome = match known.iter().find(|known| known.key == kind.as_str()) {
            None => KindOutcome::Due,
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
        if report.outcome != KindOutcome::Due {
            continue;
        }
        let Ok(kind) = ContextKind::parse(report.kind.clone()) else {
            continue;
        };
        report.outcome = match writer.put_kind(&kind).await {
            Ok(()) => KindOutcome::Created,
            Err(error) => KindOutcome::Failed(error.to_string()),
        };
    }
}
