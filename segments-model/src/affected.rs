//! The segments that a change affects.

use std::collections::{BTreeSet, HashMap};

use crate::{Audience, Definition};

/// Returns the keys of the segments whose audience may change: those that differ, those that exist in
/// only one of the states, and those that reference them, to any depth.
///
/// ```
/// use segments_model::{Definition, Targets, Audience, clause, member_of, relations::affected};
///
/// let plan = |plan: &'static str| Definition::builder("paying").rule(clause("user", "plan").is_any_of([plan])).build().unwrap();
/// let beta = Definition::builder("beta").rule(member_of(["paying"])).build().unwrap();
/// let (before, now) = (plan("pro"), plan("team"));
/// let reached: Vec<&str> = affected(&[&before, &beta], &[&now, &beta]).into_iter().collect();
/// assert_eq!(reached, ["beta", "paying"]);
/// ```
#[must_use]
pub fn affected<'d>(before: &[&'d Definition], now: &[&'d Definition]) -> BTreeSet<&'d str> {
    type Decides<'d> = (&'d Audience, bool);
    let decides = |segments: &[&'d Definition]| -> HashMap<&'d str, Decides<'d>> {
        let segments = segments.iter();
        segments
            .map(|it| (it.key.as_str(), (&it.audience, it.absent)))
            .collect()
    };
    let (was, is) = (decides(before), decides(now));
    let keys = was.keys().chain(is.keys()).copied();
    let mut reached: BTreeSet<&str> = keys.filter(|key| was.get(key) != is.get(key)).collect();
    if reached.is_empty() {
        return reached;
    }
    let mut referenced_by: HashMap<&str, Vec<&str>> = HashMap::new();
    for segment in before.iter().chain(now) {
        for key in segment.references() {
            referenced_by
                .entry(key)
                .or_default()
                .push(segment.key.as_str());
        }
    }
    let mut open: Vec<&str> = reached.iter().copied().collect();
    while let Some(key) = open.pop() {
        for by in referenced_by.get(key).into_iter().flatten() {
            if reached.insert(by) {
                open.push(by);
            }
        }
    }
    reached
}
