//! What does not compile of tracking and of configurations. The mistakes of declarations are among `tests/ui`.
//!
//! `SEGMENTS_THOROUGH=1 TRYBUILD=overwrite cargo test -p segments-ai-tests --test ui` writes the messages anew; read them as a user
//! would before you commit them.

/// Only where everything is run: the cases are built with the official SDK, once more for themselves.
#[test]
fn what_would_be_counted_wrongly_does_not_compile() {
    if std::env::var_os("SEGMENTS_THOROUGH").is_none() {
        println!("not run: compile errors of tracking, which `SEGMENTS_THOROUGH=1` runs");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
