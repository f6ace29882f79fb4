//! `#[partition(of = User)]`: parse → check → expand.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use segments_model::or_list;
use syn::spanned::Spanned;
use syn::{Attribute, Fields, ItemEnum, Path, Type, Variant};

use crate::errors::Errors;
use crate::meta::{argument, source, split};
use crate::runtime_path::RuntimePath;

/// What a partition looks like.
const FORM: &str = "enum Tier { Free(FreeUsers), #[otherwise] Other }";

/// Expands the attribute.
pub(crate) fn partition(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (of, runtime) = read(arguments, &mut errors);
    let output = match syn::parse2::<ItemEnum>(item.clone()) {
        Ok(item) => expand(item, of.as_ref(), &runtime, &mut errors),
        Err(_) => {
            let name = syn::parse2::<syn::Item>(item.clone()).ok();
            let span = name.as_ref().map_or_else(|| item.span(), name_of);
            errors.at(span, format!("a partition is an enum; write `{FORM}`"));
            item
        }
    };
    let errors = errors.into_tokens(&runtime);
    quote! { #output #errors }
}

fn name_of(item: &syn::Item) -> proc_macro2::Span {
    match item {
        syn::Item::Struct(item) => item.ident.span(),
        syn::Item::Fn(item) => item.sig.ident.span(),
        other => other.span(),
    }
}

/// Reads `of = User` and `crate = path`.
fn read(arguments: TokenStream, errors: &mut Errors) -> (Option<Path>, RuntimePath) {
    const KEYS: [&str; 2] = ["of", "crate"];
    let (mut of, mut runtime, mut is_said) = (None, RuntimePath::Default, false);
    let span = arguments.span();
    for piece in split(arguments) {
        let found = argument(&piece).filter(|it| KEYS.iter().any(|key| it.name == key));
        let Some(argument) = found else {
            let name = argument(&piece).map_or_else(|| piece.to_string(), |it| it.name.to_string());
            let advice = or_list(&name, KEYS);
            errors.on(
                &piece,
                format!("`{name}` is not a key of `partition`{advice}"),
            );
            is_said = true;
            continue;
        };
        if argument.name == "of" {
            is_said = true;
            if of.is_some() {
                errors.on(&piece, "`of` is written twice; remove the second");
                continue;
            }
            of = argument.value("User", errors);
        } else {
            runtime = RuntimePath::read(&argument, errors);
        }
    }
    if of.is_none() && !is_said {
        errors.at(
            span,
            "`of` is missing; write `of = User` with the type of the contexts",
        );
    }
    (of, runtime)
}

/// A part: the variant without its segment, and the segment. None is for everybody else.
struct Part {
    variant: Variant,
    segment: Option<Path>,
}

fn expand(
    mut item: ItemEnum,
    of: Option<&Path>,
    runtime: &RuntimePath,
    errors: &mut Errors,
) -> TokenStream {
    let before = errors.len();
    if !item.generics.params.is_empty() {
        errors.on(
            &item.generics,
            "a partition has no generic parameters; leave them out",
        );
        item.generics = syn::Generics::default();
    }
    let variants = std::mem::take(&mut item.variants).into_iter();
    let parts: Vec<Part> = variants
        .filter_map(|variant| part(variant, errors))
        .collect();
    let others = parts.iter().filter(|part| part.segment.is_none());
    for second in others.clone().skip(1) {
        let message =
            "a partition has only one part for everybody else; remove this `#[otherwise]`";
        errors.on(&second.variant.ident, message);
    }
    let mut known: BTreeMap<String, &Part> = BTreeMap::new();
    for part in &parts {
        let Some(segment) = &part.segment else {
            continue;
        };
        if let Some(first) = known.insert(source(segment), part) {
            let message = format!(
                "`{}` is already the segment of `{}`; give each part a different segment",
                source(segment),
                first.variant.ident
            );
            errors.on(segment, message);
        }
    }
    if known.is_empty() && errors.len() == before {
        errors.on(
            &item.ident,
            format!("this partition has no part; write `{FORM}`"),
        );
    }
    let is_whole = errors.len() == before && of.is_some() && !runtime.is_missing();
    item.variants = parts.iter().map(|part| part.variant.clone()).collect();
    if !item
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("derive"))
    {
        item.attrs
            .push(syn::parse_quote!(#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]));
    }
    let Some(of) = of.filter(|_| is_whole) else {
        // What asks for a part compiles, and the mistake is the only error.
        let answers = of.filter(|_| !item.variants.is_empty()).map(|of| {
            let ident = &item.ident;
            quote! { impl #ident { #[allow(missing_docs, unused)] pub fn of(_: &#of) -> Self { loop {} } } }
        });
        return quote! { #item #answers };
    };
    let made = made(&item, of, &parts, runtime);
    quote! { #item #made }
}

/// Reads a variant.
fn part(mut variant: Variant, errors: &mut Errors) -> Option<Part> {
    let is_otherwise = |attribute: &Attribute| attribute.path().is_ident("otherwise");
    let marks: Vec<Attribute> = variant
        .attrs
        .iter()
        .filter(|it| is_otherwise(it))
        .cloned()
        .collect();
    variant.attrs.retain(|attribute| !is_otherwise(attribute));
    let name = variant.ident.clone();
    for mark in &marks {
        if !matches!(mark.meta, syn::Meta::Path(_)) {
            errors.on(mark, "`otherwise` takes no arguments; write `#[otherwise]`");
        }
    }
    let fields = std::mem::replace(&mut variant.fields, Fields::Unit);
    let segment = match (&fields, marks.is_empty()) {
        (Fields::Unit, false) => None,
        (Fields::Unit, true) => {
            let message = format!(
                "`{name}` has no segment; write `{name}(SomeSegment)`, or `#[otherwise]` before it for everybody else"
            );
            errors.on(&name, message);
            return None;
        }
        (fields, false) => {
            let message = format!(
                "`{name}` is for everybody else and takes no segment; write `#[otherwise] {name}`"
            );
            errors.on(fields, message);
            return None;
        }
        (Fields::Unnamed(fields), true) if fields.unnamed.len() == 1 => {
            match fields.unnamed.first().map(|field| &field.ty) {
                Some(Type::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
                other => {
                    let message =
                        format!("this is not the type of a segment; write `{name}(SomeSegment)`");
                    errors.on(other, message);
                    return None;
                }
            }
        }
        (fields, true) => {
            let message = format!(
                "a part has exactly one segment; write `{name}(SomeSegment)`, and combine several segments in one"
            );
            errors.on(fields, message);
            return None;
        }
    };
    Some(Part { variant, segment })
}

fn made(item: &ItemEnum, of: &Path, parts: &[Part], runtime: &RuntimePath) -> TokenStream {
    let (ident, private) = (&item.ident, runtime.private());
    let answer = answer(of, parts, runtime);
    let segments: Vec<&Path> = parts
        .iter()
        .filter_map(|part| part.segment.as_ref())
        .collect();
    let keys = segments.iter().map(|segment| {
        quote_spanned! {segment.span()=>
            __segments::Expression::segment(<#segment as __segments::Segment>::KEY.as_str())
        }
    });
    let otherwise = segments.len() < parts.len();
    let path = format!("::{ident}");
    quote! {
        #[automatically_derived]
        impl #ident {
            #answer
        }
        const _: () = {
            use #private as __segments;
            __segments::inventory::submit! {
                __segments::AssertionDeclaration(|| (
                    __segments::Assertion::Partition {
                        kind: <#of as __segments::Context>::KIND,
                        always: __segments::always::<#of>(),
                        parts: __segments::std::vec![#(#keys),*],
                        otherwise: #otherwise,
                    },
                    __segments::RegisteredAt {
                        file: __segments::core::file!(),
                        line: __segments::core::line!(),
                        path: __segments::core::concat!(__segments::core::module_path!(), #path),
                        allowed: &[],
                    },
                ))
            }
        };
    }
}

/// The function that tells the part of a context. It asks one segment after the other; of a partition that is
/// complete the last need not be asked, for whoever is in no other part is in it.
fn answer(of: &Path, parts: &[Part], runtime: &RuntimePath) -> TokenStream {
    let private = runtime.private();
    let mut asked: Vec<(&Variant, &Path)> = Vec::new();
    let mut other = None;
    for part in parts {
        match &part.segment {
            Some(segment) => asked.push((&part.variant, segment)),
            None => other = Some(&part.variant.ident),
        }
    }
    let last = match (other, asked.last()) {
        (Some(other), _) => quote!(Self::#other),
        (None, Some((variant, segment))) => {
            let variant = &variant.ident;
            let check = quote_spanned! {segment.span()=>
                #private::core::debug_assert!(#segment::contains(context), "this partition is not complete");
            };
            asked.pop();
            quote!(#check Self::#variant)
        }
        (None, None) => TokenStream::new(),
    };
    let asks = asked.iter().map(|(variant, segment)| {
        let variant = &variant.ident;
        quote_spanned! {segment.span()=>
            if #segment::contains(context) {
                return Self::#variant;
            }
        }
    });
    quote! {
        /// Returns the part that contains a context, without a network.
        #[inline]
        #[must_use]
        pub fn of(context: &#of) -> Self {
            #(#asks)*
            #last
        }
    }
}

/// A partition that a file declares, whose parts were proved when the file was read.
#[cfg(feature = "toml")]
pub(crate) fn of_file(
    item: &ItemEnum,
    of: &Path,
    segments: Vec<Option<Path>>,
    runtime: &RuntimePath,
) -> TokenStream {
    let ident = &item.ident;
    let parts: Vec<Part> = item
        .variants
        .iter()
        .cloned()
        .zip(segments)
        .map(|(variant, segment)| Part { variant, segment })
        .collect();
    let answer = answer(of, &parts, runtime);
    quote! {
        #item
        #[automatically_derived]
        impl #ident {
            #answer
        }
    }
}
