//! Which segments a context is in.

use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{Exclusion, Inclusion, Membership};
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::state::{BigSegment, Environment, StoredSegment};

/// `POST /projects/{project}/environments/{environment}/segments/evaluate`.
pub(crate) fn evaluate(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let text = std::str::from_utf8(&call.request.body)
        .map_err(|error| ApiError::invalid(format!("invalid request body: {error}")))?;
    let context = ContextInstance::from_json(text)
        .map_err(|error| ApiError::invalid(format!("invalid context: {error}")))?;
    let found = call.service.state.environment_mut(project, environment)?;
    found
        .seen
        .remember(&serde_json::from_str(text).unwrap_or_default());
    let found = &*found;
    let compiled = compile(found);
    let items: Vec<Json> = found
        .segments
        .values()
        .map(|stored| {
            let answer = ask(&compiled, found, stored, &context);
            let segment = &stored.segment;
            let mut shown = json!({
                "name": segment.name, "key": segment.key,
                "description": segment.description.as_deref().unwrap_or_default(),
                "unbounded": segment.unbounded,
                "external": segment.external.as_deref().unwrap_or_default(),
                "isMember": answer.member, "isIndividuallyTargeted": answer.individually,
                "isRuleTargeted": answer.member && !answer.individually,
                "_links": {"self": link(format!("/api/v2/segments/{project}/{environment}/{}", segment.key))},
            });
            if segment.unbounded {
                shown["isRuleTargeted"] = json!(false);
            }
            shown
        })
        .collect();
    Ok(Response::ok(&json!({
        "items": items,
        "_links": {"self": link(&call.request.path)},
    })))
}

/// The segments of an environment, ready to be asked.
pub(crate) fn compile(environment: &Environment) -> CompiledSegments {
    let segments = environment.segments.values().map(|stored| {
        let mut segment = stored.segment.clone();
        segment.salt = Some(stored.salt.clone());
        segment
    });
    CompiledSegments::from_wire(segments).complete()
}

/// Whether a context is in a segment, and whether that is because it is listed.
pub(crate) struct Asked {
    pub(crate) member: bool,
    pub(crate) individually: bool,
}

/// Asks whether a context is in a segment.
pub(crate) fn ask(
    compiled: &CompiledSegments,
    environment: &Environment,
    stored: &StoredSegment,
    context: &ContextInstance,
) -> Asked {
    if stored.segment.unbounded {
        return ask_big(environment.big.get(&stored.segment.key), stored, context);
    }
    match compiled.membership(&stored.segment.key, context) {
        Membership::In {
            by: Inclusion::Target { .. },
        } => Asked {
            member: true,
            individually: true,
        },
        Membership::In { .. } => Asked {
            member: true,
            individually: false,
        },
        other => Asked {
            member: false,
            individually: matches!(
                other,
                Membership::Out {
                    by: Exclusion::Target { .. }
                }
            ),
        },
    }
}

fn ask_big(big: Option<&BigSegment>, stored: &StoredSegment, context: &ContextInstance) -> Asked {
    let wanted = stored.segment.unbounded_context_kind.as_deref();
    let key = context
        .kinds()
        .find(|(kind, _)| Some(kind.as_str()) == wanted)
        .map(|(_, key)| key);
    let (Some(big), Some(key)) = (big, key) else {
        return Asked {
            member: false,
            individually: false,
        };
    };
    let included = big.included.contains(key);
    Asked {
        member: included,
        individually: included || big.excluded.contains(key),
    }
}
