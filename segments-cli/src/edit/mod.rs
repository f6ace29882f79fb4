//! `include`, `exclude` and `remove`: contexts on the lists of a segment that no declaration manages.

mod kept;
pub(crate) mod undo;

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use segments_model::{ContextKind, Definition, SegmentKey, or_list};
use segments_runtime::sync::{
    ListChange, ListEdit, ListError, ListPreview, RequestError, SyncConfig,
};

use crate::DefinitionsSource;
use crate::arguments::Edit;
use crate::definitions::{self, Header, ReadFile};
use crate::failure::Failure;
use crate::file;
use crate::interruptible;
use crate::named_segment::missing;
use crate::output::{CHANGED, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync::apply;
use kept::Kept;

/// The contexts that are named, by kind.
type Contexts = BTreeMap<ContextKind, BTreeSet<String>>;

pub(crate) fn edit(
    edit: ListEdit,
    arguments: &Edit,
    until: Option<SystemTime>,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let key = SegmentKey::parse(arguments.key.clone())?;
    let contexts = contexts(arguments)?;
    let watch = Watch::new(output);
    let paths = arguments.files.read_by(declared)?;
    let files = definitions::read(&paths);
    let header = Header::of(&files)?;
    let config = arguments
        .connection
        .changing(&header.environments, &watch)?;
    declared_kinds(&files, &contexts)?;
    // Where there are no definitions, the tags of the segment tell what is declared.
    let definition = if arguments.files.is_any_of(&paths) {
        definition(&files, &key, output)?
    } else {
        None
    };
    let changes = contexts.into_iter().map(|(kind, keys)| {
        let mut change = ListChange::new(&config, key.clone(), edit, kind.clone(), keys);
        if let Some(until) = until {
            change = change.until(until);
        }
        if let Some(definition) = &definition {
            change = change.declared(definition.clone());
        }
        (kind, change)
    });
    let changes: Vec<(ContextKind, ListChange)> = changes.collect();
    let asked = Asked {
        key: &key,
        config: &config,
        watch: &watch,
        output,
    };
    // All are looked at before anything is changed, so that one that is not possible leaves nothing half done.
    let mut previews = Vec::new();
    for (_, change) in &changes {
        let preview = interruptible::run(&watch, async { Ok(change.preview().await) })?;
        previews.push(preview.map_err(|error| asked.failure(error))?);
    }
    let is_kept = arguments.save_undo.is_some();
    if is_kept && previews.iter().any(|preview| preview.at_most) {
        return Err(Failure::NoUndo);
    }
    if !asked.agrees(&previews, arguments.yes)? {
        return Ok(Status::Done);
    }
    let mut kept = Kept::new(arguments.save_undo.as_deref())?;
    let mut done = Vec::new();
    for (kind, change) in &changes {
        kept.begin();
        let rest = if is_kept {
            "the same command with another file for `--save-undo` does what is left"
        } else {
            "the same command does what is left"
        };
        let applied = interruptible::run_changing(&watch, rest, async {
            Ok(if is_kept {
                change.apply_with_undo().await.map(|(_, undo)| Some(undo))
            } else {
                change.apply().await.map(|_| None)
            })
        })?;
        if !applied.as_ref().is_err_and(may_have_taken_effect) {
            kept.end();
        }
        match applied {
            Ok(undo) => kept.extend(undo)?,
            Err(error) => {
                if let ListError::Partly { undo, .. } = &error {
                    kept.extend([(**undo).clone()])?;
                }
                return Err(asked.after(&done, error));
            }
        }
        done.push(kind);
    }
    output.message(format_args!(
        "{}: changed the lists of `{key}`",
        asked.scope()
    ));
    kept.tell(output);
    Ok(Status::Done)
}

/// A change of the lists of a segment, in an environment.
struct Asked<'a> {
    key: &'a SegmentKey,
    config: &'a SyncConfig,
    watch: &'a Watch,
    output: Output,
}

impl Asked<'_> {
    fn scope(&self) -> String {
        format!("{}/{}", self.config.project(), self.config.environment())
    }

    /// Shows what would change, and asks unless that was answered. False if nothing would.
    fn agrees(&self, previews: &[ListPreview], yes: bool) -> Result<bool, Failure> {
        let (key, scope) = (self.key, self.scope());
        let due = previews.iter().filter(|preview| !preview.is_empty());
        let lines: Vec<Text> = due
            .map(|preview| styled(CHANGED, format_args!("    {preview}")))
            .collect();
        if lines.is_empty() {
            let says = format_args!("{scope}: the lists of `{key}` are already like this");
            self.output.message(says);
            return Ok(false);
        }
        let head = styled(STRONG, format_args!("~ {key}")).then(format_args!(" in {scope}"));
        let shown = Text::lines(std::iter::once(head).chain(lines));
        if yes {
            self.output.message(shown);
        } else {
            self.output.always(shown);
            interruptible::run(self.watch, apply::confirm_changes(self.output))?;
        }
        Ok(true)
    }

    /// A segment that is missing is one that was perhaps mistyped.
    fn failure(&self, error: ListError) -> Failure {
        match &error {
            ListError::NoSegment { segment, .. } => {
                missing(self.config, segment.as_str(), self.watch).unwrap_or_else(|failure| failure)
            }
            _ => error.into(),
        }
    }

    /// What failed after the contexts of other kinds were changed.
    fn after(&self, done: &[&ContextKind], error: ListError) -> Failure {
        if done.is_empty() {
            return self.failure(error);
        }
        let done = done.iter().map(ToString::to_string);
        Failure::ListsPartly {
            done: done.collect::<Vec<_>>().join(", "),
            error,
        }
    }
}

/// Returns whether what failed may be done, which nothing takes back that could be kept.
fn may_have_taken_effect(error: &ListError) -> bool {
    match error {
        ListError::Request(failed) => matches!(
            failed.error,
            RequestError::ResponseLost { .. }
                | RequestError::UnexpectedResponse { .. }
                | RequestError::Server(_)
                | RequestError::Deadline(_)
        ),
        ListError::WithoutExpiry { .. } => true,
        _ => false,
    }
}

/// The contexts that are named, if they are no more than may be.
fn contexts(arguments: &Edit) -> Result<Contexts, Failure> {
    let mut contexts = Contexts::new();
    let users = contexts.entry(ContextKind::USER).or_default();
    users.extend(arguments.users.iter().cloned());
    if let Some(path) = &arguments.users_from {
        let text = file::read(path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        users.extend(lines.map(str::to_owned));
    }
    for (kind, key) in &arguments.contexts {
        contexts
            .entry(kind.clone())
            .or_default()
            .insert(key.clone());
    }
    contexts.retain(|_, keys| !keys.is_empty());
    if contexts.is_empty() {
        return Err(Failure::NoContexts);
    }
    let named = contexts.values().map(BTreeSet::len).sum();
    match arguments.at_most {
        Some(most) if named > most => Err(Failure::TooManyContexts { named, most }),
        _ => Ok(contexts),
    }
}

/// Refuses kinds that the files do not declare, where they declare some: no rule looks at such a context, and a
/// kind that is mistyped would be made.
fn declared_kinds(files: &[ReadFile], contexts: &Contexts) -> Result<(), Failure> {
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

/// What is declared of the segment here, if anything is.
fn definition(
    files: &[ReadFile],
    key: &SegmentKey,
    output: Output,
) -> Result<Option<Definition>, Failure> {
    let (definitions, _) = definitions::targeted(files, output)?;
    Ok(definitions.into_iter().find(|it| it.key == *key))
}
