//! A plan in a file, for review and for `apply`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use segments_model::{Resource, wire};
use segments_runtime::sync::{Effect, Plan, Sighting, SyncConfig};
use serde::de::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::markdown::markdown;
use crate::arguments::{Adopt, AdoptWhat, Connection, Ownership, PlanFormat};
use crate::connection::Sources;
use crate::failure::Failure;
use crate::file;
use crate::impact::Found;
use crate::output::{Output, Text};
use crate::status::Status;

/// The version of the form below.
const FORMAT: u64 = 4;

/// The content of the file: a plan for each environment, made with the same settings.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedPlans {
    format: u64,
    plans: Vec<SavedPlan>,
    #[serde(skip)]
    path: PathBuf,
}

impl Default for SavedPlans {
    fn default() -> Self {
        Self {
            format: FORMAT,
            plans: Vec::new(),
            path: PathBuf::new(),
        }
    }
}

/// One plan. Keys of members are not among it; the fingerprint stands for them.
#[derive(Debug, Serialize, Deserialize)]
struct SavedPlan {
    fingerprint: String,
    /// Where the token goes. An apply does not take it from here, since everybody who can write the
    /// file could lead the token elsewhere; it only compares.
    address: String,
    project: String,
    environment: String,
    settings: Settings,
    /// For people and for tools; an apply makes the plan again, and it has to read the same.
    plan: Json,
    /// The same in words.
    words: Words,
    /// The contexts that would have moved, among those that were recorded when the plan was made. An
    /// apply does not use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    impact: Option<Impact>,
    /// The state that was read, to report changes.
    seen: BTreeMap<String, Sighting>,
}

/// A plan in words. An apply compares them, too: what was read is what is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Words {
    human: String,
    markdown: String,
    /// Where project and environment came from; that may be another place when it is applied.
    sources: String,
}

/// The moves, in each form in which a plan is shown.
#[derive(Debug, Serialize, Deserialize)]
struct Impact {
    human: String,
    markdown: String,
    json: Json,
}

impl Words {
    fn of(plan: &Plan, sources: &impl ToString) -> Self {
        Self {
            human: plan.to_string(),
            markdown: markdown(plan, sources),
            sources: sources.to_string(),
        }
    }
}

/// Shows saved plans.
pub(crate) fn show(path: &Path, format: PlanFormat, output: Output) -> Result<Status, Failure> {
    for saved in SavedPlans::read(path)?.plans {
        let SavedPlan {
            mut plan,
            words:
                Words {
                    mut human,
                    mut markdown,
                    ..
                },
            impact,
            ..
        } = saved;
        if let Some(impact) = impact {
            human = format!("{}\n{}", human.trim_end(), impact.human);
            markdown = format!("{markdown}\n{}", impact.markdown);
            plan["impact"] = impact.json;
        }
        match format {
            PlanFormat::Json => output.json(&plan)?,
            PlanFormat::Human => output.data(Text::drawn(human.trim_end()))?,
            PlanFormat::Markdown => output.data(Text::drawn(markdown))?,
        }
    }
    Ok(Status::Done)
}

/// Returns whether a file is a saved plan and no definitions.
pub(crate) fn is_one(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

/// Says what saved plans do to audiences and to what is served, and how much of that is denied.
pub(crate) fn effects(
    path: &Path,
    denied: &dyn Fn(&Effect) -> bool,
    output: Output,
) -> Result<usize, Failure> {
    let mut count = 0;
    for saved in SavedPlans::read(path)?.plans {
        let (project, environment) = (&saved.project, &saved.environment);
        for (name, form) in told(&saved.plan) {
            let effect = Effect::deserialize(form).map_err(|source| Failure::NotAPlan {
                path: path.to_owned(),
                source,
            })?;
            let verdict = form["verdict"].as_str().unwrap_or_default();
            output.data(Text::from(format!(
                "{name} in `{project}/{environment}`: {verdict}"
            )))?;
            for line in effect.sentences() {
                output.data(Text::from(format!("  {line}")))?;
            }
            count += usize::from(denied(&effect));
        }
    }
    Ok(count)
}

/// The name of everything that a plan does something to, and what.
fn told(plan: &Json) -> Vec<(String, &Json)> {
    let list = |name: &str| plan[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut told = Vec::new();
    for (lists, is_segment) in [("segments", true), ("targetings", false)] {
        for item in list(lists) {
            let key = item["key"].as_str().unwrap_or_default();
            let name = match (is_segment, item["resource"].as_str()) {
                (false, Some("flag")) => format!("flag `{key}`"),
                (false, _) => format!("AI Config `{key}`"),
                (true, _) => format!("segment `{key}`"),
            };
            told.push((name, &item["effect"]));
        }
    }
    for reached in list("consequences") {
        let what = reached["what"].as_str().unwrap_or_default();
        let name = match Resource::parse(what) {
            Some(resource) => format!("{} `{}`", resource.what(), resource.key()),
            None => format!("segment `{what}`"),
        };
        told.push((name, &reached["effect"]));
    }
    told.retain(|(_, effect)| !effect.is_null());
    told
}

/// The part that is checked first.
#[derive(Debug, Deserialize)]
struct Form {
    format: u64,
}

/// With what a plan was made. It is applied with the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    owner: String,
    formerly: Vec<String>,
    revision: Option<u64>,
    adopt: Option<Adopt>,
    #[serde(default)]
    override_running: bool,
    adopted: BTreeSet<String>,
    only: BTreeSet<String>,
    retire: BTreeSet<String>,
    let_go: BTreeSet<String>,
    prune: bool,
    max_deletions: Option<usize>,
}

fn paths(resources: &[Resource]) -> BTreeSet<String> {
    resources.iter().map(Resource::path).collect()
}

/// The value of a setting with several values, if it is set.
fn given(set: &BTreeSet<String>, planned: &BTreeSet<String>) -> Option<String> {
    let other = !set.is_empty() && set != planned;
    other.then(|| set.iter().cloned().collect::<Vec<_>>().join(", "))
}

impl SavedPlans {
    /// Keeps another plan.
    pub(super) fn add(
        &mut self,
        plan: &Plan,
        config: &SyncConfig,
        ownership: &Ownership,
        sources: &Sources,
        impact: Option<&Found>,
    ) {
        self.plans.push(SavedPlan {
            fingerprint: plan.fingerprint(),
            address: config.base_uri(),
            project: config.project().to_string(),
            environment: config.environment().to_string(),
            settings: Settings {
                owner: config.owner().to_string(),
                formerly: ownership.formerly.clone(),
                revision: config.revision(),
                adopt: ownership.adopt_when(),
                override_running: ownership.override_running,
                adopted: ownership.adopted().cloned().collect(),
                only: ownership.only.iter().cloned().collect(),
                retire: paths(&ownership.retire),
                let_go: paths(&ownership.let_go),
                prune: ownership.prune,
                max_deletions: ownership.max_deletions,
            },
            plan: readable(plan),
            words: Words::of(plan, sources),
            impact: impact.map(|found| Impact {
                human: found.plain(),
                markdown: found.markdown(),
                json: found.as_json(),
            }),
            seen: plan.sightings().clone(),
        });
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).expect("texts and numbers have a JSON form");
        file::replace(path, &(text + "\n"))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = file::read(path)?;
        let not_a_plan = |source| Failure::NotAPlan {
            path: path.to_owned(),
            source,
        };
        wire::bounded(text.as_bytes()).map_err(|error| not_a_plan(Error::custom(error)))?;
        // Another version may have everything else otherwise.
        let form: Form = serde_json::from_str(&text).map_err(not_a_plan)?;
        if form.format != FORMAT {
            return Err(Failure::PlanFormat {
                path: path.to_owned(),
                found: form.format,
                known: FORMAT,
            });
        }
        let saved: Self = serde_json::from_str(&text).map_err(not_a_plan)?;
        let altered = || Failure::PlanAltered {
            path: path.to_owned(),
        };
        let first = saved.plans.first().ok_or_else(altered)?;
        let alike = |plan: &SavedPlan| {
            (&plan.address, &plan.project, &plan.settings)
                == (&first.address, &first.project, &first.settings)
        };
        let mut environments = BTreeSet::new();
        let mut plans = saved.plans.iter();
        if !plans.all(|plan| alike(plan) && environments.insert(&plan.environment)) {
            return Err(altered());
        }
        Ok(Self {
            path: path.to_owned(),
            ..saved
        })
    }

    /// Goes where the plans were made for, as whom they were made for and with their settings. Who names
    /// others means another plan.
    pub(super) fn lead(
        &self,
        connection: &mut Connection,
        ownership: &mut Ownership,
    ) -> Result<(), Failure> {
        let environments = self.plans.iter().map(|plan| plan.environment.clone());
        let environments: Vec<String> = environments.collect();
        let Some(first) = self.plans.first() else {
            return Ok(());
        };
        if let Some(set) = &connection.project
            && !set.is_empty()
            && *set != first.project
        {
            return Err(first.elsewhere("project", set));
        }
        let named = connection.environments.iter().filter(|set| !set.is_empty());
        for set in named.clone() {
            if !environments.contains(set) {
                return Err(first.elsewhere("environment", set));
            }
        }
        if named.count() > 0 && connection.environments.len() != environments.len() {
            let set = connection.environments.join(", ");
            return Err(first.elsewhere("environment", &set));
        }
        connection.project = Some(first.project.clone());
        connection.environments = environments;
        first.settle(ownership)
    }

    /// Lets only the same plan for the same service pass.
    pub(super) fn allow(&self, plan: &Plan, config: &SyncConfig) -> Result<(), Failure> {
        let mut plans = self.plans.iter();
        let saved = plans.find(|saved| *config.environment() == *saved.environment);
        match saved {
            Some(saved) => saved.allow(plan, config, &self.path),
            None => Err(Failure::PlanAltered {
                path: self.path.clone(),
            }),
        }
    }
}

impl SavedPlan {
    fn elsewhere(&self, what: &'static str, set: &str) -> Failure {
        Failure::PlanElsewhere {
            planned: format!("{}/{}", self.project, self.environment),
            what,
            set: set.to_owned(),
        }
    }

    fn settle(&self, ownership: &mut Ownership) -> Result<(), Failure> {
        let Settings {
            owner,
            formerly,
            revision,
            adopt,
            override_running,
            adopted,
            only,
            retire,
            let_go,
            prune,
            max_deletions,
        } = self.settings.clone();
        if let Some(set) = ownership.owner.take().filter(|set| *set != owner) {
            return Err(self.elsewhere("owner", &set));
        }
        if let Some(set) = ownership.revision.filter(|set| Some(*set) != revision) {
            return Err(self.elsewhere("revision", &set.to_string()));
        }
        if ownership.adopt_when().is_some_and(|set| Some(set) != adopt) {
            return Err(self.elsewhere("adoption (`--adopt`)", "another"));
        }
        if ownership.override_running && !override_running {
            return Err(self.elsewhere("setting `--override-running`", "on"));
        }
        if ownership.prune && !prune {
            return Err(self.elsewhere("pruning (`--prune`)", "on"));
        }
        if !ownership.formerly.is_empty() && ownership.formerly != formerly {
            return Err(self.elsewhere(
                "former owner (`--formerly`)",
                &ownership.formerly.join(", "),
            ));
        }
        if let Some(set) = ownership
            .max_deletions
            .filter(|set| Some(*set) != max_deletions)
        {
            return Err(self.elsewhere("number of deletions (`--max-deletions`)", &set.to_string()));
        }
        let several = [
            (
                "segment to adopt (`--adopt`)",
                ownership.adopted().cloned().collect(),
                &adopted,
            ),
            (
                "part (`--only`)",
                ownership.only.iter().cloned().collect(),
                &only,
            ),
            ("end (`--retire`)", paths(&ownership.retire), &retire),
            ("end (`--let-go`)", paths(&ownership.let_go), &let_go),
        ];
        for (what, set, planned) in several {
            if let Some(set) = given(&set, planned) {
                return Err(self.elsewhere(what, &set));
            }
        }
        let resources = |paths: BTreeSet<String>| {
            let resources = paths.iter().filter_map(|path| Resource::parse(path));
            resources.collect()
        };
        let when = adopt.map(AdoptWhat::When).into_iter();
        *ownership = Ownership {
            owner: Some(owner),
            formerly,
            revision,
            adopt: when
                .chain(adopted.into_iter().map(AdoptWhat::Key))
                .collect(),
            override_running,
            only: only.into_iter().collect(),
            retire: resources(retire),
            let_go: resources(let_go),
            prune,
            max_deletions,
            comment: ownership.comment.take(),
        };
        Ok(())
    }

    /// Lets only the same plan for the same service pass.
    fn allow(&self, plan: &Plan, config: &SyncConfig, path: &Path) -> Result<(), Failure> {
        if config.base_uri() != self.address {
            return Err(Failure::PlanElsewhere {
                planned: self.address.clone(),
                what: "address",
                set: config.base_uri(),
            });
        }
        let same = plan.fingerprint() == self.fingerprint;
        let words = Words::of(plan, &self.words.sources);
        match (same, readable(plan) == self.plan && words == self.words) {
            (true, true) => Ok(()),
            (true, false) => Err(Failure::PlanAltered {
                path: path.to_owned(),
            }),
            (false, _) => Err(Failure::Stale {
                changed: self.changed(plan),
            }),
        }
    }

    /// The changes since the plan was made: in LaunchDarkly, or in the definitions.
    fn changed(&self, plan: &Plan) -> String {
        let now = plan.sightings();
        let mut changed = Vec::new();
        for (key, seen) in &self.seen {
            match now.get(key) {
                None => changed.push(format!("`{key}` was deleted")),
                Some(now) => {
                    let parts = seen.changed(now);
                    if !parts.is_empty() {
                        changed.push(format!(
                            "{} of `{key}` changed (version {}, now {})",
                            parts.join(", "),
                            seen.version,
                            now.version
                        ));
                    }
                }
            }
        }
        let new = now.keys().filter(|key| !self.seen.contains_key(*key));
        changed.extend(new.map(|key| format!("`{key}` was made")));
        if changed.is_empty() {
            let now = readable(plan);
            let (was, is) = (outcomes(&self.plan), outcomes(&now));
            let keys = was.keys().chain(is.keys());
            let differ = keys.filter(|key| was.get(*key) != is.get(*key));
            let keys: BTreeSet<_> = differ.collect();
            changed.extend(
                keys.iter()
                    .map(|key| format!("the declaration of `{key}` changed")),
            );
        }
        if changed.is_empty() {
            changed.push("the definitions changed".to_owned());
        }
        format!(
            "{}/{}: {}",
            self.project,
            self.environment,
            changed.join("; ")
        )
    }
}

/// The content of a plan, without the data that was needed to make it.
fn readable(plan: &Plan) -> Json {
    let mut readable = serde_json::to_value(plan).expect("texts and numbers have a JSON form");
    if let Some(fields) = readable.as_object_mut() {
        fields.remove("requests");
        fields.remove("elapsed");
    }
    readable
}

/// What is said of everything that a plan is about, by its path.
fn outcomes(plan: &Json) -> BTreeMap<String, &Json> {
    let lists = ["segments", "targetings", "measured"].into_iter();
    let items = lists.filter_map(|list| plan[list].as_array()).flatten();
    let path = |item: &Json| {
        let key = item["key"].as_str().unwrap_or_default();
        match item["resource"].as_str() {
            Some(kind) => format!("{kind}/{key}"),
            None => key.to_owned(),
        }
    };
    items.map(|item| (path(item), item)).collect()
}
