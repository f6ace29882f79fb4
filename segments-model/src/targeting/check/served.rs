//! What rules and the fallthrough serve.

use crate::targeting::{DraftServe, DraftSplit, DraftTargeting};

/// What is served, each with its rule, which the fallthrough has not.
pub(super) fn served(draft: &DraftTargeting) -> impl Iterator<Item = (Option<usize>, &DraftServe)> {
    let rules = draft.rules.iter().flatten().enumerate();
    let rules = rules.filter_map(|(index, rule)| Some((Some(index), rule.serve.as_ref()?)));
    let fallthrough = draft.fallthrough.iter().map(|serve| (None, serve));
    rules.chain(fallthrough)
}

/// The splits among it.
pub(super) fn splits(draft: &DraftTargeting) -> impl Iterator<Item = (Option<usize>, &DraftSplit)> {
    served(draft).filter_map(|(rule, serve)| match serve {
        DraftServe::Split(split) => Some((rule, split)),
        DraftServe::Variation(_) => None,
    })
}
