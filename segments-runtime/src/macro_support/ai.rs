//! What `#[ai_config]` prints for the feature `ai`, which the macro cannot know of.

/// Prints what follows the first word.
#[cfg(feature = "ai")]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_with_ai {
    ($used:ident $($tokens:tt)*) => { $($tokens)* };
}

/// Prints nothing; an error if somebody asked for it.
#[cfg(not(feature = "ai"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_with_ai {
    (unused $($tokens:tt)*) => {};
    (used $($tokens:tt)*) => {
        ::core::compile_error!(
            "what variations carry needs the feature `ai` of segments-runtime; write `features = [\"ai\"]` in Cargo.toml"
        );
    };
}
