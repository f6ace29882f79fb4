//! Examples become tests beside the segment.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Output;
use crate::case::Case;
use crate::meta::source;
use crate::segment::written::Example;

impl Output<'_> {
    pub(super) fn examples(&self) -> TokenStream {
        self.written
            .examples
            .iter()
            .enumerate()
            .map(|(index, example)| self.example(index, example))
            .collect()
    }

    fn example(
        &self,
        index: usize,
        Example {
            member,
            contexts,
            span,
        }: &Example,
    ) -> TokenStream {
        let Self { item, written, .. } = self;
        // The tests stand outside of the constant that imports the runtime under a short name.
        let private = written.runtime.private();
        let ident = &item.ident;
        let word = if *member { "member" } else { "not_member" };
        let test = format_ident!(
            "{}_{word}_{}",
            Case::Snake.apply(&ident.to_string()),
            index + 1,
            span = Span::call_site()
        );
        let message = format!(
            "`{word}({})` is wrong",
            contexts.iter().map(source).collect::<Vec<_>>().join(", ")
        );
        let contexts = match &contexts[..] {
            [one] => quote!(&#one),
            several => quote!((#(&#several),*)),
        };
        quote_spanned! {*span=>
            #[cfg(test)]
            #[#private::core::prelude::v1::test]
            fn #test() {
                let explanation = #ident::explain(#contexts);
                #private::core::assert!(
                    explanation.membership.known() == #private::core::option::Option::Some(#member),
                    "{}\n{}", #message, explanation,
                );
            }
        }
    }
}
