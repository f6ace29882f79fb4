//! What no single attribute can see: the registry holds all segments and contexts of a program against one
//! another. The registry is the program's, so this program has nothing else in it.
#![allow(dead_code, reason = "only declarations count here")]

use segments_model::policy::{NamePattern, Policy};
use segments_model::{Code, Severity};
use segments_runtime::{Context, assert_disjoint, assert_policy, registry, segment};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
    age: u32,
    groups: Vec<String>,
    #[context(private)]
    mail: String,
}

/// A kind that differs from another only in case.
#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
}

#[derive(Context)]
#[context(kind = "Device")]
struct OtherDevice {
    #[context(key)]
    id: String,
}

const PLAN: &str = "pro";

/// Those who pay.
#[segment(include(), exclude(), rule(User::PLAN.is("pro")))]
struct Paying;

/// The same, by a constant of which the macro knows nothing.
#[segment(include(), exclude(), rule(User::PLAN.is(PLAN)))]
struct Customers;

/// Of single texts, and only the type says that `plan` is one.
#[segment(rule(!User::PLAN.is("free")), rule(User::PLAN.is("team")))]
struct NotFree;

/// Looks for a piece of text in each element.
#[segment(rule(User::GROUPS.contains("admin")))]
struct Admins;

/// The same, on purpose.
#[segment(rule(User::GROUPS.contains("admin")), rule(User::AGE.gt(200)), allow(contains_in_list))]
struct Elders;

/// Nobody: whoever a rule lets in is excluded.
#[segment(include(), exclude(User = ["u-1"]), rule(User::ID.is("u-1")))]
struct Nobody;

/// Somebody is excluded whom no rule lets in.
#[segment(include(), exclude(User = ["u-2"]), rule(User::ID.is("u-1")))]
struct One;

/// Everybody, by two rules of which none is for everyone.
#[segment(include(), exclude(), rule(member_of!(Paying)), rule(!member_of!(Paying)))]
struct Everybody;

/// Whoever has no device is in the first bucket of devices.
#[segment(rule(percent = 10, by = Device::ID, !has_kind!(Device)), allow(split_kind_optional))]
struct TenPercent;

/// Patterns that only many states tell apart.
#[segment(rule(User::PLAN.matches("^(?:a|b)*a(?:a|b){20}$")), allow(pattern_line_breaks))]
struct EndsLikeA;

/// The same with another letter.
#[segment(rule(User::PLAN.matches("^(?:a|b)*b(?:a|b){20}$")), allow(pattern_line_breaks))]
struct EndsLikeB;

assert_disjoint!(EndsLikeA, EndsLikeB);

/// Named by mail addresses, and by a private attribute.
#[segment(include(User = ["ann@example.com"]), rule(User::MAIL.is("ann@example.com")), allow(style_description))]
struct Ann;

#[test]
fn what_a_policy_asks_is_found_and_is_as_bad_as_it_says() {
    let mut policy = Policy::default()
        .with("keys", Some(Severity::Warning))
        .unwrap();
    policy.names = vec![NamePattern::new("a*")];
    let found = registry::policy(&policy).unwrap();
    let of_ann = found.iter().filter(|it| it.place.path.ends_with("Ann"));
    let of_ann: Vec<_> = of_ann.map(|it| (it.finding.code, it.severity)).collect();
    assert_eq!(
        of_ann,
        [
            (Code::POLICY_OWNER, Severity::Error),
            (Code::POLICY_REVIEW, Severity::Error),
            (Code::POLICY_PRIVATE, Severity::Error),
            (Code::POLICY_KEYS, Severity::Warning),
        ]
    );
    let named = found
        .iter()
        .filter(|it| it.finding.code == Code::POLICY_NAMES);
    assert!(named.count() > 5);
    // Each has a description: the first paragraph of its documentation.
    assert!(
        found
            .iter()
            .all(|it| it.finding.code != Code::POLICY_DESCRIPTION)
    );
    let off = ["owner", "review", "private", "keys"];
    let nothing = off.iter().fold(Policy::default(), |policy, check| {
        policy.with(check, None).unwrap()
    });
    assert_policy!(nothing);
    let failed = std::panic::catch_unwind(|| assert_policy!(Policy::default()));
    let message = *failed.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("error[policy-owner]"), "{message}");
    assert!(!message.contains("policy-keys"), "{message}");
}

#[test]
fn what_a_file_would_be_told_is_found() {
    let found = registry::check().unwrap();
    let mut found: Vec<_> = found
        .iter()
        .map(|found| {
            (
                found.place.path.rsplit("::").next().unwrap(),
                found.finding.code,
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("Admins", Code::CONTAINS_IN_LIST),
            ("Device", Code::KIND_CASE),
            ("Everybody", Code::AUDIENCE_EVERYBODY),
            ("Nobody", Code::AUDIENCE_EMPTY),
            ("NotFree", Code::RULE_COVERED),
            ("One", Code::EXCLUDED_UNNEEDED),
            ("Paying", Code::SEGMENT_IDENTICAL),
            ("TenPercent", Code::PERCENT_ONE_SIDED),
            (
                "assert_disjoint!(EndsLikeA, EndsLikeB)",
                Code::ASSERTION_UNPROVED
            ),
        ]
    );
}
