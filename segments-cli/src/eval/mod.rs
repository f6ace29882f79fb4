//! `eval`: a context's segments and variations, with reasons.

mod context;
mod live;

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use segments_model::evaluate::ContextInstance;
use segments_model::targeting::TargetingExplanation;
use segments_model::{Resource, explanation::Explanation, or_list};
use serde::Serialize;

use crate::DefinitionsSource;
use crate::arguments::{Eval, Format};
use crate::counted::counted;
use crate::definitions::now;
use crate::failure::Failure;
use crate::local::Local;
use crate::output::{BAD, CHANGED, GOOD, Output, Style, Text, styled};
use crate::progress::Watch;
use crate::status::Status;

use live::{Compared, Live, Said};

/// The form that scripts rely on.
#[derive(Serialize)]
struct Answer<'a> {
    memberships: Vec<Membership<'a>>,
    /// Left out where no AI Config and no flag is declared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variations: Vec<Served<'a>>,
}

#[derive(Serialize)]
struct Membership<'a> {
    key: &'a str,
    /// `null` if it is unknown.
    member: Option<bool>,
    reason: String,
    /// LaunchDarkly's answer, if it was requested; `null` if it has no such segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[allow(
        clippy::option_option,
        reason = "not asked is left out, not known is null"
    )]
    live: Option<Option<bool>>,
}

#[derive(Serialize)]
struct Served<'a> {
    /// The AI Config or flag, and its key.
    #[serde(flatten)]
    resource: &'a Resource,
    /// `null` if it is unknown.
    variation: Option<&'a str>,
    reason: String,
}

pub(crate) fn eval(
    arguments: &Eval,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let (config, environment) = arguments.connection.asked(arguments.live, &watch)?;
    let now = arguments.at.unwrap_or_else(now);
    let place = (environment.as_ref(), now);
    let local = Local::read(&arguments.files, declared, place, output)?;
    arguments.connection.holds(local.snapshot.as_ref())?;
    let text = context::json(&arguments.context)?;
    let context = ContextInstance::from_json(&text).map_err(Failure::Context)?;
    let (segments, variations) = explain(&local, &arguments.keys, &context)?;
    let live = config
        .map(|config| Live::ask(&config, &text, &watch))
        .transpose()?;
    let memberships: Vec<(Explanation, Option<Said>)> = segments
        .into_iter()
        .map(|of| {
            let said = live.as_ref();
            let said = said.map(|live| live.of(&of.segment, of.membership.known()));
            (of, said)
        })
        .collect();
    match arguments.format {
        Format::Json => output.json(&as_json(&memberships, &variations))?,
        Format::Human => show(&memberships, &variations, output)?,
    }
    Ok(if live.is_some() {
        compare(&memberships, output)
    } else {
        Status::Done
    })
}

/// Reports whether LaunchDarkly agrees. An unknown answer agrees with nothing.
fn compare(memberships: &[(Explanation, Option<Said>)], output: Output) -> Status {
    let of = |compared: Compared| {
        let said = memberships.iter().filter_map(|(_, said)| *said);
        said.filter(|said| said.compared == compared).count()
    };
    let (other, unknown) = (of(Compared::Other), of(Compared::Unknown));
    if other > 0 {
        let other = counted(other, "segment");
        output.message(format_args!("LaunchDarkly's answer differs for {other}"));
    }
    if unknown > 0 {
        let unknown = counted(unknown, "segment");
        output.message(format_args!(
            "the local answer is unknown for {unknown}, so it cannot be compared with LaunchDarkly's"
        ));
    }
    match (other, unknown) {
        (0, 0) => {
            output.message("LaunchDarkly's answers are the same");
            Status::Done
        }
        (0, _) => Status::Unknown,
        _ => Status::NotRight,
    }
}

/// The answers of the segments, AI Configs and flags that are named, or of all.
fn explain(
    local: &Local,
    named: &[String],
    context: &ContextInstance,
) -> Result<(Vec<Explanation>, Vec<TargetingExplanation<String>>), Failure> {
    let environment = local.environment();
    let compiled = local.compiled();
    let declared = || local.targetings.iter().map(|it| it.resource.key());
    let resources = || declared().chain(environment.flags());
    let known: HashSet<&str> = compiled.keys().chain(resources()).collect();
    if let Some(key) = named.iter().find(|key| !known.contains(key.as_str())) {
        return Err(Failure::NothingToAsk {
            key: key.clone(),
            advice: or_list(key, known),
        });
    }
    // All of them are in the order of their declarations, some in the order of their names.
    let places: HashMap<&str, usize> = named.iter().map(String::as_str).zip(0..).collect();
    let place = |key: &str| places.get(key).copied();
    let asked = |key: &str| named.is_empty() || place(key).is_some();
    let mut keys: Vec<&str> = compiled.keys().filter(|key| asked(key)).collect();
    keys.sort_by_key(|key| place(key));
    let segments = compiled.explanations(keys, context);
    let mut targetings: Vec<_> = local.targetings.iter().collect();
    targetings.retain(|targeting| asked(targeting.resource.key()));
    targetings.sort_by_key(|targeting| place(targeting.resource.key()));
    let compiled = local.targetings(targetings);
    let declared = compiled.iter().map(|it| in_names(it.explain(context)));
    let mut flags: Vec<&str> = environment.flags().filter(|key| asked(key)).collect();
    flags.sort_by_key(|key| place(key));
    let loaded = flags.into_iter();
    let loaded = loaded.filter_map(|key| environment.explain(key, context));
    Ok((segments, declared.chain(loaded).collect()))
}

/// The same with variations by name, as those of SDKs are.
fn in_names(explained: TargetingExplanation) -> TargetingExplanation<String> {
    TargetingExplanation {
        resource: explained.resource,
        evaluation: explained.evaluation.map(|variation| variation.to_string()),
        rules: explained.rules,
    }
}

fn as_json<'a>(
    memberships: &'a [(Explanation, Option<Said>)],
    variations: &'a [TargetingExplanation<String>],
) -> Answer<'a> {
    let memberships = memberships.iter().map(|(of, said)| Membership {
        key: &of.segment,
        member: of.membership.known(),
        reason: of.membership.to_string(),
        live: said.map(|said| said.member),
    });
    let variations = variations.iter().map(|of| Served {
        resource: &of.resource,
        variation: of.evaluation.known().map(String::as_str),
        reason: of.evaluation.to_string(),
    });
    Answer {
        memberships: memberships.collect(),
        variations: variations.collect(),
    }
}

fn show(
    memberships: &[(Explanation, Option<Said>)],
    variations: &[TargetingExplanation<String>],
    output: Output,
) -> Result<(), Failure> {
    for (of, said) in memberships {
        let member = of.membership.known();
        let style = match member {
            Some(true) => GOOD,
            Some(false) => BAD,
            None => CHANGED,
        };
        output.data(tree(style, of))?;
        if let Some(said) = said {
            output.data(said.in_words())?;
        }
    }
    for of in variations {
        let known = of.evaluation.known().is_some();
        output.data(tree(if known { GOOD } else { CHANGED }, of))?;
    }
    Ok(())
}

/// An explanation with its first line, the answer, in a style.
fn tree(style: Style, explanation: impl Display) -> Text {
    let text = explanation.to_string();
    match text.split_once('\n') {
        Some((head, rest)) => Text::lines([styled(style, head), Text::drawn(rest)]),
        None => styled(style, text),
    }
}
