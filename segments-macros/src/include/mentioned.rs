//! What the parts of a file mention, in every environment.

use segments_model::file::SegmentsFile;
use segments_model::{Audience, Clause, ContextKind, Operator, Serve, Targets};

/// Who is in each segment, here and there.
fn audiences(file: &SegmentsFile) -> impl Iterator<Item = &Audience> {
    file.segments.iter().flat_map(|declared| {
        let environments = declared.definition.environments.values();
        let there = environments.map(|there| &there.audience);
        std::iter::once(&declared.definition.audience).chain(there)
    })
}

/// Every clause, of segments and of what is served.
pub(super) fn clauses(file: &SegmentsFile) -> impl Iterator<Item = &Clause> {
    let rules = audiences(file).flat_map(Audience::rules);
    let of_targetings = file.targetings.iter().flat_map(|declared| {
        let environments = declared.targeting.environments.values();
        let there = environments.flat_map(|there| there.rules.iter().flatten());
        let rules = declared.targeting.rules().iter().chain(there);
        rules.flat_map(|rule| &rule.clauses)
    });
    rules.flat_map(|rule| &rule.clauses).chain(of_targetings)
}

/// Whether anything is about contexts of a kind.
pub(super) fn is_mentioned(file: &SegmentsFile, kind: &ContextKind) -> bool {
    let listed = |targets: &Targets| targets.lists().any(|(listed, _)| listed == kind);
    let compared =
        |clause: &Clause| clause.operator != Operator::SegmentMatch && clause.kind == *kind;
    let splits = |serve: &Serve| matches!(serve, Serve::Split(split) if split.kind == *kind);
    clauses(file).any(compared)
        || audiences(file).any(|audience| match audience {
            Audience::Big { kind: big } => big == kind,
            Audience::Standard {
                included, excluded, ..
            } => {
                let mut shares = audience
                    .rules()
                    .iter()
                    .filter_map(|rule| rule.rollout.as_ref());
                listed(included) || listed(excluded) || shares.any(|share| share.kind == *kind)
            }
        })
        || file.targetings.iter().any(|declared| {
            let targeting = &declared.targeting;
            let mut targets = targeting.targets.iter().flatten();
            targets.any(|target| target.kind == *kind)
                || targeting.rules().iter().any(|rule| splits(&rule.serve))
                || targeting.otherwise.as_ref().is_some_and(splits)
        })
}
