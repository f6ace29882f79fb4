//! Mistakes about what variations carry, one file each: one clear error at the right token.
//!
//! `TRYBUILD=overwrite cargo test -p segments-ai-tests --test ui` writes the messages anew; read them as a user would
//! before you commit them.

#[test]
fn mistakes_are_one_clear_error_at_the_right_token() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*.rs");
}
