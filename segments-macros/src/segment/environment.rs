//! A segment in one environment: what is written for it, and the rest as it is elsewhere.

use segments_model::Place;

use super::environment_block::distinct;
use super::parse::arguments;
use super::written::{InEnvironment, Written};
use crate::errors::Errors;

/// Makes whole segments of the blocks of a segment that is read.
pub(crate) fn resolve(written: &mut Written, errors: &mut Errors) {
    let blocks = std::mem::take(&mut written.blocks);
    let resolved = distinct(blocks, errors).into_iter().map(|block| {
        let mut own = Written::new(*written.source.places.whole());
        arguments(block.pieces, true, &mut own, errors);
        let draft = &own.source.draft;
        let own_rules = draft.rules.is_some();
        let own_audience = own_rules
            || draft.nobody
            || draft.included.is_some()
            || draft.excluded.is_some()
            || own.source.places.has(Place::Unmanaged)
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
        let Some((own, span)) = self.percent else {
            return false;
        };
        match self.source.draft.only_percentage() {
            Ok((rule, percent)) => {
                *percent = own;
                self.source.places.add(Place::Percent(rule), span);
            }
            Err((_, message)) => errors.at(span, message),
        }
        true
    }
}
