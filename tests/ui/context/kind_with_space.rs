#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "power user")]
struct User {
    #[context(key)]
    id: String,
}

fn main() {}
