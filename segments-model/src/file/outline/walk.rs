//! Walking a tree along the tables of the format, and determining the meaning of each position.

use std::sync::Arc;

use super::super::context::USER;
use super::super::shape::{self, Key, Shape, Table};
use super::super::span::Span;
use super::slot::{Keys, Role, Slot, Symbol};
use super::tree::{Entry, Head, Node, Section, unquoted};
use crate::{AttributeRef, Operator, ResourceKind};

/// What is told of each place.
pub(super) trait Visitor {
    /// A word is written here.
    fn word(&mut self, span: Span, slot: Slot);

    /// Something may be written anywhere in here, beside some words.
    fn gap(
        &mut self,
        span: &Span,
        beside: impl FnOnce() -> Vec<Arc<str>>,
        slot: impl FnOnce() -> Slot,
    );
}

/// Where in the format a node is.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// A table of the format.
    Table(&'static Table),
    /// The value of a key of one.
    Value(&'static Table, &'static Key),
    /// What an attribute is declared as.
    Attribute,
    /// An attribute of a context, or an object on the way to one.
    Data,
    ContextKeys,
    Number,
    Nothing,
}

/// What places inside of a table depend on.
#[derive(Debug, Clone, Default)]
struct Scope {
    /// The kind whose attributes are meant.
    kind: Option<Arc<str>>,
    /// The AI Config or the flag whose variations are meant.
    targeting: Option<(ResourceKind, Arc<str>)>,
    /// The way to an attribute of a context.
    path: Vec<Arc<str>>,
    /// What a clause compares.
    attribute: Option<Arc<str>>,
    operator: Option<Operator>,
}

pub(super) struct Walk<'t, 'v, V> {
    text: &'t str,
    visitor: &'v mut V,
}

impl<'t, 'v, V: Visitor> Walk<'t, 'v, V> {
    pub(super) fn new(text: &'t str, visitor: &'v mut V) -> Self {
        Self { text, visitor }
    }

    pub(super) fn section(&mut self, section: &Section) {
        let mut scope = Scope::default();
        let mut spot = Spot::Table(&shape::FILE);
        let mut inside = section.span.clone();
        if let Some(Head { span, keys, .. }) = &section.head {
            spot = self.keys(keys, spot, &mut scope);
            inside.start = span.end;
        }
        self.entries(&section.entries, spot, &scope, &inside);
    }

    fn keys(&mut self, keys: &super::tree::Keys, mut spot: Spot, scope: &mut Scope) -> Spot {
        for span in &keys.words {
            spot = self.step(span, spot, scope);
        }
        if let Some(missing) = &keys.missing {
            self.visitor.gap(missing, Vec::new, || new_key(spot, scope));
        }
        spot
    }

    /// Takes one word of a key, and says where it leads.
    fn step(&mut self, span: &Span, spot: Spot, scope: &mut Scope) -> Spot {
        let name = unquoted(&self.text[span.clone()]).into_owned();
        let (slot, next) = match spot {
            Spot::Value(_, key) => match key.shape {
                Shape::Array(inner) | Shape::Table(inner) => {
                    return self.step(span, Spot::Table(inner), scope);
                }
                _ => named(key, &name, scope),
            },
            Spot::Attribute => return self.step(span, Spot::Table(&shape::ATTRIBUTE), scope),
            Spot::Data => {
                scope.path.push(name.as_str().into());
                (
                    attribute(scope.kind.as_ref(), &in_path(&scope.path), Role::Uses),
                    Spot::Data,
                )
            }
            Spot::Table(table) => {
                let known = table.key(&name).map(|key| Spot::Value(table, key));
                (Slot::Key(Keys(table)), known.unwrap_or(Spot::Nothing))
            }
            Spot::ContextKeys | Spot::Number | Spot::Nothing => (Slot::Unknown, Spot::Nothing),
        };
        self.visitor.word(span.clone(), slot);
        next
    }

    fn entries(&mut self, entries: &[Entry], spot: Spot, scope: &Scope, inside: &Span) {
        let mut scope = scope.clone();
        let spot = match spot {
            Spot::Value(
                _,
                Key {
                    shape: Shape::Array(inner) | Shape::Table(inner),
                    ..
                },
            ) => Spot::Table(inner),
            Spot::Attribute => Spot::Table(&shape::ATTRIBUTE),
            spot => spot,
        };
        if let Spot::Table(table) = spot {
            self.look_ahead(table, entries, &mut scope);
        }
        let text = self.text;
        let first = |entry: &Entry| entry.keys.words.first().map(|span| said(text, span));
        let beside = || entries.iter().filter_map(first).collect();
        self.visitor.gap(inside, beside, || new_key(spot, &scope));
        for entry in entries {
            let mut scope = scope.clone();
            let spot = self.keys(&entry.keys, spot, &mut scope);
            if let Some(value) = &entry.value {
                self.value(value, spot, &scope);
            }
        }
    }

    /// The segments of an expression, each a word of its own, without quotes.
    fn expression(&mut self, span: &Span) {
        let raw = &self.text[span.clone()];
        let is_key =
            |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_' | '.');
        let mut at = 0;
        while let Some(start) = raw[at..].find(is_key).map(|start| at + start) {
            let end = raw[start..].find(|found| !is_key(found));
            at = end.map_or(raw.len(), |end| start + end);
            let name = raw[start..at].into();
            let place = span.start + start..span.start + at;
            let named = slot(Symbol::Segment(name), Role::Uses);
            self.visitor.word(place, named);
        }
        if !raw.contains(is_key) {
            let named = slot(Symbol::Segment("".into()), Role::Uses);
            self.visitor.word(span.clone(), named);
        }
    }

    /// Reads what the other entries of a table depend on.
    fn look_ahead(&self, table: &'static Table, entries: &[Entry], scope: &mut Scope) {
        let scalar = |name: &str| self.scalar(entries, name);
        if std::ptr::eq(table, &raw const shape::CLAUSE) {
            scope.kind = Some(scalar("context").unwrap_or_else(|| USER.as_str().into()));
            scope.attribute = scalar("attribute");
            scope.operator = scalar("op").and_then(|name| Operator::from_wire(&name));
        } else if table.key("bucket_by").is_some() {
            let only = || self.kind_of_clauses(entries);
            scope.kind = scalar("bucket_context").or_else(only);
        }
    }

    fn scalar(&self, entries: &[Entry], name: &str) -> Option<Arc<str>> {
        let found =
            entries
                .iter()
                .find_map(|entry| match (&entry.keys.words[..], &entry.value) {
                    ([key], Some(Node::Scalar(span)))
                        if unquoted(&self.text[key.clone()]) == name =>
                    {
                        Some(span)
                    }
                    _ => None,
                })?;
        Some(said(self.text, found))
    }

    /// The kind that the first clause of a rule tests.
    fn kind_of_clauses(&self, entries: &[Entry]) -> Option<Arc<str>> {
        let usual = || Some(USER.as_str().into());
        let clauses =
            entries
                .iter()
                .find_map(|entry| match (&entry.keys.words[..], &entry.value) {
                    ([key], Some(Node::Array(_, clauses)))
                        if &self.text[key.clone()] == "clauses" =>
                    {
                        Some(clauses)
                    }
                    _ => None,
                });
        match clauses.and_then(|clauses| clauses.first()) {
            Some(Node::Table(_, entries)) => self.scalar(entries, "context").or_else(usual),
            _ => usual(),
        }
    }

    fn value(&mut self, node: &Node, spot: Spot, scope: &Scope) {
        match node {
            Node::Missing(span) => {
                self.visitor
                    .gap(span, Vec::new, || value_slot(spot, scope, ""));
            }
            Node::Scalar(span) if is_expression(spot) => self.expression(span),
            Node::Scalar(span) => {
                let text = unquoted(&self.text[span.clone()]);
                self.visitor
                    .word(span.clone(), value_slot(spot, scope, &text));
            }
            Node::Array(brackets, elements) => {
                let text = self.text;
                let scalar = |node: &Node| match node {
                    Node::Scalar(span) => Some(said(text, span)),
                    _ => None,
                };
                let beside = || elements.iter().filter_map(scalar).collect();
                let slot = || value_slot(spot, scope, "");
                self.visitor.gap(&brackets.inside, beside, slot);
                for element in elements {
                    self.value(element, spot, scope);
                }
            }
            Node::Table(brackets, entries) => {
                self.entries(entries, spot, scope, &brackets.inside);
            }
        }
    }
}

fn is_expression(spot: Spot) -> bool {
    matches!(
        spot,
        Spot::Value(
            _,
            Key {
                shape: Shape::Expression | Shape::Expressions,
                ..
            }
        )
    )
}

fn said(text: &str, span: &Span) -> Arc<str> {
    unquoted(&text[span.clone()]).as_ref().into()
}

/// A word that is the author's, by the key that it stands below.
fn named(key: &'static Key, name: &str, scope: &mut Scope) -> (Slot, Spot) {
    let name: Arc<str> = name.into();
    match key.shape {
        Shape::Contexts => {
            scope.kind = Some(name.clone());
            let slot = slot(Symbol::Kind(name), Role::Declares);
            (slot, Spot::Table(&shape::CONTEXT))
        }
        Shape::Attributes => {
            scope.attribute = Some(name.clone());
            let slot = attribute(scope.kind.as_ref(), &name, Role::Declares);
            (slot, Spot::Attribute)
        }
        Shape::Segments => (
            slot(Symbol::Segment(name), Role::Declares),
            Spot::Table(&shape::SEGMENT),
        ),
        Shape::Environments(own) => (
            slot(Symbol::Environment(name), Role::Uses),
            Spot::Table(own),
        ),
        Shape::Targetings => {
            let mut kinds = ResourceKind::ALL.into_iter();
            let resource = kinds.find(|kind| kind.table() == key.name);
            let resource = resource.unwrap_or_default();
            scope.targeting = Some((resource, name.clone()));
            let symbol = Symbol::Targeting {
                resource,
                key: name,
            };
            let slot = slot(symbol, Role::Declares);
            (slot, Spot::Table(&shape::TARGETING))
        }
        Shape::Tables(table) => (Slot::Unknown, Spot::Table(table)),
        Shape::Shares => (Slot::Unknown, Spot::Number),
        Shape::Targets if &*name == shape::UNTIL => {
            let until = shape::LIST.keys.iter().find(|key| key.name == shape::UNTIL);
            let spot = until.map(|key| Spot::Value(&shape::LIST, key));
            (Slot::Key(Keys(&shape::LIST)), spot.unwrap_or(Spot::Nothing))
        }
        Shape::Targets => (slot(Symbol::Kind(name), Role::Lists), Spot::ContextKeys),
        Shape::Data => {
            scope.kind = Some(name.clone());
            (slot(Symbol::Kind(name), Role::Uses), Spot::Data)
        }
        Shape::Serve => (variation(scope, &name, Role::Uses), Spot::Number),
        _ => (Slot::Unknown, Spot::Nothing),
    }
}

/// What a new key may be.
fn new_key(spot: Spot, scope: &Scope) -> Slot {
    match spot {
        Spot::Table(table) => Slot::Key(Keys(table)),
        Spot::Attribute => Slot::Key(Keys(&shape::ATTRIBUTE)),
        Spot::Value(_, key) => match key.shape {
            Shape::Array(inner) | Shape::Table(inner) => Slot::Key(Keys(inner)),
            _ => named(key, "", &mut scope.clone()).0,
        },
        Spot::Data => attribute(scope.kind.as_ref(), &in_path(&scope.path), Role::Uses),
        Spot::ContextKeys | Spot::Number | Spot::Nothing => Slot::Unknown,
    }
}

/// What a value may be.
fn value_slot(spot: Spot, scope: &Scope, text: &str) -> Slot {
    match spot {
        Spot::Value(table, key) => value_of(table, key, scope, text),
        Spot::Attribute => Slot::Type,
        Spot::Data => Slot::Value {
            of: scope.kind.clone().map(|kind| Symbol::Attribute {
                kind,
                attribute: in_path(&scope.path).into(),
            }),
            operator: None,
        },
        Spot::ContextKeys => Slot::ContextKey,
        Spot::Number => Slot::Number,
        Spot::Table(_) | Spot::Nothing => Slot::Unknown,
    }
}

fn value_of(table: &'static Table, key: &'static Key, scope: &Scope, text: &str) -> Slot {
    let name = || Arc::<str>::from(text);
    let is_clause = std::ptr::eq(table, &raw const shape::CLAUSE);
    let compared = || {
        let (kind, name) = (scope.kind.clone()?, scope.attribute.as_ref()?);
        let attribute = normal(name).into();
        Some(Symbol::Attribute { kind, attribute })
    };
    match key.shape {
        Shape::Text if matches!(key.name, "attribute" | "bucket_by") => {
            attribute(scope.kind.as_ref(), text, Role::Uses)
        }
        Shape::Text if key.name == "rule" => slot(Symbol::Segment(name()), Role::Uses),
        Shape::Text if key.name == "serve" => variation(scope, text, Role::Uses),
        Shape::Text if key.name == shape::UNTIL => Slot::Date,
        Shape::Text => Slot::Text,
        Shape::Number => Slot::Number,
        Shape::Bool => Slot::Bool,
        Shape::Many => Slot::Many,
        Shape::Tags => Slot::Tag,
        Shape::Keys => slot(Symbol::Segment(name()), Role::External),
        Shape::Expression | Shape::Expressions => slot(Symbol::Segment(name()), Role::Uses),
        Shape::Operator => Slot::Operator { of: compared() },
        Shape::Values if is_clause && scope.operator == Some(Operator::SegmentMatch) => {
            slot(Symbol::Segment(name()), Role::Uses)
        }
        Shape::Values => Slot::Value {
            of: compared(),
            operator: scope.operator,
        },
        Shape::Type => Slot::Type,
        Shape::Codes => Slot::Code,
        Shape::Kind => slot(Symbol::Kind(name()), Role::Uses),
        Shape::Parts => Slot::Part,
        Shape::Array(inner) => Slot::Element(Keys(inner)),
        Shape::EnvironmentKeys => slot(Symbol::Environment(name()), Role::Declares),
        Shape::Variations => variation(scope, text, Role::Declares),
        Shape::Serve => variation(scope, text, Role::Uses),
        Shape::ContextKeys => Slot::ContextKey,
        _ => Slot::Unknown,
    }
}

fn slot(symbol: Symbol, role: Role) -> Slot {
    Slot::Name { symbol, role }
}

/// `/email` is `email`.
fn normal(attribute: &str) -> String {
    let reference = AttributeRef::parse(attribute);
    reference.map_or_else(|_| attribute.to_owned(), |it| it.as_str().to_owned())
}

fn attribute(kind: Option<&Arc<str>>, name: &str, role: Role) -> Slot {
    let Some(kind) = kind.cloned() else {
        return Slot::Unknown;
    };
    let attribute = normal(name).into();
    slot(Symbol::Attribute { kind, attribute }, role)
}

fn in_path(path: &[Arc<str>]) -> String {
    let reference = AttributeRef::from_path(path.iter().map(AsRef::as_ref));
    reference.map_or_else(|_| String::new(), |it| it.as_str().to_owned())
}

fn variation(scope: &Scope, name: &str, role: Role) -> Slot {
    let Some((resource, targeting)) = scope.targeting.clone() else {
        return Slot::Unknown;
    };
    let key = name.into();
    let symbol = Symbol::Variation {
        resource,
        targeting,
        key,
    };
    slot(symbol, role)
}
