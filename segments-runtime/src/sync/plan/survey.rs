//! What is found in the environment, and what is decided about it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use segments_model::{Definition, SegmentKey, Targeting, wire};

use super::{Plan, Task, Work};
use crate::sync::config::{SyncConfig, SyncMode};
use crate::sync::decide::decide;
use crate::sync::diff::Goal;
use crate::sync::failed::FailedRequest;
use crate::sync::ownership::{self, Owner};
use crate::sync::reader::{Listing, Reader};
use crate::sync::report::{Action, Outcome, Report, Requests, SegmentReport, TargetingReport};
use crate::sync::targeting::{self, Usage};

/// A definition as it is in the environment.
pub(super) type Here<'a> = Cow<'a, Definition>;

/// What has been seen of the environment. Segments that are as declared leave only their outcome
/// behind, so that a large environment does not stay in memory.
pub(super) struct Survey<'a> {
    config: &'a SyncConfig,
    owner: Owner,
    definitions: &'a [Here<'a>],
    places: HashMap<&'a str, usize>,
    found: Vec<Option<Seen>>,
    /// Segments that carry the owner's tag and are not declared.
    orphans: HashMap<SegmentKey, Vec<String>>,
    /// Who asks which segment, for those that are not declared.
    asked: HashMap<String, Vec<String>>,
    targetings: &'a [Targeting],
    targeted: Vec<targeting::Found>,
    usage: Usage,
}

/// One declared segment that exists.
struct Seen {
    version: u64,
    outcome: Outcome,
    /// Kept if something is due.
    remote: Option<Box<wire::Segment>>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(
        config: &'a SyncConfig,
        definitions: &'a [Here<'a>],
        targetings: &'a [Targeting],
    ) -> Self {
        let keys = definitions.iter().map(|definition| definition.key.as_str());
        Self {
            config,
            owner: config.owner(),
            definitions,
            places: keys.enumerate().map(|(place, key)| (key, place)).collect(),
            found: definitions.iter().map(|_| None).collect(),
            orphans: HashMap::new(),
            asked: HashMap::new(),
            targetings,
            targeted: Vec::new(),
            usage: Usage::default(),
        }
    }

    pub(super) async fn look(&mut self, reader: &Reader) -> Result<(), FailedRequest> {
        let options = &self.config.options;
        let listing = reader
            .segments(options.concurrency, &options.progress, |segment| {
                self.see(segment);
            })
            .await?;
        // A segment that seems to be missing may have slipped from one page to another. Creating it
        // would show that it exists; a verification has no such second look.
        if listing == Listing::Shifted || options.mode == SyncMode::Verify {
            let missing = (0..self.definitions.len()).filter(|place| self.found[*place].is_none());
            let looks: Vec<_> = missing
                .map(|place| reader.segment(&self.definitions[place].key))
                .collect();
            let mut looks = stream::iter(looks).buffer_unordered(options.concurrency);
            while let Some(segment) = looks.next().await {
                segment?.into_iter().for_each(|segment| self.see(segment));
            }
        }
        self.targeted = targeting::look(reader, self.config, self.targetings).await?;
        if options.prune {
            self.look_at_orphans(reader).await?;
        }
        Ok(())
    }

    fn see(&mut self, segment: wire::Segment) {
        let Some(&place) = self.places.get(segment.key.as_str()) else {
            if self.config.options.prune {
                self.see_undeclared(&segment);
            }
            return;
        };
        if self.found[place]
            .as_ref()
            .is_some_and(|seen| seen.version > segment.version)
        {
            return;
        }
        let goal = self.goal(place);
        let options = &self.config.options;
        let imported = options.is_as_imported(&segment);
        let outcome = decide(&goal, Some(&segment), options.adoption, imported);
        let due = matches!(outcome, Outcome::Due(_));
        self.found[place] = Some(Seen {
            version: segment.version,
            outcome,
            remote: due.then(|| Box::new(segment)),
        });
    }

    fn goal(&self, place: usize) -> Goal<'_> {
        Goal {
            definition: &self.definitions[place],
            owner: &self.owner,
            revision: self.config.options.revision,
        }
    }

    fn see_undeclared(&mut self, segment: &wire::Segment) {
        let clauses = segment.rules.iter().flat_map(|rule| &rule.clauses);
        for clause in clauses.filter(|clause| clause.op == "segmentMatch") {
            for asked in clause.values.iter().filter_map(|value| value.as_str()) {
                let asking = self.asked.entry(asked.to_owned()).or_default();
                asking.push(segment.key.clone());
            }
        }
        let owner = self.owner.to_string();
        let ours = ownership::owners(&segment.tags).any(|name| name == owner);
        if let (true, Ok(key)) = (ours, SegmentKey::parse(segment.key.clone())) {
            self.orphans.insert(key, Vec::new());
        }
    }

    /// Finds out who uses the segments that may be deleted.
    async fn look_at_orphans(&mut self, reader: &Reader) -> Result<(), FailedRequest> {
        for definition in self.definitions {
            for asked in definition.references() {
                let asking = self.asked.entry(asked.to_owned()).or_default();
                asking.push(definition.key.to_string());
            }
        }
        if !self.orphans.is_empty() {
            let concurrency = self.config.options.concurrency;
            self.usage = Usage::look(reader, concurrency, self.targetings, &self.targeted).await?;
        }
        let orphans: HashSet<String> = self.orphans.keys().map(ToString::to_string).collect();
        for (key, used_by) in &mut self.orphans {
            let asking = self.asked.get(key.as_str()).into_iter().flatten();
            // Those that are deleted as well are in nobody's way.
            let staying = asking.filter(|asking| !orphans.contains(*asking));
            used_by.extend(staying.map(|key| format!("segment {key}")));
            // Only the answer for one segment tells the flags.
            if let Some(segment) = reader.segment(key).await? {
                let flags = segment.flags.unwrap_or_default();
                let others = flags
                    .iter()
                    .filter(|flag| !self.usage.declared.contains(&flag.key));
                used_by.extend(others.map(|flag| format!("flag {}", flag.key)));
            }
            let targeted = self.usage.used_by.get(key.as_str());
            used_by.extend(targeted.into_iter().flatten().cloned());
            if let Some(error) = &self.usage.unread {
                used_by.push(format!("AI Configs or not, which cannot be told: {error}"));
            }
        }
        Ok(())
    }

    /// How many segments have to be deleted one after the other before each: those that it is
    /// asked by. In a circle the order does not matter.
    fn deletion_depths(&self, orphans: &[(SegmentKey, Vec<String>)]) -> Vec<usize> {
        let places: HashMap<&str, usize> = orphans
            .iter()
            .enumerate()
            .map(|(place, (key, _))| (key.as_str(), place))
            .collect();
        let mut depths = vec![0; orphans.len()];
        for _ in 0..orphans.len() {
            let mut moved = false;
            for (place, (key, _)) in orphans.iter().enumerate() {
                let asking = self.asked.get(key.as_str()).into_iter().flatten();
                let before = asking.filter_map(|asking| places.get(asking.as_str()));
                let depth = before.map(|before| depths[*before] + 1).max();
                let depth = depth.unwrap_or_default().min(orphans.len());
                moved |= depth != depths[place];
                depths[place] = depth;
            }
            if !moved {
                break;
            }
        }
        depths
    }

    /// What was found about AI Configs and flags, and what is due of it.
    fn targetings(&mut self, reached: bool) -> (Vec<TargetingReport>, Vec<targeting::Work>) {
        let mut found = std::mem::take(&mut self.targeted).into_iter();
        let (mut reports, mut work) = (Vec::new(), Vec::new());
        for (place, targeting) in self.targetings.iter().enumerate() {
            let (outcome, remote) = match found.next() {
                Some(found) if reached => (found.outcome, found.remote),
                _ => (Outcome::NotReached, None),
            };
            if let (Outcome::Due(_), Some(remote)) = (&outcome, remote) {
                work.push(targeting::Work {
                    place,
                    targeting: Arc::new(targeting.clone()),
                    remote,
                });
            }
            reports.push(TargetingReport {
                resource: targeting.resource.clone(),
                outcome,
            });
        }
        (reports, work)
    }

    /// `cause` is why the environment could not be read, if so.
    pub(super) fn into_plan(mut self, cause: Option<Box<FailedRequest>>, depths: &[usize]) -> Plan {
        let reached = cause.is_none();
        let mut segments = Vec::with_capacity(self.definitions.len());
        let mut work = Vec::new();
        for (place, definition) in self.definitions.iter().enumerate() {
            let seen = self.found[place].take();
            let (outcome, remote) = match seen {
                _ if !reached => (Outcome::NotReached, None),
                Some(seen) => (seen.outcome, seen.remote),
                None => (
                    decide(&self.goal(place), None, self.config.options.adoption, false),
                    None,
                ),
            };
            if let Outcome::Due(_) = outcome {
                work.push(Work {
                    place,
                    task: Task::Settle {
                        definition: Arc::new(definition.clone().into_owned()),
                        remote,
                    },
                    depth: depths[place],
                });
            }
            segments.push(SegmentReport {
                key: definition.key.clone(),
                outcome,
            });
        }
        let mut orphans: Vec<_> = std::mem::take(&mut self.orphans).into_iter().collect();
        orphans.sort_unstable();
        let depths = self.deletion_depths(&orphans);
        for ((key, used_by), depth) in orphans.into_iter().zip(depths) {
            let place = segments.len();
            let outcome = if used_by.is_empty() {
                let released_by = self.usage.released_by.remove(key.as_str());
                let task = Task::Delete {
                    key: key.clone(),
                    released_by: released_by.unwrap_or_default(),
                };
                work.push(Work { place, task, depth });
                Outcome::Due(Action::Delete)
            } else {
                Outcome::Kept { used_by }
            };
            segments.push(SegmentReport { key, outcome });
        }
        let (targetings, targeting_work) = self.targetings(reached);
        Plan {
            targetings: targeting_work,
            report: Report {
                project: self.config.project.clone(),
                environment: self.config.environment.clone(),
                mode: SyncMode::Plan,
                reached,
                cause,
                segments,
                targetings,
                kinds: Vec::new(),
                requests: Requests::default(),
                elapsed: Duration::ZERO,
            },
            work,
        }
    }
}
