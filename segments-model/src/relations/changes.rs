//! The effect of a change of definitions on each segment that it reaches.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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
    let mut found: BTreeMap<(&'d str, Option<&'d EnvironmentKey>), AudienceChange> =
        BTreeMap::new();
    for environment in Definition::environments_of(all()) {
        let [was, is] = [before, now].map(|segments| -> Vec<Cow<'d, Definition>> {
            let segments = segments.iter();
            segments.map(|it| it.in_environment(environment)).collect()
        });
        let [was, is] = [&was, &is]
            .map(|there| -> Vec<&Definition> { there.iter().map(Cow::as_ref).collect() });
        let mut reached = affected(&was, &is);
        if environment.is_some() {
            // What is the same as elsewhere is proved there.
            let (differed, differs) = (affected(before, &was), affected(now, &is));
            reached.retain(|key| differed.contains(key) || differs.contains(key));
        }
        if reached.is_empty() {
            continue;
        }
        let algebra = Algebra::new(is.iter().copied(), domains).with_earlier(was.iter().copied());
        for key in keys.iter().filter(|key| reached.contains(**key)) {
            let change = algebra.change(key);
            if found.get(&(*key, None)) != Some(&change) {
                found.insert((*key, environment), change);
            }
        }
    }
    let found = found.into_iter();
    let found = found.map(|((key, environment), change)| SegmentChange {
        key,
        environment,
        change,
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::algebra::Domain;
    use crate::{clause, member_of};

    /// A segment of users with one of the plans.
    fn paying(key: &str, plans: &[&'static str]) -> Definition {
        let rule = clause("user", "plan").is_any_of(plans.iter().copied());
        Definition::builder(key).rule(rule).build().unwrap()
    }

    /// The changes, and how many attributes were looked up to prove them.
    fn proved<'d>(
        before: &[&'d Definition],
        now: &[&'d Definition],
    ) -> (Vec<(&'d str, Option<&'d str>)>, usize) {
        let lookups = Cell::new(0);
        let found = changes(before, now, &|_, _| {
            lookups.set(lookups.get() + 1);
            Domain::UNKNOWN
        });
        let found = found.iter().map(|it| {
            let environment = it.environment.map(EnvironmentKey::as_str);
            (it.key, environment)
        });
        (found.collect(), lookups.get())
    }

    #[test]
    fn an_environment_proves_only_what_differs_there() {
        let staging = EnvironmentKey::from_static("staging");
        let (was, is) = (
            paying("paying", &["pro"]),
            paying("paying", &["pro", "team"]),
        );
        let beta = Definition::builder("beta")
            .rule(member_of(["paying"]))
            .build()
            .unwrap();
        let other = paying("other", &["free"]);
        let mut elsewhere = other.clone();
        let there = paying("other", &["free", "trial"]);
        elsewhere.environments.insert(staging.clone(), there.into());

        let (alone, lookups) = proved(&[&was, &beta, &other], &[&is, &beta, &other]);
        assert_eq!(alone, [("beta", None), ("paying", None)]);
        let same = proved(&[&was, &beta, &elsewhere], &[&is, &beta, &elsewhere]);
        assert_eq!(same, (alone, lookups));

        // There, paying users stay whom they were.
        let mut kept = is.clone();
        kept.environments
            .insert(staging.clone(), paying("paying", &["pro", "max"]).into());
        let (found, _) = proved(&[&was, &beta], &[&kept, &beta]);
        let expected = ["beta", "paying"].map(|key| [(key, None), (key, Some("staging"))]);
        assert_eq!(found, expected.concat());
    }
}
