//! Detects patterns that count arbitrary characters.
//!
//! In some engines a character is a byte, in others half of a surrogate pair. `[^@]+` has the same
//! meaning in all of them, because more characters still match; `[^@]{3}` does not, nor does
//! `[^@]+[^.]+`, which needs two.

use regex_syntax::ast::{Ast, RepetitionKind, RepetitionRange};

/// Where characters of any kind may stand in what a part of a pattern finds.
#[derive(Debug, Clone, Copy, Default)]
struct Edges {
    starts: bool,
    ends: bool,
    /// Whether it may find nothing at all.
    may_be_empty: bool,
}

const EMPTY: Edges = Edges {
    starts: false,
    ends: false,
    may_be_empty: true,
};

/// Returns whether the pattern counts characters of any kind.
pub(super) fn counts(ast: &Ast) -> bool {
    edges(ast).is_none()
}

/// `None` if they are counted.
fn edges(ast: &Ast) -> Option<Edges> {
    match ast {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => Some(EMPTY),
        Ast::Group(group) => edges(&group.ast),
        Ast::Alternation(alternation) => {
            let mut parts = alternation.asts.iter();
            parts.try_fold(Edges::default(), |all, part| {
                let part = edges(part)?;
                Some(Edges {
                    starts: all.starts || part.starts,
                    ends: all.ends || part.ends,
                    may_be_empty: all.may_be_empty || part.may_be_empty,
                })
            })
        }
        Ast::Concat(concat) => concat.asts.iter().try_fold(EMPTY, |all, part| {
            let part = edges(part)?;
            (!(all.ends && part.starts)).then_some(Edges {
                starts: all.starts || all.may_be_empty && part.starts,
                ends: part.ends || part.may_be_empty && all.ends,
                may_be_empty: all.may_be_empty && part.may_be_empty,
            })
        }),
        Ast::Repetition(repetition) => {
            let (min, max) = bounds(&repetition.op.kind);
            if is_any(&repetition.ast) {
                return (min <= 1 && max.is_none()).then_some(Edges {
                    starts: true,
                    ends: true,
                    may_be_empty: min == 0,
                });
            }
            let inside = edges(&repetition.ast)?;
            let meets_itself = max.is_none_or(|max| max > 1) && inside.starts && inside.ends;
            (!meets_itself).then_some(Edges {
                may_be_empty: inside.may_be_empty || min == 0,
                ..inside
            })
        }
        other => (!is_any(other)).then(Edges::default),
    }
}

/// Returns whether it is a class that has all characters beyond ASCII.
fn is_any(ast: &Ast) -> bool {
    match ast {
        Ast::Dot(_) => true,
        Ast::ClassPerl(class) => class.negated,
        Ast::ClassBracketed(class) => class.negated,
        Ast::Group(group) => is_any(&group.ast),
        _ => false,
    }
}

fn bounds(kind: &RepetitionKind) -> (u32, Option<u32>) {
    match kind {
        RepetitionKind::ZeroOrOne => (0, Some(1)),
        RepetitionKind::ZeroOrMore => (0, None),
        RepetitionKind::OneOrMore => (1, None),
        RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
        RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
    }
}
