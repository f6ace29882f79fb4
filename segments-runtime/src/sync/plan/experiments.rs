//! Experiments that a plan would disturb: those whose results are sliced by a segment that changes.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use segments_model::{AiConfigKey, FlagKey, Resource, SegmentKey, wire};
use serde::Deserialize;

use super::Plan;
use super::survey::asked;
use crate::sync::change::Change;
use crate::sync::reader::{Items, NotWhole, Reader};
use crate::sync::report::{Action, BusyRule, Outcome, Warning};
use crate::sync::request_error::RequestError;
use crate::sync::targeting::running;

#[derive(Deserialize)]
struct Experiment {
    key: String,
}

/// Segments whose members change, each with the segments of the plan that this is because of.
type Affected = BTreeMap<String, BTreeSet<String>>;

impl Plan {
    /// Warns of each rule on which LaunchDarkly runs something, and which is reached by way of a segment
    /// that changes. The answer for a segment names the flags that use it; AI Configs are looked at one
    /// by one. Nothing is read if no segment changes.
    pub(super) async fn warn_of_experiments(&mut self, reader: &Reader, concurrency: usize) {
        let affected = self.affected();
        if affected.is_empty() {
            return;
        }
        let mut found = Found::default();
        let mut resources = found.flags(reader, concurrency, &affected).await;
        resources.extend(found.ai_configs(reader).await);
        let reads = resources.iter().map(|resource| reader.targeting(resource));
        let reads: Vec<_> = reads.collect();
        let mut reads = stream::iter(reads).buffered(concurrency);
        let mut all = resources.iter();
        while let (Some(read), Some(resource)) = (reads.next().await, all.next()) {
            match read {
                Ok(Some(targeting)) => {
                    let environment = reader.scope.environment.as_str();
                    if let Some(here) = targeting.environments.get(environment) {
                        found.depending(here, resource, &affected);
                    }
                }
                Ok(None) => {}
                Err(error) => found.unseen(error.to_string()),
            }
        }
        self.report.warnings.extend(found.into_warnings(&affected));
    }

    /// Says of the experiments that are warned of which they are. Where the service does not tell, they
    /// stay without a name.
    pub(super) async fn name_experiments(&mut self, reader: &Reader) {
        let warnings = self.report.warnings.iter_mut();
        let rules = warnings.filter_map(|warning| match warning {
            Warning::Audience { rule, .. } => Some(rule),
            _ => None,
        });
        name(reader, rules).await;
    }

    /// The segments whose members change, and those that ask them.
    fn affected(&self) -> Affected {
        let changed = self.report.segments.iter().filter(|segment| {
            matches!(&segment.outcome,
                Outcome::Planned(Action::Update { changes } | Action::Adopt { changes })
                    if changes.iter().any(changes_members))
        });
        let mut affected = Affected::new();
        let mut due = Vec::new();
        for segment in changed {
            let key = segment.key.to_string();
            due.push((key.clone(), key));
        }
        let mut asked_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (asking, asked) in &self.asks {
            for asked in asked {
                asked_by.entry(asked).or_default().push(asking);
            }
        }
        while let Some((key, because)) = due.pop() {
            let asking = asked_by.get(key.as_str()).into_iter().flatten();
            let next: Vec<_> = asking
                .map(|key| ((*key).to_owned(), because.clone()))
                .collect();
            if affected.entry(key).or_default().insert(because) {
                due.extend(next);
            }
        }
        affected
    }
}

/// Says of each rule on which an experiment runs which experiment it is, as far as the service tells.
async fn name(reader: &Reader, rules: impl Iterator<Item = &mut BusyRule>) {
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    for rule in rules.filter(|rule| rule.running == wire::Running::Experiment) {
        let flag = rule.resource.key().to_owned();
        if !known.contains_key(&flag) {
            let request = reader.scope.running_experiments(&flag);
            let found = reader.client.json::<Items<Experiment>>(&request).await;
            let items = found.map_or_else(|_| Vec::new(), |found| found.items);
            let first = items.into_iter().next();
            known.insert(flag.clone(), first.map(|experiment| experiment.key));
        }
        rule.experiment = known.get(&flag).cloned().flatten();
    }
}

/// Finds what runs on the rules that these AI Configs and flags reach by way of a segment, and what could
/// not be read of it.
pub(crate) async fn running_on(
    reader: &Reader,
    key: &str,
    resources: &[Resource],
) -> (Vec<BusyRule>, Vec<String>) {
    let of_itself = BTreeSet::from([key.to_owned()]);
    let affected = Affected::from([(key.to_owned(), of_itself)]);
    let mut found = Found::default();
    for resource in resources {
        match reader.targeting(resource).await {
            Ok(targeting) => {
                let environments = targeting.unwrap_or_default().environments;
                if let Some(here) = environments.get(reader.scope.environment.as_str()) {
                    found.depending(here, resource, &affected);
                }
            }
            Err(error) => found.unseen(error.to_string()),
        }
    }
    let Found { depending, unseen } = found;
    let mut rules: Vec<BusyRule> = depending.into_iter().map(|(_, rule)| rule).collect();
    name(reader, rules.iter_mut()).await;
    (rules, unseen.into_iter().collect())
}

/// The segments whose members change, as opposed to descriptions or the order of rules.
fn changes_members(change: &Change) -> bool {
    !matches!(
        change,
        Change::Name { .. }
            | Change::Description { .. }
            | Change::AddTags { .. }
            | Change::RemoveTags { .. }
            | Change::RuleDescription { .. }
            | Change::ReorderRules { .. }
    )
}

/// The resources that depend on the changes, and those that could not be read.
#[derive(Default)]
struct Found {
    depending: Vec<(String, BusyRule)>,
    unseen: BTreeSet<String>,
}

impl Found {
    fn unseen(&mut self, why: String) {
        self.unseen.insert(why);
    }

    /// The flags that use an affected segment.
    async fn flags(
        &mut self,
        reader: &Reader,
        concurrency: usize,
        affected: &Affected,
    ) -> BTreeSet<Resource> {
        let keys = affected.keys();
        let keys: Vec<_> = keys
            .filter_map(|key| SegmentKey::parse(key.as_str()).ok())
            .collect();
        let reads: Vec<_> = keys.iter().map(|key| reader.segment(key)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(concurrency);
        let mut flags = BTreeSet::new();
        while let Some(read) = reads.next().await {
            match read {
                Ok(segment) => {
                    let named = segment
                        .and_then(|segment| segment.flags)
                        .unwrap_or_default();
                    let keys = named.into_iter().map(|flag| FlagKey::parse(flag.key));
                    flags.extend(keys.filter_map(Result::ok).map(Resource::Flag));
                }
                Err(error) => self.unseen(error.to_string()),
            }
        }
        flags
    }

    /// All AI Configs; none where the account or the token has none.
    async fn ai_configs(&mut self, reader: &Reader) -> Vec<Resource> {
        match reader.ai_configs().await {
            Ok(configs) => {
                let keys = configs.into_iter().map(|it| AiConfigKey::parse(it.key));
                keys.filter_map(Result::ok)
                    .map(Resource::AiConfig)
                    .collect()
            }
            Err(NotWhole::Request(failed))
                if matches!(
                    failed.error,
                    RequestError::NotFound(_) | RequestError::Forbidden(_)
                ) =>
            {
                tracing::debug!(error = %failed, "no AI Configs to look at");
                Vec::new()
            }
            Err(error) => {
                self.unseen(error.to_string());
                Vec::new()
            }
        }
    }

    /// The rules on which something runs, as far as an affected segment decides who reaches them: by a
    /// clause of the rule itself, or of one before it.
    fn depending(
        &mut self,
        here: &wire::EnvironmentTargeting,
        resource: &Resource,
        affected: &Affected,
    ) {
        for rule in running(here, resource) {
            let before = rule.rule.map_or(here.rules.len(), |place| place + 1);
            let mut because = BTreeSet::new();
            for earlier in &here.rules[..before] {
                let asked = asked(std::slice::from_ref(&earlier.rule));
                because.extend(asked.filter_map(|key| affected.get(key)).flatten());
            }
            let depending = because.into_iter().map(|key| (key.clone(), rule.clone()));
            self.depending.extend(depending);
        }
    }

    fn into_warnings(self, affected: &Affected) -> Vec<Warning> {
        let depending = self
            .depending
            .into_iter()
            .map(|(key, rule)| Warning::Audience {
                changed: format!("segment `{key}`"),
                rule,
            });
        let changed: BTreeSet<_> = affected.values().flatten().map(String::as_str).collect();
        let changed = match changed.len() {
            1 => format!("segment `{}`", changed.into_iter().collect::<String>()),
            more => format!("{more} segments that change"),
        };
        let unseen = self.unseen.into_iter().map(|why| Warning::Unseen {
            changed: changed.clone(),
            why,
        });
        depending.chain(unseen).collect()
    }
}
