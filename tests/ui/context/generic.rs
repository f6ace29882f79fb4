#![allow(dead_code)]

use segments_runtime::Context;

#[derive(Context)]
struct User<T> {
    #[context(key)]
    id: T,
}

fn main() {}
