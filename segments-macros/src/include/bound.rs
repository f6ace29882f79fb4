//! Kinds that are bound to structs of the application: each attribute that the file declares is compared
//! with the struct, whether a segment tests it or not.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use segments_model::diagnostic::{Diagnostic, inside_compile_error};
use segments_model::file::{Arity, AttributeSchema, Report, SegmentsFile};
use segments_model::{AttributeRef, AttributeType, Code, ContextKind, Operator, Value};
use syn::Path;

use super::arguments::Call;
use super::identifiers::field_name;
use super::mentioned::clauses;

/// A constant for each attribute, which compiles if the struct has it.
pub(super) fn assertions(call: &Call, report: &Report) -> TokenStream {
    let mut items = TokenStream::new();
    let file = report.readable_part();
    let mut texts = None;
    for (kind, schema) in &file.contexts {
        let Some(path) = call.bound(kind.as_str()) else {
            continue;
        };
        let texts = texts.get_or_insert_with(|| self::texts(file));
        for (reference, attribute) in &schema.attributes {
            let texts = texts.get(&(kind, reference));
            items.extend(assertion(
                call,
                report,
                (kind, path),
                (reference, attribute),
                texts.into_iter().flatten(),
            ));
        }
    }
    items
}

type Texts<'f> = BTreeMap<(&'f ContextKind, &'f AttributeRef), BTreeSet<&'f str>>;

/// The whole texts that attributes are compared with, and those that they are declared to have: the
/// names of variants, if the struct has an enum there.
fn texts(file: &SegmentsFile) -> Texts<'_> {
    let mut texts = Texts::new();
    for (kind, schema) in &file.contexts {
        for (reference, attribute) in &schema.attributes {
            let declared = attribute.one_of.iter().flatten();
            let texts = texts.entry((kind, reference)).or_default();
            texts.extend(declared.filter_map(Value::as_str));
        }
    }
    for clause in clauses(file).filter(|clause| clause.operator == Operator::In) {
        let compared = clause.values.iter().filter_map(Value::as_str);
        let texts = texts.entry((&clause.kind, &clause.attribute)).or_default();
        texts.extend(compared);
    }
    texts
}

fn assertion<'t>(
    call: &Call,
    report: &Report,
    (kind, path): (&ContextKind, &Path),
    (reference, attribute): (&AttributeRef, &AttributeSchema),
    texts: impl Iterator<Item = &'t &'t str>,
) -> TokenStream {
    let private = call.runtime.private();
    let way = constant(call, kind, path, reference);
    let attribute_type = match attribute.attribute_type {
        AttributeType::Bool => quote!(Bool),
        AttributeType::String => quote!(String),
        AttributeType::Number => quote!(Number),
        AttributeType::Date => quote!(Date),
        AttributeType::Version => quote!(Version),
        // Whatever the struct has is right.
        AttributeType::Any => return quote!(const _: () = { let _ = &#way; };),
    };
    let rust = path.to_token_stream().to_string().replace(' ', "");
    let drawn = |message: String| {
        let found = Diagnostic::new(Code::INCLUDE_UNSUPPORTED, attribute.span.clone(), message);
        inside_compile_error(&found, report.source())
    };
    let other_type = drawn(format!(
        "attribute `{reference}` of `{kind}` is a {} in the file, but has another type in `{rust}`; make them the same",
        attribute.attribute_type
    ));
    let (here, there) = match attribute.arity {
        Arity::Many => ("many values", "one"),
        Arity::One | Arity::Unknown => ("one value", "many"),
    };
    let other_number = drawn(format!(
        "attribute `{reference}` of `{kind}` holds {here} in the file, but {there} in `{rust}`; make them the same"
    ));
    let texts = texts.map(|text| {
        let no_variant = drawn(format!(
            "attribute `{reference}` of `{kind}` may be `{text}` in the file, but is an enum without a variant of that name in `{rust}`; make them the same"
        ));
        quote!((#text, #no_variant))
    });
    let many = match attribute.arity {
        Arity::One => quote!(#private::Some(false)),
        Arity::Many => quote!(#private::Some(true)),
        Arity::Unknown => quote!(#private::None),
    };
    quote! {
        const _: () = #private::declared(
            &#way, #private::AttributeType::#attribute_type, #many, [#other_type, #other_number], &[#(#texts),*],
        );
    }
}

/// The constant of an attribute, as it is written in constants.
fn constant(call: &Call, kind: &ContextKind, path: &Path, reference: &AttributeRef) -> TokenStream {
    let mut names = reference.path();
    let first = names.next().unwrap_or_default();
    let constant = call.constant(kind.as_str(), &first);
    let fields = names.map(|name| field_name(&name));
    quote!(#path::#constant #(.__names().#fields)*)
}
