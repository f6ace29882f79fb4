//! `diff`: whom a change of the definitions lets in and leaves out, proved for every context; and what differs
//! between two environments.

mod environments;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use segments_model::algebra::{Algebra, AudienceChange, Domain, Verdict};
use segments_model::diagnostic::Colors;
use segments_model::file::{self, Report, SegmentsFile};
use segments_model::relations::affected;
use segments_model::{AttributeRef, ContextKind, Definition, EnvironmentKey};

use crate::arguments::{DenyChange, Diff, Files};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::output::{Output, Text};
use crate::status::Status;
use crate::sync::saved;

pub(crate) fn diff(arguments: &Diff, output: Output) -> Result<Status, Failure> {
    if let Some(pair) = environments::named(arguments)? {
        return environments::diff(arguments, &pair, output);
    }
    if arguments.new.is_none() && saved::is_one(&arguments.old) {
        return of_saved_plan(arguments, output);
    }
    let usual = Files::default().or_usual()?;
    let usual = usual
        .first()
        .map_or(Path::new("segments.toml"), |path| path);
    let (old, path) = read(&arguments.old, usual)?;
    let new = match &arguments.new {
        Some(new) => read(new, &path)?.0,
        None => file::read(
            &path.display().to_string(),
            crate::file::read(&path)?.as_bytes(),
        ),
    };
    let [old, new] = [shown(old, output)?, shown(new, output)?];
    let changes = changes(&old, &new);
    for (key, environment, change) in &changes {
        let there = environment.map_or(String::new(), |it| format!(" in `{it}`"));
        let verdict = change.verdict();
        output.data(Text::from(format!("segment `{key}`{there}: {verdict}")))?;
        let said = match verdict {
            Verdict::Same => "only its form changes".to_owned(),
            _ => change.to_string(),
        };
        for line in said.lines() {
            output.data(Text::from(format!("  {line}")))?;
        }
    }
    let denied = changes
        .iter()
        .filter(|(_, _, change)| is_denied(change, arguments.deny));
    let denied = denied.count();
    output.message(match changes.len() {
        0 => "no segment changes".to_owned(),
        count => format!("{} changed", counted(count, "segment")),
    });
    let guarded = never_wider(&old, &new, &changes);
    for key in &guarded {
        output.error(format!(
            "segment `{key}` is declared `never_wider` and may get wider; narrow the rules, or remove `never_wider` by a change of its own"
        ));
    }
    let status = judged(denied, output);
    Ok(if guarded.is_empty() {
        status
    } else {
        Status::NotRight
    })
}

/// What a saved plan does.
fn of_saved_plan(arguments: &Diff, output: Output) -> Result<Status, Failure> {
    let is_denied = |told: &saved::Told<'_>| match arguments.deny {
        None => false,
        Some(DenyChange::Wider) => told.joins.is_some(),
        Some(DenyChange::Narrower) => told.leaves.is_some(),
        Some(DenyChange::Any) => {
            told.joins.or(told.leaves).is_some() || !told.moves.is_empty() || told.is_unknown
        }
    };
    let denied = saved::effects(&arguments.old, &is_denied, output)?;
    Ok(judged(denied, output))
}

/// Says how many changes are not wanted.
fn judged(denied: usize, output: Output) -> Status {
    if denied == 0 {
        return Status::Done;
    }
    output.error(format!("{} that `--deny` names", counted(denied, "change")));
    Status::NotRight
}

/// Segments that are declared never to get wider, in the one or the other, and may.
fn never_wider(
    old: &SegmentsFile,
    new: &SegmentsFile,
    changes: &[Changed<'_>],
) -> BTreeSet<String> {
    let is_guarded = |file: &SegmentsFile, key: &str| {
        let mut segments = file.segments.iter().map(|it| &it.definition);
        segments.any(|it| it.key == *key && it.never_wider)
    };
    let was_there = |key: &str| old.segments.iter().any(|it| it.definition.key == *key);
    let wider = changes.iter().filter(|(key, _, change)| {
        change.may_widen() && was_there(key) && (is_guarded(old, key) || is_guarded(new, key))
    });
    wider.map(|(key, ..)| key.clone()).collect()
}

fn is_denied(change: &AudienceChange, deny: Option<DenyChange>) -> bool {
    match deny {
        None => false,
        Some(DenyChange::Wider) => change.may_widen(),
        Some(DenyChange::Narrower) => change.may_narrow(),
        Some(DenyChange::Any) => change.may_widen() || change.may_narrow(),
    }
}

/// Reads definitions from a file, or from git. Gives the path of the file, too.
fn read(what: &Path, usual: &Path) -> Result<(Report, PathBuf), Failure> {
    if what.exists() {
        let text = crate::file::read(what)?;
        let name = what.display().to_string();
        return Ok((file::read(&name, text.as_bytes()), what.to_owned()));
    }
    let said = what.display().to_string();
    let (revision, path) = match said.split_once(':') {
        Some((revision, path)) => (revision, Path::new(path)),
        None => (&said[..], usual),
    };
    let failed = |reason: String| Failure::Revision {
        what: said.clone(),
        reason,
    };
    // What begins with a hyphen would be an option, and a path is one from here.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(failed("there is no such file".to_owned()));
    }
    let object = format!("{revision}:./{}", path.display());
    let shown = Command::new("git").args(["show", &object]).output();
    let shown = shown.map_err(|error| failed(format!("git does not start: {error}")))?;
    if !shown.status.success() {
        let reason = String::from_utf8_lossy(&shown.stderr);
        let reason = reason.lines().next().unwrap_or_default();
        return Err(failed(reason.trim_start_matches("fatal: ").to_owned()));
    }
    let name = format!("{revision}:{}", path.display());
    Ok((file::read(&name, &shown.stdout), path.to_owned()))
}

/// The definitions, if nothing is wrong with them. What is wrong is shown.
fn shown(report: Report, output: Output) -> Result<SegmentsFile, Failure> {
    report.into_file().map_err(|report| {
        output.always(Text::drawn(report.human(Colors::Always)));
        let errors = report.diagnostics().iter();
        let errors = errors.filter(|found| found.severity() == segments_model::Severity::Error);
        Failure::Definitions(counted(errors.count(), "error"))
    })
}

type Changed<'f> = (String, Option<&'f EnvironmentKey>, AudienceChange);

/// What becomes of each segment whose definition changes, or those that it references; in environments
/// where another thing becomes of it than elsewhere, too.
fn changes<'f>(old: &'f SegmentsFile, new: &'f SegmentsFile) -> Vec<Changed<'f>> {
    let [old_segments, new_segments] = [old, new].map(|file| -> Vec<&Definition> {
        file.segments.iter().map(|it| &it.definition).collect()
    });
    let all = || old_segments.iter().chain(&new_segments).copied();
    let keys: BTreeSet<&str> = all().map(|it| it.key.as_str()).collect();
    let domains = |kind: &ContextKind, attribute: &AttributeRef| {
        // What an attribute holds is what the newer declaration says, if it says something.
        let known = new.domain(kind, attribute);
        if known == Domain::UNKNOWN {
            old.domain(kind, attribute)
        } else {
            known
        }
    };
    let mut found: Vec<Changed<'f>> = Vec::new();
    for environment in Definition::environments_of(all()) {
        let there = |segments: &[&'f Definition]| -> Vec<Cow<'f, Definition>> {
            let segments = segments.iter();
            segments.map(|it| it.in_environment(environment)).collect()
        };
        let (before, now) = (there(&old_segments), there(&new_segments));
        let [before, now] = [&before, &now]
            .map(|segments| -> Vec<&Definition> { segments.iter().map(Cow::as_ref).collect() });
        let algebra =
            Algebra::new(now.iter().copied(), &domains).with_earlier(before.iter().copied());
        let touched = affected(&before, &now);
        for key in keys.iter().filter(|key| touched.contains(**key)) {
            let change = algebra.change(key);
            let elsewhere = found
                .iter()
                .find(|(known, at, _)| known == key && at.is_none());
            let same = elsewhere.is_some_and(|(_, _, known)| *known == change);
            if environment.is_none() || !same {
                found.push(((*key).to_owned(), environment, change));
            }
        }
    }
    found.sort_by(|(left, at, _), (right, other, _)| left.cmp(right).then(at.cmp(other)));
    found
}
