#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User (String);

fn main() {}
