//! Assertions about members, for tests of applications.

use segments_model::explanation::Explanation;

use super::SnapshotError;

/// Asserts that contexts are in a segment. If they are not, or if the membership is unknown, the message
/// is the explanation: each rule and clause, with the values compared. It contains values of attributes.
///
/// ```
/// use segments_runtime::{Context, assert_member, assert_not_member, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// let user = |plan: &str| User { id: "u-1".into(), plan: plan.into() };
/// assert_member!(Paying, &user("pro"));
/// assert_not_member!(Paying, &user("free"));
/// ```
///
/// With `in` and a [`Snapshot`](crate::testing::Snapshot) after the contexts, the assertion evaluates the
/// pulled environment instead of this program's declarations.
///
/// ```should_panic
/// # use segments_runtime::{Context, assert_member, segment};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String, plan: String }
/// # /// Those who pay.
/// # #[segment(rule(User::PLAN.is("pro")))]
/// # struct Paying;
/// # let user = User { id: "u-1".into(), plan: "free".into() };
/// assert_member!(Paying, &user);
/// // panics: expected a member of the segment
/// // `paying`: not in the segment: it is on no list, and no rule holds
/// // └ ✗ rule 1
/// //   └ ✗ user plan is "pro": it is "free"
/// ```
#[macro_export]
macro_rules! assert_member {
    ($segment:ty, $contexts:expr $(,)?) => {
        $crate::__private_0_1::assert_membership(&<$segment>::explain($contexts), true)
    };
    ($segment:ty, $contexts:expr, in $snapshot:expr $(,)?) => {
        $crate::__private_0_1::assert_membership_in($snapshot.explain::<$segment>($contexts), true)
    };
}

/// Asserts that contexts are not in a segment; the counterpart of
/// [`assert_member!`](crate::assert_member).
///
/// Example: [`assert_member!`](crate::assert_member).
#[macro_export]
macro_rules! assert_not_member {
    ($segment:ty, $contexts:expr $(,)?) => {
        $crate::__private_0_1::assert_membership(&<$segment>::explain($contexts), false)
    };
    ($segment:ty, $contexts:expr, in $snapshot:expr $(,)?) => {
        $crate::__private_0_1::assert_membership_in($snapshot.explain::<$segment>($contexts), false)
    };
}

/// Panics with the explanation, unless the membership is the expected one.
#[track_caller]
pub fn assert_membership(explanation: &Explanation, wanted: bool) {
    let known = explanation.membership.known();
    let expected = if wanted {
        "a member of the segment"
    } else {
        "no member of the segment"
    };
    assert!(known == Some(wanted), "expected {expected}\n{explanation}");
}

/// Panics with the explanation, unless the membership in a snapshot is the expected one, and with the
/// error if the snapshot cannot answer.
#[track_caller]
pub fn assert_membership_in(explanation: Result<Explanation, SnapshotError>, wanted: bool) {
    match explanation {
        Ok(explanation) => assert_membership(&explanation, wanted),
        Err(error) => panic!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use segments_model::Membership;

    use super::*;

    fn explained(membership: Membership) -> Explanation {
        Explanation {
            segment: "paying".into(),
            membership,
            rules: Vec::new(),
        }
    }

    #[test]
    #[should_panic(
        expected = "expected a member of the segment\n`paying`: not in the segment: it is on no list"
    )]
    fn the_message_is_the_explanation() {
        let out = Membership::Out {
            by: segments_model::Exclusion::NoRule,
        };
        assert_membership(&explained(out.clone()), false);
        assert_membership(&explained(out), true);
    }

    #[test]
    #[should_panic(expected = "expected no member of the segment\n`paying`: unknown: ")]
    fn what_is_not_known_is_neither() {
        let reason = segments_model::UnknownReason::BigSegment {
            segment: "paying".into(),
        };
        assert_membership(&explained(Membership::Unknown { reason }), false);
    }
}
