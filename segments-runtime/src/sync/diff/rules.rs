//! Differences between two lists of rules.
//!
//! Rules have identifiers that others refer to, so an edited rule keeps its identity. Rules are matched
//! if they are equal, then if they are similar; the rest is removed and added. Of several equal rules the
//! first stays, so that processes that each added one agree.

use super::super::change::{self, Change, RuleName};
use super::super::report::ItemError;
use super::edits::edits;
use super::normal::Rule;
use super::pairs::Pairs;

/// The treatment of rules that are not declared, and the position of those that are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unlisted {
    /// They go. New rules are added at the end and then put in order: segments know no other place.
    Go,
    /// They go. New rules are added where they belong.
    GoInPlace,
    /// They stay, behind all that are declared.
    StayBehind,
    /// They stay where they are, and declared ones may stand wherever they are.
    Stay,
}

impl Unlisted {
    fn stay(self) -> bool {
        matches!(self, Unlisted::StayBehind | Unlisted::Stay)
    }
}

/// The changes that make the remote rules the declared ones.
///
/// # Errors
///
/// When a rule has to change to which the service has given no identifier.
#[allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the method is less general than the closure"
)]
pub(crate) fn rules(
    declared: &[Rule<'_>],
    remote: &[Rule<'_>],
    others: Unlisted,
) -> Result<Vec<Change>, ItemError> {
    let mut pairs = Pairs::new(declared, remote);
    pairs.join_same(|d, r| d.same(r));
    if others.stay() {
        // A rule that is only alike may be somebody else's.
        pairs.join_same(|d, r| d.same_condition(r));
    } else {
        pairs.join_alike();
    }

    let mut changes = Vec::new();
    for (r, rule) in remote.iter().enumerate() {
        if pairs.of_remote[r].is_none() && !others.stay() {
            changes.push(Change::RemoveRule {
                rule: id(rule)?,
                of: RuleName::new(r, rule.wire, None),
                removed: rule.wire.clone(),
                serves: rule.serves.clone(),
                disabled: rule.disabled,
            });
        }
    }
    for (d, rule) in declared.iter().enumerate() {
        if let Some(r) = pairs.of_declared[d] {
            let edits = edits(rule, &remote[r]).unwrap_or_default();
            if !edits.is_empty() {
                let name = RuleName::new(r, remote[r].wire, Some(rule.wire));
                changes.extend(edits.into_iter().map(|change| change.named(&name)));
            }
        }
    }
    let successors = successors(remote, &pairs, others);
    for (d, rule) in declared.iter().enumerate() {
        if pairs.of_declared[d].is_none() {
            let before = match others {
                Unlisted::Go | Unlisted::Stay => None,
                Unlisted::GoInPlace | Unlisted::StayBehind => {
                    let next = successors[d].map(|r| id(&remote[r]));
                    next.transpose()?
                }
            };
            changes.push(Change::AddRule {
                added: rule.wire.clone(),
                serves: rule.serves.clone(),
                before,
            });
        }
    }
    if others != Unlisted::Stay {
        changes.extend(order(remote, &pairs, others)?);
    }
    Ok(changes)
}

/// For each declared rule, the existing one that has to follow it if it is new.
fn successors(remote: &[Rule<'_>], pairs: &Pairs<'_, '_>, others: Unlisted) -> Vec<Option<usize>> {
    let mut foreign = (0..remote.len()).filter(|r| others.stay() && pairs.of_remote[*r].is_none());
    let mut next = foreign.next();
    let declared = pairs.of_declared.iter().rev();
    let mut successors: Vec<_> = declared
        .map(|r| {
            next = r.or(next);
            next
        })
        .collect();
    successors.reverse();
    successors
}

/// Rules that stay keep their order, and new ones come last or where they belong; if that is not the
/// declared order, it takes one more change.
fn order(
    remote: &[Rule<'_>],
    pairs: &Pairs<'_, '_>,
    others: Unlisted,
) -> Result<Option<Change>, ItemError> {
    let declared = pairs.of_declared.len();
    // What somebody else made comes behind all that is declared.
    let foreign = |r: &usize| others.stay() && pairs.of_remote[*r].is_none();
    let place = |r: usize| match pairs.of_remote[r] {
        None if foreign(&r) => Some(declared + r),
        place => place,
    };
    let staying = (0..remote.len()).filter_map(place);
    let at_the_end = |d: &usize| others == Unlisted::Go && pairs.of_declared[*d].is_none();
    if staying.chain((0..declared).filter(at_the_end)).is_sorted() {
        return Ok(None);
    }
    let rules = pairs.of_declared.iter();
    let rules = rules.map(|r| r.map(|r| id(&remote[r])).transpose());
    let behind = (0..remote.len()).filter(foreign);
    let behind = behind.map(|r| id(&remote[r]).map(Some));
    Ok(Some(Change::ReorderRules {
        rules: rules.chain(behind).collect::<Result<_, _>>()?,
    }))
}

fn id(rule: &Rule<'_>) -> Result<String, ItemError> {
    let id = rule.id().map(str::to_owned);
    id.ok_or_else(|| ItemError::Unidentified {
        what: format!("rule \"{}\"", change::rule_in_words(rule.wire)),
    })
}
