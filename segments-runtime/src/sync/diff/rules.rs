//! What differs between two lists of rules.
//!
//! Rules have identifiers that others refer to, so a rule that was edited stays the rule that it
//! is. Rules are taken for one another when they are the same, then when they are alike; the rest
//! is removed and added. Of several equal rules the first stays, so that processes which added one
//! each agree on which.

use super::super::change::Change;
use super::clauses::{Likeness, clauses};
use super::normal::Rule;

/// What becomes of rules that are not declared, and where those that are declared stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// They go. New rules are added at the end and then put in order: segments know no other place.
    Go,
    /// They go. New rules are added where they belong.
    GoInPlace,
    /// They stay, behind all that are declared.
    StayBehind,
    /// They stay where they are, and declared ones may stand wherever they are.
    Stay,
}

impl Others {
    fn stay(self) -> bool {
        matches!(self, Others::StayBehind | Others::Stay)
    }
}

/// The changes that make the remote rules the declared ones.
#[allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the method is less general than the closure"
)]
pub(crate) fn rules(declared: &[Rule<'_>], remote: &[Rule<'_>], others: Others) -> Vec<Change> {
    let mut pairs = Pairs {
        of_declared: vec![None; declared.len()],
        of_remote: vec![None; remote.len()],
    };
    pair_same(declared, remote, &mut pairs, |d, r| d.same(r));
    if others.stay() {
        // A rule that is only alike may be somebody else's.
        pair_same(declared, remote, &mut pairs, |d, r| d.same_condition(r));
    } else {
        pair_alike(declared, remote, &mut pairs);
    }

    let mut changes = Vec::new();
    for (r, rule) in remote.iter().enumerate() {
        if pairs.of_remote[r].is_none() && !others.stay() {
            changes.push(Change::RemoveRule {
                rule: id(rule),
                removed: rule.wire.clone(),
                serves: rule.serves.clone(),
            });
        }
    }
    for (d, rule) in declared.iter().enumerate() {
        if let Some(r) = pairs.of_declared[d] {
            changes.extend(edits(rule, &remote[r]).unwrap_or_default());
        }
    }
    for (d, rule) in declared.iter().enumerate() {
        if pairs.of_declared[d].is_none() {
            let before = match others {
                Others::Go | Others::Stay => None,
                Others::GoInPlace | Others::StayBehind => before(d, remote, &pairs, others),
            };
            changes.push(Change::AddRule {
                added: rule.wire.clone(),
                serves: rule.serves.clone(),
                before,
            });
        }
    }
    if others != Others::Stay {
        changes.extend(order(remote, &pairs, others));
    }
    changes
}

/// The rule that is there already and has to come next after a new one.
fn before(d: usize, remote: &[Rule<'_>], pairs: &Pairs, others: Others) -> Option<String> {
    let mut declared = pairs.of_declared[d..].iter().flatten().copied();
    let foreign = || (0..remote.len()).find(|r| others.stay() && pairs.of_remote[*r].is_none());
    declared.next().or_else(foreign).map(|r| id(&remote[r]))
}

/// Which declared rule is which remote one.
struct Pairs {
    of_declared: Vec<Option<usize>>,
    of_remote: Vec<Option<usize>>,
}

impl Pairs {
    fn are_free(&self, d: usize, r: usize) -> bool {
        self.of_declared[d].is_none() && self.of_remote[r].is_none()
    }

    fn join(&mut self, d: usize, r: usize) {
        self.of_declared[d] = Some(r);
        self.of_remote[r] = Some(d);
    }
}

fn pair_same(
    declared: &[Rule<'_>],
    remote: &[Rule<'_>],
    pairs: &mut Pairs,
    same: fn(&Rule<'_>, &Rule<'_>) -> bool,
) {
    for with_description in [true, false] {
        for (d, wanted) in declared.iter().enumerate() {
            let found = remote.iter().enumerate().position(|(r, rule)| {
                pairs.are_free(d, r)
                    && same(wanted, rule)
                    && (!with_description || wanted.description() == rule.description())
            });
            if let Some(r) = found {
                pairs.join(d, r);
            }
        }
    }
}

/// Pairs what takes the fewest changes first, then what has most in common, then what stands
/// nearest.
fn pair_alike(declared: &[Rule<'_>], remote: &[Rule<'_>], pairs: &mut Pairs) {
    let mut candidates = Vec::new();
    for (d, wanted) in declared.iter().enumerate() {
        for (r, rule) in remote.iter().enumerate() {
            if !pairs.are_free(d, r) {
                continue;
            }
            let common = common(wanted, rule);
            if common == 0 {
                continue;
            }
            let Some(edits) = edits(wanted, rule) else {
                continue;
            };
            // More edits than a removal and an addition make another rule of it.
            if edits.len() <= 2 || common >= wanted.clauses.len().max(rule.clauses.len()) {
                let score = (edits.len(), usize::MAX - common, d.abs_diff(r));
                candidates.push((score, d, r));
            }
        }
    }
    candidates.sort_unstable();
    for (_, d, r) in candidates {
        if pairs.are_free(d, r) {
            pairs.join(d, r);
        }
    }
}

/// How many conditions of one rule have one like them in the other; a description that is the same
/// counts as one, and so do no conditions on both sides.
fn common(declared: &Rule<'_>, remote: &Rule<'_>) -> usize {
    let like = |wanted: &&super::normal::Clause| {
        let mut clauses = remote.clauses.iter();
        clauses.any(|clause| Likeness::of(wanted, clause) > Likeness::Nothing)
    };
    let described =
        !declared.description().is_empty() && declared.description() == remote.description();
    let both_everyone = declared.clauses.is_empty() && remote.clauses.is_empty();
    declared.clauses.iter().filter(like).count()
        + usize::from(described)
        + usize::from(both_everyone)
}

/// The changes that make the remote rule the declared one, where it is; `None` if the service has
/// given it no identifiers.
fn edits(declared: &Rule<'_>, remote: &Rule<'_>) -> Option<Vec<Change>> {
    let rule = remote.wire.id.clone()?;
    let mut changes = clauses(&rule, declared, remote)?;
    if declared.share != remote.share {
        changes.push(Change::RuleShare {
            rule: rule.clone(),
            from: remote.share.clone(),
            to: declared.share.clone(),
        });
    }
    if let Some(to) = &declared.serves
        && declared.serves != remote.serves
    {
        changes.push(Change::RuleServes {
            rule: rule.clone(),
            from: remote.serves.clone(),
            to: to.clone(),
        });
    }
    if let Some(to) = &declared.wire.description
        && to != remote.description()
    {
        changes.push(Change::RuleDescription {
            rule,
            from: remote.description().to_owned(),
            to: to.clone(),
        });
    }
    Some(changes)
}

/// Rules that stay keep their order, and new ones come last or where they belong; if that is not the
/// declared order, it takes one more change.
fn order(remote: &[Rule<'_>], pairs: &Pairs, others: Others) -> Option<Change> {
    let declared = pairs.of_declared.len();
    // What somebody else made comes behind all that is declared.
    let foreign = |r: &usize| others.stay() && pairs.of_remote[*r].is_none();
    let place = |r: usize| match pairs.of_remote[r] {
        None if foreign(&r) => Some(declared + r),
        place => place,
    };
    let staying = (0..remote.len()).filter_map(place);
    let at_the_end = |d: &usize| others == Others::Go && pairs.of_declared[*d].is_none();
    if staying.chain((0..declared).filter(at_the_end)).is_sorted() {
        return None;
    }
    let rules = pairs.of_declared.iter();
    let rules = rules.map(|r| r.map(|r| id(&remote[r])));
    let behind = (0..remote.len()).filter(foreign);
    let behind = behind.map(|r| Some(id(&remote[r])));
    Some(Change::ReorderRules {
        rules: rules.chain(behind).collect(),
    })
}

fn id(rule: &Rule<'_>) -> String {
    rule.wire.id.clone().unwrap_or_default()
}
