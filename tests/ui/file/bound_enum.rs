//! The file names values that are no variants, and compares an enum with an operator of texts.
use segments_runtime::{AttributeValue, Context};

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    pub plan: Plan,
    pub roles: Vec<Role>,
    pub region: Region,
}

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    Pro,
}

#[derive(AttributeValue)]
pub enum Role {
    Admin,
}

#[derive(AttributeValue)]
pub enum Region {
    Eu,
    Us,
}

segments_runtime::include_segments!("toml/bound-enum.toml", user = crate::User);

fn main() {}
