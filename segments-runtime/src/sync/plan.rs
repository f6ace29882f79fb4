//! What a sync would do.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use segments_model::{ContextKind, Definition, SegmentKey, Targeting, wire};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::client::Client;
use super::config::{ContextKinds, SyncConfig, SyncMode, Unreachable};
use super::decide::decide;
use super::diff::Goal;
use super::error::{DefinitionsError, RequestError, SyncError};
use super::order;
use super::ownership::{self, Owner};
use super::reader::{Listing, Reader};
use super::report::{
    Action, KindOutcome, KindReport, Outcome, Report, Requests, SegmentError, SegmentReport,
    Settled, TargetingReport, body,
};
use super::request::Scope;
use super::targeting::{self, Usage};
use super::{Declared, apply, kinds};

/// What a sync would do, decided and not done: a value to show, to compare and to
/// [apply](Plan::apply). It holds what was seen, so what was shown is what is done; what others
/// change between the two stays, unless it contradicts the declarations.
///
/// It is [`Serialize`] for tools. Keys of members are counted there, not named, so a plan cannot be
/// read back from a file; to apply a plan that was reviewed elsewhere, make it again and compare
/// the [fingerprints](Plan::fingerprint).
///
/// See the example of [`plan`](super::plan()).
#[derive(Clone, Serialize)]
pub struct Plan {
    /// Everything that is due, and everything else that was found.
    #[serde(flatten)]
    pub(crate) report: Report,
    #[serde(skip)]
    pub(crate) work: Vec<Work>,
    /// What is due of AI Configs and flags.
    #[serde(skip)]
    pub(crate) targetings: Vec<targeting::Work>,
}

/// One segment that is due.
#[derive(Clone)]
pub(crate) struct Work {
    /// Its place in the report.
    pub(crate) place: usize,
    pub(crate) task: Task,
    /// How many segments have to be settled one after the other before it.
    pub(crate) depth: usize,
}

/// What is to be done with it.
#[derive(Clone)]
pub(crate) enum Task {
    /// It is made as declared, from what was seen.
    Settle {
        definition: Arc<Definition>,
        remote: Option<Box<wire::Segment>>,
    },
    /// It is deleted, once these targetings ask it no more.
    Delete {
        key: SegmentKey,
        released_by: Vec<usize>,
    },
}

/// Keys of members are in there, so only the words are shown.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            segments,
            targetings,
            ..
        } = &self.report;
        f.debug_tuple("Plan")
            .field(segments)
            .field(targetings)
            .finish()
    }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new part of a plan cannot be forgotten here.
        let Plan {
            report,
            work,
            targetings,
        } = self;
        let kinds_due = report
            .kinds
            .iter()
            .any(|kind| kind.outcome == KindOutcome::Due);
        work.is_empty() && targetings.is_empty() && !kinds_due
    }

    /// The segments, with what is due and what else was found.
    pub fn segments(&self) -> &[SegmentReport] {
        &self.report.segments
    }

    /// The AI Configs and flags, with what is due and what else was found.
    pub fn targetings(&self) -> &[TargetingReport] {
        &self.report.targetings
    }

    /// Segments, AI Configs and flags, one after the other.
    pub fn settled(&self) -> impl Iterator<Item = Settled<'_>> {
        self.report.settled()
    }

    /// The context kinds that are due, and those that are archived.
    pub fn kinds(&self) -> &[KindReport] {
        &self.report.kinds
    }

    /// Where, and how many segments are due for what.
    pub fn headline(&self) -> String {
        self.report.headline()
    }

    /// How many requests it took to make the plan; none of them a write.
    pub fn requests(&self) -> usize {
        self.report.requests()
    }

    /// What was found, as a report.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// What tells this plan from every other one: a SHA-256 in hexadecimal digits of what is due,
    /// keys of members included, and of the segments as they were seen. Two plans with the same
    /// fingerprint do the same to the same segments; once anybody changes one of them, even by
    /// something that the plan does not touch, the next plan has another.
    ///
    /// The time that a plan took and the requests that it needed do not count.
    pub fn fingerprint(&self) -> String {
        let Plan {
            report,
            work,
            targetings,
        } = self;
        let mut hash = Sha256::new();
        let mut add = |part: serde_json::Value| hash.update(part.to_string() + "\n");
        add(serde_json::json!([
            report.project,
            report.environment,
            report.reached,
            report.kinds,
        ]));
        for segment in &report.segments {
            add(serde_json::json!(segment));
        }
        for targeting in &report.targetings {
            add(serde_json::json!(targeting));
        }
        for settled in report.settled() {
            if let Outcome::Due(action) = settled.outcome {
                for change in action.changes() {
                    if let Some(keys) = change.keys() {
                        add(serde_json::json!(keys.0));
                    }
                }
            }
        }
        for work in work {
            if let Task::Settle { remote, .. } = &work.task {
                add(serde_json::json!(remote));
            }
        }
        for work in targetings {
            add(serde_json::json!(work.remote));
        }
        let digits = hash.finalize();
        digits.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Does what the plan says, and reports what came of every segment.
    ///
    /// # Errors
    ///
    /// [`SyncError::Incomplete`], with the report, when a segment could not be settled.
    pub async fn apply(self, config: &SyncConfig) -> Result<Report, SyncError> {
        apply::apply(self, Arc::new(Client::new(config)?), config).await
    }

    /// The same, until `stop` is ready, such as the first Ctrl-C. What is under way by then is
    /// finished, so that the report knows what came of it; what was not begun stays
    /// [due](Outcome::Due), and the next apply goes on from there. Dropping the future instead
    /// leaves open whether the requests that are under way take effect.
    ///
    /// ```no_run
    /// # async fn apply(plan: segments_runtime::sync::Plan) -> Result<(), Box<dyn std::error::Error>> {
    /// # let config = segments_runtime::SyncConfig::from_env()?;
    /// let shutdown = async { tokio::time::sleep(std::time::Duration::from_secs(5)).await };
    /// let report = plan.apply_until(&config, shutdown).await?;
    /// let left = report.drifted().count();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`apply`](Plan::apply).
    pub async fn apply_until(
        self,
        config: &SyncConfig,
        stop: impl Future<Output = ()>,
    ) -> Result<Report, SyncError> {
        apply::apply_until(self, Arc::new(Client::new(config)?), config, stop).await
    }
}

/// What is due, segment by segment, and how many segments are as declared.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        body(f, &self.report)?;
        writeln!(f, "{}", self.report.headline())
    }
}

/// Reads the environment and decides about every segment.
pub(crate) async fn plan(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: Declared<'_>,
) -> Result<Plan, SyncError> {
    let started = Instant::now();
    let definitions = declared.segments.iter();
    let definitions = definitions.map(|definition| definition.in_environment(&config.environment));
    let definitions: &[Here<'_>] = &definitions.collect::<Vec<_>>();
    let targetings = declared.targetings.iter();
    let targetings: Vec<_> = targetings
        .map(|it| it.in_environment(&config.environment).into_owned())
        .collect();
    let mut resources = HashSet::new();
    for targeting in &targetings {
        if !resources.insert(&targeting.resource) {
            let resource = targeting.resource.to_string();
            return Err(DefinitionsError::DuplicateTargeting(resource).into());
        }
    }
    let depths = order::depths(definitions)?;
    let options = &config.options;
    let reader = Reader {
        client,
        scope: Scope {
            project: config.project.clone(),
            environment: config.environment.clone(),
        },
    };
    let mut survey = Survey::new(config, definitions, &targetings);
    let result = survey.look(&reader).await;
    let reached = match result {
        Ok(()) => true,
        Err(error) if options.unreachable == Unreachable::GoOn && error.is_unreachable() => {
            tracing::warn!(%error, "LaunchDarkly was not reached; going on without");
            false
        }
        Err(error) => {
            return Err(SyncError::Read {
                scope: format!("{}/{}", config.project, config.environment),
                error: Box::new(error),
            });
        }
    };
    let mut plan = survey.into_plan(reached, &depths);
    if reached {
        plan.add_kinds(&reader, config).await;
    }
    plan.report.requests = reader.client.requests();
    plan.report.elapsed = started.elapsed();
    Ok(plan)
}

/// A definition as it is in the environment.
type Here<'a> = Cow<'a, Definition>;

/// What has been seen of the environment. Segments that are as declared leave only their outcome
/// behind, so that a large environment does not stay in memory.
struct Survey<'a> {
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
    fn new(
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

    async fn look(&mut self, reader: &Reader) -> Result<(), RequestError> {
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
    async fn look_at_orphans(&mut self, reader: &Reader) -> Result<(), RequestError> {
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

    fn into_plan(mut self, reached: bool, depths: &[usize]) -> Plan {
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

impl Plan {
    /// Looks up the context kinds of what is due. Kinds matter to people who pick them in
    /// LaunchDarkly's pages, so not being able to read them stops nothing, unless the configuration
    /// requires them.
    async fn add_kinds(&mut self, reader: &Reader, config: &SyncConfig) {
        let policy = config.options.kinds;
        let segments = self.work.iter().filter_map(|work| match &work.task {
            Task::Settle { definition, .. } => Some(kinds::special(definition.kinds())),
            Task::Delete { .. } => None,
        });
        let targetings = self.targetings.iter();
        let targetings = targetings.map(|work| kinds::special(work.targeting.kinds()));
        let used = segments.chain(targetings).flatten().collect();
        match kinds::look_up(reader, used, policy).await {
            Ok(kinds) => self.report.kinds = kinds,
            Err(error) if policy == ContextKinds::Require => {
                self.fail(|_| Some(SegmentError::Request(error.clone())));
                self.work.clear();
            }
            Err(error) => tracing::warn!(%error, "cannot read the project's context kinds"),
        }
        if policy == ContextKinds::Require {
            let kinds = std::mem::take(&mut self.report.kinds).into_iter();
            let (missing, known) = kinds.partition(|kind| kind.outcome == KindOutcome::Due);
            self.report.kinds = known;
            let missing: Vec<KindReport> = missing;
            self.fail(|used| {
                let kinds = missing.iter().map(|kind| kind.kind.clone());
                let lacking = |kind: &String| used.iter().any(|used| used.as_str() == kind);
                let kinds: Vec<String> = kinds.filter(lacking).collect();
                (!kinds.is_empty()).then_some(SegmentError::MissingKinds { kinds })
            });
        }
    }

    /// Gives up what is due, but for deletions, where the kinds that it uses are a reason to.
    fn fail(&mut self, reason: impl Fn(&BTreeSet<&ContextKind>) -> Option<SegmentError>) {
        let Report {
            segments,
            targetings,
            ..
        } = &mut self.report;
        self.work.retain(|work| {
            let Task::Settle { definition, .. } = &work.task else {
                return true;
            };
            keeps(
                &mut segments[work.place].outcome,
                reason(&kinds::special(definition.kinds())),
            )
        });
        self.targetings.retain(|work| {
            let reason = reason(&kinds::special(work.targeting.kinds()));
            keeps(&mut targetings[work.place].outcome, reason)
        });
    }
}

/// Whether something stays due; if there is a reason against it, that is its outcome.
fn keeps(outcome: &mut Outcome, reason: Option<SegmentError>) -> bool {
    match reason {
        None => true,
        Some(error) => {
            *outcome = Outcome::Failed(error);
            false
        }
    }
}
