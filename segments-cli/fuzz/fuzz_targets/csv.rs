//! Any bytes, read as `segments_cli::fuzzing` says.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| segments_cli::fuzzing::csv(bytes));
