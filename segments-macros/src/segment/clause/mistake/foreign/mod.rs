//! Clauses in the words of other languages: `X == 3`, `X not in [..]`, `A or B`, `X.len() > 3`.
//!
//! These forms are only parsed to say what to write: the message contains the author's own attribute and
//! values.

mod about;
mod call;
mod chained;
mod closure;
mod comparison;
mod infix;
mod joined;
mod led;
mod object;
mod operands;
mod placeholder;
mod reversed;
mod subject;
mod word;

use proc_macro2::{TokenStream, TokenTree};

use crate::mistake::Mistake;
pub(super) use about::about;
pub(crate) use call::types_of_keys;
pub(super) use call::{call, macro_call, method};
pub(super) use chained::chained;
pub(super) use comparison::{by_type, comparison, value_is_attribute};
pub(super) use led::corrected;
pub(crate) use object::of_pieces;
pub(super) use operands::{alternatives_of, of_values};
pub(crate) use placeholder::alone as placeholder;

/// Tokens that are more than one expression, or none: words between clauses, and between an attribute and values.
pub(super) fn tokens(tokens: &TokenStream, negate: bool) -> Option<Mistake> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    closure::arrow(&tokens)
        .or_else(|| closure::in_other_signs(&tokens, negate))
        .or_else(|| call::of_module(&tokens, negate))
        .or_else(|| object::object(&tokens))
        .or_else(|| joined::joined(&tokens, negate))
        .or_else(|| led::led(&tokens, negate))
        .or_else(|| infix::infix(&tokens, negate))
        .or_else(|| reversed::reversed(&tokens, negate))
        .or_else(|| infix::optional_chaining(&tokens, negate))
        .or_else(|| placeholder::placeholder(&tokens))
}
