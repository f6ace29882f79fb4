//! What people type.

use segments_runtime::{AttributeValue, Attributes, Context, segment};

/// A person.
#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    /// Confirmed mail address.
    pub email: Option<String>,
    /// Days since the account was created.
    pub account_age: u32,
    pub plan: Plan,
    pub address: Address,
}

/// Where somebody lives.
#[derive(Attributes)]
pub struct Address {
    /// The town.
    pub city: String,
}

/// What they pay for.
#[derive(AttributeValue)]
pub enum Plan {
    Free,
    Pro,
}

/// Colleagues.
#[segment(
    key = "staff",
    name = "Staff",
    tags = ["internal"],
    include(User = ["user-1"]),
    rule(description = "by mail", User::EMAIL.ends_with("@company.com")),
    rule(User::ACCOUNT_AGE.gt(30), !User::PLAN.is(Plan::Free)),
    rule(User::ADDRESS.city.is("Berlin")),
)]
pub struct Staff;

/// People who try things first.
#[segment(
    rule(member_of!(Staff), User::ACCOUNT_AGE.gt(300)),
    rule(percent = 25, by = User::ID, User::PLAN.is(Plan::Pro)),
)]
pub struct Testers;
