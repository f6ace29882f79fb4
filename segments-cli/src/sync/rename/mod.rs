//! `rename`: gives a segment another key, in the files that name it, in the Rust that includes them, and in
//! LaunchDarkly. The files say from where it moved, so that a rename that was interrupted goes on with the next apply,
//! or the same command.

mod in_rust;

use std::path::PathBuf;

use segments_model::file::{Outline, Role, Symbol, unquoted};
use segments_model::{Definition, SegmentKey, Targeting};
use toml_edit::{DocumentMut, value};

use super::apply::{confirm, settle_all};
use super::{Work, blocked, shown};
use crate::DefinitionsSource;
use crate::arguments::{Ownership, Rename};
use crate::definitions::{Declarations, ReadFile, read_texts};
use crate::failure::Failure;
use crate::file;
use crate::imported::Imported;
use crate::output::Output;
use crate::rust;
use crate::spelling::{is_key, rewritten};
use crate::status::Status;
use in_rust::InRust;

pub(crate) fn rename(
    arguments: &Rename,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let old = SegmentKey::parse(arguments.old.as_str())?;
    let new = SegmentKey::parse(arguments.new.as_str())?;
    let refused = |reason: String| Failure::NotRenamed {
        old: old.to_string(),
        new: new.to_string(),
        reason,
    };
    if old == new {
        return Err(refused(
            "both keys are the same; choose another new key".to_owned(),
        ));
    }
    let paths = arguments.files.read_by(declared)?;
    if paths.is_empty() {
        return Err(refused(in_rust::declared(&old, &new).unwrap_or_else(|| {
            format!("it is declared in Rust; write `key = \"{new}\", moved_from = \"{old}\"` there, and apply")
        })));
    }
    let texts = texts(&paths)?;
    let edited = edited(&texts, &old, &new).map_err(refused)?;
    let in_rust = InRust::of(&paths, &old, &new);
    let work = work(arguments, &paths, &edited, &new, declared, output)?;
    let mut plans = Vec::new();
    for config in &work.configs {
        let plan = work.run(work.plan(config))?;
        let text = shown(&plan, &[], &work);
        if arguments.yes {
            output.message(text);
        } else {
            output.always(text);
        }
        // What cannot be done in one environment leaves all, and the files, as they are.
        if blocked(&plan, &work) {
            return Err(refused(format!("{} is in the way", plan.scope())));
        }
        plans.push(plan);
    }
    if !arguments.yes {
        if let Some(text) = in_rust.preview() {
            output.always(text);
        }
        work.run(confirm(&work.configs, &plans, output))?;
    }
    in_rust.write(output)?;
    for ((path, text), (_, before)) in edited.iter().zip(&texts) {
        if text != before {
            file::replace(path, text)?;
            output.message(format_args!("`{}` names it `{new}`", path.display()));
        }
    }
    if let Some(left) = rust::left(&in_rust.left) {
        output.message(left);
    }
    let rest = "the same command goes on with what is left";
    settle_all(&work, plans, &arguments.save_deleted, rest, output)
}

fn texts(paths: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Failure> {
    let read = |path: &PathBuf| Ok((path.clone(), file::read(path)?));
    paths.iter().map(read).collect()
}

/// Files as they are, or as they will be.
fn read(texts: &[(PathBuf, String)]) -> Vec<ReadFile> {
    let shown = texts.iter();
    let shown = shown.map(|(path, text)| (path.display().to_string(), text.clone()));
    read_texts(&shown.collect::<Vec<_>>())
}

/// The files with the other key. They stay as they are where the segment has it already, and moved there.
fn edited(
    texts: &[(PathBuf, String)],
    old: &SegmentKey,
    new: &SegmentKey,
) -> Result<Vec<(PathBuf, String)>, String> {
    let files = read(texts);
    let declared = || {
        let parts = files.iter().map(|file| file.report.readable_part());
        parts.flat_map(|part| part.segments.iter().map(|it| &it.definition))
    };
    if let Some(there) = declared().find(|it| it.key == *new) {
        if there.lifecycle.moved_from.as_ref() == Some(old) {
            return Ok(texts.to_vec());
        }
        return Err(format!(
            "`{new}` is already declared; choose a key that does not exist"
        ));
    }
    if !declared().any(|it| it.key == *old) {
        if let Some(declared) = in_rust::declared(old, new) {
            return Err(declared);
        }
        let known: Vec<&str> = declared().map(|it| it.key.as_str()).collect();
        let advice = segments_model::or_list(old.as_str(), known);
        return Err(format!("no file declares `{old}`{advice}"));
    }
    let edit = |(path, text): &(PathBuf, String)| Ok((path.clone(), renamed(text, old, new)?));
    texts.iter().map(edit).collect()
}

/// One file with the other key wherever it names the segment, and with the key that it had where it declares
/// it. Everything else stays as it is written.
fn renamed(before: &str, old: &SegmentKey, new: &SegmentKey) -> Result<String, String> {
    let symbol = Symbol::Segment(old.as_str().into());
    let outline = Outline::new(before);
    let mut edited = before.to_owned();
    let mut declares = false;
    let mut places: Vec<_> = outline
        .names()
        .filter(|(_, named, _)| **named == symbol)
        .collect();
    // From the end, so that places in front stay where they are.
    places.sort_by_key(|(span, _, _)| std::cmp::Reverse(span.start));
    for (span, _, role) in places {
        declares |= role == Role::Declares;
        let raw = &before[span.clone()];
        if unquoted(raw) != old.as_str() {
            return Err(format!("`{raw}` cannot be rewritten; rename it by hand"));
        }
        let written = rewritten(raw, new.as_str(), is_key(before, &span));
        edited.replace_range(span, &written);
    }
    if !declares {
        return Ok(edited);
    }
    let mut document: DocumentMut = edited
        .parse()
        .map_err(|error: toml_edit::TomlError| error.to_string())?;
    let segment = document
        .get_mut("segments")
        .and_then(|segments| segments.get_mut(new.as_str()))
        .and_then(toml_edit::Item::as_table_like_mut)
        .ok_or("its table was not found")?;
    segment.insert("moved_from", value(old.as_str()));
    Ok(document.to_string())
}

/// The definitions as they will be, of which nothing is due but the segment and what references it.
fn work(
    arguments: &Rename,
    paths: &[PathBuf],
    edited: &[(PathBuf, String)],
    new: &SegmentKey,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Work, Failure> {
    let declarations = Declarations::of(&read(edited), output)?.without_measured();
    let imported = Imported::beside(paths)?;
    let ownership = Ownership {
        owner: arguments.owner.clone(),
        revision: arguments.revision,
        only: involved(&declarations.definitions, &declarations.targetings, new),
        ..Ownership::default()
    };
    Work::of(
        declarations,
        &imported,
        &arguments.connection,
        &ownership,
        declared,
        output,
    )
}

/// The segment, and the segments, AI Configs and flags that reference it.
fn involved(definitions: &[Definition], targetings: &[Targeting], new: &SegmentKey) -> Vec<String> {
    let asks = |it: &Definition| it.references().contains(&new.as_str());
    let segments = definitions.iter().filter(|it| {
        let mut there = it.environments.keys().map(|key| it.in_environment(key));
        it.key == *new || asks(it) || there.any(|it| asks(&it))
    });
    let segments = segments.map(|it| it.key.to_string());
    let serves = |it: &Targeting| it.references().contains(&new.as_str());
    let served = targetings.iter().filter(|it| {
        let mut there = it.environments.keys().map(|key| it.in_environment(key));
        serves(it) || there.any(|it| serves(&it))
    });
    segments
        .chain(served.map(|it| it.resource.path()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_other_key_wherever_it_names_the_segment() {
        let before = "\
# Who works here.
[contexts.user.attributes]
email = 'string'

[segments.staff] # since 2024
description = 'the staff'

[[segments.staff.rules]]
# By mail.
clauses = [{ attribute = 'email', op = 'endsWith', values = ['@company.com'] }]

[segments.'beta']
rules = [{ clauses = [{ op = 'segmentMatch', values = ['staff'] }] }] # those of `staff`
";
        let [old, new] = ["staff", "employees.eu"].map(SegmentKey::from_static);
        let after = renamed(before, &old, &new).unwrap();
        let expected = before
            .replace("[segments.staff] # since 2024\ndescription = 'the staff'\n",
                "[segments.\"employees.eu\"] # since 2024\ndescription = 'the staff'\nmoved_from = \"staff\"\n")
            .replace("[[segments.staff.rules]]", "[[segments.\"employees.eu\".rules]]")
            .replace("['staff']", "['employees.eu']");
        assert_eq!(after, expected);
    }
}
