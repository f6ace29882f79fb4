//! The segments that contain a context.

use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::wire::Segment;
use segments_model::{Exclusion, Inclusion, Membership};
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::state::{BigSegment, Environment};

/// `POST /projects/{project}/environments/{environment}/segments/evaluate`.
pub(crate) fn evaluate(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let text = std::str::from_utf8(&call.request.body)
        .map_err(|error| ApiError::invalid(format!("invalid request body: {error}")))?;
    let context = ContextInstance::from_json(text)
        .map_err(|error| ApiError::invalid(format!("invalid context: {error}")))?;
    let seen = serde_json::from_str(text).unwrap_or_default();
    let found = call.seen(project, environment, &seen)?;
    let question = Question::new(found, context);
    let (segments, path) = (
        format!("/api/v2/segments/{project}/{environment}"),
        call.request.path.clone(),
    );
    Ok(Response::later(move || {
        let answers = question.answers();
        let items: Vec<Json> = answers.iter().map(|it| to_json(&segments, it)).collect();
        json!({"items": items, "_links": {"self": link(path)}})
    }))
}

fn to_json(segments: &str, answer: &Answered) -> Json {
    let segment = &answer.segment;
    let by_rule = answer.member && !answer.individually && !segment.unbounded;
    json!({
        "name": segment.name, "key": segment.key,
        "description": segment.description.as_deref().unwrap_or_default(),
        "unbounded": segment.unbounded,
        "external": segment.external.as_deref().unwrap_or_default(),
        "isMember": answer.member, "isIndividuallyTargeted": answer.individually,
        "isRuleTargeted": by_rule,
        "_links": {"self": link(format!("{segments}/{}", segment.key))},
    })
}

/// Which segments a context is in: everything that the answer takes, so that nobody has to wait for
/// it with the lock held.
pub(crate) struct Question {
    context: ContextInstance,
    /// Each segment with its salt, and whether a big one lists the context as included or excluded.
    segments: Vec<(Segment, Listed)>,
}

/// Whether the list of a big segment has a context.
#[derive(Clone, Copy, Default)]
struct Listed {
    included: bool,
    excluded: bool,
}

/// Whether a context is in a segment, and why.
pub(crate) struct Answered {
    pub(crate) segment: Segment,
    pub(crate) member: bool,
    /// Whether it is listed.
    pub(crate) individually: bool,
    /// The rules in words; not for a big segment.
    #[cfg_attr(
        not(feature = "page"),
        allow(dead_code, reason = "only the page says why")
    )]
    pub(crate) membership: Option<Membership>,
}

impl Question {
    /// Notes what the segments of an environment are now.
    pub(crate) fn new(environment: &Environment, context: ContextInstance) -> Self {
        let segments = environment.segments.values().map(|stored| {
            let segment = Segment {
                salt: Some(stored.salt.clone()),
                ..stored.segment.clone()
            };
            let big = environment.big.get(&segment.key);
            let listed = big.map(|big| listed(big, &segment, &context));
            (segment, listed.unwrap_or_default())
        });
        Self {
            segments: segments.collect(),
            context,
        }
    }

    /// Finds out, in the order of keys.
    pub(crate) fn answers(self) -> Vec<Answered> {
        let segments = self.segments.iter().map(|(segment, _)| segment.clone());
        let compiled = CompiledSegments::from_wire(segments).complete();
        let answer = |(segment, listed): (Segment, Listed)| {
            if segment.unbounded {
                return Answered {
                    segment,
                    member: listed.included,
                    individually: listed.included || listed.excluded,
                    membership: None,
                };
            }
            let membership = compiled.membership(&segment.key, &self.context);
            Answered {
                segment,
                member: matches!(membership, Membership::In { .. }),
                individually: matches!(
                    membership,
                    Membership::In {
                        by: Inclusion::Target { .. }
                    } | Membership::Out {
                        by: Exclusion::Target { .. }
                    }
                ),
                membership: Some(membership),
            }
        };
        self.segments.into_iter().map(answer).collect()
    }
}

fn listed(big: &BigSegment, segment: &Segment, context: &ContextInstance) -> Listed {
    let wanted = segment.unbounded_context_kind.as_deref();
    let mut kinds = context.kinds();
    let key = kinds.find(|(kind, _)| Some(kind.as_str()) == wanted);
    key.map_or_else(Listed::default, |(_, key)| Listed {
        included: big.included.contains(key),
        excluded: big.excluded.contains(key),
    })
}
