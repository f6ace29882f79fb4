//! Known values of attributes.

use std::collections::BTreeMap;

use crate::{Arity, AttributeRef, AttributeType, ContextKind, Value};

/// The known values of an attribute: their type, and their number in a context.
///
/// ```
/// use segments_model::algebra::Domain;
/// use segments_model::{Arity, AttributeType};
///
/// let flag = Domain::new(AttributeType::Bool, Arity::One);
/// assert_ne!(flag, Domain::UNKNOWN);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// The type of each value.
    pub attribute_type: AttributeType,
    /// The number of values in a context.
    pub arity: Arity,
    /// All possible values, if they are known.
    pub one_of: Option<Vec<Value>>,
}

impl Domain {
    /// Nothing is known: values of any type, one or many.
    pub const UNKNOWN: Self = Self::new(AttributeType::Any, Arity::Unknown);

    /// Creates a domain of values of a type.
    #[must_use]
    pub const fn new(attribute_type: AttributeType, arity: Arity) -> Self {
        Self {
            attribute_type,
            arity,
            one_of: None,
        }
    }
}

/// Known attributes, as a value.
///
/// ```
/// use segments_model::algebra::{Domain, KnownAttributes};
/// use segments_model::{Arity, AttributeRef, AttributeType, ContextKind};
///
/// let plan = AttributeRef::parse("plan").unwrap();
/// let text = Domain::new(AttributeType::String, Arity::One);
/// let known: KnownAttributes = [((ContextKind::USER, plan.clone()), text.clone())].into_iter().collect();
/// assert_eq!(known.domain(&ContextKind::USER, &plan), text);
/// assert_eq!(known.domain(&ContextKind::USER, &AttributeRef::parse("age").unwrap()), Domain::UNKNOWN);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownAttributes(BTreeMap<(ContextKind, AttributeRef), Domain>);

impl KnownAttributes {
    /// Returns the known values of an attribute.
    #[must_use]
    pub fn domain(&self, kind: &ContextKind, attribute: &AttributeRef) -> Domain {
        let known = self.0.get(&(kind.clone(), attribute.clone()));
        known.cloned().unwrap_or(Domain::UNKNOWN)
    }
}

/// Nothing is known about an attribute that is declared twice in different ways.
impl FromIterator<((ContextKind, AttributeRef), Domain)> for KnownAttributes {
    fn from_iter<I: IntoIterator<Item = ((ContextKind, AttributeRef), Domain)>>(all: I) -> Self {
        let mut known: BTreeMap<_, Domain> = BTreeMap::new();
        for (attribute, domain) in all {
            let said = known.entry(attribute).or_insert_with(|| domain.clone());
            if *said != domain {
                *said = Domain::UNKNOWN;
            }
        }
        Self(known)
    }
}

/// Returns the known values of an attribute.
pub type Domains<'a> = &'a dyn Fn(&ContextKind, &AttributeRef) -> Domain;

/// The facts about attributes that every context has, or may have, whatever a program declares; otherwise
/// those that it declares.
pub(crate) fn of(kind: &ContextKind, attribute: &AttributeRef, declared: Domains<'_>) -> Domain {
    match attribute.as_str() {
        "key" | "name" => Domain::new(AttributeType::String, Arity::One),
        "anonymous" => Domain::new(AttributeType::Bool, Arity::One),
        "kind" => Domain {
            one_of: Some(vec![Value::from(kind.as_str().to_owned())]),
            ..Domain::new(AttributeType::String, Arity::One)
        },
        _ => declared(kind, attribute),
    }
}
