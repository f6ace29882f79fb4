use super::about::About;
use super::proof::Proof;
use super::relation::Relation;
use crate::algebra::{Formula, Index};
use crate::code::code;
use crate::{Code, Place};

code! {
    /// A percentage takes all or none of the contexts that its rule matches.
    /// Here the rule matches only contexts without an organization, and
    /// takes a share of organizations: a context without an organization is in the first bucket.
    ///
    /// ```toml,wrong
    /// [segments.pilot]
    /// allow = ["split-kind-optional"]
    /// rules = [{ percent = 10, bucket_context = "org", clauses = [
    ///   { attribute = "kind", op = "in", values = ["org"], negate = true },
    /// ] }]
    /// ```
    ///
    /// ```text
    /// warning[percent-one-sided]: 10% by org key takes everybody: no context that matches the rule has another bucket; split by an attribute of one value, such as `key`
    /// ```
    ///
    /// ```toml,right
    /// [segments.pilot]
    /// rules = [{ percent = 10, bucket_context = "org", clauses = [
    ///   { attribute = "kind", op = "in", values = ["org"] },
    /// ] }]
    /// ```
    PERCENT_ONE_SIDED = Warning "percent-one-sided";
}

/// A percentage that takes everybody or nobody.
pub(super) fn check<'a>(
    about: &About<'a, 'a>,
    rule: usize,
    clauses: &[Index],
    proof: &mut Proof<'_, 'a>,
) -> Option<Relation> {
    let share = about.rules[rule].rollout.as_ref()?;
    let taken = proof.formula.share(about.key, share);
    // Nobody and everybody by number are told elsewhere.
    if taken == Formula::constant(false) || taken == Formula::constant(true) {
        return None;
    }
    let mut nobody = |taken: (Index, bool)| {
        let goals: Vec<_> = clauses.iter().map(|clause| (*clause, true)).collect();
        proof.nobody(&[&goals[..], &[taken]].concat())
    };
    let who = if nobody((taken, false)) {
        "everybody"
    } else if nobody((taken, true)) {
        "nobody"
    } else {
        return None;
    };
    let message = format!(
        "{} by {} {} takes {who}: no context that matches the rule has another bucket; split by an attribute of one value, such as `key`",
        share.weight, share.kind, share.by
    );
    let place = Place::Percent(rule);
    Some(Relation::new(
        about.segment,
        Code::PERCENT_ONE_SIDED,
        place,
        message,
    ))
}
