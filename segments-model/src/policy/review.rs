//! Requires a review date: a tag, which people also see in LaunchDarkly.

use super::subject::Subject;
use crate::{Code, Finding, Place, date};

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
    vec![Finding::new(Code::PolicyReview, place, message)]
}
