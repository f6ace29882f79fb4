//! The start of a program: without LaunchDarkly, with a LaunchDarkly in trouble, beside other
//! replicas, and what goes on in the background.

mod background;
mod degraded;
mod errors;
mod in_sync;
mod positions;
mod replicas;
mod runtime;
#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code, reason = "this needs less of it")]
#[path = "../sync/world.rs"]
mod world;

use segments_runtime::{Context, Segment, registry, segment};

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

/// Nothing is no declaration, wherever it comes from.
#[test]
fn lists_without_segments_are_an_error() {
    let none: [&[registry::Declaration]; 0] = [];
    for empty in [registry::from(none), registry::from([&[][..]])] {
        let said = empty.unwrap_err().to_string();
        assert!(said.contains("no declared segment is linked"), "{said}");
    }
    let list: &[registry::Declaration] = &[Paying::definition];
    assert_eq!(registry::from([list]).unwrap().len(), 1);
    // Two lists may name the same segment.
    assert_eq!(registry::from([list, list]).unwrap().len(), 1);
}
