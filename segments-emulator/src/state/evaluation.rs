//! Evaluation of a flag for a context, for client-side SDKs, which do not receive the rules.

use std::collections::BTreeMap;

use segments_model::evaluate::{CompiledSegments, ContextInstance, InvalidContext};
use segments_model::wire::{self, Served};
use segments_model::{AttributeValue, Membership, kernel};
use serde_json::{Value as Json, json};

use super::environment::Environment;
use super::project::Project;
use super::targeting::{EnvironmentTargeting, Prerequisite, Targeting, kind_of};

/// The variation that a flag serves a context, and the reason.
pub(crate) struct Evaluated<'a> {
    pub(crate) key: &'a str,
    pub(crate) flag: &'a Targeting,
    pub(crate) version: u64,
    pub(crate) track_events: bool,
    /// The keys of its prerequisites.
    pub(crate) prerequisites: Vec<&'a str>,
    /// The place of the variation; none if there is nothing to serve.
    pub(crate) variation: Option<usize>,
    /// In the form of SDKs.
    pub(crate) reason: Json,
}

impl Evaluated<'_> {
    pub(crate) fn value(&self) -> &Json {
        let variation = self.variation.and_then(|at| self.flag.variations.get(at));
        variation.map_or(&Json::Null, |variation| &variation.value)
    }
}

/// Evaluates all flags of an environment, and the flags behind its AI Configs, for a context in JSON.
pub(crate) fn evaluate<'a>(
    project: &'a Project,
    name: &str,
    environment: &Environment,
    context: &'a Json,
) -> Result<Vec<Evaluated<'a>>, InvalidContext> {
    let instance = ContextInstance::from_value(AttributeValue::from(context.clone()))?;
    let flags: BTreeMap<_, _> = project
        .flags
        .iter()
        .chain(&project.ai_configs)
        .filter_map(|(key, flag)| Some((key.as_str(), (flag, flag.environments.get(name)?))))
        .collect();
    let stored = environment.segments.values().map(|stored| wire::Segment {
        salt: Some(stored.salt.clone()),
        ..stored.segment.clone()
    });
    // The condition of each rule is that of a segment, which nobody can name.
    let conditions = flags.iter().flat_map(|(key, (_, here))| {
        let rules = here.rules.iter().enumerate();
        rules.map(move |(place, rule)| wire::Segment {
            key: condition(key, place),
            rules: vec![wire::Rule {
                clauses: rule.rule.clauses.clone(),
                ..wire::Rule::default()
            }],
            ..wire::Segment::default()
        })
    });
    let segments = CompiledSegments::from_wire(stored.chain(conditions)).complete();
    let question = Question {
        flags,
        segments,
        instance,
        context,
    };
    let flags = question.flags.iter();
    let evaluated = flags.map(|(key, (flag, here))| {
        let (variation, reason) = question.decide(key, here, &mut Vec::new());
        Evaluated {
            key,
            flag,
            version: here.version,
            track_events: here.track_events,
            prerequisites: here.prerequisites.iter().map(|it| &*it.key).collect(),
            variation,
            reason,
        }
    });
    Ok(evaluated.collect())
}

fn condition(key: &str, place: usize) -> String {
    format!("rule {key} {place}")
}

/// The input of all flags.
struct Question<'a> {
    flags: BTreeMap<&'a str, (&'a Targeting, &'a EnvironmentTargeting)>,
    segments: CompiledSegments,
    instance: ContextInstance,
    context: &'a Json,
}

impl<'a> Question<'a> {
    /// The variation that a flag serves, and the reason. `waiting` contains the flags that have it as a
    /// prerequisite.
    fn decide(
        &self,
        key: &'a str,
        here: &'a EnvironmentTargeting,
        waiting: &mut Vec<&'a str>,
    ) -> (Option<usize>, Json) {
        if !here.on {
            return (here.off_variation, json!({"kind": "OFF"}));
        }
        // Only data that somebody wrote by hand has such flags.
        if waiting.contains(&key) {
            return (
                None,
                json!({"kind": "ERROR", "errorKind": "MALFORMED_FLAG"}),
            );
        }
        waiting.push(key);
        let unmet = here
            .prerequisites
            .iter()
            .find(|it| !self.is_met(it, waiting));
        waiting.pop();
        if let Some(unmet) = unmet {
            let reason = json!({"kind": "PREREQUISITE_FAILED", "prerequisiteKey": unmet.key});
            return (here.off_variation, reason);
        }
        let listed = here.targets.iter().find(|list| {
            let of_kind = of_kind(self.context, kind_of(list));
            let key = of_kind.and_then(|context| context["key"].as_str());
            key.is_some_and(|key| list.values.iter().any(|listed| listed == key))
        });
        if let Some(list) = listed {
            return (Some(list.variation), json!({"kind": "TARGET_MATCH"}));
        }
        let served = |served: &Served| drawn(key, &here.salt, served, self.context);
        for (place, rule) in here.rules.iter().enumerate() {
            if !rule.disabled && self.holds(key, place) {
                let id = &rule.rule.id;
                let reason = json!({"kind": "RULE_MATCH", "ruleIndex": place, "ruleId": id});
                return (served(&rule.served), reason);
            }
        }
        (served(&here.fallthrough), json!({"kind": "FALLTHROUGH"}))
    }

    /// Returns whether a prerequisite is on and serves what it has to.
    fn is_met(&self, prerequisite: &'a Prerequisite, waiting: &mut Vec<&'a str>) -> bool {
        let Some((_, here)) = self.flags.get(&*prerequisite.key) else {
            return false;
        };
        let (served, _) = self.decide(&prerequisite.key, here, waiting);
        here.on && served == Some(prerequisite.variation)
    }

    fn holds(&self, key: &str, place: usize) -> bool {
        let condition = condition(key, place);
        let membership = self.segments.membership(&condition, &self.instance);
        matches!(membership, Membership::In { .. })
    }
}

/// The variation, or the one into whose share the context falls.
fn drawn(key: &str, salt: &str, served: &Served, context: &Json) -> Option<usize> {
    if served.variation.is_some() {
        return served.variation;
    }
    let rollout = served.rollout.as_ref()?;
    let kind = rollout.context_kind.as_deref().unwrap_or("user");
    let by = rollout.bucket_by.as_deref().unwrap_or("key");
    let value = of_kind(context, kind).and_then(|context| {
        let path = by.strip_prefix('/');
        path.map_or_else(|| context.get(by), |_| context.pointer(by))
    });
    let value = match value {
        Some(Json::String(text)) => Some(text.clone()),
        Some(Json::Number(number)) => number
            .as_f64()
            .and_then(kernel::whole_number)
            .map(|whole| whole.to_string()),
        _ => None,
    };
    let bucket = value.map_or(0.0, |value| match rollout.seed {
        Some(seed) => kernel::seeded_bucket(seed, &value),
        None => kernel::bucket(key, salt, &value),
    });
    let mut sum = 0.0;
    let mut last = None;
    for share in &rollout.variations {
        #[allow(
            clippy::cast_precision_loss,
            reason = "the SDKs add shares up in 32-bit floats"
        )]
        let weight = share.weight as f32;
        sum += weight / 100_000.0;
        last = Some(share.variation);
        if bucket < sum {
            break;
        }
    }
    last
}

/// The context of a kind, if there is one.
fn of_kind<'a>(context: &'a Json, kind: &str) -> Option<&'a Json> {
    match context["kind"].as_str() {
        Some("multi") => context.get(kind),
        None => (kind == "user").then_some(context),
        Some(own) => (own == kind).then_some(context),
    }
}
