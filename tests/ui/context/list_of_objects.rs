use segments_runtime::{Attributes, Context};

#[derive(Attributes)]
pub struct Address {
    city: String,
}

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    id: String,
    addresses: Vec<Address>,
}

fn main() {}
