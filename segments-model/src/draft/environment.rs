//! A segment in one environment: what is written for it, and the rest as it is elsewhere.

use super::Draft;
use crate::source::{Inherit, IsInherited};
use crate::{Code, Part, Place};

impl Inherit for Draft {
    fn inherit(&mut self, base: &Self, is_written: &dyn Fn(Place) -> bool) -> IsInherited {
        let (own_name, own_unmanaged) = (is_written(Place::Name), is_written(Place::Unmanaged));
        // Whoever says that nobody is in it takes all lists and rules back, and the other way round.
        let nobody = self.nobody;
        let own = Part::ALL.map(|part| match part {
            Part::Description => self.description.is_some(),
            Part::Tags => self.tags.is_some(),
            Part::Included => self.included.is_some() || nobody,
            Part::Excluded => self.excluded.is_some() || nobody,
            Part::Rules => self.rules.is_some() || nobody,
        });
        let is_own = |part: Part| own[part as usize];
        // Who declares a part here manages it here, and the other way round.
        let form = self.form;
        if !own_unmanaged {
            let left = base.unmanaged.iter();
            let left = left.filter(|name| !Part::parse(form, name).is_some_and(is_own));
            self.unmanaged = left.cloned().collect();
        }
        let left = |part: Part| self.unmanaged.iter().any(|name| name == part.written(form));
        let inherits = Part::ALL.map(|part| !(is_own(part) || own_unmanaged && left(part)));
        let inherits = move |part: Part| inherits[part as usize];

        self.key.clone_from(&base.key);
        if !own_name {
            self.name.clone_from(&base.name);
        }
        if inherits(Part::Description) {
            self.description.clone_from(&base.description);
        }
        if inherits(Part::Tags) {
            self.tags.clone_from(&base.tags);
        }
        let lists_or_rules = [Part::Included, Part::Excluded, Part::Rules];
        if !lists_or_rules.into_iter().any(is_own) {
            self.nobody = base.nobody;
        }
        if inherits(Part::Included) {
            self.included.clone_from(&base.included);
        }
        if inherits(Part::Excluded) {
            self.excluded.clone_from(&base.excluded);
        }
        if inherits(Part::Rules) {
            self.rules.clone_from(&base.rules);
        }
        self.big.clone_from(&base.big);
        self.lifecycle.clone_from(&base.lifecycle);
        Box::new(move |place| match place {
            Place::Segment | Place::Key | Place::Big | Place::Lifecycle(_) => true,
            Place::Name => !own_name,
            Place::Description => inherits(Part::Description),
            Place::Tag(_) => inherits(Part::Tags),
            Place::Included { .. } | Place::IncludedUntil(_) => inherits(Part::Included),
            Place::Excluded { .. } | Place::ExcludedUntil(_) => inherits(Part::Excluded),
            Place::Nobody => !nobody,
            Place::Unmanaged => !own_unmanaged,
            // All others are parts of rules.
            _ => inherits(Part::Rules),
        })
    }
}

impl Draft {
    /// Returns the percentage of the one rule that has one, for which an environment may have another; and the
    /// position of the rule.
    ///
    /// # Errors
    ///
    /// The code and the message of the finding, if no rule has a percentage or several do.
    pub fn only_percentage(&mut self) -> Result<(usize, &mut f64), (Code, String)> {
        let rules = self.rules.iter_mut().flatten().enumerate();
        let mut shared = rules.filter_map(|(rule, draft)| Some((rule, draft.percent.as_mut()?)));
        match (shared.next(), shared.count()) {
            (Some(only), 0) => Ok(only),
            (None, _) => {
                let message = "no rule has a percentage; write the rules of this environment";
                Err((Code::KEY_MISSING, message.to_owned()))
            }
            (Some(_), others) => {
                let message = format!(
                    "{} rules have a percentage, but `percent` applies to one; write the rules of this environment",
                    others + 1
                );
                Err((Code::KEY_DUPLICATE, message))
            }
        }
    }
}
