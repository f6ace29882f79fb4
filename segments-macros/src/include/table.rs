//! Segments as data: one table for all segments that test only one kind of context of the file, as nearly
//! all do. The file's contents are text already, and stay text until rustc parses them: making tokens one
//! by one would take the macro several times as long.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use segments_model::draft::DraftLifecycle;
use segments_model::{
    AttributeType, Audience, Clause, ContextKind, Definition, Rule, Targets, Value,
};
use syn::ext::IdentExt;

use super::arguments::Call;
use super::identifiers::type_name;
use super::written::{Comparison, Given, Writer};
use crate::segment::docs::{ALWAYS, MATCHING, NEVER, Row, all_of, comparison, counted, page};
use crate::segment::expand::{Expansion, prepares};

/// The suffix that a segment's name has in its type; the runtime uses it, too.
const SUFFIX: &str = "__InFile";

/// How many rules a segment has at most, and how many clauses a rule: they are nested, and rustc follows
/// nested types to a depth of 128 only.
const NESTED: usize = 32;

/// The segments so far.
pub(super) struct Table<'w> {
    call: &'w Call,
    writer: &'w Writer<'w>,
    /// The types that the segments are.
    items: String,
    /// The implementations for those types.
    implementations: String,
    /// The entries of the table.
    entries: String,
    /// The functions that declare them.
    declare: String,
    /// How many there are.
    count: usize,
    comparisons: Comparisons,
    /// The lists, and how many there are.
    keys: (String, usize),
    /// How many clauses prepare something.
    caches: usize,
}

/// The comparisons of the file, each once, whatever the values.
#[derive(Default)]
struct Comparisons {
    known: HashMap<String, usize>,
    printed: TokenStream,
}

/// The audience of a segment: its lists, and its rules.
#[derive(Clone, Copy)]
struct Members<'d> {
    included: &'d Targets,
    excluded: &'d Targets,
    rules: &'d [Rule],
    /// Whether the rules are declared, if only as none.
    declares_rules: bool,
}

impl<'d> Members<'d> {
    /// None of a big segment.
    fn of(definition: &'d Definition) -> Option<Self> {
        match &definition.audience {
            Audience::Standard {
                included,
                excluded,
                rules,
            } => Some(Self {
                included,
                excluded,
                rules: rules.as_deref().unwrap_or_default(),
                declares_rules: rules.is_some(),
            }),
            Audience::Big { .. } => None,
        }
    }
}

/// A clause in the words of Rust.
struct Compared<'d> {
    comparison: Comparison<'d>,
    prepares: bool,
}

impl<'w> Table<'w> {
    pub(super) fn new(call: &'w Call, writer: &'w Writer<'w>) -> Self {
        Self {
            call,
            writer,
            items: String::new(),
            implementations: String::new(),
            entries: String::new(),
            declare: String::new(),
            count: 0,
            comparisons: Comparisons::default(),
            keys: (String::new(), 0),
            caches: 0,
        }
    }

    /// Takes a segment, if it is one that data can say.
    pub(super) fn takes(&mut self, definition: &Definition, name: &Ident) -> bool {
        let Some(members) = Members::of(definition) else {
            return false;
        };
        let Some(kind) = only_kind(definition, members) else {
            return false;
        };
        // Who may name a struct of the application, only the application knows.
        if self.call.bound(kind.as_str()).is_some() {
            return false;
        }
        let compared = members.rules.iter().map(|rule| {
            let clauses = rule.clauses.iter();
            let clauses = clauses.map(|clause| self.compared(clause));
            clauses.collect::<Result<Vec<_>, String>>()
        });
        // What cannot be said in Rust is told where it is said clause by clause.
        let Ok(compared) = compared.collect::<Result<Vec<_>, _>>() else {
            return false;
        };
        self.add(definition, members, name, kind, &compared);
        true
    }

    fn compared<'d>(&self, clause: &'d Clause) -> Result<Compared<'d>, String> {
        let comparison = self.writer.comparison(clause)?;
        let text = clause
            .values
            .iter()
            .any(|value| matches!(value, Value::String(_)));
        let attribute_type = self.writer.attribute_type(clause);
        let parsed = matches!(
            attribute_type,
            Some(AttributeType::Version | AttributeType::Date)
        );
        let prepares = prepares(comparison.method, clause.values.len(), text && parsed);
        Ok(Compared {
            comparison,
            prepares,
        })
    }

    fn add(
        &mut self,
        definition: &Definition,
        members: Members<'_>,
        name: &Ident,
        kind: &ContextKind,
        compared: &[Vec<Compared<'_>>],
    ) {
        let (index, caches) = (self.count, self.caches);
        let (mut values, mut rules) = (String::new(), String::new());
        for rule in compared {
            rules.push('(');
            for Compared {
                comparison,
                prepares,
            } in rule
            {
                let known = self.comparisons.number(comparison, *prepares);
                let _ = write!(rules, "(__C{known},");
                self.caches += usize::from(*prepares);
                comparison
                    .values
                    .iter()
                    .for_each(|value| print_value(value, &mut values));
            }
            let _ = write!(rules, "(){},", ")".repeat(rule.len()));
        }
        let _ = write!(rules, "(){}", ")".repeat(compared.len()));
        let marker = format!("{}{SUFFIX}", name.unraw());
        let context = type_name(kind.as_str());
        let listing = listing(members);
        self.print_item(definition, name, &marker, rows(members, compared));
        self.print_entry(definition, members, &values, caches);
        let _ = write!(
            self.implementations,
            "impl __segments::InFile for {marker} {{ type File = __File; type Context = {context}; type Rules = {rules}; type Listing = {listing}; const INDEX: __segments::usize = {index}; }}"
        );
        let _ = write!(self.declare, "<{name} as __segments::Segment>::declare,");
        self.count += 1;
    }

    /// The type, with its documentation.
    fn print_item(&mut self, definition: &Definition, name: &Ident, marker: &str, rows: Vec<Row>) {
        if let Some(description) = &definition.description {
            let _ = write!(self.items, "#[doc = {description:?}]");
        }
        let docs = page(definition.key.as_str(), rows);
        let _ = write!(
            self.items,
            "#[doc = {docs:?}] pub type {name} = __FileSegment<{marker}>; #[doc(hidden)] pub enum {marker} {{}}"
        );
    }

    /// The entry of the table.
    fn print_entry(
        &mut self,
        definition: &Definition,
        members: Members<'_>,
        values: &str,
        caches: usize,
    ) {
        // Destructured, so that a new part of a definition cannot be forgotten here.
        let Definition {
            key,
            name,
            description,
            tags,
            audience: _,
            unmanaged,
            lifecycle,
            absent: _,
            environments: _,
        } = definition;
        let Members {
            included,
            excluded,
            rules,
            ..
        } = members;
        let description = option(description.as_ref().map(|text| format!("{text:?}")));
        let tags = tags.as_ref().map(|tags| {
            let tags = tags.iter().map(|tag| format!("{:?},", tag.as_str()));
            format!("&[{}]", tags.collect::<String>())
        });
        let tags = option(tags);
        let managed = managed(members);
        let _ = write!(
            self.entries,
            "__segments::Entry::new({:?}, {name:?}, {description}, {tags}, {managed}, &[{values}])",
            key.as_str()
        );
        if !unmanaged.is_empty() {
            let parts = unmanaged.iter();
            let parts = parts.map(|part| format!("__segments::Part::{part:?},"));
            let _ = write!(self.entries, ".leaving(&[{}])", parts.collect::<String>());
        }
        let lifecycle = DraftLifecycle::from(lifecycle);
        let keys = lifecycle.iter().map(|(key, text)| {
            let text = option(text.map(|text| format!("{text:?}")));
            format!("(__segments::LifecycleKey::{key:?}, {text}),")
        });
        let keys = keys.collect::<String>();
        if !keys.is_empty() {
            let _ = write!(self.entries, ".lifecycle(&[{keys}])");
        }
        let lists = [included, excluded].map(|targets| self.list(targets));
        if lists.iter().any(Option::is_some) {
            let [included, excluded] = lists.map(|list| option(list.map(|at| at.to_string())));
            let _ = write!(self.entries, ".listing({included}, {excluded})");
        }
        if caches != self.caches {
            let _ = write!(self.entries, ".preparing({caches})");
        }
        if rules.iter().any(|rule| rule.description.is_some()) {
            let descriptions = rules.iter().map(|rule| {
                option(rule.description.as_ref().map(|text| format!("{text:?}"))) + ","
            });
            let descriptions = descriptions.collect::<String>();
            let _ = write!(self.entries, ".describing(&[{descriptions}])");
        }
        self.entries.push(',');
    }

    /// The place of a list among all lists, if it has keys.
    fn list(&mut self, targets: &Targets) -> Option<usize> {
        let (printed, count) = &mut self.keys;
        let (_, keys) = targets.lists().next()?;
        let place = *count;
        *count += 1;
        let keys = keys.iter().map(|key| format!("{key:?},"));
        let keys = keys.collect::<String>();
        let _ = write!(printed, "__segments::KeySet::new(&[{keys}]),");
        Some(place)
    }

    /// All that is made of them.
    pub(super) fn expand(self) -> Expansion {
        if self.count == 0 {
            return Expansion::default();
        }
        let private = self.call.runtime.private();
        let items = parse(&self.items);
        let (comparisons, caches) = (self.comparisons.printed, self.caches);
        let keys = parse(&format!("[{}]", self.keys.0));
        let lists = self.keys.1;
        let entries = parse(&format!("&[{}]", self.entries));
        let declare = parse(&format!("&[{}]", self.declare));
        let implementations = parse(&self.implementations);
        Expansion {
            item: quote! {
                #[doc(hidden)]
                type __FileSegment<M> = #private::FileSegment<M>;
                #items
            },
            nameless: quote! {
                use __segments::FileValue as __V;
                #comparisons
                pub enum __File {}
                impl __segments::File for __File {
                    const SEGMENTS: &'static [__segments::Entry] = #entries;
                    fn keys() -> &'static [__segments::KeySet] {
                        static KEYS: [__segments::KeySet; #lists] = #keys;
                        &KEYS
                    }
                    fn caches() -> &'static [__segments::Cache] {
                        static CACHES: __segments::Caches<#caches> = __segments::Caches::new();
                        &CACHES.0
                    }
                    fn declare(all: &mut __segments::Vec<__segments::Registered<__segments::Definition>>) {
                        __segments::declare(all, #declare);
                    }
                }
                #implementations
            },
            declaration: quote!(<__File as __segments::File>::declare),
            ..Expansion::default()
        }
    }
}

impl Comparisons {
    /// The number of a comparison, which is printed when it is met first.
    fn number(&mut self, comparison: &Comparison<'_>, prepares: bool) -> usize {
        let count = comparison.values.len();
        let read = comparison.values.first().map_or("text", reader);
        let not = comparison.not();
        let name = format!(
            "{} {}.{} {count} {read} {prepares}",
            not.is_some(),
            comparison.attribute.written,
            comparison.method
        );
        let number = self.known.len();
        match self.known.entry(name) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(new) => new.insert(number),
        };
        let attribute = comparison.attribute.printed();
        let read = Ident::new(read, Span::call_site());
        let call = comparison.calling(&match count {
            1 => quote!(values[0].#read()),
            _ => quote!(__segments::core::array::from_fn::<_, #count, _>(|at| values[at].#read())),
        });
        let name = format_ident!("__C{number}");
        let context = &comparison.attribute.context;
        let caches = usize::from(prepares);
        self.printed.extend(quote! {
            pub enum #name {}
            impl __segments::Compares for #name {
                type Context = #context;
                const VALUES: __segments::usize = #count;
                const CACHES: __segments::usize = #caches;
                #[inline]
                fn clause(
                    values: &'static [__segments::FileValue],
                ) -> impl __segments::Condition<Context = #context> {
                    #not #attribute #call
                }
            }
        });
        number
    }
}

/// The kind of context that a segment looks at, if it is one and nothing else matters.
fn only_kind<'d>(definition: &Definition, members: Members<'d>) -> Option<&'d ContextKind> {
    let rules = members.rules;
    let too_long = |rule: &Rule| rule.clauses.len() > NESTED;
    let by_share = |rule: &Rule| rule.rollout.is_some();
    if definition.absent
        || definition.expires()
        || !definition.environments.is_empty()
        || rules.len() > NESTED
        || rules.iter().any(|rule| too_long(rule) || by_share(rule))
    {
        return None;
    }
    let lists = [members.included, members.excluded].into_iter();
    let listed = lists.flat_map(|targets| {
        let lists = targets.lists();
        lists.map(|(kind, _)| Some(kind))
    });
    let clauses = rules.iter().flat_map(|rule| &rule.clauses);
    let mut kinds = listed.chain(clauses.map(Clause::compared_kind));
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

/// The lists and rules for people.
fn rows(members: Members<'_>, compared: &[Vec<Compared<'_>>]) -> Vec<Row> {
    let lists = [(ALWAYS, members.included), (NEVER, members.excluded)].into_iter();
    let lists = lists.filter_map(|(who, targets)| {
        let at_least = match targets {
            Targets::Unmanaged => return None,
            Targets::Exactly(_) => false,
            Targets::AtLeast(_) => true,
        };
        let lists = targets.lists();
        let lists =
            lists.map(|(kind, keys)| (keys.len(), type_name(kind.as_str()).to_string(), None));
        Some((who, counted(lists, at_least)))
    });
    let rules = members.rules.iter().zip(compared);
    let rules = rules.map(|(rule, compared)| {
        let clauses = compared.iter();
        let clauses = clauses.map(|clause| comparison(&clause.comparison.written()));
        (MATCHING, all_of(clauses, None, rule.description.as_deref()))
    });
    lists.chain(rules).collect()
}

/// The managed parts of the audience.
fn managed(members: Members<'_>) -> String {
    let how = |targets: &Targets| match targets {
        Targets::Unmanaged => "__segments::None",
        Targets::Exactly(_) => "__segments::Some(__segments::Targets::Exactly)",
        Targets::AtLeast(_) => "__segments::Some(__segments::Targets::AtLeast)",
    };
    format!(
        "__segments::Managed {{ included: {}, excluded: {}, rules: {} }}",
        how(members.included),
        how(members.excluded),
        members.declares_rules
    )
}

/// The lists that a program may change while it runs.
fn listing(members: Members<'_>) -> String {
    let who = |targets: &Targets| match targets {
        Targets::Unmanaged | Targets::AtLeast(_) => "Open",
        Targets::Exactly(_) => "Declared",
    };
    let [included, excluded] = [members.included, members.excluded].map(who);
    format!("__segments::Listing<__segments::{included}, __segments::{excluded}>")
}

fn print_value(value: &Given<'_>, printed: &mut String) {
    let _ = match value {
        Given::Text(text) | Given::Name(text) => write!(printed, "__V::Text({text:?}),"),
        Given::Number(number) => write!(printed, "__V::Number({number:?}),"),
        Given::Date(millis) => write!(printed, "__V::Date({millis}),"),
        Given::Bool(value) => write!(printed, "__V::Bool({value}),"),
    };
}

/// The method that reads a value from the table.
fn reader(value: &Given<'_>) -> &'static str {
    match value {
        Given::Text(_) | Given::Name(_) => "text",
        Given::Number(_) => "number",
        Given::Date(_) => "date",
        Given::Bool(_) => "truth",
    }
}

fn option(value: Option<String>) -> String {
    match value {
        Some(value) => format!("__segments::Some({value})"),
        None => "__segments::None".to_owned(),
    }
}

/// Makes tokens of text that was printed here.
pub(super) fn parse(text: &str) -> TokenStream {
    const RUST: &str = "names are identifiers and texts are quoted, so that the text is Rust";
    if proc_macro::is_available() {
        // The compiler reads it at once; `proc_macro2` would read it first by itself.
        let tokens: proc_macro::TokenStream = text.parse().expect(RUST);
        return tokens.into();
    }
    text.parse().expect(RUST)
}
