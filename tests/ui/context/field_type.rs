#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    #[context(key)]
    id: String,
    created: std::time::Duration,
}

fn main() {}
