//! Requires a review date: a tag, which people also see in LaunchDarkly.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Finding, Place, date};

code! {
    /// A segment has no review date, but the policy asks for one.
    /// It is a tag, `review.` with a date, so LaunchDarkly shows it, too.
    ///
    /// ```toml,wrong
    /// [policy]
    /// severity = { description = "off", owner = "off" }
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[policy-review]: the policy asks for a review date; add a tag such as `review.2027-01-31`
    /// ```
    ///
    /// ```toml,right
    /// [policy]
    /// severity = { description = "off", owner = "off" }
    ///
    /// [segments.staff]
    /// tags = ["review.2027-01-31"]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    POLICY_REVIEW = Warning "policy-review";
}

/// What stands before the day.
const REVIEW: &str = "review.";

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut tags = subject.definition.tags.iter().flatten().enumerate();
    let review = tags.find_map(|(at, tag)| Some((at, tag.as_str().strip_prefix(REVIEW)?)));
    let (place, message) = match review {
        Some((_, day)) if date::parse(&format!("{day}T00:00:00Z")).is_ok() => return Vec::new(),
        Some((at, day)) => (
            Place::Tag(at),
            format!("`{day}` is not a date; write a tag such as `{REVIEW}2027-01-31`"),
        ),
        None => (
            Place::Segment,
            format!("the policy asks for a review date; add a tag such as `{REVIEW}2027-01-31`"),
        ),
    };
    vec![Finding::new(Code::POLICY_REVIEW, place, message)]
}
