use segments_runtime::{Attributes, Context};

#[derive(Context)]
struct User {
    #[context(key, formerly = "uid")]
    id: String,
    #[context(formerly = "plan")]
    tier: String,
    #[context(formerly = "tier")]
    plan: String,
    #[context(formerly = "seats")]
    seats: u32,
    #[context(formerly = "kind")]
    sort: String,
    #[context(formerly)]
    mail: String,
    #[context(formerly = "anonymous")]
    hidden: String,
}

#[derive(Attributes)]
struct Address {
    #[attributes(formerly = "")]
    city: String,
}

fn main() {}
