//! The meanings of positions in a file.

use std::fmt;
use std::sync::Arc;

use super::super::shape::{self, Shape, Table};
use crate::{Operator, ResourceKind};

/// A thing that files name. Keys and names are as they are written, an attribute as
/// [`AttributeRef`](crate::AttributeRef) writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "the fields are the words that the variants' docs speak of"
)]
pub enum Symbol {
    /// A segment, by key.
    Segment(Arc<str>),
    /// A context kind, by name.
    Kind(Arc<str>),
    /// An attribute of a context kind.
    Attribute { kind: Arc<str>, attribute: Arc<str> },
    /// An AI Config or a flag, by key.
    Targeting {
        resource: ResourceKind,
        key: Arc<str>,
    },
    /// A variation of an AI Config or of a flag.
    Variation {
        resource: ResourceKind,
        targeting: Arc<str>,
        key: Arc<str>,
    },
    /// An environment, by key.
    Environment(Arc<str>),
}

impl Symbol {
    /// Returns the key or the name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Symbol::Segment(name)
            | Symbol::Kind(name)
            | Symbol::Attribute {
                attribute: name, ..
            }
            | Symbol::Targeting { key: name, .. }
            | Symbol::Variation { key: name, .. }
            | Symbol::Environment(name) => name,
        }
    }
}

/// For people: "segment `staff`".
impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Symbol::Segment(_) => "segment",
            Symbol::Kind(_) => "context kind",
            Symbol::Attribute { .. } => "attribute",
            Symbol::Targeting { resource, .. } => resource.what(),
            Symbol::Variation { .. } => "variation",
            Symbol::Environment(_) => "environment",
        };
        write!(f, "{what} `{}`", self.name())
    }
}

/// The role of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Declares the name.
    Declares,
    /// Declares the name as external, as `external_segments` does.
    External,
    /// Uses the name.
    Uses,
    /// Uses the name of a context kind for a list of its contexts. A key of the list ([`Keys::of_list`]) can stand there
    /// as well.
    Lists,
}

/// What stands at a place, or may be written there.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    missing_docs,
    reason = "the fields are the words that the variants' docs speak of"
)]
pub enum Slot {
    /// A name; empty if none is written yet.
    Name { symbol: Symbol, role: Role },
    /// A key of a table of the format.
    Key(Keys),
    /// An inline table of these keys.
    Element(Keys),
    /// The operator of a clause that compares an attribute.
    Operator { of: Option<Symbol> },
    /// A value of an attribute, compared by an operator in a clause.
    Value {
        of: Option<Symbol>,
        operator: Option<Operator>,
    },
    /// The type of an attribute.
    Type,
    /// The code of a warning.
    Code,
    /// A part of a segment.
    Part,
    /// A tag.
    Tag,
    /// A key of a context of a kind.
    ContextKey,
    /// `true` or `false`.
    Bool,
    /// The number of an attribute's values.
    Many,
    /// A date or a moment.
    Date,
    /// A number.
    Number,
    /// Text for people.
    Text,
    /// No meaning in the format.
    Unknown,
}

/// The keys of a table of the format.
#[derive(Clone, Copy)]
pub struct Keys(pub(super) &'static Table);

/// A key of a table of the format.
#[derive(Debug, Clone, Copy)]
pub struct KeyOf(&'static shape::Key);

impl Keys {
    /// Returns the keys that can stand beside the context kinds of a list: its expiry.
    #[must_use]
    pub fn of_list() -> Self {
        Self(&shape::LIST)
    }

    /// Returns the name of the table in messages: "a clause".
    #[must_use]
    pub fn table(self) -> &'static str {
        self.0.what
    }

    /// Iterates over the keys, in their usual order.
    pub fn keys(self) -> impl Iterator<Item = KeyOf> {
        self.0.keys.iter().map(KeyOf)
    }

    /// Returns the key of a name.
    #[must_use]
    pub fn key(self, name: &str) -> Option<KeyOf> {
        self.0.key(name).map(KeyOf)
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.0.what).finish()
    }
}

impl KeyOf {
    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns its purpose, in a sentence.
    #[must_use]
    pub fn docs(self) -> &'static str {
        self.0.docs
    }

    /// Returns whether the table requires it.
    #[must_use]
    pub fn is_required(self) -> bool {
        self.0.required
    }

    /// Returns whether its value is a table, or an array of tables, which can have a header.
    #[must_use]
    pub fn has_header(self) -> bool {
        use Shape::{
            Array, Attributes, Contexts, Data, Environments, Segments, Shares, Tables, Targetings,
            Targets,
        };
        matches!(
            self.0.shape,
            Array(_)
                | Attributes
                | Contexts
                | Data
                | Environments(_)
                | Segments
                | Shares
                | Tables(_)
                | Targetings
                | Targets
        )
    }

    /// Returns the beginning and the end of its value: `["` and `"]` for an array of strings.
    #[must_use]
    pub fn brackets(self) -> (&'static str, &'static str) {
        use Shape::{
            Array, Attributes, Bool, Codes, ContextKeys, Contexts, Data, EnvironmentKeys,
            Environments, Expressions, Keys, Many, MetricKeys, Number, Parts, Segments, Shares,
            Tables, Tags, Targetings, Targets, Values, Variations,
        };
        match self.0.shape {
            Bool | Many | Number => ("", ""),
            Values => ("[", "]"),
            Expressions | Tags | Keys | Codes | Parts | EnvironmentKeys | Variations
            | ContextKeys | MetricKeys => ("[\"", "\"]"),
            Array(_) => ("[{ ", " }]"),
            Attributes | Contexts | Data | Environments(_) | Segments | Shares | Tables(_)
            | Targetings | Targets => ("{ ", " }"),
            _ => ("\"", "\""),
        }
    }
}
