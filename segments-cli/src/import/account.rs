//! Determines which segments of an account can be imported, and why others cannot.
//!
//! Each segment is checked on its own: nothing odd in one segment excludes another. Only references need
//! the others, and the account shows which exist.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use segments_model::algebra::Domain;
use segments_model::draft::{DraftClause, DraftRule};
use segments_model::relations::relations;
use segments_model::{AttributeRef, Code, Definition, Draft, Finding, Findings, Severity, wire};
use segments_runtime::sync::{Mark, SegmentList, UnreadableSegment};

use super::attributes::built_in;
use crate::arguments::Selection;

/// The segments of an account.
pub(super) struct Account<'a> {
    /// Those that can be written down, in the order of the account.
    pub(super) readable: Vec<Readable<'a>>,
    /// Those that cannot. They stay as they are.
    pub(super) left_out: Vec<LeftOut<'a>>,
    /// Those that the service shows in a form that nobody knows.
    pub(super) unreadable: Vec<&'a UnreadableSegment>,
    /// Those of other owners, by owner.
    pub(super) of_others: BTreeMap<&'a str, Vec<&'a wire::Segment>>,
    /// Warnings about style, which somebody who takes over hundreds of segments cannot all heed.
    pub(super) style: BTreeSet<&'static str>,
}

/// A segment as a definition.
pub(super) struct Readable<'a> {
    pub(super) segment: &'a wire::Segment,
    pub(super) definition: Definition,
}

/// A segment that is not written down.
#[derive(Debug)]
pub(super) struct LeftOut<'a> {
    pub(super) segment: &'a wire::Segment,
    pub(super) reason: String,
}

impl<'a> Account<'a> {
    /// An account without segments.
    pub(super) fn empty() -> Self {
        Self {
            readable: Vec::new(),
            left_out: Vec::new(),
            unreadable: Vec::new(),
            of_others: BTreeMap::new(),
            style: BTreeSet::new(),
        }
    }

    /// Sorts the selected segments of an account, of which `owner` takes over what nobody else owns.
    pub(super) fn new(list: &'a SegmentList, owner: &str, selection: &Selection) -> Self {
        let segments = &list.segments;
        let unreadable = list.unreadable.iter();
        let mut account = Self::empty();
        account
            .unreadable
            .extend(unreadable.filter(|one| selection.may_have(one)));
        let keys: BTreeSet<&str> = keys(list).collect();
        for segment in segments.iter().filter(|one| selection.has(one)) {
            if let Some(other) = other_owner(segment, owner) {
                account.of_others.entry(other).or_default().push(segment);
                continue;
            }
            match definition(segment, &keys) {
                Ok((definition, warnings)) => {
                    account.style.extend(style(&warnings));
                    account.readable.push(Readable {
                        segment,
                        definition,
                    });
                }
                Err(reason) => account.left_out.push(LeftOut { segment, reason }),
            }
        }
        account.settle();
        account
    }

    /// Leaves out what is wrong in spite of being well written: rules that never match, and circles of
    /// references. Of a circle one segment goes, and the others then refer to what is elsewhere.
    fn settle(&mut self) {
        loop {
            let definitions: Vec<&Definition> =
                self.readable.iter().map(|one| &one.definition).collect();
            // Of other attributes nobody knows what they hold.
            let found = relations(&definitions, &|_, _| Domain::UNKNOWN);
            let mut reasons: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            for relation in found {
                if relation.finding.code.severity() == Severity::Error {
                    let reasons = reasons.entry(relation.segment).or_default();
                    reasons.push(in_words(&relation.finding));
                }
            }
            if reasons.is_empty() {
                break;
            }
            self.leave_out(
                &reasons
                    .into_iter()
                    .map(|(at, all)| (at, all.join("; ")))
                    .collect(),
            );
        }
        self.left_out
            .sort_by(|left, right| left.segment.key.cmp(&right.segment.key));
    }

    /// Leaves out segments, by their place among those that are readable.
    pub(super) fn leave_out(&mut self, reasons: &BTreeMap<usize, String>) {
        let all = std::mem::take(&mut self.readable).into_iter().enumerate();
        for (at, one) in all {
            match reasons.get(&at) {
                None => self.readable.push(one),
                Some(reason) => self.left_out.push(LeftOut {
                    segment: one.segment,
                    reason: reason.clone(),
                }),
            }
        }
    }

    /// The places of the readable segments that refer to each of them, by key.
    pub(super) fn referrers(&self) -> HashMap<&str, Vec<usize>> {
        let mut referrers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, one) in self.readable.iter().enumerate() {
            for key in one.definition.references() {
                referrers.entry(key).or_default().push(at);
            }
        }
        referrers
    }

    /// How many segments were selected.
    pub(super) fn len(&self) -> usize {
        let of_others = self.of_others.values().map(Vec::len);
        let written = self.readable.len() + self.left_out.len();
        written + self.unreadable.len() + of_others.sum::<usize>()
    }

    /// The segments that are not written down and exist: those of others, and what others refer to.
    pub(super) fn external(&self) -> BTreeSet<&str> {
        let here: BTreeSet<&str> = self
            .readable
            .iter()
            .map(|one| one.definition.key.as_str())
            .collect();
        let references = self
            .readable
            .iter()
            .flat_map(|one| one.definition.references());
        let of_others = self.of_others.values().flatten();
        references
            .chain(of_others.map(|segment| segment.key.as_str()))
            .filter(|key| !here.contains(key))
            .collect()
    }
}

impl Selection {
    pub(crate) fn has(&self, segment: &wire::Segment) -> bool {
        let all = self.keys.is_empty() && self.tags.is_empty();
        all || self.keys.contains(&segment.key)
            || segment.tags.iter().any(|tag| self.tags.contains(tag))
    }

    /// An unreadable segment may have any tag, and any key if that cannot be read either.
    fn may_have(&self, unreadable: &UnreadableSegment) -> bool {
        let all = self.keys.is_empty() || !self.tags.is_empty();
        let key = unreadable.key.as_ref();
        all || key.is_none_or(|key| self.keys.contains(key))
    }
}

/// The keys of all segments, those included that cannot be read.
pub(crate) fn keys(list: &SegmentList) -> impl Iterator<Item = &str> {
    let unreadable = list.unreadable.iter();
    let unreadable = unreadable.filter_map(|segment| segment.key.as_deref());
    let segments = list.segments.iter().map(|segment| segment.key.as_str());
    segments.chain(unreadable)
}

/// Somebody else whom the tags of a segment name.
fn other_owner<'a>(segment: &'a wire::Segment, owner: &str) -> Option<&'a str> {
    segment.tags.iter().find_map(|tag| match Mark::of(tag) {
        Some(Mark::Owner(other)) if other != owner => Some(other),
        _ => None,
    })
}

fn style(warnings: &Findings) -> impl Iterator<Item = &'static str> {
    let names = warnings.iter().map(|finding| finding.code.name());
    names.filter(|name| name.starts_with("style-"))
}

/// The definition of a segment, or everything that stands in the way of one.
pub(crate) fn definition(
    segment: &wire::Segment,
    keys: &BTreeSet<&str>,
) -> Result<(Definition, Findings), String> {
    let mut draft = Draft::try_from(segment).map_err(|reasons| reasons.to_string())?;
    // Owners and revisions are the sync's own tags.
    if let Some(tags) = &mut draft.tags {
        tags.retain(|tag| Mark::of(tag).is_none());
    }
    draft.tags = draft.tags.filter(|tags| !tags.is_empty());
    let clauses = draft.rules.iter_mut().flatten();
    for clause in clauses.flat_map(|rule: &mut DraftRule| &mut rule.clauses) {
        clause.attribute_type = type_of_built_in(clause);
    }
    let mut reasons = dangling(&draft, keys);
    let parsed = draft.parse();
    if let Err(findings) = &parsed {
        let errors = findings.iter();
        let errors = errors.filter(|finding| finding.code.severity() == Severity::Error);
        reasons.extend(errors.map(in_words));
    }
    match parsed {
        Ok(found) if reasons.is_empty() => Ok(found),
        _ => Err(reasons.join("; ")),
    }
}

pub(super) fn type_of_built_in(clause: &DraftClause) -> Option<segments_model::AttributeType> {
    built_in(&AttributeRef::parse(clause.attribute.clone()?).ok()?)
}

/// The segments that rules refer to and nobody has. What is meant, only a person can tell.
fn dangling(draft: &Draft, keys: &BTreeSet<&str>) -> Vec<String> {
    let missing = draft.references().filter(|(_, key)| !keys.contains(key));
    let told = missing.map(|(place, key)| {
        let message = format!(
            "segment `{key}` does not exist, so nobody is in it; remove the reference, or restore the segment"
        );
        in_words(&Finding::new(Code::SEGMENT_UNKNOWN, place, message))
    });
    told.collect()
}

/// The finding, with its rule.
fn in_words(finding: &Finding) -> String {
    match finding.place.rule() {
        Some(rule) => format!("rule {}: {}", rule + 1, finding.message),
        None => finding.message.clone(),
    }
}
