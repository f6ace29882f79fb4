//! Any request of somebody who may do everything.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/emulator/harness.rs"]
mod harness;

fuzz_target!(|bytes: &[u8]| harness::request(bytes));
