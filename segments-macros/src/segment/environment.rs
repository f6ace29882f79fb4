//! A segment in one environment: what is written for it, and the rest as it is elsewhere.

use segments_model::Part;
use segments_model::draft::Form;

use super::environment_block::distinct;
use super::parse::arguments;
use super::written::{InEnvironment, Written};
use crate::errors::Errors;

/// Makes whole segments of the blocks of a segment that is read.
pub(crate) fn resolve(written: &mut Written, errors: &mut Errors) {
    let blocks = std::mem::take(&mut written.blocks);
    let resolved = distinct(blocks, errors).into_iter().map(|block| {
        let mut own = Written::default();
        arguments(block.pieces, true, &mut own, errors);
        let own_rules = !own.rules.is_empty();
        let own_audience = own_rules
            || own.no_rules
            || own.nobody.is_some()
            || own.included.is_some()
            || own.excluded.is_some()
            || own.unmanaged.is_some()
            || own.percent.is_some();
        own.inherit(written);
        let own_rules = own.take_percent(errors) || own_rules;
        InEnvironment {
            environment: block.environment,
            written: own,
            own_rules,
            own_audience,
        }
    });
    written.environments = resolved.collect();
}

impl Written {
    /// Gives the one rule that has a percentage that of this environment, if there is one here.
    fn take_percent(&mut self, errors: &mut Errors) -> bool {
        let Some((percent, span)) = self.percent else {
            return false;
        };
        let shared = self.rules.iter_mut().filter(|rule| rule.percent.is_some());
        match &mut shared.collect::<Vec<_>>()[..] {
            [rule] => rule.percent = Some((percent, span)),
            [] => errors.at(
                span,
                "no rule has a percentage; write the rules of this environment",
            ),
            several => errors.at(
                span,
                format!(
                    "{} rules have a percentage, but `percent` applies to one; write the rules of this environment",
                    several.len()
                ),
            ),
        }
        true
    }

    /// Takes what is not written for this environment from what is written for all.
    pub(crate) fn inherit(&mut self, all: &Written) {
        let listed = self.included.is_some() || self.excluded.is_some();
        let own_rules = !self.rules.is_empty() || self.no_rules;
        // Who declares a part here manages it here, and the other way round.
        let manages = |part: Part| !self.leaves(part);
        let (included, excluded) = (manages(Part::Included), manages(Part::Excluded));
        let (description, tags) = (manages(Part::Description), manages(Part::Tags));
        let rules = manages(Part::Rules);
        if self.unmanaged.is_none() {
            let own = |part| match part {
                Part::Description => self.description.is_some(),
                Part::Tags => self.tags.is_some(),
                Part::Included => self.included.is_some() || self.nobody.is_some(),
                Part::Excluded => self.excluded.is_some() || self.nobody.is_some(),
                Part::Rules => own_rules || self.nobody.is_some(),
            };
            let mut unmanaged = all.unmanaged.clone();
            if let Some(unmanaged) = &mut unmanaged {
                unmanaged
                    .names
                    .retain(|name| !Part::parse(Form::Rust, name).is_some_and(own));
            }
            self.unmanaged = unmanaged;
        }
        if self.nobody.is_none() {
            // Whoever says who is in it takes back that nobody is.
            if !listed && !own_rules {
                self.nobody = all.nobody;
            }
            if included && self.included.is_none() {
                self.included.clone_from(&all.included);
            }
            if excluded && self.excluded.is_none() {
                self.excluded.clone_from(&all.excluded);
            }
            if rules && !own_rules {
                self.rules.clone_from(&all.rules);
                self.no_rules = all.no_rules;
            }
        }
        self.name = self.name.take().or_else(|| all.name.clone());
        if description && self.description.is_none() {
            self.description.clone_from(&all.description);
        }
        if tags && self.tags.is_none() {
            self.tags.clone_from(&all.tags);
        }
        self.lifecycle.clone_from(&all.lifecycle);
        self.item.clone_from(&all.item);
        self.runtime = all.runtime.clone();
        self.key.clone_from(&all.key);
        self.big.clone_from(&all.big);
        self.allowed.clone_from(&all.allowed);
        self.incomplete |= all.incomplete;
    }
}
