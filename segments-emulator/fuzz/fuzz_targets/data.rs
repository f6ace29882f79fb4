//! Any bytes as a file of data.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/emulator/harness.rs"]
mod harness;

fuzz_target!(|bytes: &[u8]| harness::data(bytes));
