//! A plan for some of what is declared, although all of it was looked at.

use std::collections::{BTreeSet, HashMap};

use segments_model::{Targeting, did_you_mean};

use super::Plan;
use super::survey::Here;
use crate::sync::error::{DefinitionsError, SyncError};
use crate::sync::report::{ItemError, Outcome, Row};

impl Plan {
    /// Leaves only what is named, if something is.
    pub(super) fn narrow(
        &mut self,
        only: &BTreeSet<String>,
        definitions: &[Here<'_>],
        targetings: &[Targeting],
    ) -> Result<(), SyncError> {
        if only.is_empty() || !self.report.reached {
            return Ok(());
        }
        let report = &mut self.report;
        let segments = report.segments.iter().map(|it| it.key.to_string());
        let resources = report.targetings.iter().map(|it| it.resource.path());
        let measured = report.measured.iter().map(|it| it.measured.path());
        let known: Vec<String> = segments.chain(resources).chain(measured).collect();
        if let Some(unknown) = only.iter().find(|key| !known.contains(*key)) {
            return Err(DefinitionsError::UnknownOnly {
                key: unknown.clone(),
                meant: did_you_mean(unknown, known.iter().map(String::as_str)).map(str::to_owned),
            }
            .into());
        }
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
        for definition in definitions {
            let mut segments = report.segments.iter_mut();
            if let Some(segment) = segments.find(|it| it.key == definition.key)
                && let Some(outcome) = lacking(definition.references())
            {
                segment.outcome = outcome;
            }
        }
        for targeting in targetings {
            let mut reports = report.targetings.iter_mut();
            if let Some(report) = reports.find(|it| it.resource == targeting.resource)
                && let Some(outcome) = lacking(targeting.references())
            {
                report.outcome = outcome;
            }
        }
        let segments = places(&mut report.segments, |it| only.contains(it.key.as_str()));
        let targetings = places(&mut report.targetings, |it| {
            only.contains(&it.resource.path())
        });
        let measured = places(&mut report.measured, |it| {
            only.contains(&it.measured.path())
        });
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
