//! What only Rust says of the segments, AI Configs and flags of a file: the types of contexts and segments, and the
//! expressions of clauses.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use segments_model::draft::{DraftKind, Form};
use segments_model::file::SegmentsFile;
use segments_model::{
    AttributeRef, AttributeType, Audience, Clause, ContextKind, Definition, Draft, Operator,
    ResourceKind, Rule, Targets, Value,
};
use syn::{Expr, ItemStruct, LitStr, Path};

use super::arguments::Call;
use super::identifiers::{field_name, type_name};
use crate::meta::path;
use crate::segment::clause::{self, Meaning};
use crate::segment::environment_block::Environment;
use crate::segment::parse::defaults;
use crate::segment::written::{By, InEnvironment, RuleInRust, Written};
use crate::targeting::written as targeting;

/// Says definitions in Rust.
pub(super) struct Writer<'a> {
    call: &'a Call,
    file: &'a SegmentsFile,
    /// Names are parsed once, and not at every clause that uses them.
    names: RefCell<HashMap<ContextKind, HashMap<AttributeRef, Attribute>>>,
}

/// An attribute: `User::EMAIL`, `User::ADDRESS.city`.
#[derive(Clone)]
pub(super) struct Attribute {
    pub(super) context: Path,
    constant: Ident,
    /// Below the constant.
    fields: TokenStream,
    /// As one would write it.
    pub(super) written: String,
}

impl Attribute {
    /// As it is printed; see [`qualify`](clause::qualify::qualify).
    pub(super) fn printed(&self) -> TokenStream {
        let Self {
            context,
            constant,
            fields,
            ..
        } = self;
        quote!(<#context>::#constant #fields)
    }
}

/// A comparison in its parts.
pub(super) struct Comparison<'d> {
    pub(super) attribute: Attribute,
    pub(super) method: &'static str,
    pub(super) values: Vec<Given<'d>>,
    negate: bool,
}

/// A value, of the type that it has in Rust.
pub(super) enum Given<'d> {
    Bool(bool),
    Text(&'d str),
    /// A text, or the name of an enum's variant.
    Name(&'d str),
    Date(i64),
    Number(f64),
}

impl Given<'_> {
    /// With its type where it is a number; see [`qualify`](clause::qualify::qualify).
    fn printed(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Bool(value) => quote!(#value),
            Self::Text(text) => quote!(#text),
            Self::Name(text) => quote!(#private::Named(#text)),
            Self::Date(millis) => signed(*millis < 0, &Literal::i64_suffixed(millis.abs())),
            Self::Number(number) => signed(*number < 0.0, &Literal::f64_suffixed(number.abs())),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Text(text) | Self::Name(text) => format!("{text:?}"),
            Self::Date(millis) => millis.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Comparison<'_> {
    /// The call behind the attribute.
    fn call(&self, private: &TokenStream) -> TokenStream {
        let values = self.values.iter().map(|value| value.printed(private));
        self.calling(&match &self.values[..] {
            [value] => value.printed(private),
            _ => quote!([#(#values),*]),
        })
    }

    /// The call with this argument.
    pub(super) fn calling(&self, argument: &TokenStream) -> TokenStream {
        let method = Ident::new(self.method, Span::call_site());
        quote!(.#method(#argument))
    }

    /// The operator in front, if the answer is turned around.
    pub(super) fn not(&self) -> Option<TokenStream> {
        self.negate.then(|| quote!(!))
    }

    /// As one would write it.
    pub(super) fn written(&self) -> String {
        let not = if self.negate { "!" } else { "" };
        let values: Vec<String> = self.values.iter().map(Given::written).collect();
        let values = match &values[..] {
            [value] => value.clone(),
            values => format!("[{}]", values.join(", ")),
        };
        format!("{not}{}.{}({values})", self.attribute.written, self.method)
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(call: &'a Call, file: &'a SegmentsFile) -> Self {
        Self {
            call,
            file,
            names: RefCell::default(),
        }
    }

    /// A segment, with the struct that it stands on. An error says what Rust cannot say.
    pub(super) fn segment(
        &self,
        definition: &Definition,
        item: &ItemStruct,
    ) -> Result<Written, String> {
        let mut everywhere = self.whole(definition, item)?;
        let environments = definition.environments.iter().map(|(key, there)| {
            let own_audience = there.audience != definition.audience;
            Ok(InEnvironment {
                environment: Environment::Key(literal(key.as_str())),
                written: self.whole(&definition.in_environment(key), item)?,
                own_rules: own_audience,
                own_audience,
            })
        });
        everywhere.environments = environments.collect::<Result<_, String>>()?;
        Ok(everywhere)
    }

    /// A segment that nobody is in, so that what names it still compiles.
    pub(super) fn stand_in(&self, key: &str, item: ItemStruct) -> Written {
        let key = if segments_model::SegmentKey::parse(key).is_ok() {
            key
        } else {
            "unreadable"
        };
        let mut written = Written::new(Span::call_site());
        written.item = Some(item);
        written.runtime = self.call.runtime.clone();
        defaults(&mut written);
        let draft = &mut written.source.draft;
        key.clone_into(&mut draft.key);
        draft.nobody = true;
        written
    }

    /// A targeting of which nothing is said yet.
    pub(super) fn targeting(&self, kind: ResourceKind, item: &ItemStruct) -> targeting::Written {
        let mut written = targeting::Written::new(kind, Span::call_site());
        written.conditions.item = Some(item.clone());
        written.conditions.runtime = self.call.runtime.clone();
        written
    }

    /// A segment outside of single environments.
    fn whole(&self, definition: &Definition, item: &ItemStruct) -> Result<Written, String> {
        let mut written = Written::new(Span::call_site());
        written.item = Some(item.clone());
        written.runtime = self.call.runtime.clone();
        written.included = self.listed(definition.included());
        written.excluded = self.listed(definition.excluded());
        let rules = definition.rules().iter().map(|rule| self.rule(rule));
        written.rules = rules.collect::<Result<_, _>>()?;
        if let Audience::Big { kind } = &definition.audience {
            written.big_of = Some(self.context(kind));
        }
        let mut draft = Draft::from(definition);
        draft.form = Form::Rust;
        let unmanaged = definition.unmanaged.iter();
        draft.unmanaged = unmanaged
            .map(|part| part.written(draft.form).to_owned())
            .collect();
        let lists = [
            (&mut draft.included, &written.included),
            (&mut draft.excluded, &written.excluded),
        ];
        for (targets, contexts) in lists {
            let lists = targets.iter_mut().flat_map(|targets| &mut targets.lists);
            for (list, context) in lists.zip(contexts) {
                list.kind = DraftKind::Path(path(context));
            }
        }
        written.source.draft = draft;
        Ok(written)
    }

    /// The types of the contexts of each list.
    fn listed(&self, targets: &Targets) -> Vec<Path> {
        let groups = targets.groups();
        groups.map(|(kind, _, _)| self.context(kind)).collect()
    }

    /// What a draft does not say of a rule.
    pub(super) fn rule(&self, rule: &Rule) -> Result<RuleInRust, String> {
        let clauses = rule.clauses.iter().map(|clause| self.clause(clause));
        let rollout = rule.rollout.as_ref();
        Ok(RuleInRust {
            by: rollout.map(|rollout| self.by(&rollout.kind, &rollout.by)),
            clauses: clauses.collect::<Result<_, _>>()?,
            broken: false,
        })
    }

    /// The input of buckets.
    pub(super) fn by(&self, kind: &ContextKind, reference: &AttributeRef) -> By {
        let (context, attribute) = if *reference == AttributeRef::KIND {
            let (context, private) = (self.context(kind), self.call.runtime.private());
            let kind = quote!(<#context as #private::Context>::KIND);
            (context, kind)
        } else {
            let attribute = self.attribute(kind, reference);
            let printed = attribute.printed();
            (attribute.context, printed)
        };
        By {
            attribute: Expr::Verbatim(attribute),
            context,
        }
    }

    fn clause(&self, clause: &Clause) -> Result<clause::Clause, String> {
        let negate = clause.negate;
        let (meaning, expression, written) = if clause.operator == Operator::SegmentMatch {
            let segments = self.segments(clause)?;
            let meaning = Meaning::MemberOf { segments, negate };
            (meaning, TokenStream::new(), String::new())
        } else if clause.tests_kinds() {
            let contexts = self.kinds(clause)?;
            let meaning = Meaning::HasKind { contexts, negate };
            (meaning, TokenStream::new(), String::new())
        } else {
            let comparison = self.comparison(clause)?;
            let (not, written) = (comparison.not(), comparison.written());
            let attribute = comparison.attribute.printed();
            let call = comparison.call(&self.call.runtime.private().to_token_stream());
            let values = clause.values.iter();
            let meaning = Meaning::Comparison {
                context: comparison.attribute.context,
                attribute: comparison.attribute.written,
                method: Some((comparison.method.to_owned(), Span::call_site())),
                values: values
                    .map(|value| (Some(value.clone()), Span::call_site()))
                    .collect(),
                negate,
            };
            (meaning, quote!(#not #attribute #call), written)
        };
        Ok(clause::Clause {
            meaning,
            written,
            expression,
            constant: None,
            checked: true,
            span: Span::call_site(),
            attribute_end: Span::call_site(),
        })
    }

    pub(super) fn comparison<'d>(&self, clause: &'d Clause) -> Result<Comparison<'d>, String> {
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
                "`{}` has type any, which does not exist in Rust; write its type",
                clause.attribute
            ));
        }
        let mut types = clause.values.iter().map(Value::type_name);
        let first = types.next();
        if types.any(|other| Some(other) != first) {
            return Err(format!(
                "the values of `{}` mix types, but a Rust array has one type; write all of them in the same way",
                clause.attribute
            ));
        }
        let values = clause
            .values
            .iter()
            .map(|value| self.value(value, attribute_type, clause));
        let values: Vec<Given> = values.collect::<Result<_, _>>()?;
        let method = clause.operator.row().method(values.len());
        let method =
            method.ok_or_else(|| format!("`{}` has no method in Rust", clause.operator))?;
        Ok(Comparison {
            attribute: self.attribute(&clause.kind, &clause.attribute),
            method,
            values,
            negate: clause.negate,
        })
    }

    pub(super) fn attribute_type(&self, clause: &Clause) -> Option<AttributeType> {
        let schema = self.file.contexts.get(&clause.kind)?;
        let attribute = schema.attributes.get(&clause.attribute)?;
        Some(attribute.attribute_type)
    }

    fn value<'d>(
        &self,
        value: &'d Value,
        attribute_type: Option<AttributeType>,
        clause: &Clause,
    ) -> Result<Given<'d>, String> {
        let date = attribute_type == Some(AttributeType::Date);
        Ok(match value {
            Value::Bool(value) => Given::Bool(*value),
            Value::String(text) if date && clause.operator == Operator::In => {
                return Err(format!(
                    "`in` compares dates as text, which `include_segments!` cannot; write {text} in milliseconds"
                ));
            }
            // A struct that exists already may have an enum there.
            Value::String(text) if self.may_be_name(clause, attribute_type) => Given::Name(text),
            Value::String(text) => Given::Text(text),
            Value::Number(number) if date => match number.as_integer() {
                Some(whole) => Given::Date(whole),
                None => {
                    return Err(format!(
                        "{number} is not a whole number of milliseconds; write one"
                    ));
                }
            },
            Value::Number(number) => Given::Number(number.get()),
        })
    }

    fn may_be_name(&self, clause: &Clause, attribute_type: Option<AttributeType>) -> bool {
        clause.operator == Operator::In
            && attribute_type == Some(AttributeType::String)
            && self.call.bound(clause.kind.as_str()).is_some()
    }

    /// The constant of an attribute, and what follows it.
    pub(super) fn attribute(&self, kind: &ContextKind, reference: &AttributeRef) -> Attribute {
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(kind).and_then(|known| known.get(reference)) {
            return known.clone();
        }
        let context = self.context(kind);
        let (constant, fields) = if *reference == AttributeRef::KEY {
            // The field has a name of the user's choice.
            (Ident::new("__KEY", Span::call_site()), Vec::new())
        } else {
            let mut path = reference.path();
            let first = path.next().unwrap_or_default();
            let constant = self.call.constant(kind.as_str(), &first);
            (constant, path.map(|name| field_name(&name)).collect())
        };
        let mut written = format!("{}::{constant}", crate::meta::source(&context));
        for field in &fields {
            written.push('.');
            written.push_str(&field.to_string());
        }
        let attribute = Attribute {
            context,
            constant,
            fields: quote!(#(.#fields)*),
            written,
        };
        let of_kind = names.entry(kind.clone()).or_default();
        of_kind.insert(reference.clone(), attribute.clone());
        attribute
    }

    /// The type that stands for a kind: one that exists, or the one that is made here.
    pub(super) fn context(&self, kind: &ContextKind) -> Path {
        let bound = self.call.bound(kind.as_str());
        bound.map_or_else(|| type_name(kind.as_str()).into(), Path::clone)
    }

    /// The types of the kinds that a clause on kinds names.
    fn kinds(&self, clause: &Clause) -> Result<Vec<Path>, String> {
        if clause.operator != Operator::In {
            return Err(format!(
                "`{}` on `kind` compares names, which `include_segments!` cannot; list the kinds with `in`",
                clause.operator
            ));
        }
        Ok(clause
            .named_kinds()
            .map(|kind| self.context(&kind))
            .collect())
    }

    /// The types of the segments that a clause asks.
    fn segments(&self, clause: &Clause) -> Result<Vec<Path>, String> {
        let keys = clause.segments();
        keys.map(|key| self.segment_type(key)).collect()
    }

    /// The type of a segment: one that exists, or the one that is made here.
    pub(super) fn segment_type(&self, key: &str) -> Result<Path, String> {
        if let Some(path) = self.call.bound(key) {
            return Ok(path.clone());
        }
        let name = type_name(key);
        if self.file.external.iter().any(|external| external == key) {
            return Err(format!(
                "`{key}` is declared elsewhere; name its type: `include_segments!(\"...\", \"{key}\" = crate::{name})`"
            ));
        }
        Ok(name.into())
    }
}

pub(super) fn literal(text: &str) -> LitStr {
    LitStr::new(text, Span::call_site())
}

fn signed(negative: bool, literal: &Literal) -> TokenStream {
    if negative {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}
