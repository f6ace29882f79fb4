//! A plan for some of the declarations, although everything was read.

use std::collections::{BTreeSet, HashMap, HashSet};

use segments_model::did_you_mean;

use super::Plan;
use crate::sync::definitions_error::DefinitionsError;
use crate::sync::error::SyncError;
use crate::sync::report::{Outcome, ReportItem, Row};

impl Plan {
    /// Leaves only what is named, if something is.
    pub(super) fn narrow(&mut self, only: &BTreeSet<String>) -> Result<(), SyncError> {
        if only.is_empty() || !self.report.reached {
            return Ok(());
        }
        let known: HashSet<String> = self.report.settled().map(|it| it.path()).collect();
        if let Some(unknown) = only.iter().find(|key| !known.contains(*key)) {
            return Err(DefinitionsError::UnknownOnly {
                key: unknown.clone(),
                meant: did_you_mean(unknown, known.iter().map(String::as_str)).map(str::to_owned),
            }
            .into());
        }
        let report = &mut self.report;
        let named = |it: ReportItem<'_>| only.contains(&it.path());
        let segments = places(&mut report.segments, |it| named(it.settled()));
        let targetings = places(&mut report.targetings, |it| named(it.settled()));
        let measured = places(&mut report.measured, |it| named(it.settled()));
        self.work.retain_mut(|work| {
            let new = match work.row {
                Row::Segment(place) => segments.get(&place).copied().map(Row::Segment),
                Row::Targeting(place) => targetings.get(&place).copied().map(Row::Targeting),
                Row::Measured(place) => measured.get(&place).copied().map(Row::Measured),
            };
            let Some(new) = new else { return false };
            work.row = new;
            matches!(report.outcome_at(new), Outcome::Planned(_))
        });
        Ok(())
    }
}

/// Keeps some, and tells where each of them stands then.
fn places<T>(items: &mut Vec<T>, keep: impl Fn(&T) -> bool) -> HashMap<usize, usize> {
    let kept = items.iter().enumerate().filter(|(_, item)| keep(item));
    let kept = kept.enumerate().map(|(new, (old, _))| (old, new));
    let places = kept.collect();
    items.retain(keep);
    places
}
