//! Segments that are no longer declared and may be deleted: a forecast for each. The decision is made
//! again right before the deletion.
//!
//! They are a chapter of the [survey](super::survey): it asks for them last, when it knows what becomes of everything
//! that is declared, and they look that up in it. So the two files import each other.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::stream::{self, StreamExt};
use segments_model::{FlagKey, Resource, SegmentKey, Targeting, wire};

use super::declared::Here;
use super::survey::{Survey, releases};
use crate::sync::config::AtMost;
use crate::sync::failed::FailedRequest;
use crate::sync::prune::{Census, Orphan, Terms, User, Verdict, order};
use crate::sync::reader::Reader;
use crate::sync::report::{Keep, Outcome};
use crate::sync::revision::InForce;

/// All of them, and what speaks against deleting any.
#[derive(Default)]
pub(super) struct Orphans {
    found: Vec<Orphan>,
    segments: Vec<Option<Box<wire::Segment>>>,
    at_most: Option<(AtMost, usize)>,
}

impl Orphans {
    /// Finds out who uses them.
    pub(super) async fn look(survey: &Survey<'_>, reader: &Reader, census: &Census) -> Self {
        let options = &survey.config.options;
        let claimant = survey.config.claimant();
        let keys: HashSet<&str> = survey.leaving().map(SegmentKey::as_str).collect();
        let terms = Terms::of(survey.config, &claimant);
        let mut always = always(survey, census);
        always.extend(census.lacks(survey.existing().chain(keys.iter().copied())));
        let asked_by = asked_by(survey.definitions);
        let will = Will::of(survey);

        let reads = survey.leaving().map(|key| reader.segment(key));
        let reads: Vec<_> = reads.collect();
        let mut reads = stream::iter(reads).buffered(options.concurrency);
        let (mut found, mut segments) = (Vec::new(), Vec::new());
        for key in survey.leaving() {
            let read = reads.next().await.unwrap_or(Ok(None));
            let mut keep = always.clone();
            keep.extend(itself(&terms, &will, key, &read));
            segments.push(read.ok().flatten().map(Box::new));
            let nobody = BTreeSet::new();
            let declared = asked_by.get(key.as_str()).unwrap_or(&nobody);
            keep.extend(census.against(key.as_str(), |user| match user {
                // Those that go as well are looked at together.
                User::Segment(by) => {
                    keys.contains(by.as_str())
                        || survey.replaces_rules(by) && !declared.contains(by.as_str())
                }
                User::Targeting(resource) => will.releases(resource, key.as_str()),
            }));
            keep.extend(declared.iter().map(|by| Keep::UsedBy {
                what: format!("segment {by}"),
            }));
            keep.extend(will.uses(key.as_str()));
            dedup(&mut keep);
            let asking = census.asking(key.as_str());
            let asking = asking.filter(|by| keys.contains(by)).map(str::to_owned);
            found.push(Orphan {
                key: key.clone(),
                keep,
                asked_by: asking.collect(),
            });
        }
        let at_most = Some((options.prune_at_most, census.owned));
        Self {
            found,
            segments,
            at_most,
        }
    }

    /// The outcome of each, and its name.
    pub(super) fn verdicts(self) -> HashMap<SegmentKey, (Verdict, Option<Box<wire::Segment>>)> {
        let mut verdicts = order(&self.found);
        let goes = |verdict: &&Verdict| matches!(verdict, Verdict::Goes { .. });
        let count = verdicts.iter().filter(goes).count();
        if let Some((at_most, of)) = self.at_most
            && count > at_most.of(of)
        {
            let too_many = Keep::TooMany {
                count,
                of,
                limit: at_most.of(of),
                how: at_most.how(),
            };
            for verdict in &mut verdicts {
                if matches!(verdict, Verdict::Goes { .. }) {
                    *verdict = Verdict::Stays(vec![too_many.clone()]);
                }
            }
        }
        let keys = self.found.into_iter().map(|orphan| orphan.key);
        keys.zip(verdicts.into_iter().zip(self.segments)).collect()
    }
}

/// The reasons not to delete anything at all.
fn always(survey: &Survey<'_>, census: &Census) -> Vec<Keep> {
    let mut keep = Vec::new();
    if survey.declares_nothing() {
        keep.push(Keep::NothingDeclared);
    }
    let ours = survey.config.options.revision;
    let newer = census.newest.filter(|newest| Some(*newest) > ours);
    keep.extend(match survey.in_force() {
        InForce::Newer(revision) => Some(Keep::Superseded { revision }),
        InForce::Disputed(revision) => Some(Keep::SameRevision { revision }),
        InForce::Ours => newer.map(|revision| Keep::Superseded { revision }),
    });
    keep
}

/// The reasons in the response for one segment not to delete it.
fn itself(
    terms: &Terms,
    will: &Will<'_>,
    key: &SegmentKey,
    read: &Result<Option<wire::Segment>, FailedRequest>,
) -> Vec<Keep> {
    match read {
        Ok(Some(segment)) => terms.against(segment, |flag| will.flag_releases(flag, key.as_str())),
        // It went while it was looked at.
        Ok(None) => Vec::new(),
        Err(error) => vec![Keep::Unknown {
            what: "flags",
            why: error.to_string(),
        }],
    }
}

fn dedup(keep: &mut Vec<Keep>) {
    let mut seen = Vec::new();
    keep.retain(|reason| {
        let new = !seen.contains(reason);
        if new {
            seen.push(reason.clone());
        }
        new
    });
}

/// The declared segments that ask each segment.
fn asked_by<'d>(definitions: &'d [Here<'_>]) -> HashMap<&'d str, BTreeSet<&'d str>> {
    let mut asked_by: HashMap<_, BTreeSet<_>> = HashMap::new();
    for definition in definitions {
        for asked in definition.references() {
            let by = asked_by.entry(asked).or_default();
            by.insert(definition.key.as_str());
        }
    }
    asked_by
}

/// What the declared AI Configs and flags will ask once they are as declared.
struct Will<'a> {
    declared: HashMap<&'a Resource, (&'a Targeting, &'a Outcome)>,
    asking: HashMap<&'a str, Vec<&'a Resource>>,
}

impl<'a> Will<'a> {
    fn of(survey: &'a Survey<'_>) -> Self {
        let mut will = Self {
            declared: HashMap::new(),
            asking: HashMap::new(),
        };
        for (targeting, outcome) in survey.targeted().chain(survey.ending()) {
            let resource = &targeting.resource;
            will.declared
                .entry(resource)
                .or_insert((targeting, outcome));
            let asked: BTreeSet<&str> = targeting.references().into_iter().collect();
            for key in asked {
                will.asking.entry(key).or_default().push(resource);
            }
        }
        will
    }

    /// Returns whether one that asks a segment now does not once it is as declared.
    fn releases(&self, resource: &Resource, key: &str) -> bool {
        let declared = self.declared.get(resource);
        declared.is_some_and(|(targeting, outcome)| releases(targeting, outcome, key))
    }

    fn flag_releases(&self, flag: &str, key: &str) -> bool {
        let flag = FlagKey::parse(flag).map(Resource::Flag);
        flag.is_ok_and(|flag| self.releases(&flag, key))
    }

    /// Those that ask a segment once they are as declared.
    fn uses(&self, key: &str) -> impl Iterator<Item = Keep> {
        let using = self.asking.get(key).into_iter().flatten();
        using.map(|resource| Keep::UsedBy {
            what: resource.to_string(),
        })
    }
}
