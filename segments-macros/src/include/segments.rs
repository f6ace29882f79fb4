//! A struct for each segment, with `#[segment]` on it.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::{Report, SegmentsFile};
use segments_model::{
    AttributeRef, AttributeType, Audience, Clause, Code, ContextKind, Definition, InEnvironment,
    Operator, Rule, Targets, Value,
};
use syn::Ident;

use super::arguments::Call;
use super::contexts::path;
use super::names::{self, ALL, Names, field_name, type_name};
use crate::segment;

/// The structs, a stand-in for each segment that could not be read, and the list of them all. What
/// Rust cannot say is told apart.
pub(super) fn structs(
    call: &Call,
    report: &Report,
    names: &Names,
) -> (TokenStream, Vec<Diagnostic>) {
    let file = report.readable_part();
    let runtime = &call.runtime;
    let mut unsupported = Vec::new();
    // Arguments and item of each.
    let mut segments = Vec::new();
    let mut all: Vec<Ident> = Vec::new();
    for declared in &file.segments {
        let key = declared.definition.key.as_str();
        let name = type_name(key);
        if !names.has(&name, &names::segment(key)) {
            continue;
        }
        let arguments = match (Writer { call, file }).segment(&declared.definition) {
            Ok(arguments) => arguments,
            Err(message) => {
                let message = format!("segment `{}`: {message}", declared.definition.key);
                let span = declared.span.clone();
                unsupported.push(Diagnostic::new(Code::IncludeUnsupported, span, message));
                stand_in(declared.definition.key.as_str())
            }
        };
        let docs = declared.definition.description.iter();
        let item = quote! {
            #(#[doc = #docs])*
            pub struct #name;
        };
        segments.push((quote!(#arguments crate = #runtime), item));
        all.push(name);
    }
    for key in &file.unreadable {
        let name = type_name(key);
        if names.has(&name, &names::segment(key)) {
            let arguments = stand_in(key);
            let item = quote!(pub struct #name;);
            segments.push((quote!(#arguments crate = #runtime), item));
            all.push(name);
        }
    }
    let items = segment::expand_checked(runtime, segments.iter());
    let list = Ident::new(ALL, Span::call_site());
    let count = all.len();
    let docs = format!(
        "What makes the definition of each segment of `{}`, in the order of the file.",
        report.source().path()
    );
    let list = quote! {
        #[doc = #docs]
        pub static #list: [fn() -> #runtime::Definition; #count] = [#(<#all as #runtime::Segment>::definition),*];
    };
    (quote! { #items #list }, unsupported)
}

/// A segment that nobody is in, so that what names it still compiles.
fn stand_in(key: &str) -> TokenStream {
    let key = if segments_model::SegmentKey::parse(key).is_ok() {
        key
    } else {
        "unreadable"
    };
    quote!(key = #key, nobody(),)
}

/// Writes a definition as arguments of `#[segment]`.
pub(super) struct Writer<'a> {
    pub(super) call: &'a Call,
    pub(super) file: &'a SegmentsFile,
}

impl Writer<'_> {
    fn segment(&self, definition: &Definition) -> Result<TokenStream, String> {
        let key = definition.key.as_str();
        let everywhere = self.whole(&definition.clone().into())?;
        let environments = definition.environments.iter().map(|(environment, there)| {
            let (environment, there) = (environment.as_str(), self.whole(there)?);
            Ok(quote!(environment(#environment, #there),))
        });
        let environments: Vec<TokenStream> = environments.collect::<Result<_, String>>()?;
        Ok(quote!(key = #key, #everywhere #(#environments)*))
    }

    fn whole(&self, segment: &InEnvironment) -> Result<TokenStream, String> {
        let InEnvironment {
            name,
            description,
            tags,
            audience,
        } = segment;
        let description = description.iter();
        let tags = tags.iter().map(|tags| {
            let tags = tags.iter().map(segments_model::Tag::as_str);
            quote!(tags = [#(#tags),*],)
        });
        let audience = match audience {
            Audience::Big { kind } => {
                let kind = path(self.call, kind.as_str());
                quote!(big, of = #kind,)
            }
            Audience::Standard {
                included,
                excluded,
                rules,
            } => {
                let nobody = included.is_empty() && excluded.is_empty();
                if nobody && rules.as_ref().is_some_and(Vec::is_empty) {
                    quote!(nobody(),)
                } else {
                    let included = self.targets(&quote!(include), included);
                    let excluded = self.targets(&quote!(exclude), excluded);
                    let rules = rules.iter().flatten().map(|rule| self.rule(rule));
                    let rules: Vec<TokenStream> = rules.collect::<Result<_, _>>()?;
                    quote!(#included #excluded #(#rules,)*)
                }
            }
        };
        Ok(quote!(name = #name, #(description = #description,)* #(#tags)* #audience))
    }

    fn targets(&self, word: &TokenStream, targets: &Targets) -> TokenStream {
        let at_least = match targets {
            Targets::Unmanaged => return TokenStream::new(),
            Targets::Exactly(_) => TokenStream::new(),
            Targets::AtLeast(_) => quote!(at_least,),
        };
        let lists = targets.lists().map(|(kind, keys)| {
            let kind = path(self.call, kind.as_str());
            quote!(#kind = [#(#keys),*])
        });
        quote!(#word(#at_least #(#lists),*),)
    }

    fn rule(&self, rule: &Rule) -> Result<TokenStream, String> {
        let description = rule.description.iter();
        let clauses = rule.clauses.iter().map(|clause| self.clause(clause));
        let clauses: Vec<TokenStream> = clauses.collect::<Result<_, _>>()?;
        let everyone = clauses.is_empty().then(|| quote!(everyone(),));
        let share = rule.rollout.iter().map(|rollout| {
            let percent = Literal::f64_unsuffixed(rollout.weight.percent());
            let by = self.attribute(&rollout.kind, &rollout.by);
            quote!(percent = #percent, by = #by,)
        });
        Ok(quote!(rule(#(description = #description,)* #(#share)* #everyone #(#clauses),*)))
    }

    pub(super) fn clause(&self, clause: &Clause) -> Result<TokenStream, String> {
        let not = clause.negate.then(|| quote!(!));
        if clause.operator == Operator::SegmentMatch {
            let segments: Vec<TokenStream> = clause
                .segments()
                .map(|key| self.segment_path(key))
                .collect::<Result<_, _>>()?;
            return Ok(quote!(#not member_of!(#(#segments),*)));
        }
        let attribute_type = self.attribute_type(clause);
        if attribute_type == Some(AttributeType::Version)
            && clause.operator.row().operand != segments_model::Operand::Version
        {
            return Err(format!(
                "`{}` compares versions as text, which `include_segments!` cannot; write `semVerEqual`, `semVerLessThan` or `semVerGreaterThan`, or make `{}` a string",
                clause.operator, clause.attribute
            ));
        }
        if attribute_type == Some(AttributeType::Any) {
            return Err(format!(
                "`{}` is of type any, which no Rust type is; write its type",
                clause.attribute
            ));
        }
        let mut types = clause.values.iter().map(Value::type_name);
        let first = types.next();
        if types.any(|other| Some(other) != first) {
            return Err(format!(
                "the values of `{}` mix types, and a Rust array has one; write them all in the same way",
                clause.attribute
            ));
        }
        let values = clause
            .values
            .iter()
            .map(|value| self.value(value, attribute_type, clause));
        let values: Vec<TokenStream> = values.collect::<Result<_, _>>()?;
        let method = clause.operator.row().method(values.len());
        let method =
            method.ok_or_else(|| format!("`{}` has no method in Rust", clause.operator))?;
        let method = Ident::new(method, Span::call_site());
        let attribute = self.attribute(&clause.kind, &clause.attribute);
        Ok(match &values[..] {
            [value] => quote!(#not #attribute.#method(#value)),
            values => quote!(#not #attribute.#method([#(#values),*])),
        })
    }

    fn attribute_type(&self, clause: &Clause) -> Option<AttributeType> {
        let schema = self.file.contexts.get(&clause.kind)?;
        let attribute = schema.attributes.get(&clause.attribute)?;
        Some(attribute.attribute_type)
    }

    fn value(
        &self,
        value: &Value,
        attribute_type: Option<AttributeType>,
        clause: &Clause,
    ) -> Result<TokenStream, String> {
        let date = attribute_type == Some(AttributeType::Date);
        Ok(match value {
            Value::Bool(value) => quote!(#value),
            Value::String(text) if date && clause.operator == Operator::In => {
                return Err(format!(
                    "`in` compares dates as text, which `include_segments!` cannot; write {text} in milliseconds"
                ));
            }
            // A struct that exists already may have an enum there.
            Value::String(text) if self.may_be_name(clause, attribute_type) => {
                let private = self.call.runtime.private();
                quote!(#private::Named(#text))
            }
            Value::String(text) => quote!(#text),
            Value::Number(number) if date => match number.as_integer() {
                Some(whole) => signed(whole < 0, &Literal::i64_unsuffixed(whole.abs())),
                None => {
                    return Err(format!(
                        "{number} is not a whole number of milliseconds; write one"
                    ));
                }
            },
            Value::Number(number) => {
                let number = number.get();
                signed(number < 0.0, &Literal::f64_unsuffixed(number.abs()))
            }
        })
    }

    fn may_be_name(&self, clause: &Clause, attribute_type: Option<AttributeType>) -> bool {
        clause.operator == Operator::In
            && attribute_type == Some(AttributeType::String)
            && self.call.bound(clause.kind.as_str()).is_some()
    }

    /// The constant of an attribute: `User::EMAIL`, `User::ADDRESS.city`.
    pub(super) fn attribute(&self, kind: &ContextKind, reference: &AttributeRef) -> TokenStream {
        let owner = path(self.call, kind.as_str());
        let mut names = reference.path();
        let first = names.next().unwrap_or_default();
        if *reference == AttributeRef::KEY {
            // The field has a name of the user's choice.
            return quote!(#owner::__KEY);
        }
        let constant = self.call.constant(kind.as_str(), &first);
        let fields = names.map(|name| field_name(&name));
        quote!(#owner::#constant #(.#fields)*)
    }

    fn segment_path(&self, key: &str) -> Result<TokenStream, String> {
        if let Some(path) = self.call.bound(key) {
            return Ok(quote!(#path));
        }
        let name = type_name(key);
        if self.file.external.iter().any(|external| external == key) {
            return Err(format!(
                "`{key}` is declared elsewhere; say where: `include_segments!(\"...\", \"{key}\" = crate::{name})`"
            ));
        }
        Ok(quote!(#name))
    }
}

fn signed(negative: bool, literal: &Literal) -> TokenStream {
    if negative {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}
