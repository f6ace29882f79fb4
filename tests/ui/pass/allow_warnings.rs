#![deny(warnings)]

use segments_runtime::{Context, segment};

#[derive(Context)]
pub struct User {
    #[context(key)]
    pub id: String,
    pub email: String,
}

#[segment(
    key = "Staff_Members",
    tags = ["a", "a"],
    rule(User::EMAIL.matches("x")),
    allow(style_key, style_description, tag_duplicate, pattern_literal),
)]
pub struct Staff;

fn main() {
    assert_eq!(Staff::KEY, "Staff_Members");
}
