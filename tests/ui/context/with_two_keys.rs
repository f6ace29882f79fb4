#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    #[context(key)]
    id: String,
    #[context(key)]
    mail: String,
}

fn main() {}
