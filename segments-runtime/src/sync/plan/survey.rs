//! The remote state of the environment, and the decisions about it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use segments_model::{
    Audience, Definition, Expiry, Operator, Resource, SegmentKey, Targeting, Targets, Unlisted,
    wire,
};

use super::declared::{Declared, Here};
use super::former::{self, Former};
use super::measured;
use super::orphans::Orphans;
use super::sighting::Sighting;
use super::{Origin, Plan, Task, Unproved, Work};
use crate::sync::config::{SyncConfig, SyncMode};
use crate::sync::decide::{Terms, decide};
use crate::sync::diff::{self, Goal};
use crate::sync::expiries;
use crate::sync::failed::FailedRequest;
use crate::sync::let_go::LetGo;
use crate::sync::listed::Listed;
use crate::sync::moves::{self, Moving};
use crate::sync::ownership::{self, Claim, Claimant};
use crate::sync::prune::{Census, User, Verdict};
use crate::sync::reader::{Listing, Reader};
use crate::sync::report::{
    Action, ItemError, Keep, MeasuredReport, Outcome, Report, Requests, Row, SegmentReport,
    TargetingReport, Warning,
};
use crate::sync::revision::InForce;
use crate::sync::segment_size::SegmentSize;
use crate::sync::syncable::Syncable;
use crate::sync::targeting;

/// What has been seen of the environment. Segments that are as declared leave only their outcome
/// behind, so that a large environment does not stay in memory.
pub(super) struct Survey<'a> {
    pub(super) config: &'a SyncConfig,
    /// The program that declares.
    claimant: Claimant,
    declared: &'a Declared<'a>,
    /// Whether more is looked up than an unattended sync needs.
    thorough: bool,
    pub(super) definitions: &'a [Here<'a>],
    places: HashMap<&'a str, usize>,
    found: Vec<Option<Seen>>,
    /// Segments whose lists expire, which is read apart.
    expiring: BTreeMap<usize, wire::Segment>,
    /// The time of day of the service, in milliseconds since 1970.
    now: i64,
    targetings: &'a [Targeting],
    /// The places of the targetings, by what they are of.
    resources: HashMap<&'a Resource, usize>,
    targeted: Vec<targeting::Found>,
    /// Segments that are asked and declared elsewhere, and whether they exist.
    external: BTreeMap<&'a str, bool>,
    /// Segments that this owner made, or that were imported, and that are not declared, each with the
    /// owners that it names if there are others.
    undeclared: BTreeMap<SegmentKey, Option<Vec<String>>>,
    /// The places of the segments that take the place of others, by the keys of those.
    followers: HashMap<&'a str, usize>,
    /// Those others, where they exist.
    vacated: BTreeMap<usize, wire::Segment>,
    /// The same, with what asks them.
    moving: BTreeMap<usize, Moving>,
    /// The highest revision that the owner's segments show.
    newest: Option<u64>,
    /// The revision of which there are two declarations.
    disputed: Option<u64>,
    orphans: Orphans,
    sightings: BTreeMap<String, Sighting>,
    /// Which segments each segment asks.
    asks: BTreeMap<String, Vec<String>>,
    /// The segments of others that ask some.
    asking: Vec<wire::Segment>,
    warnings: Vec<Warning>,
    /// AI Configs and flags that are no longer declared.
    former: Vec<Former>,
    measured: Vec<measured::Found>,
    sizes: BTreeMap<String, SegmentSize>,
}

/// One declared segment that exists.
struct Seen {
    version: u64,
    outcome: Outcome,
    let_go: Vec<LetGo>,
    /// Kept if something is due.
    remote: Option<Box<wire::Segment>>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(config: &'a SyncConfig, declared: &'a Declared<'a>, thorough: bool) -> Self {
        let Declared {
            definitions,
            targetings,
            ..
        } = declared;
        let keys = definitions.iter().map(|definition| definition.key.as_str());
        let places: HashMap<_, _> = keys.enumerate().map(|(place, key)| (key, place)).collect();
        let followers = definitions
            .iter()
            .enumerate()
            .filter_map(|(place, definition)| {
                let from = definition.lifecycle.moved_from.as_ref()?.as_str();
                (!places.contains_key(from)).then_some((from, place))
            });
        let followers = followers.collect();
        let by_segments = definitions.iter().flat_map(|it| it.references());
        let by_targetings = targetings.iter().flat_map(Targeting::references);
        let external = by_segments
            .chain(by_targetings)
            .filter(|key| !places.contains_key(key))
            .map(|key| (key, false));
        Self {
            config,
            claimant: config.claimant().declaring(),
            declared,
            thorough,
            definitions,
            external: external.collect(),
            places,
            found: definitions.iter().map(|_| None).collect(),
            expiring: BTreeMap::new(),
            now: i64::MIN,
            targetings,
            resources: targetings
                .iter()
                .enumerate()
                .map(|(place, it)| (&it.resource, place))
                .collect(),
            targeted: Vec::new(),
            undeclared: BTreeMap::new(),
            followers,
            moving: BTreeMap::new(),
            vacated: BTreeMap::new(),
            newest: None,
            disputed: None,
            orphans: Orphans::default(),
            sightings: BTreeMap::new(),
            asks: BTreeMap::new(),
            asking: Vec::new(),
            warnings: Vec::new(),
            former: Vec::new(),
            measured: Vec::new(),
            sizes: BTreeMap::new(),
        }
    }

    pub(super) async fn look(&mut self, reader: &Reader) -> Result<(), FailedRequest> {
        let options = &self.config.options;
        let mut nameless = false;
        let listing = reader
            .segments(options.concurrency, &options.progress, |item| match item {
                Listed::Segment(segment) => self.see(*segment),
                Listed::Unreadable { what, rest } => {
                    nameless |= what.key.is_none();
                    self.see_unreadable(&rest, reader.unreadable(&[what]));
                }
            })
            .await?;
        self.now = reader.client.now();
        self.warn_of_expired();
        Box::pin(self.look_at_expiries(reader)).await;
        // A segment that seems to be missing may have slipped from one page to another, or be the one
        // whose key cannot be read. Creating it would show that it exists; a verification has no such
        // second look.
        if listing == Listing::Shifted || nameless || options.mode == SyncMode::Verify {
            let missing = (0..self.definitions.len()).filter(|place| self.found[*place].is_none());
            let missing = missing.map(|place| self.definitions[place].key.clone());
            self.look_at(reader, missing.collect()).await?;
        }
        // What asks a segment that does not exist is worse than one that is not there yet.
        let missing = self.external.iter().filter(|(_, exists)| !**exists);
        let missing = missing.filter_map(|(key, _)| SegmentKey::parse(*key).ok());
        self.look_at(reader, missing.collect()).await?;
        let in_force = self.in_force();
        self.targeted = targeting::look(reader, self.config, self.targetings, in_force).await?;
        for found in &self.targeted {
            self.newest = self.newest.max(found.newest);
            if let Outcome::Conflict { revision } = found.outcome {
                self.disputed = Some(revision);
            }
        }
        let in_force = self.in_force();
        let measuring = (self.declared.metrics, self.declared.experiments);
        let look_for = |declares: bool| self.thorough && (options.look_for_former || declares);
        let others = look_for(self.declared.measured().next().is_some());
        self.measured = measured::look(reader, self.config, measuring, others, in_force).await?;
        let listed = look_for(!self.targetings.is_empty());
        if listed || !options.ending.is_empty() {
            self.former = former::look(reader, self.config, self.targetings, listed).await;
        }
        self.look_at_users(reader).await;
        Ok(())
    }

    /// Finds out who uses what goes: segments whose place others take, and those that are no longer declared.
    async fn look_at_users(&mut self, reader: &Reader) {
        let vacated = std::mem::take(&mut self.vacated);
        if vacated.is_empty() && self.leaving().next().is_none() {
            return;
        }
        let concurrency = self.config.options.concurrency;
        let census = Census::take(reader, concurrency, &self.config.claimant()).await;
        let follows = |user: &User, key: &str| self.follows(user, key);
        self.moving = moves::look(reader, &census, vacated, follows).await;
        if self.leaving().next().is_some() {
            self.orphans = Orphans::look(self, reader, &census).await;
        }
    }

    /// Reads single segments.
    async fn look_at(
        &mut self,
        reader: &Reader,
        keys: Vec<SegmentKey>,
    ) -> Result<(), FailedRequest> {
        let looks: Vec<_> = keys.iter().map(|key| reader.segment(key)).collect();
        let mut looks = stream::iter(looks).buffer_unordered(self.config.options.concurrency);
        while let Some(segment) = looks.next().await {
            segment?.into_iter().for_each(|segment| self.see(segment));
        }
        Box::pin(self.look_at_expiries(reader)).await;
        Ok(())
    }

    /// Tells of contexts that are declared and have left their lists.
    fn warn_of_expired(&mut self) {
        for definition in self.definitions {
            let mut passed: BTreeMap<Expiry, usize> = BTreeMap::new();
            let lists = [definition.included(), definition.excluded()];
            for (_, keys) in lists.into_iter().flat_map(Targets::lists) {
                for (_, until) in keys.expiring().filter(|(_, it)| it.has_passed(self.now)) {
                    *passed.entry(until).or_default() += 1;
                }
            }
            let passed = passed.into_iter();
            self.warnings
                .extend(passed.map(|(until, contexts)| Warning::Expired {
                    segment: definition.key.to_string(),
                    contexts,
                    until,
                }));
        }
    }

    /// Reads which contexts expire, where that is declared.
    async fn look_at_expiries(&mut self, reader: &Reader) {
        let keys = self.definitions;
        let looks = std::mem::take(&mut self.expiring).into_iter();
        let looks = looks.map(async |(place, segment)| {
            let read = expiries::read(reader, &keys[place].key).await;
            (place, segment, read)
        });
        let mut looks = stream::iter(looks).buffer_unordered(self.config.options.concurrency);
        while let Some((place, segment, read)) = looks.next().await {
            match read {
                Ok(expiring) => self.see(wire::Segment {
                    expiring: Some(expiring),
                    ..segment
                }),
                Err(failed) => {
                    self.found[place].get_or_insert(Seen {
                        version: segment.version,
                        outcome: Outcome::Failed(failed.into()),
                        let_go: Vec::new(),
                        remote: None,
                    });
                }
            }
        }
    }

    fn see(&mut self, segment: wire::Segment) {
        if segment.deleted {
            return;
        }
        if self.thorough {
            let size = SegmentSize::of(&segment);
            self.sizes.insert(segment.key.clone(), size);
        }
        let asked: Vec<_> = asked(&segment.rules).map(str::to_owned).collect();
        if !asked.is_empty() {
            self.asks.insert(segment.key.clone(), asked);
        }
        if let Some(exists) = self.external.get_mut(segment.key.as_str()) {
            *exists = true;
            self.sight(&segment);
        }
        if let Some(&place) = self.followers.get(segment.key.as_str()) {
            self.see_revisions(&segment);
            self.sight(&segment);
            self.vacated.insert(place, segment);
            return;
        }
        let Some(&place) = self.places.get(segment.key.as_str()) else {
            self.see_undeclared(&segment);
            if self.asks.contains_key(&segment.key) {
                self.asking.push(segment);
            }
            return;
        };
        if self.found[place]
            .as_ref()
            .is_some_and(|seen| seen.version > segment.version)
        {
            return;
        }
        self.see_revisions(&segment);
        self.sight(&segment);
        let goal = self.goal(place);
        if segment.expiring.is_none() && goal.decides_expiries(&segment) {
            self.expiring.insert(place, segment);
            return;
        }
        let terms = self.terms(&goal, Some(&segment));
        let mut outcome = decide(&goal, Some(&segment), terms);
        let mut let_go = match outcome {
            Outcome::Unchanged | Outcome::Planned(_) => goal.let_go(&segment, terms.imported),
            _ => Vec::new(),
        };
        if self.config.options.strict && !let_go.is_empty() {
            let parts = std::mem::take(&mut let_go);
            outcome = Outcome::Failed(ItemError::LetGo { parts });
        }
        if let Outcome::Conflict { revision } = outcome {
            self.disputed = Some(revision);
        }
        let due = matches!(outcome, Outcome::Planned(_));
        let due = due || self.definitions[place].lifecycle.moved_from.is_some();
        self.found[place] = Some(Seen {
            version: segment.version,
            outcome,
            let_go,
            remote: due.then(|| Box::new(segment)),
        });
    }

    /// Nothing is known about a segment of which a part cannot be read, but that it exists: it stays as
    /// it is.
    fn see_unreadable(&mut self, rest: &wire::Segment, failed: FailedRequest) {
        if rest.deleted {
            return;
        }
        if let Some(exists) = self.external.get_mut(rest.key.as_str()) {
            *exists = true;
        }
        let Some(&place) = self.places.get(rest.key.as_str()) else {
            self.see_undeclared(rest);
            return;
        };
        self.see_revisions(rest);
        self.found[place].get_or_insert(Seen {
            version: rest.version,
            outcome: Outcome::Failed(failed.into()),
            let_go: Vec::new(),
            remote: None,
        });
    }

    fn see_undeclared(&mut self, segment: &wire::Segment) {
        let claimant = self.config.claimant();
        let owners = match claimant.claim(ownership::owners(&segment.tags)) {
            Claim::Ours => {
                self.see_revisions(segment);
                None
            }
            Claim::Nobodys => {
                let imported = self.config.options.imported.contains_key(&segment.key);
                if !imported && !self.is_absent(&segment.key) {
                    return;
                }
                None
            }
            // Another owner may declare what this one does no more.
            Claim::Theirs(owners) => {
                let ours = |owner: &String| claimant.claim([owner.as_str()]) == Claim::Ours;
                if !owners.iter().any(ours) {
                    return;
                }
                Some(owners)
            }
        };
        if let Ok(key) = SegmentKey::parse(segment.key.clone()) {
            self.sight(segment);
            self.undeclared.insert(key, owners);
        }
    }

    /// Returns whether a segment is declared not to exist here.
    fn is_absent(&self, key: &str) -> bool {
        self.declared.absent.contains(key)
    }

    fn see_revisions(&mut self, segment: &wire::Segment) {
        if self.claimant.claim(ownership::owners(&segment.tags)) == Claim::Ours {
            let revisions = ownership::revisions(&segment.tags);
            let newest = revisions.iter().map(|revision| revision.number).max();
            self.newest = self.newest.max(newest);
        }
    }

    /// Remembers a segment as it was seen, for a plan that somebody reads: it is a digest of all of its lists.
    fn sight(&mut self, segment: &wire::Segment) {
        if !self.thorough {
            return;
        }
        let sighting = Sighting::of_segment(segment);
        self.sightings.insert(segment.key.clone(), sighting);
    }

    /// Returns whether something that asks a segment, whose place another one takes, does not once it is as
    /// declared.
    fn follows(&self, user: &User, key: &str) -> bool {
        match user {
            User::Segment(by) => {
                let place = self.places.get(by.as_str());
                let declared = place.map(|place| &self.definitions[*place]);
                let asks = |it: &Here<'_>| it.references().contains(&key);
                self.replaces_rules(by) && declared.is_some_and(|it| !asks(it))
            }
            User::Targeting(resource) => {
                let targeted = self.targeted_at(resource);
                targeted.is_some_and(|(targeting, outcome)| releases(targeting, outcome, key))
            }
        }
    }

    fn goal(&self, place: usize) -> Goal<'_> {
        let revision = self.config.options.revision;
        Goal::new(&self.definitions[place], &self.claimant, revision).at(self.now)
    }

    fn terms<G: Syncable>(&self, goal: &G, remote: Option<&G::Remote>) -> Terms {
        Terms::new(goal, remote, &self.config.options, self.in_force())
    }

    /// Whose declarations are in force, by everything that was seen of the owner's segments.
    pub(super) fn in_force(&self) -> InForce {
        let ours = self.config.options.revision;
        match self.newest {
            Some(newest) if Some(newest) > ours => InForce::Newer(newest),
            _ => self.disputed.map_or(InForce::Ours, InForce::Disputed),
        }
    }

    /// The segments that this owner made and that are not declared.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = &SegmentKey> {
        self.undeclared.keys()
    }

    /// Those of them that are to be deleted: all if that is wanted, else those that are declared not to
    /// exist.
    pub(super) fn leaving(&self) -> impl Iterator<Item = &SegmentKey> {
        let all = self.config.options.prune;
        self.undeclared()
            .filter(move |key| all || self.is_absent(key.as_str()))
    }

    /// Returns whether nothing is declared of any segment.
    pub(super) fn declares_nothing(&self) -> bool {
        self.definitions.is_empty() && self.declared.absent.is_empty()
    }

    /// The declared segments that exist.
    pub(super) fn existing(&self) -> impl Iterator<Item = &str> {
        let places = (0..self.definitions.len()).filter(|place| self.found[*place].is_some());
        places.map(|place| self.definitions[place].key.as_str())
    }

    /// Returns whether the rules of a declared segment are about to be replaced by the declared ones.
    pub(super) fn replaces_rules(&self, key: &str) -> bool {
        let place = self.places.get(key);
        let seen = place.and_then(|place| self.found[*place].as_ref().map(|seen| (*place, seen)));
        seen.is_some_and(|(place, seen)| {
            matches!(seen.outcome, Outcome::Planned(_)) && manages_rules(&self.definitions[place])
        })
    }

    /// The declared targetings, and what was found about those that end.
    pub(super) fn ending(&self) -> impl Iterator<Item = (&Targeting, &Outcome)> {
        let former = self.former.iter();
        former.filter_map(|it| {
            it.work
                .as_ref()
                .map(|(targeting, _)| (targeting, &it.outcome))
        })
    }

    /// What was found about what an AI Config or flag is declared to serve.
    fn targeted_at(&self, resource: &Resource) -> Option<(&Targeting, &Outcome)> {
        let place = *self.resources.get(resource)?;
        let found = self.targeted.get(place)?;
        Some((&self.targetings[place], &found.outcome))
    }

    /// What was found about a declared targeting.
    pub(super) fn targeted(&self) -> impl Iterator<Item = (&Targeting, &Outcome)> {
        let outcomes = self.targeted.iter().map(|found| &found.outcome);
        self.targetings.iter().zip(outcomes)
    }

    /// The results for AI Configs and flags, and their due changes.
    fn targetings(
        &mut self,
        reached: bool,
        in_force: InForce,
        missing: &HashMap<String, ItemError>,
    ) -> (Vec<TargetingReport>, Vec<Work>) {
        let mut found = std::mem::take(&mut self.targeted).into_iter();
        let (mut reports, mut work) = (Vec::new(), Vec::new());
        for (place, targeting) in self.targetings.iter().enumerate() {
            let (outcome, let_go, remote) = match found.next() {
                Some(found) if reached => {
                    let outcome = late(found.outcome, in_force);
                    (outcome, found.let_go, found.remote)
                }
                _ => (Outcome::Unreachable, Vec::new(), None),
            };
            if let Some(remote) = &remote {
                let sighting = Sighting::of_targeting(remote, &self.config.environment);
                self.sightings
                    .insert(targeting.resource.to_string(), sighting);
            }
            let outcome = lacking(outcome, targeting.references(), missing);
            if let (Outcome::Planned(action), Some(remote)) = (&outcome, &remote) {
                let goal = targeting::Goal::of(self.config, targeting, &self.claimant);
                self.warnings
                    .extend(goal.warnings(remote, action.changes()));
            }
            if let (Outcome::Planned(_), Some(remote)) = (&outcome, remote) {
                work.push(Work {
                    row: Row::Targeting(place),
                    task: Task::Targeting {
                        targeting: Arc::new(targeting.clone()),
                        ends: false,
                        remote,
                    },
                    depth: 0,
                });
            }
            reports.push(TargetingReport {
                resource: targeting.resource.clone(),
                outcome,
                let_go,
                effect: None,
            });
        }
        for former in std::mem::take(&mut self.former) {
            if let Some((targeting, remote)) = former.work {
                let sighting = Sighting::of_targeting(&remote, &self.config.environment);
                self.sightings.insert(former.resource.to_string(), sighting);
                work.push(Work {
                    row: Row::Targeting(reports.len()),
                    task: Task::Targeting {
                        targeting: Arc::new(targeting),
                        ends: true,
                        remote,
                    },
                    depth: 0,
                });
            }
            reports.push(TargetingReport {
                resource: former.resource,
                outcome: former.outcome,
                let_go: Vec::new(),
                effect: None,
            });
        }
        (reports, work)
    }

    /// The results for metrics and experiments, and their due changes.
    fn measured(&mut self, reached: bool) -> (Vec<MeasuredReport>, Vec<Work>) {
        let (mut reports, mut work) = (Vec::new(), Vec::new());
        if !reached {
            reports.extend(self.declared.measured().map(|measured| MeasuredReport {
                measured,
                outcome: Outcome::Unreachable,
            }));
            return (reports, work);
        }
        for found in std::mem::take(&mut self.measured) {
            if let Some(sighting) = found.sighting {
                self.sightings.insert(found.measured.to_string(), sighting);
            }
            work.extend(found.task.map(|task| Work {
                row: Row::Measured(reports.len()),
                task,
                depth: 0,
            }));
            reports.push(MeasuredReport {
                measured: found.measured,
                outcome: found.outcome,
            });
        }
        (reports, work)
    }

    /// What was found about the declared segments, and what is due of it. Those that will not exist are added to
    /// what is missing.
    fn segments(
        &mut self,
        reached: bool,
        in_force: InForce,
        missing: &mut HashMap<String, ItemError>,
    ) -> (Vec<SegmentReport>, Vec<Work>) {
        let depths = &self.declared.depths;
        let mut segments: Vec<Option<SegmentReport>> = vec![None; self.definitions.len()];
        let mut work = Vec::new();
        // Those that others ask come first, so that it is known by then whether they will exist.
        let mut order: Vec<usize> = (0..self.definitions.len()).collect();
        order.sort_by_key(|place| depths[*place]);
        for place in order {
            let definition = &self.definitions[place];
            let seen = self.found[place].take();
            let exists = seen.is_some();
            let (outcome, let_go, remote) = match seen {
                _ if !reached => (Outcome::Unreachable, Vec::new(), None),
                Some(seen) => {
                    let outcome = late(seen.outcome, in_force);
                    (outcome, seen.let_go, seen.remote)
                }
                None => {
                    let goal = self.goal(place);
                    let outcome = decide(&goal, None, self.terms(&goal, None));
                    (outcome, Vec::new(), None)
                }
            };
            let moving = self.moving.remove(&place).filter(|_| reached);
            let outcome = match &moving {
                Some(moving) => {
                    let goal = self.goal(place);
                    let claimant = &self.claimant;
                    let terms = self.terms(&goal, remote.as_deref());
                    moving.decide(goal, remote.as_deref(), claimant, terms)
                }
                None => outcome,
            };
            let outcome = lacking(outcome, definition.references(), missing);
            if let (Some(moving), Outcome::Planned(_)) = (&moving, &outcome) {
                let warning = moving.warning(&definition.key, definition.rules());
                self.warnings.extend(warning);
            }
            let key = definition.key.to_string();
            match &outcome {
                // What is not made now, although it was to be, is asked in vain.
                Outcome::Planned(action) if action.makes() && self.is_left_out(&key) => {
                    missing.insert(key.clone(), ItemError::NoSuchSegment { key });
                }
                Outcome::Planned(_) => {}
                _ if reached && !exists => {
                    missing.insert(key.clone(), ItemError::WaitsFor { key });
                }
                _ => {}
            }
            if let Outcome::Planned(_) = outcome {
                work.push(Work {
                    row: Row::Segment(place),
                    task: Task::Segment {
                        definition: Arc::new(definition.clone().into_owned()),
                        remote,
                        moving,
                    },
                    depth: depths[place],
                });
            }
            let key = definition.key.clone();
            segments[place] = Some(SegmentReport {
                key,
                outcome,
                let_go,
                effect: None,
            });
        }
        (segments.into_iter().flatten().collect(), work)
    }

    /// Returns whether only other things are to be done.
    fn is_left_out(&self, key: &str) -> bool {
        let only = &self.config.options.only;
        !only.is_empty() && !only.contains(key)
    }

    /// `cause` is why the environment could not be read, if so.
    pub(super) fn into_plan(mut self, cause: Option<Box<FailedRequest>>) -> Unproved {
        let reached = cause.is_none();
        let in_force = self.in_force();
        let mut missing: HashMap<String, ItemError> = HashMap::new();
        for (key, _) in self.external.iter().filter(|(_, exists)| !**exists) {
            let key = (*key).to_owned();
            missing.insert(key.clone(), ItemError::NoSuchSegment { key });
        }
        let (mut segments, mut work) = self.segments(reached, in_force, &mut missing);
        self.undeclared_into(&mut segments, &mut work);
        let (targetings, due) = self.targetings(reached, in_force, &missing);
        work.extend(due);
        let (measured, due) = self.measured(reached);
        work.extend(due);
        work.sort_by_key(|work| work.row);
        let plan = Plan {
            report: Report {
                project: self.config.project.clone(),
                environment: self.config.environment.clone(),
                mode: SyncMode::Plan,
                reached,
                cause,
                segments,
                targetings,
                measured,
                kinds: Vec::new(),
                consequences: Vec::new(),
                warnings: self.warnings,
                prompts: Vec::new(),
                requests: Requests::default(),
                elapsed: Duration::ZERO,
            },
            work,
            in_force,
            origin: Origin::of(self.config),
            now: self.now,
            sightings: self.sightings,
            asks: self.asks,
        };
        Unproved {
            plan,
            asking: self.asking,
            sizes: self.sizes,
        }
    }

    /// The outcome of the segments that are no longer declared.
    fn undeclared_into(&mut self, segments: &mut Vec<SegmentReport>, work: &mut Vec<Work>) {
        let mut verdicts = std::mem::take(&mut self.orphans).verdicts();
        for (key, owners) in std::mem::take(&mut self.undeclared) {
            let place = segments.len();
            let outcome = match verdicts.remove(&key) {
                Some((Verdict::Goes { depth }, Some(segment))) => {
                    let changes = diff::lost(&segment);
                    let task = Task::Delete {
                        key: key.clone(),
                        segment,
                    };
                    let row = Row::Segment(place);
                    work.push(Work { row, task, depth });
                    Outcome::Planned(Action::Delete { changes })
                }
                Some((Verdict::Stays(because), _)) => Outcome::InUse { because },
                // It went while it was looked at.
                Some((Verdict::Goes { .. }, None)) => continue,
                None => match owners {
                    None => Outcome::Undeclared,
                    Some(owners) => {
                        let because = vec![Keep::OwnedBy { owners }];
                        Outcome::InUse { because }
                    }
                },
            };
            segments.push(SegmentReport {
                key,
                outcome,
                let_go: Vec::new(),
                effect: None,
            });
        }
    }
}

/// Decisions that were made before everything was read: a program that is not the newest adopts nothing.
fn late(outcome: Outcome, in_force: InForce) -> Outcome {
    match outcome {
        Outcome::Planned(Action::Adopt { .. }) => in_force.refuses().unwrap_or(outcome),
        outcome => outcome,
    }
}

/// The due changes, except those that reference a segment that does not and will not exist.
fn lacking<'k>(
    outcome: Outcome,
    references: impl IntoIterator<Item = &'k str>,
    missing: &HashMap<String, ItemError>,
) -> Outcome {
    if !matches!(outcome, Outcome::Planned(_) | Outcome::Unchanged) {
        return outcome;
    }
    match references.into_iter().find_map(|key| missing.get(key)) {
        Some(error) => Outcome::Failed(error.clone()),
        None => outcome,
    }
}

/// The segments that rules ask.
pub(super) fn asked(rules: &[wire::Rule]) -> impl Iterator<Item = &str> {
    let clauses = rules.iter().flat_map(|rule| &rule.clauses);
    let asking = clauses.filter(|clause| clause.op == Operator::SegmentMatch.wire());
    let values = asking.flat_map(|clause| &clause.values);
    values.filter_map(serde_json::Value::as_str)
}

fn manages_rules(definition: &Definition) -> bool {
    matches!(
        definition.audience,
        Audience::Standard { rules: Some(_), .. }
    )
}

/// Returns whether an AI Config or flag that asks a segment now does not once it is as declared.
pub(super) fn releases(targeting: &Targeting, outcome: &Outcome, key: &str) -> bool {
    targeting.rules.is_some()
        && targeting.others == Unlisted::Remove
        && matches!(outcome, Outcome::Planned(_))
        && !targeting.references().contains(&key)
}
