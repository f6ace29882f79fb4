//! `show`: one segment with its rules in words and everything that references it; or a saved plan.

use std::path::Path;

use segments_model::SegmentKey;
use segments_runtime::sync::{SegmentInUse, SyncConfig, add_expiries, segment_in_use};
use serde::Serialize;

use super::{Expiring, Summary, day};
use crate::arguments::{PlanFormat, Show};
use crate::counted::counted;
use crate::failure::Failure;
use crate::interruptible;
use crate::named_segment::{missing, users};
use crate::output::{CHANGED, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync::saved;

/// One segment, for programs.
#[derive(Serialize)]
struct Shown<'a> {
    project: &'a str,
    environment: &'a str,
    #[serde(flatten)]
    segment: Summary,
    used_by: UsedBy<'a>,
}

#[derive(Serialize)]
struct UsedBy<'a> {
    flags: &'a [String],
    ai_configs: &'a [String],
    segments: &'a [String],
    /// The experiments and rollouts on rules that it decides about.
    running: Vec<String>,
    /// The parts that could not be read.
    unknown: &'a [String],
}

/// The prefix `segment/` of a key, which shows that it is not a file.
const SEGMENT: &str = "segment/";

pub(crate) fn show(arguments: &Show, output: Output) -> Result<Status, Failure> {
    let written = arguments.what.as_str();
    if let Some(key) = written.strip_prefix(SEGMENT) {
        return segment(arguments, key, output);
    }
    let path = Path::new(written);
    // A name with an ending or a folder is that of a file, even of one that is not there.
    let is_path = path.exists() || path.extension().is_some_and(|it| it == "json");
    if written == "-" || is_path || written.contains(['/', '\\']) {
        return saved::show(path, arguments.format, output);
    }
    segment(arguments, written, output)
}

fn segment(arguments: &Show, written: &str, output: Output) -> Result<Status, Failure> {
    let key = SegmentKey::parse(written)?;
    let watch = Watch::new(output);
    let mut status = Status::Done;
    for config in arguments.connection.configs(&watch)? {
        let found = interruptible::run(&watch, async {
            let mut found = segment_in_use(&config, &key).await?;
            let segment = found.as_mut().map(|found| &mut found.segment);
            add_expiries(&config, segment).await?;
            Ok(found)
        })?;
        let Some(found) = found else {
            return Err(missing(&config, written, &watch)?);
        };
        match arguments.format {
            PlanFormat::Json => output.json(&as_json(&config, &found))?,
            PlanFormat::Human => output.data(in_words(&config, &found))?,
            PlanFormat::Markdown => return Err(Failure::NoMarkdown),
        }
        if !found.gaps.is_empty() {
            status = Status::Partly;
        }
    }
    Ok(status)
}

fn as_json<'a>(config: &'a SyncConfig, found: &'a SegmentInUse) -> Shown<'a> {
    Shown {
        project: config.project().as_str(),
        environment: config.environment().as_str(),
        segment: Summary::of(&found.segment),
        used_by: UsedBy {
            flags: &found.flags,
            ai_configs: &found.ai_configs,
            segments: &found.segments,
            running: found.running.iter().map(ToString::to_string).collect(),
            unknown: &found.gaps,
        },
    }
}

fn in_words(config: &SyncConfig, found: &SegmentInUse) -> Text {
    let segment = Summary::of(&found.segment);
    let scope = config.scope();
    let mut lines =
        vec![styled(STRONG, &segment.key).then(format_args!(": {}, in {scope}", segment.name))];
    let mut row = |name: &str, text: String| {
        lines.push(Text::from(format_args!("  {name:9} {text}")));
    };
    if let Some(description) = &segment.description {
        row("is", description.clone());
    }
    row("owner", segment.owner());
    if !segment.tags.is_empty() {
        row("tags", segment.tags.join(", "));
    }
    if segment.protected {
        row("protected", "never deleted and never emptied".to_owned());
    }
    if let Some(system) = &segment.kept_by {
        row("kept by", system.clone());
    }
    row(
        "version",
        format!(
            "{}, changed {}, created {}",
            segment.version,
            day(&segment.changed),
            day(&segment.created)
        ),
    );
    if let Some(kind) = &segment.big {
        row("big", format!("a list of contexts of kind {kind}"));
    }
    for (name, counts) in [
        ("included", &segment.included),
        ("excluded", &segment.excluded),
    ] {
        for (kind, count) in counts {
            row(
                name,
                format!("{} of kind {kind}", counted(*count, "context")),
            );
        }
    }
    for Expiring {
        list,
        kind,
        until,
        count,
    } in &segment.expiring
    {
        let contexts = counted(*count, "context");
        row(
            "expires",
            format!("{until}: {contexts} of kind {kind}, {list}"),
        );
    }
    for (index, rule) in segment.rules.iter().enumerate() {
        row(&format!("rule {}", index + 1), rule.clone());
    }
    if segment.rules.is_empty() && segment.big.is_none() {
        row("rules", "none".to_owned());
    }
    row("used by", users(found));
    for running in &found.running {
        row("running", running.to_string());
    }
    let gaps = found.gaps.iter();
    lines.extend(gaps.map(|gap| styled(CHANGED, format_args!("  {gap}"))));
    Text::lines(lines)
}
