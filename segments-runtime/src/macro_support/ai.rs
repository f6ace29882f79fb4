//! The output of `#[ai_config]` for the feature `ai`, which the macro does not know about.

/// Expands to everything after the first word.
#[cfg(feature = "ai")]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_with_ai {
    ($used:ident $($tokens:tt)*) => { $($tokens)* };
}

/// Expands to nothing, or to an error if the feature is required.
#[cfg(not(feature = "ai"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_with_ai {
    (unused $($tokens:tt)*) => {};
    (used $($tokens:tt)*) => {
        ::core::compile_error!(
            "these arguments need the feature `ai` of segments-runtime; write `features = [\"ai\"]` in Cargo.toml"
        );
    };
}
