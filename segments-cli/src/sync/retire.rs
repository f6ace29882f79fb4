//! `retire`: deletes segments that nothing uses, after showing what uses them. The checks of `--prune`
//! apply.

use segments_model::{Definition, SegmentKey};
use segments_runtime::sync::{
    Mark, Outcome, Plan, SegmentInUse, SyncConfig, segment_elsewhere, segments_in_use,
};

use super::Work;
use super::apply::{confirm, settle_all};
use crate::DefinitionsSource;
use crate::arguments::{Ownership, Retire};
use crate::failure::Failure;
use crate::imported::Imported;
use crate::named_segment::{missing, users};
use crate::output::{BAD, Output, Text, styled};
use crate::status::Status;

pub(crate) fn retire(
    arguments: &Retire,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let keys = arguments
        .keys
        .iter()
        .map(|key| SegmentKey::parse(key.as_str()));
    let keys = keys.collect::<Result<Vec<SegmentKey>, _>>()?;
    let work = work(arguments, &keys, declared, output)?;
    let mut plans = Vec::new();
    // All are looked at before anything is deleted, so that one that stays leaves nothing half done.
    for config in &work.configs {
        let mut lines = Vec::new();
        let found = work.run(async { Ok(segments_in_use(config, &keys).await?) })?;
        for (key, found) in keys.iter().zip(found) {
            lines.extend(look(&work, config, key, found)?);
        }
        let plan = work.run(work.plan(config))?;
        let shown = Text::lines(lines);
        if arguments.yes {
            output.message(shown);
        } else {
            output.always(shown);
        }
        stays(&plan)?;
        plans.push(plan);
    }
    if !arguments.yes {
        work.run(confirm(&work.configs, &plans, output))?;
    }
    let rest = "the same command retires what is left";
    settle_all(&work, plans, &arguments.save_deleted, rest, output)
}

/// The definitions without these segments, which they say do not exist; and nothing but these is due.
fn work(
    arguments: &Retire,
    keys: &[SegmentKey],
    declared: DefinitionsSource,
    output: Output,
) -> Result<Work, Failure> {
    let Retire {
        files, connection, ..
    } = arguments;
    let (imported, declarations) = if files.is_any(declared)? {
        (
            Imported::beside(&files.read_by(declared)?)?,
            files.declarations(declared, output)?,
        )
    } else {
        <_>::default()
    };
    let ownership = Ownership {
        owner: arguments.owner.clone(),
        comment: arguments.comment.clone(),
        only: keys.iter().map(ToString::to_string).collect(),
        max_deletions: Some(keys.len()),
        ..Ownership::default()
    };
    let mut work = Work::of(
        declarations.without_measured(),
        &imported,
        connection,
        &ownership,
        declared,
        output,
    )?;
    let exists = |definition: &Definition| {
        let mut configs = work.configs.iter();
        configs.any(|config| !definition.in_environment(config.environment()).absent)
    };
    let named = work.definitions.iter();
    let mut named = named.filter(|it| keys.contains(&it.key));
    if let Some(definition) = named.find(|it| exists(it)) {
        let key = definition.key.to_string();
        return Err(Failure::StillDeclared { key });
    }
    work.definitions.retain(|it| !keys.contains(&it.key));
    work.definitions
        .extend(keys.iter().cloned().map(Definition::absent));
    Ok(work)
}

/// What is to go, and everything that has to do with it.
fn look(
    work: &Work,
    config: &SyncConfig,
    key: &SegmentKey,
    found: Option<SegmentInUse>,
) -> Result<Vec<Text>, Failure> {
    let Some(found) = found else {
        return Err(missing(config, key.as_str(), &work.watch)?);
    };
    owned(config, &found)?;
    let scope = config.scope();
    let mut lines = vec![styled(BAD, format_args!("- {key}")).then(format_args!(" in {scope}"))];
    let mut line = |text: String| lines.push(Text::from(format_args!("    {text}")));
    line(format!("used by {}", users(&found)));
    found.running.iter().for_each(|it| line(it.to_string()));
    found.gaps.iter().for_each(|gap| line(gap.clone()));
    match work.run(async { Ok(segment_elsewhere(config, key).await?) }) {
        Ok(others) if others.is_empty() => {}
        Ok(others) => {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            line(format!("stays in {}", others.join(", ")));
        }
        Err(Failure::Interrupted(done)) => return Err(Failure::Interrupted(done)),
        Err(error) => line(format!(
            "cannot tell which other environments have it: {error}"
        )),
    }
    Ok(lines)
}

/// Refuses a segment of somebody else.
fn owned(config: &SyncConfig, found: &SegmentInUse) -> Result<(), Failure> {
    let marks = found.segment.tags.iter().filter_map(|tag| Mark::of(tag));
    let owners: Vec<&str> = marks
        .filter_map(|mark| match mark {
            Mark::Owner(owner) => Some(owner),
            _ => None,
        })
        .collect();
    let ours = config.owner().to_string();
    let reason = match &owners[..] {
        [owner] if *owner == ours => return Ok(()),
        [] => "it has no owner; adopt it first, or delete it in LaunchDarkly".to_owned(),
        [owner] => format!("it belongs to `{owner}`; if that is you, pass `--owner {owner}`"),
        several => format!(
            "it carries the tags of several owners ({})",
            several.join(", ")
        ),
    };
    Err(Failure::NotRetired {
        key: found.segment.key.clone(),
        scope: config.scope(),
        reason,
    })
}

/// Refuses a plan by which a segment stays.
fn stays(plan: &Plan) -> Result<(), Failure> {
    for segment in plan.segments() {
        let reason = match &segment.outcome {
            Outcome::Planned(_) => continue,
            Outcome::InUse { because } => {
                let because: Vec<String> = because.iter().map(ToString::to_string).collect();
                because.join("; ")
            }
            _ => segment.to_string(),
        };
        return Err(Failure::NotRetired {
            key: segment.key.to_string(),
            scope: plan.scope(),
            reason,
        });
    }
    Ok(())
}
