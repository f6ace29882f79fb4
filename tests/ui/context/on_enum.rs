#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
enum User {
    A,
}

fn main() {}
