#![no_implicit_prelude]

use ::segments_runtime::{AttributeValue, Attributes, Context, segment};

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    Pro,
}

#[derive(Attributes)]
pub struct Address {
    pub city: ::std::string::String,
}

#[derive(Context)]
pub struct User {
    #[context(key)]
    pub id: ::std::string::String,
    pub plan: Plan,
    pub address: ::std::option::Option<Address>,
}

/// Somebody.
#[segment(
    description = "Somebody",
    tags = ["a"],
    allow(split_kind_optional),
    include(User = ["u-1"]),
    exclude(User = ["u-2"]),
    rule(User::PLAN.is(Plan::Pro), !User::ADDRESS.city.is("Berlin")),
    rule(percent = 12.5, by = User::ID, member_of!(Others)),
)]
pub struct Staff;

/// Others.
#[segment(rule(everyone()))]
pub struct Others;

fn main() {
    let user = User {
        id: ::std::convert::From::from("u-1"),
        plan: Plan::Free,
        address: ::std::option::Option::None,
    };
    ::std::assert!(Staff::membership(&user).known() == ::std::option::Option::Some(true));
}
