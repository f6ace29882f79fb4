//! `eval`: which segments a context is in, and why.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use segments_model::evaluate::{CompiledSegment, CompiledSegments, ContextInstance, Loaded};
use segments_model::{or_list, wire};
use serde::Serialize;
use serde_json::Value as Json;

use crate::Declared;
use crate::arguments::{Eval, Files, Format};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::output::{BAD, CHANGED, GOOD, Output, STRONG, styled};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync;

/// The form that scripts rely on.
#[derive(Serialize)]
struct Answer {
    memberships: Vec<Answered>,
}

#[derive(Serialize)]
struct Answered {
    key: String,
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

/// What LaunchDarkly says, by segment.
type Live = HashMap<String, bool>;

pub(crate) fn eval(
    arguments: &Eval,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let segments = Segments::read(&arguments.files, declared, output)?.compiled();
    let text = text(&arguments.context)?;
    let context = ContextInstance::from_json(&text).map_err(Failure::Context)?;
    let asked: Vec<CompiledSegment<'_>> = if arguments.segments.is_empty() {
        segments.iter().collect()
    } else {
        let keys = arguments.segments.iter();
        keys.map(|key| find(&segments, key))
            .collect::<Result<_, _>>()?
    };
    let live = if arguments.live {
        Some(ask(arguments, &text, output)?)
    } else {
        None
    };
    let mut different = 0;
    let mut answers = Vec::new();
    for segment in asked {
        let explanation = segment.explain(&context);
        let member = explanation.membership.known();
        let said = live.as_ref().map(|live| live.get(segment.key()).copied());
        // What cannot be told here is no contradiction.
        let differs = matches!((member, said), (Some(here), Some(there)) if Some(here) != there);
        different += usize::from(differs);
        if arguments.format == Format::Json {
            answers.push(Answered {
                key: segment.key().to_owned(),
                member,
                reason: explanation.membership.to_string(),
                live: said,
            });
            continue;
        }
        let style = match member {
            Some(true) => GOOD,
            Some(false) => BAD,
            None => CHANGED,
        };
        let text = explanation.to_string();
        match text.split_once('\n') {
            Some((head, rest)) => {
                output.data(format_args!("{}\n{rest}", styled(style, head)))?;
            }
            None => output.data(styled(style, text))?,
        }
        if let Some(said) = said {
            output.data(in_words(said, member.is_none(), differs))?;
        }
    }
    if arguments.format == Format::Json {
        output.json(&Answer {
            memberships: answers,
        })?;
    }
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

fn in_words(said: Option<bool>, unknown: bool, differs: bool) -> String {
    let said = match said {
        Some(true) => "in the segment",
        Some(false) => "not in the segment",
        None => "there is no such segment",
    };
    match (unknown, differs) {
        (_, true) => styled(CHANGED, format_args!("≠ LaunchDarkly says: {said}")),
        (true, false) => styled(STRONG, format_args!("  LaunchDarkly says: {said}")),
        (false, false) => format!("= LaunchDarkly says: {said}"),
    }
}

fn ask(arguments: &Eval, context: &str, output: Output) -> Result<Live, Failure> {
    let watch = Watch::new(output);
    let config = arguments.connection.config(&watch)?;
    let context: Json = serde_json::from_str(context)
        .map_err(|error| Failure::Context(segments_model::evaluate::InvalidContext::Json(error)))?;
    let memberships = sync::run(&watch, async {
        Ok(segments_runtime::sync::memberships(&config, &context).await?)
    })?;
    Ok(memberships
        .into_iter()
        .map(|of| (of.key, of.is_member))
        .collect())
}

fn find<'a>(segments: &'a CompiledSegments, key: &str) -> Result<CompiledSegment<'a>, Failure> {
    segments.get(key).ok_or_else(|| Failure::NoSegment {
        key: key.to_owned(),
        advice: or_list(key, segments.keys()),
    })
}

/// The segments that are asked, in the service's form.
pub(crate) struct Segments {
    pub(crate) wire: Vec<wire::Segment>,
    complete: bool,
}

impl Segments {
    /// Reads them, from TOML or from the service's JSON.
    pub(crate) fn read(files: &Files, declared: Declared, output: Output) -> Result<Self, Failure> {
        if let [path] = files.files.as_slice()
            && let Some(text) = json(path)
        {
            let loaded = Loaded::from_json(&text).map_err(|source| Failure::Load {
                path: path.clone(),
                source,
            })?;
            return Ok(Self {
                wire: loaded.segments,
                complete: loaded.complete,
            });
        }
        let (definitions, _) = files.definitions(declared, output)?;
        Ok(Self {
            wire: definitions.iter().map(wire::Segment::from).collect(),
            complete: false,
        })
    }

    pub(crate) fn compiled(&self) -> CompiledSegments {
        let compiled = CompiledSegments::from_wire(self.wire.iter().cloned());
        if self.complete {
            compiled.complete()
        } else {
            compiled
        }
    }
}

/// The text of a file that says it is JSON or looks like it: a TOML file starts with neither a
/// brace nor two brackets' worth of nothing else. What cannot be read is left to the reader of
/// TOML, which says why.
fn json(path: &Path) -> Option<String> {
    let named = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let toml = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if toml {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let looks = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
    (named || looks).then_some(text)
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
