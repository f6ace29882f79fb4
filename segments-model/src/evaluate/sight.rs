//! Where the attributes of a context were seen.
//!
//! Many clauses of many segments look at few attributes. Each is looked for once.

use foldhash::HashMap;

use super::clause::Path;
use super::context::{ContextInstance, Name, Place};
use crate::AttributeValue;

/// An attribute of contexts of a kind, one of those that clauses look at.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    kind: Name,
    path: Path,
    /// What all clauses have in common that look at this attribute or into it; none if it need not
    /// stand in a context to be seen.
    number: Option<usize>,
}

/// All attributes that clauses look at.
#[derive(Debug, Default)]
pub(super) struct Attributes(HashMap<(Box<str>, Box<str>), usize>);

/// Where they are in one context, as far as somebody has looked. Without room, which only many
/// questions are worth, nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Sights(Vec<Sight>);

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
        let Some(sight) = self.number.and_then(|number| sights.0.get_mut(number)) else {
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
    /// Room for so many attributes.
    pub(super) fn of(attributes: usize) -> Self {
        Self(vec![Sight::NotLooked; attributes])
    }

    /// Forgets everything, for the next context.
    pub(super) fn clear(&mut self) {
        self.0.fill(Sight::NotLooked);
    }
}
