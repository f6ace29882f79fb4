//! A plan for some of the declarations, although everything was read.

use std::collections::{BTreeSet, HashMap, HashSet};

use segments_model::did_you_mean;

use super::{Declared, Plan};
use crate::sync::error::{DefinitionsError, SyncError};
use crate::sync::report::{ItemError, Outcome, ReportItem, Row};

impl Plan {
    /// Leaves only what is named, if something is.
    pub(super) fn narrow(
        &mut self,
        only: &BTreeSet<String>,
        declared: &Declared<'_>,
    ) -> Result<(), SyncError> {
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
        // What is not made now, although it was to be, is asked in vain.
        let creates =
            |outcome: &Outcome| matches!(outcome, Outcome::Planned(action) if action.makes());
        let left_out = report.segments.iter();
        let left_out =
            left_out.filter(|it| creates(&it.outcome) && !only.contains(it.key.as_str()));
        let left_out: BTreeSet<String> = left_out.map(|it| it.key.to_string()).collect();
        let lacking = |asked: Vec<&str>| {
            let key = asked.into_iter().find(|key| left_out.contains(*key))?;
            let key = key.to_owned();
            Some(Outcome::Failed(ItemError::NoSuchSegment { key }))
        };
        // The report begins with what is declared, in the order of declaration.
        for (segment, definition) in report.segments.iter_mut().zip(&declared.definitions) {
            if let Some(outcome) = lacking(definition.references()) {
                segment.outcome = outcome;
            }
        }
        for (report, targeting) in report.targetings.iter_mut().zip(&declared.targetings) {
            if let Some(outcome) = lacking(targeting.references()) {
                report.outcome = outcome;
            }
        }
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
