#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    id: String,
}

fn main() {}
