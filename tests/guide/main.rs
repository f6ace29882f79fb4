//! The guide says what is so: its code is read, its tables are those of the model, its links lead
//! somewhere, and what it names exists.

mod architecture;
mod code;
mod commands;
mod diagnostics;
mod links;
mod metadata;
mod named;
mod page;
mod patterns;
mod recipes;
mod weight;
mod workflows;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}
