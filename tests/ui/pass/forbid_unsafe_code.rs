#![forbid(unsafe_code)]

use segments_runtime::{Context, segment};

#[derive(Context)]
pub struct User {
    #[context(key)]
    pub id: String,
    pub beta: bool,
}

/// Somebody.
#[segment(rule(User::BETA.is(true)), member(User { id: "u".into(), beta: true }))]
pub struct Staff;

/// Nobody, on purpose.
#[segment(nobody())]
pub struct Ghosts;

/// Everybody.
#[segment(rule(everyone()))]
pub struct All;

/// A long list.
#[segment(big, of = User)]
pub struct Newsletter;

fn main() {
    assert!(Staff::contains(&User {
        id: "u".into(),
        beta: true
    }));
    assert!(!Ghosts::contains(()));
    assert!(All::contains(()));
    assert_eq!(Newsletter::KEY, "newsletter");
}
