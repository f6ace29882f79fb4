//! `accept`: writes manual changes in LaunchDarkly into the definitions, which keep their comments and
//! their layout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use segments_model::{
    ContextKeys, ContextKind, Definition, EnvironmentKey, Expiry, FormerNames, Part, Rule, Targets,
    file as segments_file, or_list,
};
use segments_runtime::sync::SyncConfig;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use crate::arguments::Accept;
use crate::definitions::{Header, ReadFile, now, read};
use crate::failure::Failure;
use crate::file;
use crate::import::account;
use crate::import::toml::targets;
use crate::import::toml_rule::rule as rule_table;
use crate::interruptible;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;

pub(crate) fn accept(arguments: &Accept, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let paths = arguments.files.or_usual()?;
    let mut files = read(&paths);
    let header = Header::of(&files)?;
    let config = arguments
        .connection
        .changing(&header.environments, &watch)?;
    let list = interruptible::run(&watch, async {
        let mut list = segments_runtime::sync::list_segments(&config).await?;
        let segments = list.segments.iter_mut();
        let named = segments.filter(|segment| arguments.keys.contains(&segment.key));
        segments_runtime::sync::add_expiries(&config, named).await?;
        Ok(list)
    })?;
    let known: BTreeSet<&str> = account::keys(&list).collect();
    let mut former = FormerNames::default();
    for file in &files {
        former.extend(file.report.readable_part().former_names());
    }
    for key in &arguments.keys {
        let (path, declared) = declared(&paths, &files, key)?;
        let mut unreadable = list.unreadable.iter();
        if let Some(one) = unreadable.find(|one| one.key.as_ref() == Some(key)) {
            return Err(refused(key, &one.reason));
        }
        let segment = list.segments.iter().find(|segment| segment.key == *key);
        let Some(segment) = segment else {
            return Err(refused(
                key,
                "it does not exist in LaunchDarkly; write `absent = true` for the environment",
            ));
        };
        let remote = account::definition(segment, &known);
        let (mut remote, _) = remote.map_err(|reason| refused(key, &reason))?;
        former.remove_from(&mut remote);
        let here = declared.in_environment(config.environment());
        // Who has left a list by now is no difference.
        let here = here.at(now());
        let parts = different(&here, &remote);
        if parts.is_empty() {
            output.message(format_args!("`{key}` is as declared"));
            continue;
        }
        let text = file::read(&path)?;
        let environment = config.environment();
        let written = write(&text, key, environment, &here, &remote, &parts)
            .map_err(|reason| refused(key, &reason))?;
        let accepted = check(&written, key, environment, &remote, &parts)
            .map_err(|reason| refused(key, &reason))?;
        file::replace(&path, &written)?;
        files = read(&paths);
        tell(output, key, &config, &path, &parts);
        let elsewhere = elsewhere(&declared, &accepted, environment, &header.environments);
        if !elsewhere.is_empty() {
            output.message(format_args!(
                "`{key}` is now also declared like this for {}; use `environments.{environment}` in the file to change only this environment",
                elsewhere.join(", ")
            ));
        }
    }
    Ok(Status::Done)
}

fn tell(
    output: Output,
    key: &str,
    config: &SyncConfig,
    path: &std::path::Path,
    parts: &BTreeSet<Option<Part>>,
) {
    let names = parts.iter().map(|part| part.map_or("name", Part::name));
    let names: Vec<&str> = names.collect();
    output.message(format_args!(
        "accepted {} of `{key}` from {} into `{}`",
        names.join(", "),
        config.scope(),
        path.display()
    ));
}

fn refused(key: &str, reason: &str) -> Failure {
    Failure::NotAccepted {
        key: key.to_owned(),
        reason: reason.to_owned(),
    }
}

/// The file that declares a segment, and what it says.
fn declared(
    paths: &[PathBuf],
    files: &[ReadFile],
    key: &str,
) -> Result<(PathBuf, Definition), Failure> {
    let mut keys = Vec::new();
    for (path, file) in paths.iter().zip(files) {
        for segment in &file.report.readable_part().segments {
            if segment.definition.key == *key {
                return Ok((path.clone(), segment.definition.clone()));
            }
            keys.push(segment.definition.key.as_str());
        }
    }
    let reason = format!("no file declares it{}", or_list(key, keys));
    Err(refused(key, &reason))
}

/// The declared parts that are otherwise in LaunchDarkly; `None` is the name.
fn different(declared: &Definition, remote: &Definition) -> BTreeSet<Option<Part>> {
    let is_different = |part: &Part| match part {
        Part::Description => {
            declared.description.clone().unwrap_or_default()
                != remote.description.clone().unwrap_or_default()
        }
        Part::Tags => {
            declared.tags.clone().unwrap_or_default() != remote.tags.clone().unwrap_or_default()
        }
        Part::Included => !agrees(declared.included(), remote.included()),
        Part::Excluded => !agrees(declared.excluded(), remote.excluded()),
        Part::Rules => declared.rules() != remote.rules(),
    };
    let parts = declared.declared().into_iter().filter(is_different);
    let name = (declared.name != remote.name).then_some(None);
    name.into_iter().chain(parts.map(Some)).collect()
}

/// Returns whether a list has what is declared of it, with the same expiries, if some are declared.
fn agrees(declared: &Targets, remote: &Targets) -> bool {
    let expire = declared.expire();
    let has = |from: &Targets, kind: &ContextKind, key: &String, until: Option<Expiry>| {
        let mut lists = from.lists();
        lists.any(|(of, keys)| {
            of == kind && keys.contains(key) && (!expire || keys.until(key) == until)
        })
    };
    let covers = |all: &Targets, some: &Targets| {
        let mut lists = some.lists();
        lists.all(|(kind, keys)| {
            let mut each = keys.iter();
            each.all(|key| has(all, kind, key, keys.until(key)))
        })
    };
    match declared {
        Targets::Unmanaged => true,
        Targets::AtLeast(_) => covers(remote, declared),
        Targets::Exactly(_) => covers(remote, declared) && covers(declared, remote),
    }
}

/// The file with what LaunchDarkly has.
fn write(
    text: &str,
    key: &str,
    environment: &EnvironmentKey,
    declared: &Definition,
    remote: &Definition,
    parts: &BTreeSet<Option<Part>>,
) -> Result<String, String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| error.to_string())?;
    let segment = document
        .get_mut("segments")
        .and_then(|segments| segments.get_mut(key))
        .ok_or("its table was not found")?;
    let own = segment
        .get("environments")
        .and_then(|environments| environments.get(environment.as_str()))
        .is_some();
    for part in parts {
        let name = part.map_or("name", Part::name);
        let names = [
            name.to_owned(),
            format!("{name}_at_least"),
            "nobody".to_owned(),
        ];
        let in_own = own && {
            let there = &segment["environments"][environment.as_str()];
            names.iter().any(|name| there.get(name).is_some())
        };
        let table = if in_own {
            segment
                .get_mut("environments")
                .and_then(|environments| environments.get_mut(environment.as_str()))
        } else {
            Some(&mut *segment)
        };
        let table = table
            .and_then(Item::as_table_like_mut)
            .ok_or("its table was not found")?;
        put(table, *part, declared, remote);
    }
    Ok(document.to_string())
}

/// Writes one part into a table.
fn put(table: &mut dyn TableLike, part: Option<Part>, declared: &Definition, remote: &Definition) {
    match part {
        None => set(table, "name", remote.name.as_str().into()),
        Some(Part::Description) => {
            let text = remote.description.clone().unwrap_or_default();
            set(table, "description", text.into());
        }
        Some(Part::Tags) => {
            let tags = remote.tags.iter().flatten();
            let tags: Vec<&str> = tags.map(segments_model::Tag::as_str).collect();
            set_list(table, "tags", &tags);
        }
        Some(Part::Included) => lists(table, "included", declared.included(), remote.included()),
        Some(Part::Excluded) => lists(table, "excluded", declared.excluded(), remote.excluded()),
        Some(Part::Rules) => rules(table, declared.rules(), remote.rules()),
    }
}

/// Gives a key another value, and leaves the comments around it.
fn set(table: &mut dyn TableLike, key: &str, new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, value(new));
        }
    }
}

/// Makes an array of texts have these, each that was there where it was.
fn set_list(table: &mut dyn TableLike, key: &str, wanted: &[&str]) {
    if table.get(key).and_then(Item::as_array).is_none() {
        table.insert(key, value(Array::new()));
    }
    if let Some(array) = table.get_mut(key).and_then(Item::as_array_mut) {
        fill(array, wanted);
    }
}

/// A comment after a value on its line is parsed as a part of the next item, and moves with the value.
fn fill(array: &mut Array, wanted: &[&str]) {
    let text = |raw: Option<&toml_edit::RawString>| {
        let raw = raw.and_then(toml_edit::RawString::as_str);
        raw.unwrap_or_default().to_owned()
    };
    let mut kept: Vec<Value> = Vec::new();
    // What stands behind the last value that is kept, and whether the last value was kept.
    let (mut behind, mut was_kept) = (String::new(), true);
    for mut element in array.iter().cloned() {
        let before = text(element.decor().prefix());
        let (line, rest) = first_line(&before);
        if was_kept {
            line.clone_into(&mut behind);
        }
        was_kept = element.as_str().is_some_and(|text| wanted.contains(&text));
        if was_kept {
            element.decor_mut().set_prefix(format!("{behind}{rest}"));
            behind.clear();
            kept.push(element);
        }
    }
    let end = text(Some(array.trailing()));
    let (line, rest) = first_line(&end);
    if was_kept {
        line.clone_into(&mut behind);
    }
    let last = kept.last().map(|value| text(value.decor().prefix()));
    let indent = last.map_or_else(String::new, |before| first_line(&before).1.to_owned());
    let known: Vec<String> = kept
        .iter()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect();
    for (at, new) in wanted
        .iter()
        .filter(|new| !known.iter().any(|it| it == *new))
        .enumerate()
    {
        let mut element = Value::from(*new);
        let indent = match &indent[..] {
            "" if at > 0 || !kept.is_empty() => " ",
            indent => indent,
        };
        element.decor_mut().set_prefix(format!("{behind}{indent}"));
        behind.clear();
        kept.push(element);
    }
    array.clear();
    for element in kept {
        array.push_formatted(element);
    }
    array.set_trailing(format!("{behind}{rest}"));
}

/// The end of a line, which may be a comment, and all that follows.
fn first_line(text: &str) -> (&str, &str) {
    match text.find('\n') {
        Some(at) => text.split_at(at),
        None => ("", text),
    }
}

/// Writes a list of contexts. If others may stay on it, missing contexts are no longer declared.
fn lists(table: &mut dyn TableLike, name: &str, declared: &Targets, remote: &Targets) {
    let at_least = matches!(declared, Targets::AtLeast(_));
    let key = if at_least {
        format!("{name}_at_least")
    } else {
        name.to_owned()
    };
    release(table);
    if declared.expire() {
        let accepted = accepted(declared, remote);
        table.insert(&key, value(targets(&accepted)));
        return;
    }
    if table.get(&key).and_then(Item::as_table_like).is_none() {
        table.insert(&key, value(InlineTable::new()));
    }
    let Some(kinds) = table.get_mut(&key).and_then(Item::as_table_like_mut) else {
        return;
    };
    let listed = |of: &Targets, kind: &str| -> Vec<String> {
        let lists = of.lists().filter(|(known, _)| known.as_str() == kind);
        lists.flat_map(|(_, keys)| keys.iter().cloned()).collect()
    };
    let names = declared.lists().chain(remote.lists());
    let names: BTreeSet<String> = names.map(|(kind, _)| kind.to_string()).collect();
    for kind in names {
        let mut keys = listed(remote, &kind);
        if at_least {
            let known = listed(declared, &kind);
            keys.retain(|key| known.contains(key));
        }
        if keys.is_empty() {
            kinds.remove(&kind);
        } else {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            set_list(kinds, &kind, &keys);
        }
    }
}

/// A list as LaunchDarkly has it, with its expiries; of one where others may stay, what is declared and still there.
fn accepted(declared: &Targets, remote: &Targets) -> Targets {
    let Targets::AtLeast(known) = declared else {
        return remote.clone();
    };
    let mut accepted: BTreeMap<ContextKind, ContextKeys> = BTreeMap::new();
    for (kind, keys) in remote.lists() {
        let declared = known.get(kind);
        for key in keys
            .iter()
            .filter(|key| declared.is_some_and(|it| it.contains(*key)))
        {
            let list = accepted.entry(kind.clone()).or_default();
            match keys.until(key) {
                Some(until) => list.insert_until(key.clone(), until),
                None => list.insert(key.clone()),
            }
        }
    }
    Targets::AtLeast(accepted)
}

/// Takes back that nobody is in the segment; what was empty by it is so by itself.
fn release(table: &mut dyn TableLike) {
    if table.remove("nobody").is_some() {
        for key in ["included", "excluded"] {
            table.insert(key, value(InlineTable::new()));
        }
        table.insert("rules", value(Array::new()));
    }
}

/// Writes the rules: one that stays is as it was written, one that is changed keeps what did not change.
fn rules(table: &mut dyn TableLike, declared: &[Rule], remote: &[Rule]) {
    release(table);
    let written = rule_tables(table.get("rules"));
    let mut taken = vec![false; declared.len()];
    let mut pick = |wanted: &dyn Fn(&Rule) -> bool| {
        let mut free = (0..declared.len()).filter(|at| !taken[*at] && wanted(&declared[*at]));
        let found = free.next()?;
        taken[found] = true;
        Some(found)
    };
    // The same rule first, so that it is not taken for another one that is like it.
    let mut places: Vec<Option<usize>> = remote
        .iter()
        .map(|rule| pick(&|known| known == rule))
        .collect();
    for (at, rule) in remote.iter().enumerate() {
        if places[at].is_none() {
            places[at] = pick(&|known| {
                known.clauses == rule.clauses
                    || known.description.is_some() && known.description == rule.description
            });
        }
    }
    let tables = remote.iter().zip(&places).map(|(rule, place)| {
        let before = place.and_then(|at| Some((written.get(at)?, declared.get(at)?)));
        match before {
            Some((table, known)) if known == rule => table.clone(),
            Some((table, _)) => changed(table.clone(), rule),
            None => rule_table(rule),
        }
    });
    let tables: Vec<Table> = tables.collect();
    let inline = table
        .get("rules")
        .is_some_and(|rules| rules.as_array().is_some());
    if inline || tables.is_empty() {
        let array: Array = tables.into_iter().map(Table::into_inline_table).collect();
        set(table, "rules", array.into());
    } else {
        let array: ArrayOfTables = tables.into_iter().collect();
        table.insert("rules", Item::ArrayOfTables(array));
    }
}

/// The tables of rules as they are written.
fn rule_tables(rules: Option<&Item>) -> Vec<Table> {
    match rules {
        Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().collect(),
        Some(Item::Value(Value::Array(array))) => {
            let tables = array.iter().filter_map(Value::as_inline_table);
            tables.cloned().map(InlineTable::into_table).collect()
        }
        _ => Vec::new(),
    }
}

/// A rule that says something else now. Keys that are the same stay as they are written.
fn changed(mut table: Table, rule: &Rule) -> Table {
    let new = rule_table(rule);
    let gone: Vec<String> = table
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| !new.contains_key(key))
        .collect();
    for key in gone {
        table.remove(&key);
    }
    for (key, item) in &new {
        let same = table
            .get(key)
            .is_some_and(|old| old.to_string().trim() == item.to_string().trim());
        if same {
            continue;
        }
        match item.as_value() {
            Some(new) => set(&mut table, key, new.clone()),
            None => {
                table.insert(key, item.clone());
            }
        }
    }
    table
}

/// The written text has to be read as the state of LaunchDarkly.
fn check(
    text: &str,
    key: &str,
    environment: &EnvironmentKey,
    remote: &Definition,
    parts: &BTreeSet<Option<Part>>,
) -> Result<Definition, String> {
    let report = segments_file::read("segments.toml", text.as_bytes());
    if report.has_errors() {
        return Err(format!("the file cannot express it:\n{report}"));
    }
    let segments = &report.readable_part().segments;
    let written = segments.iter().find(|it| it.definition.key == *key);
    let written = written.ok_or("the file no longer declares it")?;
    let here = written.definition.in_environment(environment);
    let left = different(&here, remote);
    if let Some(part) = parts.iter().find(|part| left.contains(*part)) {
        let name = part.map_or("name", Part::name);
        return Err(format!(
            "its {name} cannot be expressed in the file; change it by hand"
        ));
    }
    Ok(written.definition.clone())
}

/// The other environments that the file names for which the segment is declared otherwise now.
fn elsewhere(
    before: &Definition,
    after: &Definition,
    accepted: &EnvironmentKey,
    listed: &[String],
) -> Vec<String> {
    let listed = listed.iter().map(String::as_str);
    let own = before.environments.keys().map(EnvironmentKey::as_str);
    let mut others: Vec<&str> = listed.chain(own).collect();
    others.sort_unstable();
    others.dedup();
    let others = others.into_iter().filter(|key| *key != accepted.as_str());
    let there = |of: &Definition, key: &EnvironmentKey| Definition {
        environments: [].into(),
        ..of.in_environment(key).into_owned()
    };
    let changed = others.filter(|key| match EnvironmentKey::parse(*key) {
        Ok(key) => there(before, &key) != there(after, &key),
        Err(_) => false,
    });
    changed.map(|key| format!("`{key}`")).collect()
}

#[cfg(test)]
mod tests {
    use segments_model::wire;

    use super::*;
    use serde_json::json;

    const FILE: &str = "\
# Who works here.
[contexts.user.attributes]
email = 'string'
plan = 'string'

[segments.staff] # since 2024
name = 'Staff'
# The first two.
included = { user = [
    'u-1', # Ann
    'u-2', # Ben
] }

[[segments.staff.rules]]
# By mail.
description = 'mail'
clauses = [{ attribute = 'email', op = 'endsWith', values = ['@company.com'] }]

[[segments.staff.rules]]
# A few of those who pay.
percent = 10
clauses = [{ attribute = 'plan', op = 'in', values = ['pro'] }] # for now
";

    fn accepted(edit: &serde_json::Value) -> Result<String, String> {
        let mut segment = json!({
            "key": "staff", "name": "Staff", "version": 2, "included": ["u-1", "u-2"],
            "tags": ["managed-by.x"],
            "rules": [
                {"description": "mail", "clauses": [{"contextKind": "user", "attribute": "email",
                    "op": "endsWith", "values": ["@company.com"]}]},
                {"weight": 10000, "rolloutContextKind": "user", "bucketBy": "key",
                    "clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]},
            ],
        });
        for (name, new) in edit.as_object().unwrap() {
            segment[name] = new.clone();
        }
        let segment: wire::Segment = serde_json::from_value(segment).unwrap();
        let (remote, _) = account::definition(&segment, &BTreeSet::from(["staff", "other"]))?;
        let environment = EnvironmentKey::from_static("production");
        let report = segments_file::read("segments.toml", FILE.as_bytes());
        let declared = report.file().unwrap().segments[0].definition.clone();
        let here = declared.in_environment(&environment);
        let parts = different(&here, &remote);
        let text = write(FILE, "staff", &environment, &here, &remote, &parts)?;
        check(&text, "staff", &environment, &remote, &parts)?;
        Ok(text)
    }

    #[test]
    fn what_is_as_declared_is_not_touched() {
        assert_eq!(accepted(&json!({})).unwrap(), FILE);
    }

    #[test]
    fn a_member_joins_and_another_leaves_and_comments_stay() {
        let text = accepted(&json!({"included": ["u-1", "u-3"]})).unwrap();
        assert!(text.contains("'u-1', # Ann"), "{text}");
        assert!(text.contains("# The first two."), "{text}");
        assert!(
            text.contains("\"u-3\"") && !text.contains("'u-2'"),
            "{text}"
        );
        assert!(
            text.contains("# By mail.") && text.contains("# since 2024"),
            "{text}"
        );
    }

    #[test]
    fn a_share_that_was_raised_is_the_one_change() {
        let rule = |weight: u32| {
            json!({"weight": weight, "rolloutContextKind": "user", "bucketBy": "key",
            "clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]})
        };
        let mail = json!({"description": "mail", "clauses": [{"contextKind": "user", "attribute": "email",
            "op": "endsWith", "values": ["@company.com"]}]});
        let text = accepted(&json!({"rules": [mail, rule(90_000)]})).unwrap();
        assert!(
            text.contains("# A few of those who pay.\npercent = 90"),
            "{text}"
        );
        assert!(text.contains("# By mail.\ndescription = 'mail'"), "{text}");
        // A rule that is gone takes its comments along, and the other stays as it was written.
        let text = accepted(&json!({"rules": [mail]})).unwrap();
        assert!(!text.contains("A few of those"), "{text}");
        assert!(text.contains("# By mail.\ndescription = 'mail'"), "{text}");
    }

    #[test]
    fn what_the_file_cannot_say_is_refused() {
        let error = |key| {
            let rules = json!([{"clauses": [{"op": "segmentMatch", "values": [key]}]}]);
            accepted(&json!({"rules": rules})).unwrap_err()
        };
        let gone = error("gone");
        assert!(gone.contains("segment `gone` does not exist"), "{gone}");
        // It exists in LaunchDarkly, and the file does not say so.
        let other = error("other");
        assert!(other.contains("there is no segment `other`"), "{other}");
    }
}
