//! A targeting in one environment: what is written for it, and the rest as it is elsewhere.

use super::DraftTargeting;
use crate::Place;
use crate::source::{Inherit, IsInherited};

impl Inherit for DraftTargeting {
    fn inherit(&mut self, base: &Self, is_written: &dyn Fn(Place) -> bool) -> IsInherited {
        let (own_targets, own_rules) = (self.targets.is_some(), self.rules.is_some());
        let own_fallthrough = self.fallthrough.is_some();
        let own_at_least = is_written(Place::AtLeast);
        self.key.clone_from(&base.key);
        self.variations.clone_from(&base.variations);
        if !own_targets {
            self.targets.clone_from(&base.targets);
        }
        if !own_rules {
            self.rules.clone_from(&base.rules);
        }
        if !own_fallthrough {
            self.fallthrough.clone_from(&base.fallthrough);
        }
        if !own_at_least {
            self.at_least = base.at_least;
        }
        Box::new(move |place| match place {
            Place::Segment => false,
            Place::Key | Place::Variation(_) => true,
            Place::Target { .. } | Place::TargetServe(_) => !own_targets,
            Place::Serve { rule: None } | Place::Share { rule: None, .. } => !own_fallthrough,
            Place::AtLeast => !own_at_least,
            // All others are parts of rules.
            _ => !own_rules,
        })
    }
}
