//! The output of `#[ai_config]` and `#[derive(Metric)]` for the feature `ai`, which the macros do not know about.

#[cfg(feature = "ai")]
use segments_ai::{AiClient, Config, Declared, EventClient, Variables};

#[cfg(feature = "ai")]
use crate::Context;
#[cfg(feature = "ai")]
use crate::context::contexts::Contexts;
#[cfg(feature = "ai")]
use crate::measured::HasUnit;

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

/// Returns the AI Config that the contexts are served.
#[cfg(feature = "ai")]
pub fn ai_config<C: Declared, X: Contexts>(
    client: &AiClient,
    contexts: X,
    variables: &dyn Variables,
) -> Config<C> {
    match crate::sdk::context(contexts) {
        Ok(context) => client.config(context, variables),
        Err(error) => client.fallback(error.to_string(), variables),
    }
}

/// Tracks an event of a metric that is counted by `K`. Events that cannot be counted are logged: an event
/// without the context that it is counted by, contexts that the SDK does not accept, and a value that
/// JSON has no number for.
#[cfg(feature = "ai")]
pub fn track<K: Context, At>(
    client: &impl EventClient,
    event: &'static str,
    contexts: impl HasUnit<K, At>,
    value: Option<f64>,
) {
    if contexts.context().is_none() {
        let kind = K::KIND;
        return segments_ai::untracked(event, &format_args!("the call has no `{kind}`"));
    }
    if let Some(value) = value.filter(|value| !value.is_finite()) {
        return segments_ai::untracked(event, &format_args!("{value} is not a finite number"));
    }
    match crate::sdk::context(contexts) {
        Ok(context) => client.track_event(event, context, value),
        Err(error) => segments_ai::untracked(event, &error),
    }
}
