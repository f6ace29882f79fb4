//! The message about a clause may depend on the type of its attribute, which only rustc knows: so the
//! output has a message for each type, and rustc shows the one that fits.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::place::spanned;
use crate::runtime_path::RuntimePath;

/// An answer for each type that an attribute may have; the empty text where nothing is wrong.
#[derive(Clone, Default)]
pub(crate) struct Answers {
    pub(crate) bool: String,
    pub(crate) text: String,
    pub(crate) number: String,
    pub(crate) date: String,
    pub(crate) version: String,
    /// Of an enum.
    pub(crate) one_of: String,
    /// For an enum, around the variant whose name is a text: the text, and the words before and after.
    pub(crate) variant: Option<[String; 3]>,
}

/// A mistake whose message rustc chooses.
#[derive(Clone)]
pub(crate) struct ByType {
    /// The attribute, as it is printed in a constant.
    pub(crate) attribute: TokenStream,
    pub(crate) span: Span,
    pub(crate) answers: Answers,
    /// The probable intention, for a message about more than this clause.
    pub(crate) guess: Option<String>,
}

impl ByType {
    /// A constant that cannot be evaluated, for the reason that the type gives.
    pub(crate) fn tokens(&self, runtime: &RuntimePath) -> TokenStream {
        let private = runtime.private();
        let Answers {
            bool,
            text,
            number,
            date,
            version,
            one_of,
            variant,
        } = &self.answers;
        let [name, before, after] = variant.clone().unwrap_or_default();
        let (attribute, span) = (&self.attribute, self.span);
        let refuse = spanned(quote!(#private::answer), span);
        quote_spanned! {span=>
            const _: () = #refuse(
                &#attribute,
                [#bool, #text, #number, #date, #version, #one_of],
                [#name, #before, #after],
            );
        }
    }
}
