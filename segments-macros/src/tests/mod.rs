//! Properties of every expansion, for all tokens.

mod any_tokens;
mod carried;
mod formerly;
mod limits;
mod measured;
mod mutations;
mod snapshots;
mod spans;
#[cfg(feature = "toml")]
mod twins;

use proc_macro2::TokenStream;

use crate::echo::echo;
use crate::runtime_path::RuntimePath;

/// The tokens of a text.
fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the text is made of tokens")
}

/// How every expansion of these arguments starts.
fn start(arguments: &TokenStream) -> String {
    let echo = echo(arguments, &RuntimePath::default(), &TokenStream::new()).to_string();
    let open = echo.trim_end().strip_suffix("} ;");
    open.unwrap_or_else(|| panic!("the echo ends its constant: {echo}"))
        .trim_end()
        .to_owned()
}
