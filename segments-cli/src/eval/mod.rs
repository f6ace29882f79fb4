//! `eval`: which segments a context is in, which variations it is served, and why.

mod live;

use std::collections::HashSet;
use std::fmt::Display;
use std::io::Read;

use segments_model::evaluate::ContextInstance;
use segments_model::targeting::TargetingExplanation;
use segments_model::{Resource, explanation::Explanation, or_list};
use serde::Serialize;

use crate::Declared;
use crate::arguments::{Eval, Format};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::local::Local;
use crate::output::{BAD, CHANGED, GOOD, Output, Style, styled};
use crate::progress::Watch;
use crate::status::Status;

use live::{Live, Said};

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
    /// Null if it cannot be told.
    member: Option<bool>,
    reason: String,
    /// What LaunchDarkly says, if it was asked; null if it has no such segment.
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
    /// Null if it cannot be told.
    variation: Option<&'a str>,
    reason: String,
}

pub(crate) fn eval(
    arguments: &Eval,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let (config, environment) = arguments.connection.asked(arguments.live, &watch)?;
    let local = Local::read(&arguments.files, declared, environment.as_ref(), output)?;
    let text = text(&arguments.context)?;
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
    let differs = |(_, said): &&(_, Option<Said>)| said.is_some_and(|said| said.differs);
    let different = memberships.iter().filter(differs).count();
    if live.is_some() {
        output.message(match different {
            0 => "LaunchDarkly says the same".to_owned(),
            some => format!(
                "LaunchDarkly says something else of {}",
                counted(some, "segment")
            ),
        });
    }
    Ok(if different > 0 {
        Status::NotRight
    } else {
        Status::Done
    })
}

/// The answers of the segments, AI Configs and flags that are named, or of all.
fn explain(
    local: &Local,
    named: &[String],
    context: &ContextInstance,
) -> Result<(Vec<Explanation>, Vec<TargetingExplanation>), Failure> {
    let compiled = local.compiled();
    let resources = || local.targetings.iter().map(|it| it.resource.key());
    let known: HashSet<&str> = compiled.keys().chain(resources()).collect();
    if let Some(key) = named.iter().find(|key| !known.contains(key.as_str())) {
        return Err(Failure::NothingToAsk {
            key: key.clone(),
            advice: or_list(key, known),
        });
    }
    // All of them are in the order of their declarations, some in the order of their names.
    let place = |key: &str| named.iter().position(|name| name == key);
    let asked = |key: &str| named.is_empty() || place(key).is_some();
    let segments = compiled.iter().filter(|segment| asked(segment.key()));
    let mut segments: Vec<_> = segments.map(|segment| segment.explain(context)).collect();
    segments.sort_by_key(|of| place(&of.segment));
    let targetings = local.targetings.iter();
    let targetings = targetings.filter(|targeting| asked(targeting.resource.key()));
    let mut variations: Vec<_> = targetings
        .map(|targeting| local.targeting(targeting).explain(context))
        .collect();
    variations.sort_by_key(|of| place(of.resource.key()));
    Ok((segments, variations))
}

fn as_json<'a>(
    memberships: &'a [(Explanation, Option<Said>)],
    variations: &'a [TargetingExplanation],
) -> Answer<'a> {
    let memberships = memberships.iter().map(|(of, said)| Membership {
        key: &of.segment,
        member: of.membership.known(),
        reason: of.membership.to_string(),
        live: said.map(|said| said.member),
    });
    let variations = variations.iter().map(|of| Served {
        resource: &of.resource,
        variation: of.choice.known().map(segments_model::VariationKey::as_str),
        reason: of.choice.to_string(),
    });
    Answer {
        memberships: memberships.collect(),
        variations: variations.collect(),
    }
}

fn show(
    memberships: &[(Explanation, Option<Said>)],
    variations: &[TargetingExplanation],
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
            output.data(said.in_words(member))?;
        }
    }
    for of in variations {
        let known = of.choice.known().is_some();
        output.data(tree(if known { GOOD } else { CHANGED }, of))?;
    }
    Ok(())
}

/// An explanation with its first line, the answer, in a style.
fn tree(style: Style, explanation: impl Display) -> String {
    let text = explanation.to_string();
    match text.split_once('\n') {
        Some((head, rest)) => format!("{}\n{rest}", styled(style, head)),
        None => styled(style, text),
    }
}

/// The context's JSON.
fn text(context: &str) -> Result<String, Failure> {
    let failed = |source| Failure::Read {
        path: context.into(),
        source,
    };
    if context == "-" {
        let mut json = String::new();
        std::io::stdin().read_to_string(&mut json).map_err(failed)?;
        Ok(json)
    } else if context.trim_start().starts_with('{') {
        Ok(context.to_owned())
    } else {
        std::fs::read_to_string(context).map_err(failed)
    }
}
