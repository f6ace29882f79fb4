//! Assertions about audiences, in Rust: proved with all segments of the program, or refused with a context that
//! proves the contrary. The registry is the program's, so this program has nothing else in it.
#![allow(dead_code, reason = "only declarations count here")]

use segments_model::Code;
use segments_runtime::registry::Problem;
use segments_runtime::{
    Context, assert_covers, assert_disjoint, assert_equal, assert_nobody, assert_subset, registry,
    segment,
};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
    beta: bool,
}

/// Those who pay.
#[segment(include(), exclude(), rule(User::PLAN.is_any_of(["pro", "team"])))]
struct Paid;

/// Those who do not.
#[segment(include(), exclude(), rule(User::PLAN.is("free")))]
struct Free;

/// Those who said that they want it, and those who did not.
#[segment(include(), exclude(), rule(User::BETA.is(true)), rule(User::BETA.is(false)))]
struct Asked;

/// Whose plan begins like one that is free.
#[segment(include(), exclude(), rule(User::PLAN.starts_with("f")))]
struct Almost;

/// A few by name.
#[segment(include(User = ["u-1"]), exclude(), rule(User::PLAN.is("team"), User::BETA.is(true)))]
struct Testers;

assert_disjoint!(Free, Paid);
assert_subset!(Free, Almost);
assert_covers!(Paid | Free; Paid, Free);
assert_equal!(Free & Almost, Free);
assert_nobody!(Paid & Almost);
assert_subset!(Asked & !Paid, !Paid);

assert_disjoint!(Free, Testers);
assert_subset!(Almost, crate::Free);
assert_covers!(Testers; Free | Paid);
assert_equal!(Asked, Almost);
assert_nobody!((Testers & !Paid) & !Asked);

#[test]
fn what_does_not_hold_is_told_with_a_context() {
    let error = registry::check().unwrap_err();
    let fails = |problem: &Problem| matches!(problem, Problem::Assertion { finding, .. } if finding.code == Code::ASSERTION_FAILS);
    assert!(error.problems.iter().all(fails), "{error}");
    let error = error.to_string();
    let told: Vec<&str> = error
        .lines()
        .map(|line| line.split_once("error[").unwrap().1)
        .collect();
    assert_eq!(
        told,
        [
            r#"assertion-fails]: `free` and `testers` are not disjoint: both have `{"kind":"user","key":"u-1","plan":"free"}`"#,
            r#"assertion-fails]: `almost` is not inside `free`: only `almost` has `{"kind":"user","key":"u","plan":"f"}`"#,
            r#"assertion-fails]: `free | paid` do not cover `testers`: none of them has `{"kind":"user","key":"u-1"}`"#,
            r#"assertion-fails]: `asked` and `almost` do not have the same members: only `asked` has `{"kind":"user","key":"u","beta":true}`"#,
            r#"assertion-fails]: `asked` and `almost` do not have the same members: only `almost` has `{"kind":"user","key":"u","plan":"f"}`"#,
            r#"assertion-fails]: `(testers & !paid) & !asked` has a member: `{"kind":"user","key":"u-1"}`"#,
        ]
    );
    assert!(
        error.contains("assertions::assert_subset!(Almost, crate::Free)` at tests/assertions.rs:"),
        "{error}"
    );
}
