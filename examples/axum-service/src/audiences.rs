//! Whom the service knows, and which audiences it serves differently.

use segments_runtime::{Context, segment};

/// Somebody who is signed in.
#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub struct User {
    /// The account's number.
    #[context(key)]
    pub id: String,
    /// Confirmed mail address. SDKs keep it out of what they send to LaunchDarkly.
    #[context(private)]
    pub email: Option<String>,
    /// Days since the account was made.
    pub account_age: u32,
}

/// Colleagues, and customers of the first hour: they see the new dashboard first.
#[segment(
    tags = ["dashboard"],
    rule(description = "colleagues", User::EMAIL.ends_with("@company.com")),
    rule(description = "first hour", User::ACCOUNT_AGE.gt(1000)),
)]
pub struct DashboardPreview;
