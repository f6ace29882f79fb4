//! What the README shows of the compiler.

use segments_runtime::{Context, segment};

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    pub email: Option<String>,
    pub version: semver::Version,
}

/// Employees on a current version.
#[segment(
    tags = ["internal users"],
    rule(!User::EMAIL.matches("(?!admin)@company.com")),
    rule(!User::VERSION.gt("v2.0.0")),
)]
pub struct SettledStaff;

fn main() {}
