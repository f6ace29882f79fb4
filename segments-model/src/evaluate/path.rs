//! The path to an attribute.

use super::context::{Name, Single};
use crate::{AttributeRef, AttributeValue, InvalidReference};

/// The name of an attribute, and of those inside it on the way.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) first: Name,
    rest: Vec<String>,
}

impl Path {
    /// Reads the attribute of a clause or rule. Without a kind of context it is a name as it
    /// stands, as it was before there were kinds.
    pub(super) fn parse(attribute: &str, literal: bool) -> Result<Self, InvalidReference> {
        if literal {
            return if attribute.is_empty() {
                Err(InvalidReference::Empty)
            } else {
                Ok(Self {
                    first: Name::new(attribute),
                    rest: Vec::new(),
                })
            };
        }
        let reference = AttributeRef::parse(attribute)?;
        let mut names = reference.path();
        let first = names.next().unwrap_or_default();
        Ok(Self {
            first: Name::new(&first),
            rest: names.map(String::from).collect(),
        })
    }

    /// Returns whether it means the kind of the context, which is not among its attributes.
    pub(super) fn is_kind(&self) -> bool {
        &*self.first.text == "kind" && self.rest.is_empty()
    }

    pub(super) fn find<'a>(&self, context: &'a Single) -> Option<&'a AttributeValue> {
        self.on(context.attribute(&self.first)?)
    }

    /// The rest of the way, from the attribute on.
    #[inline]
    pub(super) fn on<'a>(&self, mut value: &'a AttributeValue) -> Option<&'a AttributeValue> {
        for name in &self.rest {
            value = value.get(name)?;
        }
        Some(value)
    }
}
