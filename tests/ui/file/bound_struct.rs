//! The struct lacks an attribute that the file tests, and has another with another type.
use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    pub age: String,
}

segments_runtime::include_segments!("toml/bound.toml", user = crate::User);

fn main() {}
