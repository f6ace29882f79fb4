//! The targeting of AI Configs and flags, as declarations.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::draft::DraftRule;
use segments_model::{
    Audience, Definition, Finding, Lifecycle, Resource, SegmentKey, Serve, Severity, Targeting,
    TargetingInEnvironment, TargetingRule, Targets, VariationKey, wire,
};
use segments_runtime::sync::{SyncConfig, list_resources, targeting_owners, targetings};
use toml_edit::{ArrayOfTables, InlineTable, Item, Table, Value as TomlValue, value};

use super::account::type_of_built_in;
use super::toml_rule::{percent, rule, texts};
use crate::arguments::{Import, Served as Choice};
use crate::failure::Failure;
use crate::interruptible;
use crate::progress::Watch;

/// The declarations of AI Configs and flags, and those that were left out.
#[derive(Default)]
pub(super) struct Served {
    pub(super) targetings: Vec<Targeting>,
    /// The versions that were seen in each environment, by the path of the resource: of those that are nobody's.
    pub(super) seen: Vec<BTreeMap<String, u64>>,
    /// The parts that are left out, and why.
    pub(super) left_out: Vec<String>,
}

/// Reads those that are asked for. `exists` says which segments there are.
pub(super) fn read(
    arguments: &Import,
    configs: &[SyncConfig],
    owner: &str,
    exists: &BTreeSet<String>,
    watch: &Watch,
) -> Result<Served, Failure> {
    let mut served = Served {
        seen: configs.iter().map(|_| BTreeMap::new()).collect(),
        ..Served::default()
    };
    let (Some(first), false) = (configs.first(), arguments.targetings.is_empty()) else {
        return Ok(served);
    };
    let mut resources: BTreeSet<Resource> = BTreeSet::new();
    for choice in &arguments.targetings {
        match choice {
            Choice::One(resource) => {
                resources.insert(resource.clone());
            }
            Choice::All => {
                let tags = &arguments.selection.tags;
                let found =
                    interruptible::run(watch, async { Ok(list_resources(first, tags).await?) })?;
                resources.extend(found);
            }
        }
    }
    let resources: Vec<Resource> = resources.into_iter().collect();
    let mut everywhere = Vec::new();
    for config in configs {
        let there = interruptible::run(watch, async { Ok(targetings(config, &resources).await?) })?;
        everywhere.push(there);
    }
    for (at, resource) in resources.iter().enumerate() {
        let found = everywhere.iter_mut().map(|there| there[at].take());
        let found: Vec<Option<wire::Targeting>> = found.collect();
        if found.iter().all(Option::is_none) {
            let reason = format!("there is no {resource}");
            served.left_out.push(reason);
            continue;
        }
        match one(resource, configs, &found, owner, exists) {
            Ok(targeting) => {
                for (seen, remote) in served.seen.iter_mut().zip(&found) {
                    seen.extend(remote.iter().map(|it| (resource.path(), it.version)));
                }
                served.targetings.push(targeting);
            }
            Err(reason) => served
                .left_out
                .push(format!("left out {resource}: {reason}")),
        }
    }
    Ok(served)
}

/// One AI Config or flag of all environments.
fn one(
    resource: &Resource,
    configs: &[SyncConfig],
    found: &[Option<wire::Targeting>],
    owner: &str,
    exists: &BTreeSet<String>,
) -> Result<Targeting, String> {
    let mut whole: Option<Targeting> = None;
    for (config, remote) in configs.iter().zip(found) {
        let environment = config.environment();
        let Some(remote) = remote else {
            return Err(format!("it does not exist in {environment}"));
        };
        let owners = targeting_owners(&remote.tags, environment);
        if let Some(other) = owners.into_iter().find(|other| other != owner) {
            return Err(format!("{environment} is left to its owner {other}"));
        }
        let reason = |reason: String| match configs.len() {
            1 => reason,
            _ => format!("in {environment}: {reason}"),
        };
        let there = declaration(resource, remote, environment.as_str(), exists).map_err(reason)?;
        let Some(whole) = &mut whole else {
            whole = Some(there);
            continue;
        };
        for variation in &there.variations {
            if !whole.variations.contains(variation) {
                whole.variations.push(variation.clone());
            }
        }
        let base = TargetingInEnvironment::from(whole.clone());
        let mut own = TargetingInEnvironment::from(there);
        // What is left out here would be as it is elsewhere.
        if base.targets.is_some() {
            own.targets.get_or_insert_default();
        }
        if base.rules.is_some() {
            own.rules.get_or_insert_default();
        }
        if base.fallthrough.is_some() && own.fallthrough.is_none() {
            return Err(format!(
                "the fallthrough is set in other environments, but not in {environment}"
            ));
        }
        if own != base {
            whole.environments.insert(environment.clone(), own);
        }
    }
    whole.ok_or_else(|| "there is no environment".to_owned())
}

fn declaration(
    resource: &Resource,
    remote: &wire::Targeting,
    environment: &str,
    exists: &BTreeSet<String>,
) -> Result<Targeting, String> {
    let draft = remote.draft(resource, environment);
    let mut draft = draft.map_err(|reasons| reasons.to_string())?;
    let rules = draft.rules.iter_mut().flatten();
    for clause in rules.flat_map(|rule| {
        let when: &mut DraftRule = &mut rule.when;
        &mut when.clauses
    }) {
        clause.attribute_type = type_of_built_in(clause);
    }
    let targeting = match draft.parse() {
        Ok((targeting, _)) => targeting,
        Err(findings) => {
            let error = |finding: &&Finding| finding.code.severity() == Severity::Error;
            let errors = findings.iter().filter(error);
            let words: Vec<String> = errors.map(|it| it.message.clone()).collect();
            return Err(words.join("; "));
        }
    };
    let asked = targeting.references();
    match asked.iter().find(|key| !exists.contains(**key)) {
        Some(key) => Err(format!(
            "segment `{key}` does not exist, so nobody is in it; remove the reference, or restore the segment"
        )),
        None => Ok(targeting),
    }
}

/// The conditions as segments, which attributes are known by.
pub(super) fn conditions(targetings: &[Targeting]) -> Vec<Definition> {
    let each = targetings.iter().filter_map(|targeting| {
        let elsewhere = targeting.environments.values().map(|it| &it.rules);
        let rules = elsewhere.chain([&targeting.rules]).flatten().flatten();
        let rules = rules.map(TargetingRule::condition).collect();
        let key = SegmentKey::parse(targeting.resource.key().to_owned()).ok()?;
        Some(Definition {
            key,
            name: targeting.resource.key().to_owned(),
            description: None,
            tags: None,
            audience: Audience::Standard {
                included: Targets::Unmanaged,
                excluded: Targets::Unmanaged,
                rules: Some(rules),
            },
            unmanaged: [].into(),
            absent: false,
            lifecycle: Lifecycle::default(),
            environments: [].into(),
        })
    });
    each.collect()
}

/// One AI Config or flag as a table.
pub(super) fn table(targeting: &Targeting) -> Table {
    let mut table = Table::new();
    let variations = targeting.variations.iter().map(VariationKey::as_str);
    table.insert("variations", value(texts(variations)));
    let base = TargetingInEnvironment::from(targeting.clone());
    parts(&mut table, &base, None);
    let mut environments = Table::new();
    environments.set_implicit(true);
    for (key, there) in &targeting.environments {
        let mut own = Table::new();
        parts(&mut own, there, Some(&base));
        environments.insert(key.as_str(), Item::Table(own));
    }
    if !environments.is_empty() {
        table.insert("environments", Item::Table(environments));
    }
    table
}

/// The targeting, except the parts that are the same as in the base.
fn parts(table: &mut Table, here: &TargetingInEnvironment, base: Option<&TargetingInEnvironment>) {
    if let Some(targets) = &here.targets
        && base.is_none_or(|base| base.targets != here.targets)
    {
        let targets = targets.iter().map(|target| {
            let mut inline = InlineTable::new();
            inline.insert("serve", target.variation.as_str().into());
            inline.insert("context", target.kind.as_str().into());
            let keys = texts(target.keys.iter().map(String::as_str));
            inline.insert("keys", TomlValue::from(keys));
            inline
        });
        table.insert("targets", value(targets.collect::<toml_edit::Array>()));
    }
    if let Some(fallthrough) = &here.fallthrough
        && base.is_none_or(|base| base.fallthrough != here.fallthrough)
    {
        serve(table, "fallthrough", fallthrough);
    }
    if let Some(rules) = &here.rules
        && base.is_none_or(|base| base.rules != here.rules)
    {
        let tables = rules.iter().map(|found| {
            let mut table = rule(&found.condition());
            serve(&mut table, "serve", &found.serve);
            table
        });
        let tables: ArrayOfTables = tables.collect();
        let item = if rules.is_empty() {
            value(toml_edit::Array::new())
        } else {
            Item::ArrayOfTables(tables)
        };
        table.insert("rules", item);
    }
}

/// The served variation, or the split and its bucket.
fn serve(table: &mut Table, key: &str, serve: &Serve) {
    match serve {
        Serve::Variation(variation) => {
            table.insert(key, value(variation.as_str()));
        }
        Serve::Split(split) => {
            let shares = split.shares.iter();
            let shares: InlineTable = shares
                .map(|(variation, weight)| (variation.as_str(), percent(*weight)))
                .collect();
            table.insert(key, value(shares));
            if split.by != segments_model::AttributeRef::KEY {
                table.insert("bucket_by", value(split.by.as_str()));
            }
            table.insert("bucket_context", value(split.kind.as_str()));
        }
    }
}
