//! One experiment, with its next iteration.

use segments_model::{Experiment, VariationKey, wire};
use serde_json::{Value as Json, json};

use super::super::change::{Change, percent};
use super::super::diff::tags_after;
use super::super::failed::FailedRequest;
use super::super::ownership::{self, Claim, Claimant};
use super::super::reader::Reader;
use super::super::report::Measured;
use super::super::report::{BusyRule, ItemError};
use super::super::request::ExperimentBody;
use super::super::revision::Revision;
use super::super::syncable::{Step, Syncable, Versioned};
use super::super::writer::Writer;
use super::metric::{marks, name_and_description, property, tags};

/// The fields that the service returns for one experiment.
#[derive(Debug)]
pub(crate) struct Goal<'a> {
    pub(super) experiment: &'a Experiment,
    claimant: &'a Claimant,
    revision: Option<Revision>,
    environment: &'a str,
}

/// An experiment as the service shows it, and what it runs on.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) experiment: wire::Experiment,
    pub(crate) targeting: Option<wire::Targeting>,
}

impl Versioned for Remote {
    fn version(&self) -> u64 {
        let latest = self.experiment.latest();
        latest.and_then(|it| it.version).unwrap_or_default()
    }
}

impl<'a> Goal<'a> {
    pub(crate) fn new(
        experiment: &'a Experiment,
        environment: &'a segments_model::EnvironmentKey,
        claimant: &'a Claimant,
        revision: Option<u64>,
    ) -> Self {
        Self {
            experiment,
            claimant,
            revision: revision
                .map(|number| Revision::of(number, &json!(format!("{experiment:?}")))),
            environment: environment.as_str(),
        }
    }

    /// The treatments that the iteration compares.
    fn design(
        &self,
        variation: impl Fn(&VariationKey) -> Option<String>,
    ) -> Vec<(String, String, bool)> {
        let treatments = self.experiment.treatments.iter();
        let each = treatments.map(|(key, share)| {
            let id = variation(key).unwrap_or_else(|| key.to_string());
            let percent = percent(self.experiment.allocation(*share));
            (id, percent, *key == self.experiment.baseline)
        });
        let mut design: Vec<_> = each.collect();
        design.sort();
        design
    }

    /// The identifier of a variation of what it runs on.
    fn id(targeting: Option<&wire::Targeting>, key: &VariationKey) -> Option<String> {
        let variations = &targeting?.variations;
        let place = wire::variation_place(variations, key.as_str())?;
        variations[place].id.clone()
    }

    /// The identifier of the rule that it runs on, or `fallthrough`.
    fn rule(&self, targeting: &wire::Targeting) -> Option<String> {
        let Some(segment) = &self.experiment.rule else {
            return Some("fallthrough".to_owned());
        };
        let here = targeting.environments.get(self.environment)?;
        let mut rules = here.rules.iter();
        let rule = rules.find(|it| match &it.rule.clauses[..] {
            [only] => {
                only.op == "segmentMatch"
                    && !only.negate
                    && only.values == [json!(segment.as_str())]
            }
            _ => false,
        });
        rule?.rule.id.clone()
    }

    /// Creates an iteration from the existing one.
    ///
    /// # Errors
    ///
    /// When what it runs on, the rule or a variation is not there.
    fn iteration(&self, targeting: Option<&wire::Targeting>) -> Result<Json, ItemError> {
        let on = &self.experiment.on;
        let missing = |what: String| ItemError::NothingToRunOn { what };
        let targeting = targeting.ok_or_else(|| missing(on.to_string()))?;
        let rule = self
            .rule(targeting)
            .ok_or_else(|| missing(format!("{} of {on}", self.experiment.rule_in_words())))?;
        let id = |key: &VariationKey| {
            Self::id(Some(targeting), key)
                .ok_or_else(|| missing(format!("variation `{key}` of {on}")))
        };
        let mut treatments = Vec::new();
        for (key, share) in &self.experiment.treatments {
            treatments.push(json!({
                "name": key,
                "baseline": *key == self.experiment.baseline,
                "allocationPercent": percent(self.experiment.allocation(*share)),
                "parameters": [{"flagKey": on.key(), "variationId": id(key)?}],
            }));
        }
        let here = targeting.environments.get(self.environment);
        let version = here.map_or(targeting.version, |here| here.version);
        let metrics = self
            .experiment
            .metrics()
            .map(|key| json!({"key": key, "isGroup": false}));
        Ok(json!({
            "hypothesis": self.experiment.hypothesis,
            "canReshuffleTraffic": false,
            "metrics": metrics.collect::<Vec<_>>(),
            "primarySingleMetricKey": self.experiment.primary,
            "treatments": treatments,
            "flags": {(on.key()): {
                "ruleId": rule,
                "flagConfigVersion": version,
                "notInExperimentVariationId": id(&self.experiment.baseline)?,
            }},
            "randomizationUnit": self.experiment.unit,
        }))
    }
}

/// Treatments in words: `fast 40% (baseline), careful 40%`.
fn in_words(design: &[(String, String, bool)], name: impl Fn(&str) -> String) -> String {
    let each = design.iter().map(|(id, percent, baseline)| {
        let baseline = if *baseline { " (baseline)" } else { "" };
        format!("{} {percent}%{baseline}", name(id))
    });
    let mut each: Vec<String> = each.collect();
    each.sort();
    each.join(", ")
}

/// The documentation names no operation that tests a version, and no approvals. Each write is followed by a
/// look, for its answer does not show all parts.
impl Syncable for Goal<'_> {
    type Remote = Remote;
    type Dialect = ();

    fn accept(&self, remote: &Remote) -> Result<(), ItemError> {
        match remote.experiment.archived_date {
            None => Ok(()),
            Some(_) => Err(ItemError::Archived),
        }
    }

    fn claim(&self, remote: &Remote) -> Claim {
        self.claimant
            .claim(ownership::owners(remote.experiment.tags()))
    }

    fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    fn revisions(&self, remote: &Remote) -> Vec<Revision> {
        ownership::revisions(remote.experiment.tags())
    }

    /// A running one is left alone if anything of it would change.
    fn busy(&self, remote: &Remote) -> Result<Vec<BusyRule>, ItemError> {
        if remote.experiment.running().is_none() || self.changes(remote, true)?.is_empty() {
            return Ok(Vec::new());
        }
        let rule = remote.targeting.as_ref().and_then(|targeting| {
            let id = self.rule(targeting)?;
            let here = targeting.environments.get(self.environment)?;
            here.rules
                .iter()
                .position(|rule| rule.rule.id.as_ref() == Some(&id))
        });
        Ok(vec![BusyRule {
            running: wire::Running::Experiment,
            resource: self.experiment.on.clone(),
            rule,
            experiment: Some(self.experiment.key.to_string()),
        }])
    }

    fn changes(&self, remote: &Remote, marked: bool) -> Result<Vec<Change>, ItemError> {
        // Destructured, so that a new part of an experiment cannot be forgotten here.
        let Experiment {
            key: _,
            name,
            description,
            tags: declared,
            hypothesis,
            on,
            rule: _,
            primary,
            secondary: _,
            baseline: _,
            treatments: _,
            unit,
            traffic: _,
        } = self.experiment;
        let shown = &remote.experiment;
        let targeting = remote.targeting.as_ref();
        let mut changes = name_and_description(
            (name, description.as_deref()),
            (&shown.name, shown.description.as_deref()),
        );
        let marks = marked.then_some((self.claimant, self.revision.as_ref()));
        changes.extend(tags(declared.as_ref(), shown.tags(), marks));
        let nothing = wire::Iteration::default();
        let latest = shown.latest().unwrap_or(&nothing);
        changes.extend(property("hypothesis", Some(&latest.hypothesis), hypothesis));
        changes.extend(property(
            "primary metric",
            latest.primary(),
            primary.as_str(),
        ));
        if let Some(measured) = &latest.metrics {
            let words = |keys: &mut Vec<&str>| {
                keys.sort_unstable();
                keys.join(", ")
            };
            let is = words(&mut measured.iter().map(|metric| metric.key.as_str()).collect());
            let to = words(
                &mut self
                    .experiment
                    .metrics()
                    .map(segments_model::MetricKey::as_str)
                    .collect(),
            );
            changes.extend(property("metrics", Some(&is), &to));
        }
        let unit_is = latest.randomization_unit.as_deref().unwrap_or("user");
        changes.extend(property(
            "unit of randomization",
            Some(unit_is),
            unit.as_str(),
        ));
        if let Some(treatments) = &latest.treatments {
            let each = treatments.iter().map(|treatment| {
                let mut parameters = treatment.parameters.iter();
                let parameter = parameters.find(|it| it.flag_key == on.key());
                let id = parameter.map(|it| it.variation_id.clone());
                (
                    id.unwrap_or_default(),
                    treatment.allocation_percent.clone(),
                    treatment.baseline,
                )
            });
            let mut is: Vec<_> = each.collect();
            is.sort();
            let to = self.design(|key| Self::id(targeting, key));
            if is != to {
                let name = |id: &str| {
                    let mut keys = self.experiment.treatments.iter().map(|(key, _)| key);
                    let key = keys.find(|key| Self::id(targeting, key).as_deref() == Some(id));
                    key.map_or_else(|| id.to_owned(), ToString::to_string)
                };
                changes.push(Change::Property {
                    name: "treatments",
                    from: in_words(&is, name),
                    to: in_words(&to, name),
                });
            }
        }
        if let (Some(targeting), Some(on)) = (targeting, latest.flags.get(on.key()))
            && let Some(to) = self.rule(targeting)
        {
            changes.extend(property("rule", on.targeting_rule.as_deref(), &to));
        }
        Ok(changes)
    }

    fn name(&self) -> String {
        Measured::Experiment(self.experiment.key.clone()).to_string()
    }

    fn parts(&self, from: &Remote, to: &Remote) -> Vec<(&'static str, bool)> {
        let (from, to) = (&from.experiment, &to.experiment);
        vec![
            ("name", from.name != to.name),
            ("description", from.description != to.description),
            ("tags", from.tags != to.tags),
            ("iteration", from.latest() != to.latest()),
        ]
    }

    /// The patch for people differs from the patch that is compared.
    fn expected(&self, _: &[Change], _: bool) -> usize {
        2
    }

    async fn read(&self, reader: &Reader) -> Result<Option<Remote>, FailedRequest> {
        let Some(experiment) = reader.experiment(&self.experiment.key).await? else {
            return Ok(None);
        };
        let targeting = reader.targeting(&self.experiment.on).await?;
        Ok(Some(Remote {
            experiment,
            targeting,
        }))
    }

    async fn send(
        &self,
        writer: &Writer,
        step: Step<'_, Remote>,
        (): &mut (),
    ) -> Result<Remote, ItemError> {
        let key = &self.experiment.key;
        let Some(seen) = step.seen else {
            let targeting = writer.reader.targeting(&self.experiment.on).await?;
            let iteration = self.iteration(targeting.as_ref())?;
            let tags = self.experiment.tags.iter().flatten();
            let marks = marks(self.claimant, self.revision.as_ref());
            let body = ExperimentBody {
                key,
                name: &self.experiment.name,
                description: self.experiment.description.as_deref(),
                tags: tags.map(ToString::to_string).chain(marks).collect(),
                iteration,
            };
            writer.create_experiment(&body).await?;
            return Ok(self.again(writer).await?);
        };
        let fields = fields(&seen.experiment, step.changes);
        if fields.is_empty() {
            let iteration = self.iteration(seen.targeting.as_ref())?;
            writer.new_iteration(key, &iteration).await?;
        } else {
            writer.patch_experiment(key, &step.comment, &fields).await?;
        }
        Ok(self.again(writer).await?)
    }
}

impl Goal<'_> {
    /// Reads what a write has made of it.
    async fn again(&self, writer: &Writer) -> Result<Remote, FailedRequest> {
        match self.read(&writer.reader).await? {
            Some(remote) => Ok(remote),
            None => Err(writer.vanished(&self.experiment.key)),
        }
    }
}

/// The fields that one patch changes: what people read of it. What is compared is a new iteration.
fn fields(seen: &wire::Experiment, changes: &[Change]) -> serde_json::Map<String, Json> {
    let update = |value: Json| json!({"operation": "update", "value": value});
    let mut fields = serde_json::Map::new();
    for change in changes {
        match change {
            Change::Name { to, .. } => {
                fields.insert("name".to_owned(), update(json!(to)));
            }
            Change::Description { to, .. } => {
                fields.insert("description".to_owned(), update(json!(to)));
            }
            _ => {}
        }
    }
    if let Some(tags) = tags_after(seen.tags(), changes) {
        fields.insert("tags".to_owned(), update(json!(tags)));
    }
    fields
}
