//! The users of the service, and the audiences that it serves differently.

use segments_runtime::{Context, segment};

/// A signed-in user.
#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub struct User {
    /// The account's number.
    #[context(key)]
    pub id: String,
    /// Confirmed mail address. SDKs keep it out of what they send to LaunchDarkly.
    #[context(private)]
    pub email: Option<String>,
    /// Days since the account was created.
    pub account_age: u32,
}

/// Colleagues, and early customers: they see the new dashboard first.
#[segment(
    tags = ["dashboard"],
    rule(description = "colleagues", User::EMAIL.ends_with("@company.com")),
    rule(description = "first hour", User::ACCOUNT_AGE.gt(1000)),
)]
pub struct DashboardPreview;
