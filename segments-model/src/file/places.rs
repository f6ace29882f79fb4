//! The place of each part of a draft.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::span::Span;
use crate::{Code, Finding, Place};

/// The places of one segment. Most segments have no findings, so filling it is cheap, and what makes
/// looking something up cheap is made when something is looked up.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The header, or the key.
    pub(super) segment: Span,
    /// Every other part.
    spans: Vec<(Place, Span)>,
    /// The arrays of values, by rule and clause.
    values: Vec<((usize, usize), Span)>,
    /// Parts that could not be read, so that they lack nothing: that was said.
    unread: HashSet<Place>,
    /// The other parts by place.
    index: OnceCell<HashMap<Place, usize>>,
}

impl Places {
    pub(super) fn new(segment: Span) -> Self {
        Self {
            segment,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, place: Place, span: Span) {
        self.spans.push((place, span));
        self.index.take();
    }

    /// Moves a place that was written elsewhere.
    pub(super) fn replace(&mut self, place: Place, span: Span) {
        self.spans.retain(|(known, _)| *known != place);
        self.add(place, span);
    }

    pub(super) fn add_values(&mut self, rule: usize, clause: usize, span: Span) {
        self.values.push(((rule, clause), span));
    }

    /// Marks a part that could not be read, or of which something could not be.
    pub(super) fn mark_unread(&mut self, place: Place) {
        self.unread.insert(place);
    }

    /// Returns whether a part could not be read.
    pub(super) fn is_unread(&self, place: Place) -> bool {
        self.unread.contains(&place)
    }

    /// Takes places of another draft, of those parts that come from there.
    pub(super) fn inherit(&mut self, other: &Places, inherited: impl Fn(Place) -> bool) {
        let spans = other.spans.iter().filter(|(place, _)| inherited(*place));
        self.spans.extend(spans.cloned());
        let unread = other.unread.iter().filter(|place| inherited(**place));
        self.unread.extend(unread);
        if inherited(Place::Rule(0)) {
            self.values.extend(other.values.iter().cloned());
        }
    }

    /// Where the subject of a finding is written, or what contains it if it is not written itself.
    pub(super) fn of(&self, finding: &Finding) -> Span {
        if let (Code::VALUES_MISSING, Place::Clause { rule, clause }) =
            (finding.code, finding.place)
        {
            // They are in the order of writing.
            let written = self
                .values
                .binary_search_by_key(&(rule, clause), |(at, _)| *at);
            if let Ok(at) = written {
                return self.values[at].1.clone();
            }
        }
        self.find(finding.place)
    }

    /// Returns whether the subject of a finding is not written itself.
    pub(super) fn is_whole(&self, finding: &Finding) -> bool {
        self.find(finding.place) == self.segment && finding.place != Place::Segment
    }

    pub(super) fn find(&self, place: Place) -> Span {
        let index = self.index.get_or_init(|| {
            let spans = self.spans.iter().enumerate();
            // Of a part that is written twice, the first one counts.
            spans.rev().map(|(at, (place, _))| (*place, at)).collect()
        });
        let mut place = Some(place);
        while let Some(at) = place {
            if let Some(written) = index.get(&at) {
                return self.spans[*written].1.clone();
            }
            place = around(at);
        }
        self.segment.clone()
    }
}

/// The part that a part belongs to.
fn around(place: Place) -> Option<Place> {
    match place {
        Place::Included { list, key: Some(_) } => Some(Place::Included { list, key: None }),
        Place::Excluded { list, key: Some(_) } => Some(Place::Excluded { list, key: None }),
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
        | Place::Value { rule, clause, .. } => Some(Place::Clause { rule, clause }),
        _ => None,
    }
}
