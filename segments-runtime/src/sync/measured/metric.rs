//! One metric.

use std::collections::BTreeSet;

use segments_model::{Metric, MetricKind, Tag, wire};
use serde_json::{Value as Json, json};

use super::super::change::Change;
use super::super::diff::{tag_changes, tags_after};
use super::super::failed::FailedRequest;
use super::super::ownership::{self, Claim, Claimant, Mark, revision_tag};
use super::super::reader::Reader;
use super::super::report::ItemError;
use super::super::report::Measured;
use super::super::request::JsonOperation as Op;
use super::super::revision::Revision;
use super::super::syncable::{Step, Syncable, Versioned};
use super::super::writer::Writer;

/// The fields that the service returns for one metric.
#[derive(Debug)]
pub(crate) struct Goal<'a> {
    metric: &'a Metric,
    claimant: &'a Claimant,
    revision: Option<Revision>,
}

impl<'a> Goal<'a> {
    pub(crate) fn new(metric: &'a Metric, claimant: &'a Claimant, revision: Option<u64>) -> Self {
        let says = || json!([Json::from(metric), format!("{:?}", metric.tags)]);
        Self {
            metric,
            claimant,
            revision: revision.map(|number| Revision::of(number, &says())),
        }
    }

    fn body(&self) -> Json {
        let mut body = Json::from(self.metric);
        let tags = plain(self.metric.tags.as_ref());
        let tags: Vec<String> = tags
            .chain(marks(self.claimant, self.revision.as_ref()))
            .collect();
        body["tags"] = json!(tags);
        body
    }
}

impl Versioned for wire::Metric {
    fn version(&self) -> u64 {
        self.version.unwrap_or_default()
    }
}

/// The documentation names no operation that tests a version, and no approvals.
impl Syncable for Goal<'_> {
    type Remote = wire::Metric;
    type Dialect = ();

    fn accept(&self, remote: &wire::Metric) -> Result<(), ItemError> {
        let numeric = matches!(self.metric.kind, MetricKind::Numeric(_));
        if remote.kind == "custom" && remote.is_numeric == numeric {
            return Ok(());
        }
        let say = |kind: &str, numeric: bool| match (kind, numeric) {
            ("custom", true) => "a numeric metric".to_owned(),
            ("custom", false) => "a metric that counts events".to_owned(),
            (kind, _) => format!("a metric of kind `{kind}`"),
        };
        Err(ItemError::OtherForm {
            found: say(&remote.kind, remote.is_numeric),
            declared: say("custom", numeric),
        })
    }

    fn claim(&self, remote: &wire::Metric) -> Claim {
        self.claimant.claim(ownership::owners(remote.tags()))
    }

    fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    fn revisions(&self, remote: &wire::Metric) -> Vec<Revision> {
        ownership::revisions(remote.tags())
    }

    fn changes(&self, remote: &wire::Metric, marked: bool) -> Result<Vec<Change>, ItemError> {
        // Destructured, so that a new part of a metric cannot be forgotten here.
        let Metric {
            key: _,
            name,
            description,
            tags,
            event,
            kind,
            success,
            unit,
        } = self.metric;
        let mut changes = name_and_description(
            (name, description.as_deref()),
            (&remote.name, remote.description.as_deref()),
        );
        let is = (remote.event_key.as_deref(), event.as_str());
        changes.extend(property("event", is.0, is.1));
        if let MetricKind::Numeric(unit) = kind {
            changes.extend(property("unit", remote.unit.as_deref(), unit));
        }
        if let Some(aggregation) = wire::aggregation(kind) {
            let is = remote.unit_aggregation_type.as_deref();
            changes.extend(property("aggregation", is, aggregation));
        }
        let is = remote.success_criteria.as_deref();
        changes.extend(property("success criterion", is, success.wire()));
        let units = remote.units().join(", ");
        changes.extend(property(
            "unit of randomization",
            Some(&units),
            unit.as_str(),
        ));
        let marks = marked.then_some((self.claimant, self.revision.as_ref()));
        changes.extend(self::tags(tags.as_ref(), remote.tags(), marks));
        Ok(changes)
    }

    fn name(&self) -> String {
        Measured::Metric(self.metric.key.clone()).to_string()
    }

    fn parts(&self, from: &wire::Metric, to: &wire::Metric) -> Vec<(&'static str, bool)> {
        vec![
            ("name", from.name != to.name),
            ("description", from.description != to.description),
            ("tags", from.tags != to.tags),
            ("event", from.event_key != to.event_key),
            ("unit", from.unit != to.unit),
            (
                "aggregation",
                from.unit_aggregation_type != to.unit_aggregation_type,
            ),
            (
                "success criterion",
                from.success_criteria != to.success_criteria,
            ),
            ("unit of randomization", from.units() != to.units()),
        ]
    }

    fn expected(&self, _: &[Change], _: bool) -> usize {
        1
    }

    async fn read(&self, reader: &Reader) -> Result<Option<wire::Metric>, FailedRequest> {
        reader.metric(&self.metric.key).await
    }

    async fn send(
        &self,
        writer: &Writer,
        step: Step<'_, wire::Metric>,
        (): &mut (),
    ) -> Result<wire::Metric, ItemError> {
        let key = &self.metric.key;
        let Some(seen) = step.seen else {
            return Ok(writer.create_metric(key, &self.body()).await?);
        };
        let operations = operations(self.metric, seen, step.changes);
        Ok(writer.patch_metric(key, &operations).await?)
    }
}

/// The JSON patch for the changes.
fn operations(metric: &Metric, seen: &wire::Metric, changes: &[Change]) -> Vec<Op> {
    let set = |path: &str, value: Json| Op::Add {
        path: path.to_owned(),
        value,
    };
    let mut operations = Vec::new();
    for change in changes {
        match change {
            Change::Name { to, .. } => operations.push(Op::Replace {
                path: "/name".to_owned(),
                value: json!(to),
            }),
            Change::Description { to, .. } => operations.push(set("/description", json!(to))),
            Change::Property { name, to, .. } => {
                let (path, value) = match *name {
                    "event" => ("/eventKey", json!(to)),
                    "unit" => ("/unit", json!(to)),
                    "aggregation" => ("/unitAggregationType", json!(to)),
                    "success criterion" => ("/successCriteria", json!(to)),
                    _ => ("/analysisUnits", json!([metric.unit])),
                };
                operations.push(set(path, value));
            }
            _ => {}
        }
    }
    if let Some(tags) = tags_after(seen.tags(), changes) {
        operations.push(set("/tags", json!(tags)));
    }
    operations
}

/// The changes of what people read.
pub(super) fn name_and_description(
    (name, description): (&str, Option<&str>),
    (is, described): (&str, Option<&str>),
) -> Vec<Change> {
    let mut changes = Vec::new();
    if name != is {
        changes.push(Change::Name {
            from: is.to_owned(),
            to: name.to_owned(),
        });
    }
    let described = described.unwrap_or_default();
    if let Some(to) = description.filter(|to| *to != described) {
        changes.push(Change::Description {
            from: described.to_owned(),
            to: to.to_owned(),
        });
    }
    changes
}

/// The change of a part that has a name, if it changes.
pub(super) fn property(name: &'static str, from: Option<&str>, to: &str) -> Option<Change> {
    let from = from.unwrap_or_default();
    (from != to).then(|| Change::Property {
        name,
        from: from.to_owned(),
        to: to.to_owned(),
    })
}

fn plain(declared: Option<&BTreeSet<Tag>>) -> impl Iterator<Item = String> + '_ {
    let plain = declared.into_iter().flatten().map(Tag::as_str);
    plain
        .filter(|tag| Mark::of(tag).is_none())
        .map(str::to_owned)
}

/// The tags that say whose it is, and what it shows.
pub(super) fn marks(
    claimant: &Claimant,
    revision: Option<&Revision>,
) -> impl Iterator<Item = String> {
    let owner = claimant.owner.tag().to_string();
    std::iter::once(owner).chain(revision.map(revision_tag))
}

/// The changes of the tags: of the plain ones if they are declared, and of those that say whose it is.
pub(super) fn tags(
    declared: Option<&BTreeSet<Tag>>,
    remote: &[String],
    marked: Option<(&Claimant, Option<&Revision>)>,
) -> Vec<Change> {
    let (mut wanted, mut present) = (BTreeSet::new(), BTreeSet::new());
    if declared.is_some() {
        wanted.extend(plain(declared));
        let plain = remote.iter().filter(|tag| Mark::of(tag).is_none());
        present.extend(plain.cloned());
    }
    if let Some((claimant, revision)) = marked {
        wanted.extend(marks(claimant, revision));
        let ours = remote.iter().filter(|tag| match Mark::of(tag) {
            Some(Mark::Owner(_)) => true,
            Some(Mark::Revision(_)) => revision.is_some(),
            _ => false,
        });
        present.extend(ours.cloned());
    }
    tag_changes(&wanted, &present)
}
