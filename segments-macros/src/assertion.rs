//! The registration by `assert_disjoint!` and similar macros: expressions over segments as values of the
//! model.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Token, UnOp, bracketed};

use crate::errors::Errors;
use crate::meta::source;
use crate::runtime_path::RuntimePath;

/// The claim, the runtime's path in brackets, and what is claimed of.
struct Written {
    claim: Ident,
    runtime: RuntimePath,
    whole: Option<Expr>,
    parts: Punctuated<Expr, Token![,]>,
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let claim: Ident = input.parse()?;
        let inner;
        bracketed!(inner in input);
        let runtime = RuntimePath::Given(syn::Path::parse_mod_style(&inner)?);
        let whole = if claim == "covers" {
            let whole = input.parse().map_err(|_| shape(&claim, input))?;
            input
                .parse::<Token![;]>()
                .map_err(|_| shape(&claim, input))?;
            Some(whole)
        } else {
            None
        };
        let parts = Punctuated::parse_terminated(input)?;
        Ok(Self {
            claim,
            runtime,
            whole,
            parts,
        })
    }
}

/// What to write.
fn form(claim: &Ident) -> &'static str {
    match &claim.to_string()[..] {
        "disjoint" => "assert_disjoint!(Free, Paid)",
        "subset" => "assert_subset!(Smaller, Larger)",
        "covers" => "assert_covers!(All; Free, Paid)",
        "equal" => "assert_equal!(Free, !Paid)",
        _ => "assert_nobody!(Free & Paid)",
    }
}

fn shape(claim: &Ident, input: ParseStream<'_>) -> syn::Error {
    let form = form(claim);
    input.error(format!(
        "this assertion does not have the form `{form}`; write the types of segments"
    ))
}

/// Expands an assertion.
pub(crate) fn assertion(input: TokenStream) -> TokenStream {
    let written: Written = match syn::parse2(input) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let (claim, runtime) = (&written.claim, &written.runtime);
    let (least, most) = match &claim.to_string()[..] {
        "disjoint" | "equal" => (2, usize::MAX),
        "subset" => (2, 2),
        "covers" => (1, usize::MAX),
        _ => (1, 1),
    };
    if !(least..=most).contains(&written.parts.len()) {
        let problem = match (least, most) {
            (1, 1) => "takes one audience",
            (2, 2) => "takes two audiences",
            (2, _) => "compares two audiences or more",
            _ => "takes an audience, `;`, and the audiences that cover it",
        };
        let form = form(claim);
        let place = written
            .parts
            .last()
            .map_or_else(Span::call_site, Spanned::span);
        errors.at(
            place,
            format!("`assert_{claim}!` {problem}; write `{form}`"),
        );
    }
    let parts: Vec<TokenStream> = written
        .parts
        .iter()
        .map(|part| expression(part, &mut errors))
        .collect();
    let whole = written.whole.as_ref();
    let whole = whole.map(|whole| expression(whole, &mut errors));
    if errors.len() > 0 {
        return errors.into_tokens(&RuntimePath::Default);
    }
    let assertion = match (&claim.to_string()[..], &parts[..]) {
        ("disjoint", parts) => quote!(Disjoint(__segments::std::vec![#(#parts),*])),
        ("equal", parts) => quote!(Equal(__segments::std::vec![#(#parts),*])),
        ("covers", parts) => quote!(Covers(#whole, __segments::std::vec![#(#parts),*])),
        ("subset", [inner, outer]) => quote!(Subset(#inner, #outer)),
        (_, parts) => quote!(Nobody(#(#parts)*)),
    };
    let said: Vec<String> = written.parts.iter().map(source).collect();
    let of = written
        .whole
        .as_ref()
        .map(|whole| format!("{}; ", source(whole)));
    let said = format!(
        "::assert_{claim}!({}{})",
        of.unwrap_or_default(),
        said.join(", ")
    );
    let private = runtime.private();
    quote! {
        const _: () = {
            use #private as __segments;
            __segments::inventory::submit! {
                __segments::AssertionDeclaration(|| (
                    __segments::Assertion::#assertion,
                    __segments::RegisteredAt {
                        file: __segments::core::file!(),
                        line: __segments::core::line!(),
                        path: __segments::core::concat!(__segments::core::module_path!(), #said),
                        allowed: &[],
                    },
                ))
            }
        };
    }
}

fn expression(written: &Expr, errors: &mut Errors) -> TokenStream {
    match written {
        Expr::Path(path) if path.qself.is_none() => {
            quote_spanned! {path.span()=>
                __segments::Expression::segment(<#path as __segments::Segment>::KEY.as_str())
            }
        }
        Expr::Paren(inner) => expression(&inner.expr, errors),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = expression(&unary.expr, errors);
            quote!(!(#inner))
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::BitAnd(_) | BinOp::BitOr(_)) => {
            let (left, right) = (
                expression(&binary.left, errors),
                expression(&binary.right, errors),
            );
            let sign = &binary.op;
            quote!((#left) #sign (#right))
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
            let sign = if matches!(binary.op, BinOp::And(_)) {
                "&"
            } else {
                "|"
            };
            errors.on(
                binary.op,
                format!("audiences are combined with a single symbol; write `{sign}`"),
            );
            TokenStream::new()
        }
        other => {
            errors.on(
                other,
                "this is not an audience; write types of segments with `&`, `|` and `!`",
            );
            TokenStream::new()
        }
    }
}
