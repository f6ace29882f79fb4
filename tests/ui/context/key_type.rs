#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User {
    #[context(key)]
    id: f64,
}

fn main() {}
