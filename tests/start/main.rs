//! The start of a program: without LaunchDarkly, with a LaunchDarkly in trouble, beside other
//! replicas, and what goes on in the background.

mod background;
mod degraded;
mod errors;
mod in_sync;
mod replicas;
mod runtime;
#[path = "../support/mod.rs"]
mod support;

use segments_runtime::{Context, segment};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
}

/// Those who pay. What the registry has in here.
#[segment(rule(User::PLAN.is("pro")))]
struct Paying;

#[test]
fn membership_needs_nobody() {
    let user = |plan: &str| User {
        id: "u".to_owned(),
        plan: plan.to_owned(),
    };
    assert!(Paying::contains(&user("pro")) && !Paying::contains(&user("free")));
}
