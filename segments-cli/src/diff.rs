//! `diff`: the contexts that a change of the definitions lets in and leaves out, proved for every
//! context; and the differences between two environments.

mod deny;
mod environments;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use segments_model::algebra::{Domain, Verdict};
use segments_model::relations::{self, SegmentChange};
use segments_model::{AttributeRef, ContextKind, Definition};
use segments_runtime::sync::Effect;

use crate::arguments::{DenyChange, Diff, Files};
use crate::counted::counted;
use crate::definitions::{self, Declarations};
use crate::failure::Failure;
use crate::output::{Output, Text};
use crate::status::Status;
use crate::sync::saved;
use deny::{is_denied, judged};

pub(crate) fn diff(arguments: &Diff, output: Output) -> Result<Status, Failure> {
    if let Some(pair) = environments::named(arguments)? {
        return environments::diff(arguments, &pair, output);
    }
    if arguments.new.is_none() && saved::is_one(&arguments.old) {
        return of_saved_plan(arguments, output);
    }
    let old = Version::of(&arguments.old)?;
    let new = match &arguments.new {
        Some(new) => Version::of(new)?,
        None => old.today()?,
    };
    let [old, new] = [old.declarations(output)?, new.declarations(output)?];
    let effects = Effects::between(&old, &new);
    for line in effects.lines() {
        output.data(Text::from(line))?;
    }
    let denied = effects.changes.iter();
    let denied = denied.filter(|it| is_denied(&it.change, arguments.deny));
    let denied = denied.count();
    output.message(effects.headline());
    for guarded in effects.guarded() {
        output.error(guarded);
    }
    let status = judged(denied, output);
    Ok(if effects.never_wider.is_empty() {
        status
    } else {
        Status::NotRight
    })
}

/// What becomes of audiences when definitions change.
pub(crate) struct Effects<'d> {
    changes: Vec<SegmentChange<'d>>,
    /// Segments that must not get wider, and may.
    never_wider: BTreeSet<&'d str>,
}

impl<'d> Effects<'d> {
    pub(crate) fn between(old: &'d Declarations, new: &'d Declarations) -> Self {
        let changes = changes(old, new);
        Self {
            never_wider: never_wider(&old.definitions, &new.definitions, &changes),
            changes,
        }
    }

    /// Who joins and who leaves each audience.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.changes.iter().flat_map(lines)
    }

    pub(crate) fn headline(&self) -> String {
        match self.changes.len() {
            0 => "no segment changes".to_owned(),
            count => format!("{} changed", counted(count, "segment")),
        }
    }

    /// What is an error whatever is denied.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = String> {
        self.never_wider.iter().map(|key| format!(
            "segment `{key}` is declared `never_wider` and may get wider; narrow the rules, or remove `never_wider` by a change of its own"
        ))
    }
}

/// What becomes of each segment.
fn changes<'d>(old: &'d Declarations, new: &'d Declarations) -> Vec<SegmentChange<'d>> {
    let [before, now] = [old, new].map(|it| it.definitions.iter().collect::<Vec<_>>());
    let domains = |kind: &ContextKind, attribute: &AttributeRef| {
        // What an attribute holds is what the newer declaration says, if it says something.
        let known = new.header.attributes.domain(kind, attribute);
        if known == Domain::UNKNOWN {
            old.header.attributes.domain(kind, attribute)
        } else {
            known
        }
    };
    relations::changes(&before, &now, &domains)
}

/// One change in words.
fn lines(change: &SegmentChange<'_>) -> Vec<String> {
    let SegmentChange {
        key,
        environment,
        change,
    } = change;
    let there = environment.map_or(String::new(), |it| format!(" in `{it}`"));
    let verdict = change.verdict();
    let said = match verdict {
        Verdict::Same => "only its form changes".to_owned(),
        _ => change.to_string(),
    };
    let head = format!("segment `{key}`{there}: {verdict}");
    let said = said.lines().map(|line| format!("  {line}"));
    std::iter::once(head).chain(said).collect()
}

/// The changes of a saved plan.
fn of_saved_plan(arguments: &Diff, output: Output) -> Result<Status, Failure> {
    let is_denied = |effect: &Effect| match arguments.deny {
        None => false,
        Some(DenyChange::Wider) => effect.may_widen(),
        Some(DenyChange::Narrower) => effect.may_narrow(),
        Some(DenyChange::Any) => !effect.is_none(),
    };
    let denied = saved::effects(&arguments.old, &is_denied, output)?;
    Ok(judged(denied, output))
}

/// Segments that are declared never to get wider, in the one or the other, and may.
fn never_wider<'d>(
    old: &[Definition],
    new: &[Definition],
    changes: &[SegmentChange<'d>],
) -> BTreeSet<&'d str> {
    let find = |all: &[Definition], key: &str| {
        let found = all.iter().find(|it| it.key == *key);
        found.map(|it| it.lifecycle.never_wider)
    };
    let wider = changes.iter().filter(|it| {
        let before = find(old, it.key);
        let is_guarded = before == Some(true) || find(new, it.key) == Some(true);
        it.change.may_widen() && before.is_some() && is_guarded
    });
    wider.map(|it| it.key).collect()
}

/// Where definitions are read from.
enum Version {
    /// Files as they are now.
    Files(Vec<PathBuf>),
    /// Files as they were in a revision of git.
    Revision {
        revision: String,
        files: Vec<PathBuf>,
        /// Whether a person named one file.
        is_named: bool,
    },
}

impl Version {
    /// The argument: a file, a revision, or a file of a revision after a colon.
    fn of(what: &Path) -> Result<Self, Failure> {
        if what.exists() || what == "-" {
            return Ok(Self::Files(vec![what.to_owned()]));
        }
        let said = what.display().to_string();
        let (revision, file) = match said.split_once(':') {
            Some((revision, file)) => (revision, Some(PathBuf::from(file))),
            None => (&said[..], None),
        };
        // What begins with a hyphen would be an option, and a path is one from here.
        if revision.is_empty() || revision.starts_with('-') {
            return Err(Failure::Revision {
                what: said.clone(),
                reason: "there is no such file".to_owned(),
            });
        }
        Ok(Self::Revision {
            revision: revision.to_owned(),
            is_named: file.is_some(),
            files: match file {
                Some(file) => vec![file],
                None => Files::default().or_usual()?,
            },
        })
    }

    /// The default of the second argument: the same file, or the default files, as they are now.
    fn today(&self) -> Result<Self, Failure> {
        Ok(Self::Files(match self {
            Self::Revision { files, .. } => files.clone(),
            Self::Files(_) => Files::default().or_usual()?,
        }))
    }

    /// Reads it. What is wrong is shown.
    fn declarations(&self, output: Output) -> Result<Declarations, Failure> {
        let read = match self {
            Self::Files(files) => definitions::read(files),
            Self::Revision {
                revision,
                files,
                is_named,
            } => definitions::read_texts(&of_revision(revision, files, *is_named)?),
        };
        Declarations::of(&read, output)
    }
}

/// Files of a revision, with the names that they are shown by. Of several, one that did not exist yet declared
/// nothing.
fn of_revision(
    revision: &str,
    files: &[PathBuf],
    is_named: bool,
) -> Result<Vec<(String, String)>, Failure> {
    let (mut texts, mut missing) = (Vec::new(), None);
    for path in files {
        match of_git(revision, path) {
            Ok(text) => texts.push((format!("{revision}:{}", path.display()), text)),
            Err(reason) => missing = missing.or(Some((path, reason))),
        }
    }
    match missing {
        Some((path, reason)) if texts.is_empty() => Err(Failure::Revision {
            what: if is_named {
                format!("{revision}:{}", path.display())
            } else {
                revision.to_owned()
            },
            reason,
        }),
        _ => Ok(texts),
    }
}

/// A file as it was, or why git does not tell.
fn of_git(revision: &str, path: &Path) -> Result<String, String> {
    let object = format!("{revision}:./{}", path.display());
    let shown = Command::new("git").args(["show", &object]).output();
    let shown = shown.map_err(|error| format!("cannot start git: {error}"))?;
    if !shown.status.success() {
        let reason = String::from_utf8_lossy(&shown.stderr);
        let reason = reason.lines().next().unwrap_or_default();
        return Err(reason.trim_start_matches("fatal: ").to_owned());
    }
    String::from_utf8(shown.stdout).map_err(|error| format!("it is not UTF-8: {error}"))
}
