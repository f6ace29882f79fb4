//! `include`, `exclude` and `remove`: contexts on the lists of a segment that no declaration manages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, UNIX_EPOCH};

use segments_model::{ContextKind, Definition, SegmentKey, or_list};
use segments_runtime::sync::{ListChange, ListEdit, ListError, SyncConfig};

use crate::DefinitionsSource;
use crate::arguments::{Edit, Files};
use crate::definitions;
use crate::failure::Failure;
use crate::file;
use crate::look::show::missing;
use crate::output::{CHANGED, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync::{self, apply};

pub(crate) fn edit(
    edit: ListEdit,
    arguments: &Edit,
    until: Option<i64>,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let key = SegmentKey::parse(arguments.key.clone())?;
    let contexts = contexts(arguments)?;
    let watch = Watch::new(output);
    let header = arguments.files.header(declared)?;
    let config = arguments
        .connection
        .changing(&header.environments, &watch)?;
    declared_kinds(&arguments.files, &contexts, declared)?;
    let definition = definition(&arguments.files, &key, declared, output)?;
    let changes = contexts.into_iter().map(|(kind, keys)| {
        let mut change = ListChange::new(&config, key.clone(), edit, kind, keys);
        if let Some(until) = until.and_then(|until| u64::try_from(until).ok()) {
            change = change.until(UNIX_EPOCH + Duration::from_millis(until));
        }
        match &definition {
            Some(definition) => change.declared(definition.clone()),
            None => change,
        }
    });
    let changes: Vec<ListChange> = changes.collect();
    let scope = config.scope();
    // All are looked at before anything is changed, so that one that is not possible leaves nothing half done.
    let mut lines = Vec::new();
    for change in &changes {
        let preview = sync::run(&watch, async { Ok(change.preview().await) })?;
        let preview = preview.map_err(|error| failure(error, &config, &watch))?;
        if !preview.is_empty() {
            lines.push(styled(CHANGED, format_args!("    {preview}")));
        }
    }
    if lines.is_empty() {
        output.message(format_args!("{scope}: the lists of `{key}` are so already"));
        return Ok(Status::Done);
    }
    let head = styled(STRONG, format_args!("~ {key}")).then(format_args!(" in {scope}"));
    let shown = Text::lines(std::iter::once(head).chain(lines));
    if arguments.yes {
        output.message(shown);
    } else {
        output.always(shown);
        sync::run(&watch, apply::confirm_changes(output))?;
    }
    for change in &changes {
        let done = sync::run(&watch, async { Ok(change.apply().await) })?;
        done.map_err(|error| failure(error, &config, &watch))?;
    }
    output.message(format_args!("{scope}: changed the lists of `{key}`"));
    Ok(Status::Done)
}

/// A segment that is missing is one that was perhaps mistyped.
fn failure(error: ListError, config: &SyncConfig, watch: &Watch) -> Failure {
    match &error {
        ListError::NoSegment { segment, .. } => {
            missing(config, segment.as_str(), watch).unwrap_or_else(|failure| failure)
        }
        _ => error.into(),
    }
}

/// The keys that are named, by kind.
fn contexts(arguments: &Edit) -> Result<BTreeMap<ContextKind, Vec<String>>, Failure> {
    let mut contexts: BTreeMap<ContextKind, Vec<String>> = BTreeMap::new();
    let users = contexts.entry(ContextKind::USER).or_default();
    users.extend(arguments.users.iter().cloned());
    if let Some(path) = &arguments.users_from {
        let text = file::read(path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        users.extend(lines.map(str::to_owned));
    }
    for (kind, key) in &arguments.contexts {
        contexts.entry(kind.clone()).or_default().push(key.clone());
    }
    contexts.retain(|_, keys| !keys.is_empty());
    if contexts.is_empty() {
        return Err(Failure::NoContexts);
    }
    Ok(contexts)
}

/// Refuses kinds that the files do not declare, where they declare some: no rule looks at such a context, and a
/// kind that is mistyped would be made.
fn declared_kinds(
    files: &Files,
    contexts: &BTreeMap<ContextKind, Vec<String>>,
    declared: DefinitionsSource,
) -> Result<(), Failure> {
    let paths = files.read_by(declared)?;
    let files = definitions::read(&paths);
    let parts = files.iter().map(|file| file.report.readable_part());
    let known: BTreeSet<&str> = parts
        .flat_map(|part| part.contexts.keys().map(ContextKind::as_str))
        .collect();
    if known.is_empty() {
        return Ok(());
    }
    let user = ContextKind::USER;
    let known: BTreeSet<&str> = known.into_iter().chain([user.as_str()]).collect();
    let mut kinds = contexts.keys();
    match kinds.find(|kind| !known.contains(kind.as_str())) {
        None => Ok(()),
        Some(kind) => Err(Failure::UndeclaredKind {
            advice: or_list(kind.as_str(), known),
            kind: kind.to_string(),
        }),
    }
}

/// What is declared of the segment here, if anything is. Where there are no definitions, the tags of the
/// segment tell what is.
fn definition(
    files: &Files,
    key: &SegmentKey,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Option<Definition>, Failure> {
    if !files.is_any(declared)? {
        return Ok(None);
    }
    let (definitions, _) = files.definitions(declared, output)?;
    Ok(definitions.into_iter().find(|it| it.key == *key))
}
