//! `list`: the segments, with owners and sizes.

use segments_model::did_you_mean;
use segments_runtime::sync::{SegmentList, SyncConfig, list_segments};
use serde::Serialize;

use super::{Summary, day};
use crate::arguments::List;
use crate::counted::counted;
use crate::failure::Failure;
use crate::interruptible;
use crate::output::{Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::status::Status;

/// One environment, for programs.
#[derive(Serialize)]
struct Listed<'a> {
    project: &'a str,
    environment: &'a str,
    segments: Vec<Summary>,
}

pub(crate) fn list(arguments: &List, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let mut status = Status::Done;
    for config in arguments.connection.configs(&watch)? {
        let list = interruptible::run(&watch, async { Ok(list_segments(&config).await?) })?;
        status = status.worse(one(arguments, &config, &list, output)?);
    }
    Ok(status)
}

fn one(
    arguments: &List,
    config: &SyncConfig,
    list: &SegmentList,
    output: Output,
) -> Result<Status, Failure> {
    let all: Vec<Summary> = list.segments.iter().map(Summary::of).collect();
    let wanted = all.iter().filter(|segment| is_wanted(arguments, segment));
    let segments: Vec<Summary> = wanted.cloned().collect();
    let count = segments.len();
    if arguments.json {
        output.json(&Listed {
            project: config.project().as_str(),
            environment: config.environment().as_str(),
            segments,
        })?;
    } else if count > 0 {
        output.data(table(&segments))?;
    }
    let scope = config.scope();
    output.message(format_args!("{scope}: {}", counted(count, "segment")));
    if count == 0
        && let Some(advice) = advice(arguments, &all)
    {
        output.message(advice);
    }
    for unreadable in &list.unreadable {
        output.always(unreadable);
    }
    Ok(if list.unreadable.is_empty() {
        Status::Done
    } else {
        Status::Partly
    })
}

/// Returns whether a segment is of the owner and has one of the tags that are asked for.
fn is_wanted(arguments: &List, segment: &Summary) -> bool {
    let is_owner = |owner: &String| segment.owners.contains(owner);
    let is_tag = |tag: &String| segment.tags.contains(tag);
    arguments.owner.as_ref().is_none_or(is_owner)
        && (arguments.tags.is_empty() || arguments.tags.iter().any(is_tag))
}

/// The probable intention, if nothing is found.
fn advice(arguments: &List, all: &[Summary]) -> Option<String> {
    let owners = || all.iter().flat_map(|it| &it.owners).map(String::as_str);
    let tags = || all.iter().flat_map(|it| &it.tags).map(String::as_str);
    if let Some(owner) = &arguments.owner
        && !owners().any(|known| known == owner)
    {
        let meant = did_you_mean(owner, owners());
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        return Some(format!("no segment has the owner `{owner}`{meant}"));
    }
    let unknown = arguments.tags.iter();
    let mut unknown = unknown.filter(|tag| !tags().any(|known| known == *tag));
    let tag = unknown.next()?;
    let meant = did_you_mean(tag, tags());
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    Some(format!("no segment has the tag `{tag}`{meant}"))
}

/// A row for each segment, with columns as wide as they have to be.
fn table(segments: &[Summary]) -> Text {
    let head = ["KEY", "OWNER", "VERSION", "CHANGED", "AUDIENCE"].map(str::to_owned);
    let rows: Vec<[String; 5]> = segments
        .iter()
        .map(|segment| {
            [
                segment.key.clone(),
                segment.owner(),
                segment.version.to_string(),
                day(&segment.changed).to_owned(),
                segment.audience(),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]);
        cells.map(|row| row[column].chars().count()).max()
    };
    let widths: Vec<usize> = (0..4).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths);
        let mut line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        line.push_str(&row[4]);
        line
    };
    let head = styled(STRONG, line(&head));
    let rows = rows.iter().map(|row| Text::from(line(row)));
    Text::lines(std::iter::once(head).chain(rows))
}
