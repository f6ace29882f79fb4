//! The size of tests.

/// Returns whether tests of chance, of load and of size run at their full size, as `.ci/thorough` runs them.
pub(crate) fn is_thorough() -> bool {
    std::env::var_os("SEGMENTS_THOROUGH").is_some()
}
