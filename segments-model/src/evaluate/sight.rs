//! Memoized lookups in a context.
//!
//! Many clauses of many segments test few attributes, each of which is looked up once; and rules are
//! copied between segments, because they cannot be shared, so identical clauses are decided once.

use foldhash::HashMap;

use super::context::{ContextInstance, Name, Place};
use super::path::Path;
use crate::{AttributeValue, wire};

/// An attribute of contexts of a kind, one of those that clauses look at.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    kind: Name,
    path: Path,
    /// The number of the attribute in or below which clauses look; `None` if it need not be in a context.
    number: Option<usize>,
}

/// All attributes that clauses look at.
#[derive(Debug, Default)]
pub(super) struct Attributes(HashMap<(Box<str>, Box<str>), usize>);

/// All clauses that are not alike.
#[derive(Debug, Default)]
pub(super) struct Clauses(HashMap<String, usize>);

/// The attributes that all clauses test.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    pub(super) attributes: usize,
    pub(super) clauses: usize,
}

/// Where attributes are in one context, and which clauses hold for it, as far as somebody has looked.
/// Without room, which only many questions are worth, nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Sights {
    attributes: Vec<Sight>,
    clauses: Vec<Option<bool>>,
}

#[derive(Debug, Clone, Copy)]
enum Sight {
    NotLooked,
    Absent,
    At(Place),
}

impl Attributes {
    pub(super) fn numbered(&mut self, kind: Name, path: Path) -> Attribute {
        let name = &path.first;
        let number = (*name.text != *"anonymous").then(|| {
            let next = self.0.len();
            let both = (kind.text.clone(), name.text.clone());
            *self.0.entry(both).or_insert(next)
        });
        Attribute { kind, path, number }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Clauses {
    /// The number that all clauses like this one share.
    pub(super) fn number(&mut self, clause: &wire::Clause) -> usize {
        let wire::Clause {
            id: _,
            context_kind,
            attribute,
            op,
            values,
            negate,
        } = clause;
        let all = serde_json::to_string(&(context_kind, attribute, op, values, negate))
            .expect("texts, JSON and a boolean have a JSON form");
        let next = self.0.len();
        *self.0.entry(all).or_insert(next)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Attribute {
    /// The kind of the contexts that may have it.
    pub(super) fn kind(&self) -> &Name {
        &self.kind
    }

    #[inline]
    pub(super) fn find<'c>(
        &self,
        context: &'c ContextInstance,
        sights: &mut Sights,
    ) -> Option<&'c AttributeValue> {
        let Some(sight) = self
            .number
            .and_then(|number| sights.attributes.get_mut(number))
        else {
            return self.path.find(context.of_kind(&self.kind)?);
        };
        if let Sight::NotLooked = sight {
            *sight = match context.place(&self.kind, &self.path.first) {
                Some(place) => Sight::At(place),
                None => Sight::Absent,
            };
        }
        match *sight {
            Sight::At(place) => self.path.on(context.at(place)),
            Sight::Absent | Sight::NotLooked => None,
        }
    }
}

impl Sights {
    /// Room for so much.
    pub(super) fn of(numbers: Numbers) -> Self {
        Self {
            attributes: vec![Sight::NotLooked; numbers.attributes],
            clauses: vec![None; numbers.clauses],
        }
    }

    /// Returns whether clauses of this number hold, if it was seen.
    #[inline]
    pub(super) fn holds(&self, clause: usize) -> Option<bool> {
        self.clauses.get(clause).copied().flatten()
    }

    /// Keeps whether clauses of this number hold.
    #[inline]
    pub(super) fn keep(&mut self, clause: usize, holds: bool) {
        if let Some(kept) = self.clauses.get_mut(clause) {
            *kept = Some(holds);
        }
    }

    /// Forgets everything, for the next context.
    pub(super) fn clear(&mut self) {
        self.attributes.fill(Sight::NotLooked);
        self.clauses.fill(None);
    }
}
