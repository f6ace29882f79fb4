#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "multi")]
struct User {
    #[context(key)]
    id: String,
}

fn main() {}
