//! The users of each segment, as the service shows them, and the gaps in its answers.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use futures_util::stream::{self, StreamExt};
use segments_model::{AiConfigKey, EnvironmentKey, Resource};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use crate::sync::failed::FailedRequest;
use crate::sync::ownership::{self, Claim, Claimant};
use crate::sync::reader::{Keyed, Reader};
use crate::sync::report::Keep;

/// Something that uses segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum User {
    Segment(String),
    Targeting(Resource),
}

impl User {
    fn keeps(&self) -> Keep {
        let what = self.to_string();
        Keep::UsedBy { what }
    }
}

/// `segment beta`, `flag new-page`.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            User::Segment(key) => write!(f, "segment {key}"),
            User::Targeting(resource) => resource.fmt(f),
        }
    }
}

/// The users of each segment. Flags are not included: the response for each segment lists them.
#[derive(Debug, Default)]
pub(crate) struct Census {
    used_by: HashMap<String, BTreeSet<User>>,
    /// A part that it does not show keeps every segment.
    unknown: Vec<Keep>,
    /// Every segment that it shows.
    shown: HashSet<String>,
    /// The highest revision among the owner's segments.
    pub(crate) newest: Option<u64>,
    /// How many segments are the owner's.
    pub(crate) owned: usize,
}

/// A segment, as far as it uses others. Nothing is filled in: what is left out is not known.
#[derive(Debug, Deserialize)]
struct Asking {
    key: String,
    tags: Vec<String>,
    #[serde(deserialize_with = "null_is_empty")]
    rules: Vec<Rule>,
    #[serde(default)]
    deleted: bool,
}

#[derive(Debug, Deserialize)]
struct Rule {
    clauses: Vec<Clause>,
}

#[derive(Debug, Deserialize)]
struct Clause {
    op: String,
    values: Vec<Json>,
}

/// The segments that an AI Config uses.
#[derive(Debug, Deserialize)]
struct Targeting {
    environments: HashMap<String, Environment>,
}

#[derive(Debug, Deserialize)]
struct Environment {
    rules: Vec<Rule>,
}

/// A list that is null is an empty one; one that is left out is not known.
fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Rule>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Keyed for Asking {
    fn key(&self) -> &str {
        &self.key
    }
}

/// The segments that rules ask.
fn asked(rules: &[Rule]) -> impl Iterator<Item = &str> {
    let clauses = rules.iter().flat_map(|rule| &rule.clauses);
    let asking = clauses.filter(|clause| clause.op == "segmentMatch");
    asking
        .flat_map(|clause| &clause.values)
        .filter_map(Json::as_str)
}

impl Census {
    /// Looks at every segment and every AI Config.
    pub(crate) async fn take(reader: &Reader, concurrency: usize, claimant: &Claimant) -> Self {
        let mut census = Self::default();
        match reader.whole(|from, to| reader.scope.list(from, to)).await {
            Ok(segments) => segments.into_iter().for_each(|it| census.see(it, claimant)),
            Err(error) => census.does_not_show("segments", error.to_string()),
        }
        if let Err(error) = census.ai_configs(reader, concurrency).await {
            census.does_not_show("AI Configs", error);
        }
        census
    }

    /// The reasons not to delete a segment; `released` lists the resources that stop using it before.
    pub(crate) fn against(&self, key: &str, released: impl Fn(&User) -> bool) -> Vec<Keep> {
        let users = self.used_by.get(key).into_iter().flatten();
        let using = users.filter(|user| !released(user)).map(User::keeps);
        using.chain(self.unknown.iter().cloned()).collect()
    }

    /// The segments that ask this one.
    pub(crate) fn asking(&self, key: &str) -> impl Iterator<Item = &str> {
        let users = self.used_by.get(key).into_iter().flatten();
        users.filter_map(|user| match user {
            User::Segment(key) => Some(key.as_str()),
            User::Targeting(_) => None,
        })
    }

    /// Everything that asks this segment.
    pub(crate) fn users(&self, key: &str) -> impl Iterator<Item = &User> {
        self.used_by.get(key).into_iter().flatten()
    }

    /// What it does not show.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = &Keep> {
        self.unknown.iter()
    }

    /// What speaks against deleting anything if one of these segments, which exist, is not shown: a list that
    /// lacks one may lack others.
    pub(crate) fn lacks<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<Keep> {
        // That it does not show all segments is known already.
        if !self.unknown.is_empty() {
            return None;
        }
        let lacking = keys.into_iter().find(|key| !self.shown.contains(*key))?;
        Some(Keep::Unknown {
            what: "segments",
            why: format!("the list lacks `{lacking}`, which exists"),
        })
    }

    fn does_not_show(&mut self, what: &'static str, why: String) {
        self.unknown.push(Keep::Unknown { what, why });
    }

    fn see(&mut self, segment: Asking, claimant: &Claimant) {
        if segment.deleted {
            return;
        }
        for asked in asked(&segment.rules) {
            self.uses(asked, User::Segment(segment.key.clone()));
        }
        if claimant.claim(ownership::owners(&segment.tags)) == Claim::Ours {
            let revisions = ownership::revisions(&segment.tags);
            let newest = revisions.iter().map(|revision| revision.number).max();
            self.newest = self.newest.max(newest);
            self.owned += 1;
        }
        self.shown.insert(segment.key);
    }

    fn uses(&mut self, asked: &str, user: User) {
        let users = self.used_by.entry(asked.to_owned()).or_default();
        users.insert(user);
    }

    /// The answer for a segment tells the flags that use it, but is not documented to tell AI
    /// Configs, so each of them is looked at.
    async fn ai_configs(&mut self, reader: &Reader, concurrency: usize) -> Result<(), String> {
        let configs = reader.ai_configs().await;
        let configs = configs.map_err(|error| error.to_string())?;
        let resources = configs.into_iter().map(|config| {
            let key = AiConfigKey::parse(config.key);
            key.map(Resource::AiConfig)
                .map_err(|error| format!("the list has an invalid key: {error}"))
        });
        let resources = resources.collect::<Result<Vec<_>, String>>()?;
        let reads = resources.iter().map(|resource| read(reader, resource));
        let reads: Vec<_> = reads.collect();
        let mut reads = stream::iter(reads).buffered(concurrency);
        let mut place = 0;
        while let Some(targeting) = reads.next().await {
            let resource = &resources[place];
            let targeting = targeting.map_err(|error| format!("{resource}: {error}"))?;
            let rules = here(&targeting, &reader.scope.environment).ok_or_else(|| {
                format!("the response for {resource} does not contain this environment")
            })?;
            for key in asked(rules) {
                self.uses(key, User::Targeting(resource.clone()));
            }
            place += 1;
        }
        Ok(())
    }
}

async fn read(reader: &Reader, resource: &Resource) -> Result<Targeting, FailedRequest> {
    reader.client.json(&reader.scope.targeting(resource)).await
}

fn here<'t>(targeting: &'t Targeting, environment: &EnvironmentKey) -> Option<&'t [Rule]> {
    let here = targeting.environments.get(environment.as_str())?;
    Some(&here.rules)
}
