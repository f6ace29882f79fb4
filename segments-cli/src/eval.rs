//! `eval`: which segments a context is in, and why.

use std::io::Read;
use std::path::Path;

use segments_model::evaluate::{CompiledSegment, CompiledSegments, ContextInstance};
use segments_model::or_list;
use serde::Serialize;

use crate::Declared;
use crate::arguments::{Eval, Files, Format};
use crate::failure::Failure;
use crate::output::{BAD, CHANGED, GOOD, Output, styled};
use crate::status::Status;

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
}

pub(crate) fn eval(
    arguments: &Eval,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let segments = compiled(&arguments.files, declared, output)?;
    let context = context(&arguments.context)?;
    let asked: Vec<CompiledSegment<'_>> = if arguments.segments.is_empty() {
        segments.iter().collect()
    } else {
        let keys = arguments.segments.iter();
        keys.map(|key| find(&segments, key))
            .collect::<Result<_, _>>()?
    };
    match arguments.format {
        Format::Json => {
            let memberships = asked.into_iter().map(|segment| {
                let membership = segment.membership(&context);
                Answered {
                    key: segment.key().to_owned(),
                    member: membership.known(),
                    reason: membership.to_string(),
                }
            });
            output.json(&Answer {
                memberships: memberships.collect(),
            })?;
        }
        Format::Human => {
            for segment in asked {
                let explanation = segment.explain(&context);
                let style = match explanation.membership.known() {
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
            }
        }
    }
    Ok(Status::Done)
}

fn find<'a>(segments: &'a CompiledSegments, key: &str) -> Result<CompiledSegment<'a>, Failure> {
    segments.get(key).ok_or_else(|| Failure::NoSegment {
        key: key.to_owned(),
        advice: or_list(key, segments.keys()),
    })
}

/// The segments, from TOML or from the service's JSON.
pub(crate) fn compiled(
    files: &Files,
    declared: Declared,
    output: Output,
) -> Result<CompiledSegments, Failure> {
    if let [path] = files.files.as_slice()
        && let Some(text) = json(path)
    {
        return CompiledSegments::from_json(&text).map_err(|source| Failure::Load {
            path: path.clone(),
            source,
        });
    }
    let (definitions, _) = files.definitions(declared, output)?;
    Ok(CompiledSegments::from_definitions(&definitions))
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

fn context(text: &str) -> Result<ContextInstance, Failure> {
    let json = if text == "-" {
        let mut json = String::new();
        std::io::stdin()
            .read_to_string(&mut json)
            .map_err(|source| Failure::Read {
                path: text.into(),
                source,
            })?;
        json
    } else if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        std::fs::read_to_string(text).map_err(|source| Failure::Read {
            path: text.into(),
            source,
        })?
    };
    ContextInstance::from_json(&json).map_err(Failure::Context)
}
