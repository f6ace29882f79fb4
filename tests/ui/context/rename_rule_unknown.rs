#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
#[context(rename_all = "camel")]
struct User {
    #[context(key)]
    id: String,
}

fn main() {}
