//! `import`: the segments of an environment as definitions.

pub(crate) mod account;
mod attributes;
mod rust;
mod served;
mod several;
pub(crate) mod toml;
pub(crate) mod toml_rule;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use segments_model::{Definition, Targeting, or_list, wire};
use segments_runtime::sync::{
    ConfigError, Owner, SegmentList, SyncConfig, add_expiries, attribute_values, list_segments,
};

use crate::arguments::{Import, Language, Selection};
use crate::counted::counted;
use crate::failure::Failure;
use crate::file;
use crate::imported::Imported as Record;
use crate::interruptible;
use crate::manifest;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;

use account::{Account, LeftOut};
use attributes::Attributes;
use several::{Found, Merged};

/// How many keys of another owner are named.
const NAMED: usize = 8;

pub(crate) fn import(arguments: &Import, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let configs = arguments.connection.configs(&watch)?;
    let owner = owner(arguments)?;
    let path = &arguments.path;
    let to_stdout = path == "-";
    if !to_stdout && path.exists() {
        return Err(Failure::Exists(path.clone()));
    }
    let mut read = Vec::new();
    for config in &configs {
        let list = interruptible::run(&watch, async {
            let mut list = list_segments(config).await?;
            let selected = list.segments.iter_mut();
            let selected = selected.filter(|segment| arguments.selection.has(segment));
            add_expiries(config, selected).await?;
            Ok(list)
        })?;
        read.push(list);
    }
    let selection = &arguments.selection;
    let missing = missing(&read, selection);
    let owner = owner.to_string();
    let found = configs.iter().zip(&read).map(|(config, list)| Found {
        environment: config.environment().clone(),
        account: Account::new(list, &owner, selection),
    });
    let Merged {
        mut account,
        written,
        mut external,
    } = several::merge(found.collect());
    let exists = everywhere(&read);
    let served = served::read(arguments, &configs, &owner, &exists, &watch)?;
    external.extend(asked_elsewhere(&account, &served.targetings));
    // As each segment is in each environment.
    let definitions = account.readable.iter().flat_map(|one| {
        let definition = &one.definition;
        let there = definition.environments.keys();
        let there = there.map(|key| definition.in_environment(key).into_owned());
        there.chain([definition.clone()])
    });
    let mut definitions: Vec<Definition> = definitions.collect();
    definitions.extend(served::conditions(&served.targetings));
    let mut attributes = Attributes::of(definitions.iter());
    for config in &configs {
        ask_for_types(&mut attributes, config, &watch, output)?;
    }

    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let usual = if is_rust {
        Language::Rust
    } else {
        Language::Toml
    };
    let language = arguments.language.unwrap_or(usual);
    let text = match language {
        Language::Toml => toml::file(&account, &external, &attributes, &served.targetings),
        Language::Rust if configs.len() > 1 => return Err(Failure::OneEnvironment),
        Language::Rust if !arguments.targetings.is_empty() => return Err(Failure::ServedInRust),
        Language::Rust => rust::module(&mut account, &attributes),
    };
    if to_stdout {
        output.file(&text)?;
    } else {
        file::create(path, &text)?;
        // A program looks for it where it is run.
        let folder = match language {
            Language::Toml => path.parent().unwrap_or(Path::new("")),
            Language::Rust => Path::new(""),
        };
        let here: BTreeSet<&str> = account
            .readable
            .iter()
            .map(|one| one.definition.key.as_str())
            .collect();
        let seen = served.seen.iter();
        for ((config, (_, written)), seen) in configs.iter().zip(&written).zip(seen) {
            // What Rust cannot say was left out on the way.
            let written = written.iter().copied();
            let written: Vec<&wire::Segment> = written
                .filter(|it| here.contains(it.key.as_str()))
                .collect();
            Record::record(folder, config, &written, seen)?;
        }
    }
    for reason in &missing {
        output.always(reason);
    }
    for reason in &served.left_out {
        output.always(reason);
    }
    let status = tell(&account, output);
    if !served.targetings.is_empty() {
        output.message(format_args!(
            "imported {}",
            counted(served.targetings.len(), "targeting")
        ));
    }
    Ok(if missing.is_empty() && served.left_out.is_empty() {
        status
    } else {
        Status::Partly
    })
}

/// The segments that exist in all environments, which rules that are the same in all may ask.
fn everywhere(lists: &[SegmentList]) -> BTreeSet<String> {
    let keys = lists
        .iter()
        .map(|list| account::keys(list).map(str::to_owned).collect());
    let keys = keys.reduce(|one: BTreeSet<String>, other| &one & &other);
    keys.unwrap_or_default()
}

/// The segments that AI Configs and flags ask and the file does not declare.
fn asked_elsewhere(account: &Account<'_>, targetings: &[Targeting]) -> BTreeSet<String> {
    let here = account.readable.iter();
    let here: BTreeSet<&str> = here.map(|one| one.definition.key.as_str()).collect();
    let asked = targetings.iter().flat_map(Targeting::references);
    asked
        .filter(|key| !here.contains(key))
        .map(str::to_owned)
        .collect()
}

/// Reports each named key that no segment has.
fn missing(lists: &[SegmentList], selection: &Selection) -> Vec<String> {
    let keys = || lists.iter().flat_map(account::keys);
    let missing = selection.keys.iter();
    let missing = missing.filter(|named| keys().all(|key| key != *named));
    missing
        .map(|named| format!("there is no segment `{named}`{}", or_list(named, keys())))
        .collect()
}

/// The owners whose segments are imported: none, and this one.
fn owner(arguments: &Import) -> Result<Owner, Failure> {
    let named = match &arguments.owner {
        Some(owner) => Some(owner.clone()),
        None => manifest::settings()?.owner,
    };
    match named {
        None => Ok(Owner::default()),
        Some(name) => Owner::parse(name).map_err(|error| ConfigError::Owner(error).into()),
    }
}

/// Says what was imported, what was not, and why.
fn tell(account: &Account<'_>, output: Output) -> Status {
    for LeftOut { segment, reason } in &account.left_out {
        output.always(format_args!("left out {}: {reason}", segment.key));
    }
    for unreadable in &account.unreadable {
        let key = unreadable
            .key
            .as_deref()
            .unwrap_or("a segment without a key");
        output.always(format_args!("left out {key}: {}", unreadable.reason));
    }
    for (owner, segments) in &account.of_others {
        let keys = segments.iter().take(NAMED);
        let mut keys: Vec<&str> = keys.map(|segment| segment.key.as_str()).collect();
        if segments.len() > NAMED {
            keys.push("…");
        }
        output.message(format_args!(
            "left to their owner {owner}: {} ({})",
            counted(segments.len(), "segment"),
            keys.join(", ")
        ));
    }
    output.message(format_args!(
        "imported {} of {}",
        account.readable.len(),
        counted(account.len(), "segment")
    ));
    if account.left_out.is_empty() && account.unreadable.is_empty() {
        Status::Done
    } else {
        Status::Partly
    }
}

/// Asks the service what values it has seen of the attributes whose clauses do not tell their type.
/// It may not know, or not tell this token; then any type is taken.
fn ask_for_types(
    attributes: &mut Attributes,
    config: &SyncConfig,
    watch: &Watch,
    output: Output,
) -> Result<(), Failure> {
    let unknown = attributes.unknown();
    let mut seen = BTreeMap::new();
    interruptible::run(watch, async {
        for name in unknown {
            match attribute_values(config, &name).await {
                Ok(values) => {
                    seen.insert(name, values);
                }
                Err(error) => output.detail(format_args!(
                    "cannot tell the type of attribute `{name}`: {error}"
                )),
            }
        }
        Ok(())
    })?;
    attributes.learn(&seen);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use proptest::test_runner::{TestCaseError, TestRunner};
    use segments_model::file as segments_file;
    use serde_json::{Value as Json, json};

    use super::*;

    /// One of the usual, and now and then an odd one.
    fn mostly<T: Clone + std::fmt::Debug + 'static>(
        usual: &[T],
        odd: &[T],
    ) -> impl Strategy<Value = T> + Clone + use<T> {
        let (usual, odd) = (usual.to_vec(), odd.to_vec());
        prop_oneof![12 => prop::sample::select(usual), 1 => prop::sample::select(odd)]
    }

    /// Segments that are now and then odd.
    fn segments() -> impl Strategy<Value = Vec<wire::Segment>> {
        let attribute = mostly(
            &[
                "email",
                "/email",
                "groups",
                "/address/city",
                "address",
                "/a~1b",
                "a/b",
                "kind",
                "/kind",
                "/key",
                "name",
                "\"'\n",
            ],
            &["/a~2", "/a//b", "", "/", "/kind/x", "/name/x", "anonymous"],
        );
        let kind = mostly(&["user", "org", "device", ""], &["multi", "no kind"]);
        let op = mostly(
            &["in", "endsWith", "contains"],
            &["matches", "lessThan", "near", "semVerEqual"],
        );
        let value = mostly(
            &[
                json!("user"),
                json!("device"),
                json!("org"),
                json!("\u{7f}\"\\"),
            ],
            &[
                json!(1),
                json!(true),
                json!(null),
                json!([1]),
                json!(9_007_199_254_740_993_u64),
                json!(""),
            ],
        );
        let values = prop::collection::vec(value, 1..3);
        let compares = (attribute.clone(), kind.clone(), op, values, any::<bool>()).prop_map(
            |(attribute, kind, op, values, negate)| {
                json!({"attribute": attribute, "contextKind": kind, "op": op, "values": values, "negate": negate})
            },
        );
        let asks = mostly(&["s-1", "s-2", "s-3"], &["gone", "no key"]);
        let asks = asks.prop_map(|key| json!({"op": "segmentMatch", "values": [key]}));
        let clause = prop_oneof![5 => compares, 1 => asks];
        let weight = mostly(
            &[json!(null), json!(null), json!(1), json!(12_345)],
            &[json!(0), json!(100_000), json!(-5), json!(250_000)],
        );
        let rule = (prop::collection::vec(clause, 0..3), weight, attribute, kind.clone()).prop_map(
            |(clauses, weight, by, kind)| {
                json!({"clauses": clauses, "weight": weight, "bucketBy": by, "rolloutContextKind": kind})
            },
        );
        let keys = |own: &'static str| prop::collection::vec(mostly(&[own], &["", "both"]), 0..3);
        let tags = prop::collection::vec(
            mostly(&["x", "rev.7", "rev.x"], &["managed-by.other", "a b"]),
            0..2,
        );
        let rules = prop::collection::vec(rule, 0..2);
        let words =
            prop::sample::select(vec!["N", "a\r\nb", "\"\"\"'", "\u{0}\u{7f}\\", " x ", ""]);
        let flags = (words, prop::bool::weighted(0.1));
        let segment = (keys("a"), keys("b"), kind, rules, tags, flags).prop_map(
            |(included, excluded, kind, rules, tags, (words, unbounded))| {
                json!({"name": format!("N{words}"), "description": words, "included": included, "unbounded": unbounded, "rules": rules, "tags": tags,
                    "excludedContexts": [{"contextKind": kind, "values": excluded}]})
            },
        );
        let segments = prop::collection::vec(segment, 1..8);
        segments.prop_map(|segments| {
            let keyed = segments.into_iter().zip(0..);
            let keyed = keyed.map(|(mut segment, n)| {
                segment["key"] = json!(format!("s-{n}"));
                segment
            });
            serde_json::from_value(keyed.collect::<Json>()).unwrap()
        })
    }

    /// Runs a property, and counts how often it says that it saw what it is about.
    fn run(property: impl Fn(Vec<wire::Segment>) -> Result<bool, TestCaseError>) {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(512)
        };
        let seen = Cell::new(0);
        let property = |segments| {
            let saw = property(segments)?;
            seen.set(seen.get() + u32::from(saw));
            Ok(())
        };
        if let Err(error) = TestRunner::new(config).run(&segments(), property) {
            panic!("{error}");
        }
        assert!(seen.get() > 200, "seen {} times", seen.get());
    }

    fn list(segments: &[wire::Segment]) -> SegmentList {
        let mut list = SegmentList::default();
        list.segments = segments.to_vec();
        list
    }

    fn account(list: &SegmentList) -> Account<'_> {
        Account::new(list, "segments-as-code", &Selection::default())
    }

    /// The written file is read back as the same declarations, without an error.
    #[test]
    fn the_file_says_what_was_imported() {
        run(|segments| {
            let list = list(&segments);
            let account = account(&list);
            prop_assert_eq!(account.len(), segments.len());
            let definitions: Vec<&Definition> =
                account.readable.iter().map(|one| &one.definition).collect();
            let attributes = Attributes::of(definitions.iter().copied());
            let external = account.external().into_iter().map(str::to_owned).collect();
            let text = toml::file(&account, &external, &attributes, &[]);
            let report = segments_file::read("segments.toml", text.as_bytes());
            prop_assert!(!report.has_errors(), "{text}\n{report}");
            let read = report.readable_part().segments.iter();
            let read: Vec<&Definition> = read.map(|one| &one.definition).collect();
            let rules = definitions.iter().any(|one| !one.rules().is_empty());
            prop_assert_eq!(read, definitions);
            Ok(rules)
        });
    }

    /// Nobody loses a segment because of another: alone it has the same fate, but for references.
    #[test]
    fn each_segment_is_judged_by_itself() {
        run(|segments| {
            let list = list(&segments);
            let account = account(&list);
            for LeftOut { segment, reason } in &account.left_out {
                if reason.contains("circle") || reason.contains("does not exist") {
                    continue;
                }
                let alone = self::list(std::slice::from_ref(*segment));
                let alone = self::account(&alone);
                prop_assert!(alone.readable.is_empty(), "{}: {reason}", segment.key);
            }
            Ok(!account.left_out.is_empty() && !account.readable.is_empty())
        });
    }

    #[test]
    fn a_key_that_no_segment_has_is_told() {
        let segments: Vec<wire::Segment> =
            serde_json::from_value(json!([{"key": "staff"}, {"key": "testers"}])).unwrap();
        let selection = Selection {
            keys: vec!["staff".to_owned(), "tester".to_owned()],
            tags: Vec::new(),
        };
        let told = missing(&[list(&segments)], &selection);
        assert_eq!(
            told,
            ["there is no segment `tester`; did you mean `testers`?"]
        );
    }
}
