//! Where each part of a draft is written.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::Place;

/// The places of the parts of one draft. Most drafts have no findings, so filling it is cheap, and what makes looking
/// something up cheap is made when something is looked up.
///
/// ```
/// use segments_model::Place;
/// use segments_model::source::Places;
///
/// let mut places = Places::new("the segment");
/// places.add(Place::Rule(0), "the rule");
/// assert_eq!(places.find(Place::Percent(0)), &"the rule");
/// assert_eq!(places.find(Place::Name), &"the segment");
/// ```
#[derive(Debug, Clone)]
pub struct Places<S> {
    whole: S,
    /// Those that are written here, then those of the base.
    parts: Vec<(Place, S)>,
    /// How many are written here.
    own: usize,
    /// Parts that could not be read, or of which something could not be.
    unread: Vec<Place>,
    index: OnceCell<HashMap<Place, usize>>,
}

impl<S> Places<S> {
    /// Starts without parts. What is not written itself, and is part of nothing that is, stands where the whole does.
    #[must_use]
    pub fn new(whole: S) -> Self {
        Self {
            whole,
            parts: Vec::new(),
            own: 0,
            unread: Vec::new(),
            index: OnceCell::new(),
        }
    }

    /// Adds a part. Of a part that is written twice, the first place counts; one that is written here counts before
    /// one of the base.
    pub fn add(&mut self, place: Place, span: S) {
        if self.own == self.parts.len() {
            self.parts.push((place, span));
        } else {
            self.parts.insert(self.own, (place, span));
        }
        self.own += 1;
        self.change();
    }

    /// Marks a part that could not be read, or of which something could not be: it lacks nothing, because that was said.
    pub fn mark_unread(&mut self, place: Place) {
        self.unread.push(place);
    }

    /// Returns whether a part, or something of it, could not be read.
    pub(super) fn is_unread(&self, place: Place) -> bool {
        self.unread.contains(&place)
    }

    /// Returns whether a part is written itself.
    #[must_use]
    pub fn has(&self, place: Place) -> bool {
        self.parts.iter().any(|(known, _)| *known == place)
    }

    /// Returns where a part is written, or what contains it if it is not written itself.
    #[must_use]
    pub fn find(&self, place: Place) -> &S {
        match self.nearest(place) {
            Some(at) => &self.parts[at].1,
            None => &self.whole,
        }
    }

    /// Returns whether neither a part nor what contains it is written, so that the whole stands for it.
    #[must_use]
    pub fn lacks(&self, place: Place) -> bool {
        place != Place::Segment && self.nearest(place).is_none()
    }

    /// Returns where the whole is written.
    #[must_use]
    pub fn whole(&self) -> &S {
        &self.whole
    }

    /// Returns whether a part, or what contains it, is written here and not in the base.
    pub(super) fn is_own(&self, place: Place) -> bool {
        self.nearest(place).is_some_and(|at| at < self.own)
    }

    fn change(&mut self) {
        if self.index.get().is_some() {
            self.index = OnceCell::new();
        }
    }

    fn nearest(&self, place: Place) -> Option<usize> {
        let index = self.index.get_or_init(|| {
            let parts = self.parts.iter().enumerate();
            parts.rev().map(|(at, (place, _))| (*place, at)).collect()
        });
        let mut place = Some(place);
        while let Some(part) = place {
            if let Some(at) = index.get(&part) {
                return Some(*at);
            }
            place = around(part);
        }
        None
    }
}

impl<S: Clone> Places<S> {
    /// Takes the places of those parts that come from the base.
    pub(super) fn inherit(&mut self, base: &Self, inherits: impl Fn(Place) -> bool) {
        let parts = base.parts.iter().filter(|(place, _)| inherits(*place));
        self.parts.extend(parts.cloned());
        let unread = base.unread.iter().filter(|place| inherits(**place));
        self.unread.extend(unread);
        self.change();
    }
}

/// The part that a part belongs to.
fn around(place: Place) -> Option<Place> {
    match place {
        Place::Included { list, key: Some(_) } | Place::IncludedUntil(list) => {
            Some(Place::Included { list, key: None })
        }
        Place::Excluded { list, key: Some(_) } | Place::ExcludedUntil(list) => {
            Some(Place::Excluded { list, key: None })
        }
        Place::Target {
            target,
            key: Some(_),
        }
        | Place::TargetServe(target) => Some(Place::Target { target, key: None }),
        Place::Share { rule, .. } => Some(Place::Serve { rule }),
        Place::Serve { rule: Some(rule) }
        | Place::Everyone(rule)
        | Place::Percent(rule)
        | Place::By(rule)
        | Place::Clause { rule, .. } => Some(Place::Rule(rule)),
        Place::Kind { rule, clause }
        | Place::Attribute { rule, clause }
        | Place::Operator { rule, clause }
        | Place::Values { rule, clause }
        | Place::Value { rule, clause, .. } => Some(Place::Clause { rule, clause }),
        _ => None,
    }
}
