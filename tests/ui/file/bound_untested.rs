//! What no segment tests is held against the struct, too.
use segments_runtime::{Attributes, Context};

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    pub age: String,
    pub groups: Vec<String>,
    pub address: Address,
    pub legacy: bool,
}

#[derive(Attributes)]
pub struct Address {
    pub city: u32,
    pub zip: String,
}

segments_runtime::include_segments!("toml/bound-untested.toml", user = crate::User);

fn main() {}
