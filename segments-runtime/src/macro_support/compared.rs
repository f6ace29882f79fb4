//! Checks the names in an experiment against the declarations, in constants, so that each mistake is one
//! readable error at its token. All information about its AI Config or flag comes from [`compared`], so
//! that a type that is neither is refused once.

use segments_model::targeting::Resource;
use segments_model::{ContextKind, SegmentKey, VariationKey};

use super::message::{Message, is_same, refuse};
use crate::targeting::{Targeted, Variation};

/// The variations that an experiment can compare, and its possible rules.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    resource: fn() -> Resource,
    variation: fn(usize) -> VariationKey,
    names: &'static [&'static str],
    rules: &'static [SegmentKey],
    fallthrough: bool,
}

/// Returns the declaration of an AI Config or a flag.
pub const fn compared<T: Targeted>() -> Compared {
    Compared {
        resource: || T::targeting().resource,
        variation: |at| T::Variation::ALL[at].key(),
        names: T::Variation::NAMES,
        rules: T::RULES,
        fallthrough: T::FALLTHROUGH,
    }
}

impl Compared {
    /// The AI Config or flag.
    #[must_use]
    pub fn resource(self) -> Resource {
        (self.resource)()
    }

    /// Compiles for a variation that is declared.
    #[track_caller]
    pub const fn serves(self, name: &str) {
        if self.place(name).is_some() {
            return;
        }
        let mut message = Message::new();
        message.push("`");
        message.push(name);
        message.push("` is not a declared variation; use ");
        message.push_list(self.names);
        message.refuse();
    }

    /// The key of a variation.
    #[must_use]
    pub fn variation(self, name: &str) -> VariationKey {
        let place = self
            .place(name)
            .expect("the same text was checked by `serves`");
        (self.variation)(place)
    }

    const fn place(self, name: &str) -> Option<usize> {
        let mut at = 0;
        while at < self.names.len() {
            if is_same(self.names[at], name) {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    /// Compiles if a rule asks for this segment and nothing else.
    #[track_caller]
    pub const fn asks_for(self, segment: &SegmentKey, message: &str) {
        let mut at = 0;
        while at < self.rules.len() {
            if is_same(self.rules[at].as_str(), segment.as_str()) {
                return;
            }
            at += 1;
        }
        refuse(message);
    }

    /// Compiles if it is declared who is served otherwise.
    #[track_caller]
    pub const fn falls_through(self, message: &str) {
        if !self.fallthrough {
            refuse(message);
        }
    }
}

/// Compiles if a metric is counted by the contexts that an experiment puts into treatments.
#[track_caller]
pub const fn counted_by(metric: &str, unit: &ContextKind, by: &ContextKind) {
    if is_same(unit.as_str(), by.as_str()) {
        return;
    }
    let mut message = Message::new();
    message.push("`");
    message.push(metric);
    message.push("` is counted by `");
    message.push(unit.as_str());
    message.push("`, and this experiment by `");
    message.push(by.as_str());
    message.push("`; write the same `by` in both");
    message.refuse();
}
