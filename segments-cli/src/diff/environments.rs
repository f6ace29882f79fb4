//! Differences between the segments of two environments. Keys of members are personal data: they are
//! counted, and an example that would contain a key names the list instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use segments_model::algebra::{Algebra, Answer, AudienceChange, KnownAttributes, Verdict, Witness};
use segments_model::file::SegmentsFile;
use segments_model::relations::affected;
use segments_model::{AttributeRef, ContextKind, Definition, EnvironmentKey, Expiry, Targets};
use segments_runtime::sync::{SyncConfig, add_expiries, list_segments};

use super::deny::{is_denied, judged};
use crate::arguments::{Connection, Diff, Files};
use crate::counted::counted;
use crate::definitions;
use crate::failure::Failure;
use crate::import::account;
use crate::interruptible;
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::status::Status;

/// The prefix that marks an environment, even if there are files and revisions of that name.
const PREFIX: &str = "environment/";

/// The two environments that are named, if environments are.
pub(super) fn named(arguments: &Diff) -> Result<Option<[EnvironmentKey; 2]>, Failure> {
    let both = [Some(&arguments.old), arguments.new.as_ref()];
    let is_explicit = |what: &Path| what.to_string_lossy().starts_with(PREFIX);
    let explicit = both
        .iter()
        .flatten()
        .filter(|what| is_explicit(what))
        .count();
    let [Some(old), Some(new)] = both.map(|what| what.and_then(|what| environment(what))) else {
        return if explicit > 0 {
            Err(Failure::OneEnvironmentToCompare)
        } else {
            Ok(None)
        };
    };
    Ok(Some([
        EnvironmentKey::parse(old)?,
        EnvironmentKey::parse(new)?,
    ]))
}

/// The key of an environment, unless a file or a revision is meant.
fn environment(what: &Path) -> Option<String> {
    let written = what.to_string_lossy();
    if let Some(key) = written.strip_prefix(PREFIX) {
        return Some(key.to_owned());
    }
    // A name with an ending is that of a file, even of one that is not there.
    let is_key = !written.contains('.') && EnvironmentKey::parse(written.to_string()).is_ok();
    (is_key && !what.exists() && !is_revision(&written)).then(|| written.into_owned())
}

fn is_revision(name: &str) -> bool {
    let mut git = Command::new("git");
    git.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    git.arg(format!("{name}^{{commit}}"));
    let asked = git.stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// The segments of one environment.
struct Side {
    definitions: Vec<Definition>,
    /// Segments that cannot be compared, and why.
    left_out: Vec<(String, String)>,
}

impl Side {
    fn read(config: &SyncConfig, watch: &Watch) -> Result<Self, Failure> {
        let list = interruptible::run(watch, async {
            let mut list = list_segments(config).await?;
            add_expiries(config, &mut list.segments).await?;
            Ok(list)
        })?;
        let known: BTreeSet<&str> = account::keys(&list).collect();
        let (mut definitions, mut left_out) = (Vec::new(), Vec::new());
        for segment in &list.segments {
            match account::definition(segment, &known) {
                Ok((definition, _)) => definitions.push(definition),
                Err(reason) => left_out.push((segment.key.clone(), reason)),
            }
        }
        for one in &list.unreadable {
            let key = one.key.clone().unwrap_or_else(|| "?".to_owned());
            left_out.push((key, one.reason.clone()));
        }
        Ok(Self {
            definitions,
            left_out,
        })
    }

    fn get(&self, key: &str) -> Option<&Definition> {
        self.definitions.iter().find(|it| it.key == *key)
    }
}

pub(super) fn diff(
    arguments: &Diff,
    environments: &[EnvironmentKey; 2],
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let read = |environment: &EnvironmentKey| -> Result<Side, Failure> {
        let connection = Connection {
            environments: vec![environment.to_string()],
            ..arguments.connection.clone()
        };
        Side::read(&connection.config(&watch)?, &watch)
    };
    let [old, new] = [read(&environments[0])?, read(&environments[1])?];
    let attributes = attributes();
    let mut unknown = BTreeSet::new();
    for (side, environment) in [&old, &new].into_iter().zip(environments) {
        for (key, reason) in &side.left_out {
            output.always(format!(
                "`{key}` of `{environment}` cannot be compared: {reason}"
            ));
            unknown.insert(key.as_str());
        }
    }
    let changes = changes(&old, &new, &attributes);
    let changes: Vec<_> = changes
        .into_iter()
        .filter(|(key, _)| !unknown.contains(key.as_str()))
        .collect();
    for (key, change) in &changes {
        for line in lines(key, change, [&old, &new], environments) {
            output.data(Text::from(line))?;
        }
    }
    let denied = changes
        .iter()
        .filter(|(_, change)| is_denied(change, arguments.deny));
    let status = judged(denied.count(), output);
    let [one, other] = environments;
    output.message(match changes.len() {
        0 => format!("the segments of `{one}` and `{other}` are the same"),
        count => format!(
            "{} between `{one}` and `{other}`",
            counted(count, "difference")
        ),
    });
    Ok(match status {
        Status::Done if !unknown.is_empty() => Status::Unknown,
        status => status,
    })
}

/// The facts about attributes from the definitions here, if there are any.
fn attributes() -> KnownAttributes {
    let paths = Files::default().or_usual().unwrap_or_default();
    let files = definitions::read(&paths);
    let parts = files.iter().map(|file| file.report.readable_part());
    parts.flat_map(SegmentsFile::known_attributes).collect()
}

/// Every segment that is not the same in both.
fn changes(old: &Side, new: &Side, attributes: &KnownAttributes) -> Vec<(String, AudienceChange)> {
    let domains = |kind: &ContextKind, attribute: &AttributeRef| attributes.domain(kind, attribute);
    let [before, now] = [old, new].map(|side| side.definitions.iter().collect::<Vec<_>>());
    let algebra = Algebra::new(now.iter().copied(), &domains).with_earlier(before.iter().copied());
    let algebra = algebra.as_declared();
    let touched = affected(&before, &now);
    let keys: BTreeSet<&str> = before
        .iter()
        .chain(&now)
        .map(|it| it.key.as_str())
        .collect();
    keys.into_iter()
        .filter(|key| touched.contains(*key))
        .map(|key| (key.to_owned(), algebra.change(key)))
        .filter(|(key, change)| {
            let exists = [old, new].map(|side| side.get(key).is_some());
            exists[0] != exists[1] || change.verdict() != Verdict::Same
        })
        .collect()
}

/// One segment in words.
fn lines(
    key: &str,
    change: &AudienceChange,
    sides: [&Side; 2],
    environments: &[EnvironmentKey; 2],
) -> Vec<String> {
    let [old, new] = sides.map(|side| side.get(key));
    let [one, other] = environments;
    let head = match (old, new) {
        (Some(_), None) => format!("segment `{key}`: only in `{one}`"),
        (None, Some(_)) => format!("segment `{key}`: only in `{other}`"),
        _ => format!("segment `{key}`: {} in `{other}`", change.verdict()),
    };
    let mut lines = vec![head];
    let listed = keys(sides);
    for (answer, example, unknown) in [
        (
            &change.joins,
            format!("only `{other}` lets in, for example,"),
            format!("whether `{other}` lets in others"),
        ),
        (
            &change.leaves,
            format!("only `{one}` lets in, for example,"),
            format!("whether `{one}` lets in others"),
        ),
    ] {
        match answer {
            Answer::Nobody => {}
            Answer::Unknown => lines.push(format!("  cannot tell {unknown}")),
            Answer::Example(witness) => {
                lines.push(format!("  {example} {}", in_words(witness, &listed)));
            }
        }
    }
    let nobody = Targets::Unmanaged;
    for (name, list) in [
        (
            "included",
            Definition::included as fn(&Definition) -> &Targets,
        ),
        ("excluded", Definition::excluded),
    ] {
        let lists = [old, new].map(|it| it.map_or(&nobody, list));
        let [old, new] = lists.map(count);
        for kind in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let [before, now] =
                [&old, &new].map(|side| side.get(kind).copied().unwrap_or_default());
            if before != now {
                lines.push(format!(
                    "  {name} of kind {kind}: {before} in `{one}`, {now} in `{other}`"
                ));
            }
        }
        let [old, new] = lists.map(expiring);
        for (kind, until) in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let of = (*kind, *until);
            let [before, now] = [&old, &new].map(|side| side.get(&of).copied().unwrap_or_default());
            if before != now {
                lines.push(format!(
                    "  {name} of kind {kind} until {until}: {before} in `{one}`, {now} in `{other}`"
                ));
            }
        }
    }
    lines
}

/// How many contexts a list has, by kind.
fn count(targets: &Targets) -> BTreeMap<&ContextKind, usize> {
    targets
        .lists()
        .map(|(kind, keys)| (kind, keys.len()))
        .collect()
}

/// How many contexts of a list leave it when, by kind.
fn expiring(targets: &Targets) -> BTreeMap<(&ContextKind, Expiry), usize> {
    let mut counts = BTreeMap::new();
    for (kind, keys) in targets.lists() {
        for (_, until) in keys.expiring() {
            *counts.entry((kind, until)).or_default() += 1;
        }
    }
    counts
}

/// All keys of contexts that are named, in lists and in rules.
fn keys(sides: [&Side; 2]) -> BTreeSet<&str> {
    let definitions = sides.into_iter().flat_map(|side| &side.definitions);
    let mut keys = BTreeSet::new();
    for definition in definitions {
        for targets in [definition.included(), definition.excluded()] {
            keys.extend(
                targets
                    .lists()
                    .flat_map(|(_, keys)| keys)
                    .map(String::as_str),
            );
        }
        let clauses = definition.rules().iter().flat_map(|rule| &rule.clauses);
        let of_keys = clauses.filter(|clause| clause.attribute == AttributeRef::KEY);
        keys.extend(
            of_keys
                .flat_map(|clause| &clause.values)
                .filter_map(|it| it.as_str()),
        );
    }
    keys
}

/// An example, unless it is somebody.
fn in_words(witness: &Witness, listed: &BTreeSet<&str>) -> String {
    for (kind, context) in witness.contexts() {
        let key = context.get("key").and_then(|key| key.as_str());
        if key.is_some_and(|key| listed.contains(key)) {
            return format!("a context of kind {kind} that is listed by its key");
        }
    }
    witness.to_string()
}
