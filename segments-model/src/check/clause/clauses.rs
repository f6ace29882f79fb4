//! The clauses of a draft.

use crate::draft::DraftClause;
use crate::{Draft, Operator};

/// Every clause with its indexes.
pub(in crate::check) fn clauses(
    draft: &Draft,
) -> impl Iterator<Item = (usize, usize, &DraftClause)> {
    let rules = draft.rules.iter().flatten().enumerate();
    rules.flat_map(|(rule, draft)| {
        draft
            .clauses
            .iter()
            .enumerate()
            .map(move |(clause, draft)| (rule, clause, draft))
    })
}

/// Returns whether the values of a clause are names of kinds.
pub(in crate::check) fn names_kinds(clause: &DraftClause) -> bool {
    clause.operator == Some(Operator::In) && clause.tests_kinds()
}
