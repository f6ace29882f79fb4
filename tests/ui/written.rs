//! All cases with what their messages say to write, as one program, which has to compile. `build.rs` writes it.
// Warnings are told of some, which still match what their authors meant.
#![allow(dead_code, deprecated, unused_imports, clippy::all)]

mod contexts;

include!(concat!(env!("OUT_DIR"), "/written.rs"));

fn main() {}
