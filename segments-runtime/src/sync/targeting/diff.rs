//! Differences between a declared targeting and the service's.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::{EnvironmentKey, Target, Targeting, Unlisted, wire};
use serde_json::json;

use super::super::at_least::{Before, Items};
use super::super::change::{Change, MemberKeys};
use super::super::config::{End, SyncConfig};
use super::super::diff::{self, Rule, rules, tag_changes};
use super::super::digest::Digest;
use super::super::ownership::Claimant;
use super::super::report::ItemError;
use super::super::revision::Revision;
use super::super::targeting_part::TargetingPart;
use super::marks;
use super::variations::Variations;

/// The targeting in one environment.
#[derive(Debug, Clone)]
pub(crate) struct Goal<'a> {
    pub(crate) targeting: &'a Targeting,
    pub(crate) environment: &'a EnvironmentKey,
    /// The owner that marks the targeting; `None` to leave it without a mark.
    pub(crate) claimant: Option<&'a Claimant>,
    pub(crate) revision: Option<Revision>,
    /// Whether rules may be in any position.
    pub(crate) anywhere: bool,
    /// Whether it is no longer declared, so that the marks are removed.
    pub(crate) ends: bool,
    /// Whether its parts that are no longer declared are left to people.
    pub(crate) forgets: bool,
}

/// Contexts that are listed for a variation, by that and by their kind.
pub(super) type Listed<'a> = BTreeMap<(String, &'a str), BTreeSet<&'a str>>;

impl<'a> Goal<'a> {
    /// A declaration of somebody who marks what they manage.
    pub(crate) fn new(
        targeting: &'a Targeting,
        environment: &'a EnvironmentKey,
        claimant: &'a Claimant,
        revision: Option<u64>,
    ) -> Self {
        Self {
            targeting,
            environment,
            claimant: Some(claimant),
            revision: revision.map(|number| Revision::of_targeting(number, targeting)),
            anywhere: false,
            ends: false,
            forgets: false,
        }
    }

    /// The same, on the terms of a configuration.
    pub(crate) fn of(
        config: &'a SyncConfig,
        targeting: &'a Targeting,
        claimant: &'a Claimant,
    ) -> Self {
        let options = &config.options;
        let end = options.ending.get(&targeting.resource);
        Self {
            forgets: end == Some(&End::LetGo),
            ..Self::new(targeting, &config.environment, claimant, options.revision)
        }
    }

    /// The same for something that is no longer declared.
    pub(crate) fn ending(self) -> Self {
        Self { ends: true, ..self }
    }

    /// The changes that make the targeting match the declaration, and that mark its owner if `marked`
    /// requests it.
    ///
    /// # Errors
    ///
    /// When a declared variation, or the environment, is not there.
    pub(crate) fn changes(
        &self,
        remote: &wire::Targeting,
        marked: bool,
    ) -> Result<Vec<Change>, ItemError> {
        // Destructured, so that a new part of a targeting cannot be forgotten here.
        let Targeting {
            resource: _,
            variations: _,
            targets,
            rules: declared,
            fallthrough,
            others,
            // Which one this is was decided before.
            environments: _,
        } = self.targeting;
        let variations = Variations::find(self.targeting, &remote.variations)?;
        let here = self.here(remote)?;
        let mut changes = Vec::new();
        if let Some(targets) = targets {
            changes.extend(listed(targets, &variations, here, *others));
        }
        if let Some(declared) = declared {
            let declared: Vec<_> = declared
                .iter()
                .map(|rule| {
                    let wire = wire::Rule::from(&rule.condition());
                    (wire, variations.declared(&rule.serve))
                })
                .collect();
            let declared = declared.iter();
            let declared = declared.map(|(rule, serves)| Rule::serving(rule, Some(serves.clone())));
            let remote = here.rules.iter();
            let remote = remote.map(|rule| Rule {
                disabled: rule.disabled,
                ..Rule::serving(&rule.rule, variations.shown(&rule.served))
            });
            let others = match others {
                _ if self.anywhere => diff::Unlisted::Stay,
                Unlisted::Keep => diff::Unlisted::StayBehind,
                Unlisted::Remove => diff::Unlisted::GoInPlace,
            };
            let (declared, remote): (Vec<_>, Vec<_>) = (declared.collect(), remote.collect());
            changes.extend(rules(&declared, &remote, others)?);
        }
        if let Some(fallthrough) = fallthrough {
            let to = variations.declared(fallthrough);
            let from = variations.shown(&here.fallthrough);
            if from.as_ref() != Some(&to) {
                changes.push(Change::Fallthrough { from, to });
            }
        }
        if !changes.is_empty() {
            variations.identified()?;
        }
        if let (true, Some(claimant)) = (marked, self.claimant) {
            let changed = !changes.is_empty();
            changes.extend(self.marks(claimant, remote, changed));
        }
        Ok(changes)
    }

    /// The environment's part.
    pub(super) fn here<'r>(
        &self,
        remote: &'r wire::Targeting,
    ) -> Result<&'r wire::EnvironmentTargeting, ItemError> {
        let here = remote.environments.get(self.environment.as_str());
        here.ok_or_else(|| ItemError::NoEnvironment {
            environment: self.environment.to_string(),
        })
    }

    /// The changes of the tags that say whose it is, and which parts of it. What was declared once stays among
    /// these until somebody says what becomes of it. Who never had that tag gets it with the next change.
    fn marks(&self, claimant: &Claimant, remote: &wire::Targeting, changed: bool) -> Vec<Change> {
        let (tags, environment) = (&remote.tags, self.environment);
        if self.ends {
            let ours = |tag: &&String| {
                marks::is_owner(tag, environment)
                    || marks::is_revision(tag, environment)
                    || marks::is_managed(tag, environment)
                    || marks::is_at_least(tag, environment)
            };
            let present = tags.iter().filter(ours).cloned().collect();
            return tag_changes(&BTreeSet::new(), &present);
        }
        let mut wanted = BTreeSet::from([marks::owner_tag(&claimant.owner, environment)]);
        wanted.extend(
            self.revision
                .as_ref()
                .map(|revision| marks::revision_tag(revision, environment)),
        );
        let before = marks::managed(tags, environment);
        let owner = marks::owner_tag(&claimant.owner, environment);
        let parts = changed || !before.is_empty() || !tags.contains(&owner);
        if parts {
            let declared = TargetingPart::ALL.into_iter();
            let declared = declared.filter(|part| {
                part.is_declared(self.targeting) || !self.forgets && before.contains(part)
            });
            wanted.extend(marks::managed_tag(&declared.collect(), environment));
            let parts = TargetingPart::ALL.into_iter();
            wanted.extend(parts.flat_map(|part| self.record(part, remote)));
        }
        let ours = |tag: &&String| {
            marks::is_owner(tag, environment)
                || self.revision.is_some() && marks::is_revision(tag, environment)
                || parts
                    && (marks::is_managed(tag, environment) || marks::is_at_least(tag, environment))
        };
        let present = tags.iter().filter(ours).cloned().collect();
        tag_changes(&wanted, &present)
    }

    /// The tags that say what was declared of a part that keeps others.
    fn record(&self, part: TargetingPart, remote: &wire::Targeting) -> Vec<String> {
        let known = marks::declared_at_least(&remote.tags, part, self.environment);
        let record = match self.items(part, remote) {
            Some(items) => {
                let before = self.before(part, remote);
                Some(items.remembered(&before, self.forgets))
            }
            // The part as a whole was let go of, and nobody has decided.
            None if !part.is_declared(self.targeting) && !self.forgets => known,
            None => None,
        };
        let tags = record.map(|record| marks::at_least_tags(part, &record, self.environment));
        tags.unwrap_or_default()
    }

    /// The knowledge about the declarations of a part before this one.
    pub(super) fn before(&self, part: TargetingPart, remote: &wire::Targeting) -> Before {
        let known = marks::declared_at_least(&remote.tags, part, self.environment);
        let managed = marks::managed(&remote.tags, self.environment);
        Before::of(managed.contains(&part), known)
    }

    /// The items of a part, if it keeps undeclared ones.
    pub(super) fn items(&self, part: TargetingPart, remote: &wire::Targeting) -> Option<Items> {
        if self.targeting.others != Unlisted::Keep {
            return None;
        }
        let here = self.here(remote).ok()?;
        let variations = Variations::find(self.targeting, &remote.variations).ok()?;
        match part {
            TargetingPart::Targets => {
                let declared = self.targeting.targets.as_ref()?.iter();
                let declared = declared.flat_map(|target| {
                    let variation = target.variation.to_string();
                    let keys = target.keys.iter();
                    keys.map(move |key| target_digest(&variation, target.kind.as_str(), key))
                });
                let present = present(&variations, here);
                let present = present.iter().flat_map(|((variation, kind), keys)| {
                    keys.iter().map(|key| target_digest(variation, kind, key))
                });
                Some(Items {
                    declared: declared.collect(),
                    present: present.collect(),
                })
            }
            TargetingPart::Rules => {
                let declared = self.targeting.rules.as_ref()?.iter();
                let declared = declared.map(|rule| {
                    let wire = wire::Rule::from(&rule.condition());
                    Rule::serving(&wire, Some(variations.declared(&rule.serve))).digest()
                });
                let present = here.rules.iter();
                let present = present.map(|rule| rule_digest(rule, &variations));
                Some(Items {
                    declared: declared.collect(),
                    present: present.collect(),
                })
            }
            TargetingPart::Fallthrough => None,
        }
    }
}

/// The form of a context that is listed for a variation.
pub(super) fn target_digest(variation: &str, kind: &str, key: &str) -> Digest {
    Digest::of(&json!([variation, kind, key]))
}

/// The form of a rule that the service returns.
pub(super) fn rule_digest(rule: &wire::TargetingRule, variations: &Variations<'_>) -> Digest {
    Rule::serving(&rule.rule, variations.shown(&rule.served)).digest()
}

/// The contexts that the service lists, by variation and kind.
pub(super) fn present<'a>(
    variations: &Variations<'_>,
    here: &'a wire::EnvironmentTargeting,
) -> Listed<'a> {
    let mut present = Listed::new();
    for list in here.targets.iter().chain(&here.context_targets) {
        let kind = match list.context_kind.as_deref() {
            None | Some("") => "user",
            Some(kind) => kind,
        };
        let keys = present
            .entry((variations.label(list.variation), kind))
            .or_default();
        keys.extend(list.values.iter().map(String::as_str));
    }
    present
}

/// The contexts that have to be listed for another variation, or for none.
fn listed(
    targets: &[Target],
    variations: &Variations<'_>,
    here: &wire::EnvironmentTargeting,
    others: Unlisted,
) -> Vec<Change> {
    let mut wanted = Listed::new();
    for target in targets {
        let list = wanted
            .entry((target.variation.to_string(), target.kind.as_str()))
            .or_default();
        list.extend(target.keys.iter().map(String::as_str));
    }
    let present = present(variations, here);
    // A context is listed once: for another variation it has to go even if others stay.
    let declared: BTreeSet<(&str, &str)> = wanted
        .iter()
        .flat_map(|((_, kind), keys)| keys.iter().map(|key| (*kind, *key)))
        .collect();
    let none = BTreeSet::new();
    let mut changes = Vec::new();
    for ((variation, kind), keys) in &present {
        let wanted = wanted.get(&(variation.clone(), *kind)).unwrap_or(&none);
        let gone = keys
            .difference(wanted)
            .filter(|key| others == Unlisted::Remove || declared.contains(&(*kind, **key)));
        if let Some(keys) = members(gone) {
            changes.push(Change::RemoveVariationTargets {
                variation: variation.clone(),
                kind: (*kind).to_owned(),
                keys,
            });
        }
    }
    for ((variation, kind), keys) in &wanted {
        let present = present.get(&(variation.clone(), *kind)).unwrap_or(&none);
        if let Some(keys) = members(keys.difference(present)) {
            changes.push(Change::AddVariationTargets {
                variation: variation.clone(),
                kind: (*kind).to_owned(),
                keys,
            });
        }
    }
    changes
}

fn members<'a>(keys: impl Iterator<Item = &'a &'a str>) -> Option<MemberKeys> {
    let keys: Vec<_> = keys.map(|key| (*key).to_owned()).collect();
    (!keys.is_empty()).then_some(MemberKeys(keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::ownership::Owner;
    use segments_model::draft::DraftRule;
    use segments_model::targeting::{DraftServe, DraftTargeting, DraftTargetingRule};
    use serde_json::Value as Json;

    fn words(changes: Result<Vec<Change>, ItemError>) -> Vec<String> {
        match changes {
            Ok(changes) => changes.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    /// The changes that serve everybody `fast` by one rule.
    #[allow(clippy::needless_pass_by_value, reason = "`json!` makes values")]
    fn changes(rule: Json, variation: Json) -> Vec<String> {
        let draft = DraftTargeting {
            kind: segments_model::ResourceKind::Flag,
            key: "checkout".into(),
            variations: vec!["fast".into()],
            rules: Some(vec![DraftTargetingRule {
                when: DraftRule {
                    everyone: true,
                    ..DraftRule::default()
                },
                serve: Some(DraftServe::Variation("fast".into())),
            }]),
            ..DraftTargeting::default()
        };
        let targeting = draft.parse().unwrap().0;
        let claimant = Claimant {
            owner: Owner::parse("shop").unwrap(),
            formerly: Vec::new(),
        };
        let environment = EnvironmentKey::from_static("test");
        let goal = Goal::new(&targeting, &environment, &claimant, None);
        let remote = json!({"key": "checkout", "variations": [variation],
            "environments": {"test": {"rules": [rule], "fallthrough": {"variation": 0}}}});
        words(goal.changes(&serde_json::from_value(remote).unwrap(), false))
    }

    #[test]
    fn a_rule_that_is_switched_off_is_not_the_declared_one() {
        let fast = json!({"_id": "v", "name": "fast", "value": "fast"});
        let on = json!({"_id": "r", "clauses": [], "variation": 0, "disabled": false});
        assert!(changes(on, fast.clone()).is_empty());
        let off = json!({"_id": "r", "clauses": [], "variation": 0, "disabled": true});
        assert_eq!(
            changes(off, fast),
            [
                "remove disabled rule 1: everyone => fast",
                "add rule: everyone => fast"
            ]
        );
    }

    #[test]
    fn what_has_no_identifier_is_refused() {
        let fast = json!({"_id": "v", "name": "fast", "value": "fast"});
        let rule =
            json!({"clauses": [{"attribute": "a", "op": "in", "values": [1]}], "variation": 0});
        let refused = changes(rule.clone(), fast);
        assert!(refused[0].contains("without an identifier"), "{refused:?}");
        let nameless = json!({"name": "fast", "value": "fast"});
        let mut rule = rule;
        rule["_id"] = json!("r");
        let refused = changes(rule, nameless);
        assert!(
            refused[0].contains("the variation `fast` without"),
            "{refused:?}"
        );
    }
}
