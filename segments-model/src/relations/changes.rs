//! The effect of a change of definitions on each segment that it reaches.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::affected;
use crate::algebra::{Algebra, AudienceChange, Domains};
use crate::{Definition, EnvironmentKey};

/// The change of one segment.
///
/// Example: [`changes`].
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentChange<'d> {
    /// The key of the segment.
    pub key: &'d str,
    /// The environment, where another thing becomes of it than elsewhere.
    pub environment: Option<&'d EnvironmentKey>,
    /// The contexts that join and leave.
    pub change: AudienceChange,
}

/// Returns the change of each segment whose audience is declared differently than before, and of those
/// that reference such segments, sorted by key. An environment is listed separately if it differs from
/// the base.
///
/// ```
/// use segments_model::algebra::{Domain, Verdict};
/// use segments_model::{Definition, clause, member_of, relations::changes};
///
/// let plans = |plans: &[&'static str]| {
///     let rule = clause("user", "plan").is_any_of(plans.iter().copied());
///     Definition::builder("paying").rule(rule).build().unwrap()
/// };
/// let beta = Definition::builder("beta").rule(member_of(["paying"])).build().unwrap();
/// let (before, now) = (plans(&["pro"]), plans(&["pro", "team"]));
/// let found = changes(&[&before, &beta], &[&now, &beta], &|_, _| Domain::UNKNOWN);
/// let told = found.iter().map(|it| (it.key, it.change.verdict()));
/// assert_eq!(told.collect::<Vec<_>>(), [("beta", Verdict::Wider), ("paying", Verdict::Wider)]);
/// ```
#[must_use]
pub fn changes<'d>(
    before: &[&'d Definition],
    now: &[&'d Definition],
    domains: Domains<'_>,
) -> Vec<SegmentChange<'d>> {
    let all = || before.iter().chain(now).copied();
    let keys: BTreeSet<&'d str> = all().map(|it| it.key.as_str()).collect();
    let mut found: Vec<SegmentChange<'d>> = Vec::new();
    for environment in Definition::environments_of(all()) {
        let [was, is] = [before, now].map(|segments| -> Vec<Cow<'d, Definition>> {
            let segments = segments.iter();
            segments.map(|it| it.in_environment(environment)).collect()
        });
        let [was, is] = [&was, &is]
            .map(|there| -> Vec<&Definition> { there.iter().map(Cow::as_ref).collect() });
        let reached = affected(&was, &is);
        let algebra = Algebra::new(is.iter().copied(), domains).with_earlier(was.iter().copied());
        for key in keys.iter().filter(|key| reached.contains(**key)) {
            let change = algebra.change(key);
            let mut elsewhere = found.iter().filter(|it| it.environment.is_none());
            if !elsewhere.any(|it| it.key == *key && it.change == change) {
                found.push(SegmentChange {
                    key,
                    environment,
                    change,
                });
            }
        }
    }
    found.sort_by_key(|it| (it.key, it.environment));
    found
}
