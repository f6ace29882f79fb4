//! Which AI Configs and flags use a segment, as far as that keeps the segment from being deleted.

use std::collections::{HashMap, HashSet};

use futures_util::stream::{self, StreamExt};
use segments_model::{AiConfigKey, Others, Resource, Targeting, wire};

use super::super::error::RequestError;
use super::super::failed::FailedRequest;
use super::super::reader::Reader;
use super::super::report::Outcome;
use super::Found;

/// Who uses which segment once everything that is declared is so.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Keys of segments, with who goes on using them.
    pub(crate) used_by: HashMap<String, Vec<String>>,
    /// Keys of segments, with the targetings that have to be settled before nobody uses them.
    pub(crate) released_by: HashMap<String, Vec<usize>>,
    /// The declared flags: those are not to be counted by what the service says.
    pub(crate) declared: HashSet<String>,
    /// Why the AI Configs that are not declared are not known. Any of them may use any segment.
    pub(crate) unread: Option<RequestError>,
}

impl Usage {
    /// Looks at the declared targetings, and at every AI Config that is not declared: the answer for
    /// a segment tells the flags that use it, but is not documented to tell AI Configs.
    pub(crate) async fn look(
        reader: &Reader,
        concurrency: usize,
        targetings: &[Targeting],
        found: &[Found],
    ) -> Result<Self, FailedRequest> {
        let mut usage = Self::default();
        for (place, (targeting, found)) in targetings.iter().zip(found).enumerate() {
            usage.declared(reader, place, targeting, found);
        }
        match usage.undeclared(reader, concurrency, targetings).await {
            Err(failed) if !failed.error.is_own_mistake() => return Err(failed),
            // A token may be for segments alone.
            unread => usage.unread = unread.err().map(|failed| failed.error),
        }
        Ok(usage)
    }

    async fn undeclared(
        &mut self,
        reader: &Reader,
        concurrency: usize,
        targetings: &[Targeting],
    ) -> Result<(), FailedRequest> {
        let declared: HashSet<&str> = targetings
            .iter()
            .filter(|targeting| matches!(targeting.resource, Resource::AiConfig(_)))
            .map(|targeting| targeting.resource.key())
            .collect();
        let mut others = Vec::new();
        for key in reader.ai_configs().await? {
            if !declared.contains(key.as_str())
                && let Ok(key) = AiConfigKey::parse(key)
            {
                others.push(Resource::AiConfig(key));
            }
        }
        let reads: Vec<_> = others.iter().map(|it| reader.targeting(it)).collect();
        let mut reads = stream::iter(reads).buffered(concurrency).enumerate();
        while let Some((place, remote)) = reads.next().await {
            if let Some(remote) = remote? {
                for segment in asked(&remote, reader) {
                    self.uses(segment, others[place].to_string());
                }
            }
        }
        Ok(())
    }

    fn declared(&mut self, reader: &Reader, place: usize, targeting: &Targeting, found: &Found) {
        let name = targeting.resource.to_string();
        if let Resource::Flag(key) = &targeting.resource {
            self.declared.insert(key.to_string());
        }
        let now: HashSet<String> = found
            .remote
            .iter()
            .flat_map(|remote| asked(remote, reader))
            .collect();
        let wanted: HashSet<String> = targeting
            .references()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let replaced = targeting.rules.is_some() && targeting.others == Others::Remove;
        let settled = matches!(found.outcome, Outcome::Due(_));
        for segment in now.union(&wanted) {
            if wanted.contains(segment) || !(replaced && settled) {
                self.uses(segment.clone(), name.clone());
            } else {
                self.released_by
                    .entry(segment.clone())
                    .or_default()
                    .push(place);
            }
        }
    }

    fn uses(&mut self, segment: String, name: String) {
        self.used_by.entry(segment).or_default().push(name);
    }
}

/// The segments that the rules of the environment ask.
fn asked(remote: &wire::Targeting, reader: &Reader) -> HashSet<String> {
    let here = remote.environments.get(reader.scope.environment.as_str());
    here.into_iter()
        .flat_map(|here| &here.rules)
        .flat_map(|rule| &rule.rule.clauses)
        .filter(|clause| clause.op == "segmentMatch")
        .flat_map(|clause| &clause.values)
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
