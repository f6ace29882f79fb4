//! Definitions as `segments.toml`.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::{
    AttributeType, Audience, Definition, Expiry, InEnvironment, Resource, Rule, Targeting, Targets,
};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as TomlValue, value,
};

use super::account::Account;
use super::attributes::{Attributes, Named, objects};
use super::served;
use super::toml_rule::{rule, texts};
use crate::fmt::layout;

const HEADER: &str = "\
# Imported from LaunchDarkly by `cargo segments import`. Parts that a segment leaves out (lists, rules,
# tags, a description) are not managed: they stay as they are. The types of attributes are those that
# clauses compare with. LaunchDarkly does not store whether an attribute holds one value or several; if
# you know, write `many = false` or `many = true`.

";

const AS_IT_IS: &str = "\
# These warnings are silenced for imported segments. To see one again, remove it from this list.
";

/// The whole file.
pub(super) fn file(
    account: &Account<'_>,
    external: &BTreeSet<String>,
    attributes: &Attributes,
    targetings: &[Targeting],
) -> String {
    let mut document = DocumentMut::new();
    let root = document.as_table_mut();
    if !account.style.is_empty() {
        root.insert("allow", value(texts(account.style.iter().copied())));
        if let Some(mut key) = root.key_mut("allow") {
            key.leaf_decor_mut().set_prefix(AS_IT_IS);
        }
    }
    if !external.is_empty() {
        root.insert(
            "external_segments",
            value(texts(external.iter().map(String::as_str))),
        );
    }
    root.insert("contexts", Item::Table(contexts(attributes)));
    let mut segments = group();
    for one in &account.readable {
        let definition = &one.definition;
        segments.insert(definition.key.as_str(), Item::Table(segment(definition)));
    }
    root.insert("segments", Item::Table(segments));
    for (name, flags) in [("ai_configs", false), ("flags", true)] {
        let mut tables = group();
        for targeting in targetings {
            if matches!(targeting.resource, Resource::Flag(_)) == flags {
                let table = served::table(targeting);
                tables.insert(targeting.resource.key(), Item::Table(table));
            }
        }
        if !tables.is_empty() {
            root.insert(name, Item::Table(tables));
        }
    }
    let text = format!("{HEADER}{document}");
    layout(&text).unwrap_or(text)
}

/// A table that only has other tables.
fn group() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

fn contexts(attributes: &Attributes) -> Table {
    let mut contexts = group();
    for (kind, declared) in attributes.declared() {
        let mut table = Table::new();
        if !declared.is_empty() {
            table.set_implicit(true);
            table.insert("attributes", Item::Table(schema(&declared)));
        }
        contexts.insert(kind, Item::Table(table));
    }
    contexts
}

fn schema(declared: &[Named<'_>]) -> Table {
    let objects = objects(declared);
    let mut table = Table::new();
    for (reference, attribute) in declared {
        // What is a value for some segments and an object for others may be anything.
        let attribute_type = if objects.contains(*reference) {
            AttributeType::Any
        } else {
            attribute.attribute_type()
        };
        let mut schema = InlineTable::new();
        schema.insert("type", attribute_type.name().into());
        schema.insert("many", "unknown".into());
        table.insert(reference.as_str(), value(schema));
    }
    table
}

/// One segment.
fn segment(definition: &Definition) -> Table {
    let mut table = Table::new();
    table.insert("name", value(&definition.name));
    if let Some(description) = &definition.description {
        table.insert("description", value(description));
    }
    if let Some(tags) = &definition.tags {
        let tags = tags.iter().map(segments_model::Tag::as_str);
        table.insert("tags", value(texts(tags)));
    }
    match &definition.audience {
        Audience::Big { kind } => {
            table.insert("big", value(kind.as_str()));
        }
        Audience::Standard {
            included,
            excluded,
            rules,
        } => standard(&mut table, included, excluded, rules.as_deref()),
    }
    if definition.environments.keys().next().is_some() {
        let mut environments = group();
        for (key, there) in &definition.environments {
            let there = environment(definition, there);
            environments.insert(key.as_str(), Item::Table(there));
        }
        table.insert("environments", Item::Table(environments));
    }
    table
}

/// The differences in an environment.
fn environment(definition: &Definition, there: &InEnvironment) -> Table {
    let mut table = Table::new();
    if there.absent {
        table.insert("absent", value(true));
        return table;
    }
    if there.name != definition.name {
        table.insert("name", value(&there.name));
    }
    if there.description != definition.description {
        table.insert(
            "description",
            value(there.description.clone().unwrap_or_default()),
        );
    }
    if there.tags != definition.tags {
        let tags = there.tags.iter().flatten();
        table.insert("tags", value(texts(tags.map(segments_model::Tag::as_str))));
    }
    let Audience::Standard {
        included,
        excluded,
        rules,
    } = &there.audience
    else {
        return table;
    };
    if there.audience == definition.audience {
        return table;
    }
    let no_rules = rules.as_deref().is_some_and(<[Rule]>::is_empty);
    if included.is_empty() && excluded.is_empty() && no_rules {
        table.insert("nobody", value(true));
        return table;
    }
    let lists = [
        ("included", included, definition.included()),
        ("excluded", excluded, definition.excluded()),
    ];
    for (key, own, base) in lists {
        if own != base {
            table.insert(key, value(targets(own)));
        }
    }
    if rules.as_deref().unwrap_or_default() != definition.rules() {
        let item = if no_rules {
            value(Array::new())
        } else {
            Item::ArrayOfTables(rules.iter().flatten().map(rule).collect())
        };
        table.insert("rules", item);
    }
    table
}

/// Lists of contexts by kind: one table, or one for each expiry.
pub(crate) fn targets(targets: &Targets) -> TomlValue {
    let mut groups: BTreeMap<Option<Expiry>, InlineTable> = BTreeMap::new();
    for (kind, keys) in targets.lists() {
        for (until, keys) in keys.by_expiry() {
            let keys = texts(keys.into_iter().map(String::as_str));
            let group = groups.entry(until).or_default();
            group.insert(kind.as_str(), TomlValue::from(keys));
        }
    }
    let groups = groups.into_iter().map(|(until, mut group)| {
        if let Some(until) = until {
            group.insert("until", TomlValue::from(until.to_string()));
        }
        group
    });
    let mut groups: Vec<InlineTable> = groups.collect();
    if groups.len() > 1 {
        return TomlValue::Array(groups.into_iter().collect());
    }
    TomlValue::InlineTable(groups.pop().unwrap_or_default())
}

fn standard(table: &mut Table, included: &Targets, excluded: &Targets, rules: Option<&[Rule]>) {
    if included.is_empty() && excluded.is_empty() && rules.is_some_and(<[Rule]>::is_empty) {
        table.insert("nobody", value(true));
        return;
    }
    for (key, own) in [("included", included), ("excluded", excluded)] {
        if !own.is_empty() {
            table.insert(key, value(targets(own)));
        }
    }
    if let Some(rules) = rules {
        let rules: ArrayOfTables = rules.iter().map(rule).collect();
        table.insert("rules", Item::ArrayOfTables(rules));
    }
}
