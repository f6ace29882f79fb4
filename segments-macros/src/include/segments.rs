//! A struct for each segment, with the output of `#[segment]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use segments_model::Code;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::Report;
use syn::token::Bracket;
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, Fields, Generics, Ident, ItemStruct, Lit, LitStr, Meta,
    MetaNameValue, Token, Visibility,
};

use super::arguments::Call;
use super::identifiers::type_name;
use super::names::{self, ALL, Names};
use super::table::{self, Table};
use super::written::Writer;
use crate::segment::{self, written::Written};

/// The structs, a placeholder for each segment that could not be read, and the list of all of them. Types
/// that Rust cannot express are reported.
pub(super) fn structs(
    call: &Call,
    report: &Report,
    names: &Names,
) -> (TokenStream, Vec<Diagnostic>) {
    let file = report.readable_part();
    let runtime = &call.runtime;
    let mut unsupported = Vec::new();
    let writer = Writer::new(call, file);
    let mut table = Table::new(call, &writer);
    let mut segments: Vec<Written> = Vec::new();
    let mut all: Vec<Ident> = Vec::new();
    for declared in &file.segments {
        let definition = &declared.definition;
        let key = definition.key.as_str();
        let name = type_name(key);
        if !names.has(&name, &names::segment(key)) {
            continue;
        }
        if table.takes(definition, &name) {
            all.push(name);
            continue;
        }
        let item = item(&name, definition.description.as_ref());
        segments.push(writer.segment(definition, &item).unwrap_or_else(|message| {
            let message = format!("segment `{key}`: {message}");
            let span = declared.span.clone();
            unsupported.push(Diagnostic::new(Code::INCLUDE_UNSUPPORTED, span, message));
            writer.stand_in(key, item)
        }));
        all.push(name);
    }
    for key in &file.unreadable {
        let name = type_name(key);
        if names.has(&name, &names::segment(key)) {
            segments.push(writer.stand_in(key, item(&name, None)));
            all.push(name);
        }
    }
    let items = segment::expand_checked(runtime, table.expand(), &segments);
    let list = Ident::new(ALL, Span::call_site());
    let count = all.len();
    let docs = format!(
        "The definitions of the segments of `{}`, in the order of the file.",
        report.source().path()
    );
    let definitions = all.iter();
    let definitions = definitions.map(|name| format!("<{name} as __Segment>::definition,"));
    let definitions = table::parse(&format!("[{}]", definitions.collect::<String>()));
    let list = quote! {
        #[doc = #docs]
        pub static #list: [fn() -> #runtime::Definition; #count] = {
            use #runtime::Segment as __Segment;
            #definitions
        };
    };
    (quote! { #items #list }, unsupported)
}

/// The struct that a segment, an AI Config or a flag stands on.
pub(super) fn item(name: &Ident, description: Option<&String>) -> ItemStruct {
    ItemStruct {
        attrs: description.map(|text| doc(text)).into_iter().collect(),
        vis: Visibility::Public(Token![pub](Span::call_site())),
        struct_token: Token![struct](Span::call_site()),
        ident: name.clone(),
        generics: Generics::default(),
        fields: Fields::Unit,
        semi_token: Some(Token![;](Span::call_site())),
    }
}

/// `#[doc = "..."]`.
fn doc(text: &str) -> Attribute {
    let span = Span::call_site();
    Attribute {
        pound_token: Token![#](span),
        style: AttrStyle::Outer,
        bracket_token: Bracket(span),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", span).into(),
            eq_token: Token![=](span),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: Lit::Str(LitStr::new(text, span)),
            }),
        }),
    }
}
