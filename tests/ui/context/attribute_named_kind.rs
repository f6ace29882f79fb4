#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    #[context(key)]
    id: String,
    kind: String,
}

fn main() {}
