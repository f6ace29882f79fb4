//! Any bytes, answered as `service.rs` says.
#![no_main]

#[path = "../service.rs"]
mod service;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| service::answers(bytes));
