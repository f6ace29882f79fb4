//! What a hostile service, proxy or file tries, and that nothing comes of it. `SECURITY.md` names
//! these tests.

mod answers;
mod file;
mod numbers;
mod service;
#[path = "../support/mod.rs"]
mod support;
