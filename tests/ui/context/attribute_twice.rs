#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    #[context(key)]
    id: String,
    mail: String,
    #[context(name = "mail")]
    address: String,
}

fn main() {}
