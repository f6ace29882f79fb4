// `all()` is what is tried.
#![allow(clippy::non_minimal_cfg)]
#![deny(warnings)]

use segments_runtime::{Context, segment};

#[derive(Context)]
pub struct User {
    #[context(key)]
    pub id: String,
    pub beta: bool,
    #[cfg(any())]
    pub gone: Missing,
}

/// Somebody.
#[cfg(any())]
#[segment(rule(User::GONE.is(true)))]
pub struct Gone;

/// Somebody.
#[segment(rule(User::BETA.is(true)))]
#[cfg(all())]
pub struct Staff;

fn main() {
    assert!(Staff::contains(&User {
        id: "u".into(),
        beta: true
    }));
}
