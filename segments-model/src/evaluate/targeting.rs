//! Evaluation of a targeting.

use std::sync::Arc;

use super::context::{ContextInstance, Name};
use super::decide::{Question, Visits};
use super::path::Path;
use super::segments::CompiledSegments;
use crate::targeting::{ServedRule, TargetingExplanation};
use crate::{
    AttributeValue, Evaluation, EvaluationReason, Resource, Serve, Split, Targeting, TargetingRule,
    UnknownReason, VariationKey, kernel, wire,
};

/// A targeting that is prepared once and then cheap to evaluate.
///
/// ```
/// use segments_model::evaluate::{CompiledTargeting, ContextInstance};
/// use segments_model::targeting::{DraftServe, DraftTarget, DraftTargeting};
///
/// let draft = DraftTargeting {
///     key: "assistant".into(),
///     variations: vec!["fast".into(), "careful".into()],
///     targets: Some(vec![DraftTarget {
///         variation: Some("careful".into()),
///         keys: vec!["u-1".into()],
///         ..DraftTarget::default()
///     }]),
///     fallthrough: Some(DraftServe::Variation("fast".into())),
///     ..DraftTargeting::default()
/// };
/// let (targeting, _) = draft.parse()?;
/// let targeting = CompiledTargeting::new(&targeting, []);
///
/// let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u-1"}"#)?;
/// assert_eq!(targeting.evaluate(&user).to_string(), "careful: the user is listed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Semantics
///
/// The semantics are those of LaunchDarkly's Rust evaluator for a flag that is on and has no
/// prerequisites. Unmanaged parts count as empty, except the fallthrough, which is unknown. A split is
/// unknown until [`with_split`](Self::with_split) sets the salt and the position of every variation that
/// it names. An unknown rule matters only if the rest would serve another variation.
///
/// A clone shares the prepared data.
#[derive(Debug, Clone)]
pub struct CompiledTargeting {
    targeting: Arc<Targeting>,
    /// The segments, and for each rule one more that has its condition.
    segments: CompiledSegments,
    /// The places of the latter among the former.
    conditions: Arc<[usize]>,
    split: Option<SplitData>,
}

/// The data of an AI Config or flag that determines which contexts fall into which share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SplitData {
    /// The salt of the hash.
    pub salt: String,
    /// The variations in the order in which the service assigns buckets. A split with a variation that is
    /// missing here is unknown.
    pub order: Vec<VariationKey>,
    /// The rules as SDKs receive them, if they are known. A rollout there may have a seed, which replaces
    /// key and salt; if LaunchDarkly runs an experiment or a rollout, the answer is unknown.
    pub rules: Vec<wire::TargetingRule>,
    /// The fallthrough as SDKs receive it.
    pub fallthrough: wire::Served,
}

impl SplitData {
    /// The data that SDKs receive for a rule, or for the fallthrough. The rule is identified by its
    /// clauses.
    fn served(&self, rule: Option<&TargetingRule>) -> Option<&wire::Served> {
        let Some(rule) = rule else {
            return Some(&self.fallthrough);
        };
        let clause = |clause: &wire::Clause| wire::Clause {
            id: None,
            ..clause.clone()
        };
        let wanted: Vec<_> = rule.clauses.iter().map(wire::Clause::from).collect();
        let mut rules = self.rules.iter();
        let known = rules.find(|it| {
            it.rule
                .clauses
                .iter()
                .map(clause)
                .eq(wanted.iter().cloned())
        });
        known.map(|it| &it.served)
    }
}

/// The key of the segment that stands for the condition of a rule; none that a segment can have.
fn condition(targeting: usize, rule: usize) -> String {
    format!("rule {targeting} {rule}")
}

impl CompiledTargeting {
    /// Prepares a targeting, with the segments that its rules reference, directly and indirectly. A
    /// missing segment makes answers unknown.
    #[must_use]
    pub fn new(targeting: &Targeting, segments: impl IntoIterator<Item = wire::Segment>) -> Self {
        let mut one = Self::all([targeting], segments);
        one.remove(0)
    }

    /// Prepares many targetings at once, which share the prepared segments.
    #[must_use]
    pub fn all<'t>(
        targetings: impl IntoIterator<Item = &'t Targeting>,
        segments: impl IntoIterator<Item = wire::Segment>,
    ) -> Vec<Self> {
        let targetings: Vec<&Targeting> = targetings.into_iter().collect();
        let conditions = targetings
            .iter()
            .enumerate()
            .flat_map(|(place, targeting)| {
                let rules = targeting.rules().iter().enumerate();
                rules.map(move |(index, rule)| wire::Segment {
                    key: condition(place, index),
                    rules: vec![wire::Rule::from(&rule.condition())],
                    ..wire::Segment::default()
                })
            });
        let segments = CompiledSegments::from_wire(segments.into_iter().chain(conditions));
        let compiled = |(place, targeting): (usize, &Targeting)| {
            let conditions = 0..targeting.rules().len();
            let conditions = conditions.filter_map(|rule| segments.place(&condition(place, rule)));
            Self {
                targeting: Arc::new(targeting.clone()),
                conditions: conditions.collect(),
                segments: segments.clone(),
                split: None,
            }
        };
        targetings.into_iter().enumerate().map(compiled).collect()
    }

    /// Returns the AI Config or flag.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.targeting.resource
    }

    /// Sets the salts of segments, by key.
    #[must_use]
    pub fn with_salts<K: AsRef<str>, S: Into<String>>(
        mut self,
        salts: impl IntoIterator<Item = (K, S)>,
    ) -> Self {
        self.segments = self.segments.with_salts(salts);
        self
    }

    /// Sets the salts of the referenced segments from a function.
    #[must_use]
    pub fn with_salts_of<'s>(mut self, salt: impl Fn(&str) -> Option<&'s str>) -> Self {
        self.segments = self.segments.with_salts_of(salt);
        self
    }

    /// Sets the split data.
    #[must_use]
    pub fn with_split(mut self, split: Option<SplitData>) -> Self {
        self.split = split;
        self
    }

    /// Returns the variation that the context is served, and why.
    #[must_use]
    pub fn evaluate(&self, context: &ContextInstance) -> Evaluation<VariationKey> {
        if let Some((variation, by)) = self.listed(context) {
            return Evaluation::Served { variation, by };
        }
        let question = Question::new(&self.segments, context);
        let rules = self.targeting.rules();
        let found = self.segments.first_that_holds(
            self.conditions.iter().copied(),
            (&question, &mut Visits::default()),
            |rule| match (rule, &self.targeting.fallthrough) {
                (Some(index), _) => {
                    let by = EvaluationReason::RuleMatch { index };
                    self.served(&rules[index].serve, rule, by, context)
                }
                (None, Some(serve)) => {
                    self.served(serve, None, EvaluationReason::Fallthrough, context)
                }
                (None, None) => Evaluation::Unknown {
                    reason: UnknownReason::Unmanaged {
                        key: self.targeting.resource.key().to_owned().into(),
                    },
                },
            },
            |one: &Evaluation<VariationKey>, other| {
                one.known().is_some() && one.known() == other.known()
            },
        );
        found.unwrap_or_else(|(_, reason)| Evaluation::Unknown { reason })
    }

    /// Explains the evaluation: each rule and clause, with the values compared.
    #[must_use]
    pub fn explain(&self, context: &ContextInstance) -> TargetingExplanation {
        let rules = self.targeting.rules();
        let evaluation = self.evaluate(context);
        let mut explained = Vec::new();
        if self.listed(context).is_none() {
            for (index, (rule, condition)) in rules.iter().zip(&*self.conditions).enumerate() {
                let told = self.segments.explained([*condition], context);
                let mut rules = told.into_iter().flat_map(|it| it.rules);
                let Some(mut condition) = rules.next() else {
                    continue;
                };
                condition.index = index;
                let holds = condition.holds;
                explained.push(ServedRule {
                    rule: condition,
                    serves: rule.serve.to_string(),
                });
                if holds == Some(true) {
                    break;
                }
            }
        }
        TargetingExplanation {
            resource: self.targeting.resource.clone(),
            evaluation,
            rules: explained,
        }
    }

    fn listed(&self, context: &ContextInstance) -> Option<(VariationKey, EvaluationReason)> {
        self.targeting.targets.iter().flatten().find_map(|target| {
            let key = context.key(target.kind.as_str())?;
            let kind = target.kind.clone();
            target.keys.contains(key).then(|| {
                (
                    target.variation.clone(),
                    EvaluationReason::TargetMatch { kind },
                )
            })
        })
    }

    fn served(
        &self,
        serve: &Serve,
        rule: Option<usize>,
        by: EvaluationReason,
        context: &ContextInstance,
    ) -> Evaluation<VariationKey> {
        let declared = rule.map(|rule| &self.targeting.rules()[rule]);
        let there = self.split.as_ref().and_then(|data| data.served(declared));
        // A seed alone is nothing that runs.
        let seed = there.and_then(wire::Served::seed);
        let running = there.and_then(wire::Served::running);
        let drawn = match (running.filter(|_| seed.is_none()), serve) {
            (Some(running), _) => Err(UnknownReason::Running {
                key: self.targeting.resource.key().to_owned().into(),
                rule,
                what: running.to_string().into(),
            }),
            (None, Serve::Variation(variation)) => Ok(variation),
            (None, Serve::Split(split)) => self.drawn(split, rule, seed, context),
        };
        match drawn {
            Ok(variation) => Evaluation::Served {
                variation: variation.clone(),
                by,
            },
            Err(reason) => Evaluation::Unknown { reason },
        }
    }

    /// The variation into whose share the context falls, if that is known.
    fn drawn<'a>(
        &self,
        split: &'a Split,
        rule: Option<usize>,
        seed: Option<i64>,
        context: &ContextInstance,
    ) -> Result<&'a VariationKey, UnknownReason> {
        let key = || self.targeting.resource.key().to_owned().into();
        let Some(data) = &self.split else {
            return Err(UnknownReason::Split { key: key(), rule });
        };
        let mut shares = Vec::with_capacity(split.shares.len());
        for (variation, weight) in &split.shares {
            let Some(place) = data.order.iter().position(|known| known == variation) else {
                return Err(UnknownReason::SplitOrder {
                    key: key(),
                    rule,
                    variation: variation.to_string().into(),
                });
            };
            shares.push((place, variation, weight));
        }
        shares.sort_unstable_by_key(|(place, ..)| *place);
        let bucket = self.bucket(split, &data.salt, seed, context);
        let mut sum = 0.0;
        let mut drawn = None;
        for (_, variation, weight) in shares {
            #[allow(
                clippy::cast_precision_loss,
                reason = "the SDKs add shares up in 32-bit floats"
            )]
            let weight = weight.thousandths() as f32;
            sum += weight / 100_000.0;
            drawn = Some(variation);
            if bucket < sum {
                break;
            }
        }
        // Without shares, which the checks refuse, nothing tells.
        drawn.ok_or_else(|| UnknownReason::Split { key: key(), rule })
    }

    /// Where the context lies between 0 and 1; at 0 if there is nothing to make a bucket of.
    fn bucket(
        &self,
        split: &Split,
        salt: &str,
        seed: Option<i64>,
        context: &ContextInstance,
    ) -> f32 {
        let key = self.targeting.resource.key();
        let bucket = |value: &str| match seed {
            Some(seed) => kernel::seeded_bucket(seed, value),
            None => kernel::bucket(key, salt, value),
        };
        let context = context.of_kind(&Name::new(split.kind.as_str()));
        let path = Path::parse(split.by.as_str(), false);
        let (Some(context), Ok(path)) = (context, path) else {
            return 0.0;
        };
        match path.find(context) {
            Some(AttributeValue::String(text)) => bucket(text),
            Some(AttributeValue::Number(number)) => {
                kernel::whole_number(*number).map_or(0.0, |whole| bucket(&whole.to_string()))
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{DraftClause, DraftRule};
    use crate::targeting::{DraftServe, DraftSplit, DraftTargeting, DraftTargetingRule};
    use crate::{Operator, SegmentKey};

    fn asking(segment: &str, serve: &str) -> DraftTargetingRule {
        let clause = DraftClause {
            operator: Some(Operator::SegmentMatch),
            values: vec![Some(segment.to_owned().into())],
            ..DraftClause::default()
        };
        DraftTargetingRule {
            when: DraftRule {
                clauses: vec![clause],
                ..DraftRule::default()
            },
            serve: Some(DraftServe::Variation(serve.into())),
        }
    }

    fn split() -> DraftServe {
        DraftServe::Split(DraftSplit {
            shares: vec![("fast".into(), 60.0), ("careful".into(), 40.0)],
            by: Some(crate::draft::DraftBy {
                kind: Some("user".into()),
                context: None,
                attribute: Some("key".into()),
            }),
        })
    }

    fn targeting(rules: Vec<DraftTargetingRule>, fallthrough: Option<DraftServe>) -> Targeting {
        let draft = DraftTargeting {
            key: "hashKey".into(),
            variations: vec!["fast".into(), "careful".into()],
            rules: (!rules.is_empty()).then_some(rules),
            fallthrough,
            ..DraftTargeting::default()
        };
        draft.parse().unwrap().0
    }

    fn user(key: &str) -> ContextInstance {
        let json = serde_json::json!({"kind": "user", "key": key});
        ContextInstance::from_json(&json.to_string()).unwrap()
    }

    fn order(keys: &[&'static str]) -> SplitData {
        SplitData {
            salt: "saltyA".into(),
            order: keys
                .iter()
                .map(|key| VariationKey::from_static(key))
                .collect(),
            ..SplitData::default()
        }
    }

    /// Known from the contract tests of LaunchDarkly's SDKs: the buckets are 0.42, 0.67 and 0.10.
    #[test]
    fn splits_are_those_of_the_sdks() {
        let targeting = targeting(Vec::new(), Some(split()));
        let compiled =
            CompiledTargeting::new(&targeting, []).with_split(Some(order(&["fast", "careful"])));
        let drawn = |key: &str| compiled.evaluate(&user(key)).known().unwrap().to_string();
        assert_eq!(
            ["userKeyA", "userKeyB", "userKeyC"].map(drawn),
            ["fast", "careful", "fast"]
        );
        // The service's order decides, not that of the declaration.
        let compiled =
            CompiledTargeting::new(&targeting, []).with_split(Some(order(&["careful", "fast"])));
        let drawn = |key: &str| compiled.evaluate(&user(key)).known().unwrap().to_string();
        assert_eq!(
            ["userKeyA", "userKeyB", "userKeyC"].map(drawn),
            ["fast", "fast", "careful"]
        );
    }

    /// As of a flag whose variations are declared by name: the data for SDKs has no names.
    #[test]
    fn where_the_place_of_a_variation_is_not_known_a_split_is_in_doubt() {
        let targeting = targeting(Vec::new(), Some(split()));
        let compiled = CompiledTargeting::new(&targeting, []);
        let evaluation = compiled
            .clone()
            .with_split(Some(order(&["careful", "x"])))
            .evaluate(&user("userKeyA"));
        assert_eq!(
            evaluation.to_string(),
            "unknown: `hashKey` splits the fallthrough, and the data for SDKs does not know its variation `fast`; \
             declare a flag's variations by their values"
        );
        // Unlisted, which the split does not name, are no matter.
        let evaluation = compiled
            .with_split(Some(order(&["x", "fast", "careful"])))
            .evaluate(&user("userKeyA"));
        assert_eq!(evaluation.to_string(), "fast: no rule holds");
    }

    #[test]
    fn without_a_salt_a_split_is_in_doubt() {
        let targeting = targeting(Vec::new(), Some(split()));
        let evaluation = CompiledTargeting::new(&targeting, []).evaluate(&user("u"));
        assert_eq!(
            evaluation.to_string(),
            "unknown: `hashKey` splits the fallthrough, which depends on its salt; load it from the data for SDKs"
        );
    }

    #[test]
    fn a_doubt_matters_only_where_it_makes_a_difference() {
        let serve = |name: &str| Some(DraftServe::Variation(name.into()));
        let same = targeting(vec![asking("far-away", "fast")], serve("fast"));
        let evaluation = CompiledTargeting::new(&same, []).evaluate(&user("u"));
        assert_eq!(evaluation.to_string(), "fast: no rule holds");
        let other = targeting(vec![asking("far-away", "careful")], serve("fast"));
        let evaluation = CompiledTargeting::new(&other, []).evaluate(&user("u"));
        assert_eq!(
            evaluation.to_string(),
            "unknown: segment `far-away` is not loaded"
        );
    }

    #[test]
    fn what_is_not_declared_is_not_guessed() {
        let beta = wire::Segment {
            key: SegmentKey::from_static("beta").to_string(),
            included: vec!["u-1".into()],
            ..wire::Segment::default()
        };
        let targeting = targeting(vec![asking("beta", "careful")], None);
        let compiled = CompiledTargeting::new(&targeting, [beta]);
        assert_eq!(
            compiled.explain(&user("u-1")).to_string(),
            "`hashKey`: careful: rule 1 holds\n\
             └ ✓ rule 1 => careful\n  \
               └ ✓ is in segment \"beta\"\n    \
                 └ `beta`: in the segment: the user is on its included list"
        );
        assert_eq!(
            compiled.evaluate(&user("u-2")).to_string(),
            "unknown: no rule of `hashKey` matches, and the fallthrough is not declared"
        );
    }

    /// Known from the contract tests of LaunchDarkly's SDKs: with the seed 61 the buckets are 0.09, 0.14
    /// and 0.92.
    #[test]
    fn a_seed_takes_the_place_of_key_and_salt() {
        let targeting = targeting(Vec::new(), Some(split()));
        let with = |fallthrough: serde_json::Value| {
            let data = SplitData {
                fallthrough: serde_json::from_value(fallthrough).unwrap(),
                ..order(&["fast", "careful"])
            };
            CompiledTargeting::new(&targeting, []).with_split(Some(data))
        };
        let shares = serde_json::json!([{"variation": 0, "weight": 60000}, {"variation": 1, "weight": 40000}]);
        let seeded = with(
            serde_json::json!({"rollout": {"kind": "rollout", "seed": 61, "variations": shares}}),
        );
        let drawn = |key: &str| seeded.evaluate(&user(key)).known().unwrap().to_string();
        assert_eq!(
            ["userKeyA", "userKeyB", "userKeyC"].map(drawn),
            ["fast", "fast", "careful"]
        );
        for running in [
            serde_json::json!({"kind": "experiment", "seed": 61, "variations": shares}),
            serde_json::json!({"variations": [{"variation": 0, "weight": 100_000, "untracked": true}]}),
            serde_json::json!({"variations": shares, "holdout": "h"}),
        ] {
            let evaluation =
                with(serde_json::json!({ "rollout": running })).evaluate(&user("userKeyA"));
            assert!(
                matches!(
                    evaluation,
                    Evaluation::Unknown {
                        reason: UnknownReason::Running { rule: None, .. }
                    }
                ),
                "{running}: {evaluation}"
            );
        }
    }

    #[test]
    fn a_rule_on_which_an_experiment_runs_is_known_by_its_clauses() {
        let targeting = targeting(
            vec![asking("beta", "fast")],
            Some(DraftServe::Variation("careful".into())),
        );
        let beta = wire::Segment {
            key: "beta".into(),
            included: vec!["u-1".into()],
            ..wire::Segment::default()
        };
        let clause = wire::Clause::from(&targeting.rules()[0].clauses[0]);
        let rule = serde_json::json!({"id": "r", "clauses": [clause], "rollout": {"kind": "experiment",
            "variations": [{"variation": 0, "weight": 100_000}]}});
        let data = SplitData {
            rules: vec![serde_json::from_value(rule).unwrap()],
            ..order(&["fast", "careful"])
        };
        let compiled = CompiledTargeting::new(&targeting, [beta]).with_split(Some(data));
        assert_eq!(
            compiled.evaluate(&user("u-1")).to_string(),
            "unknown: an experiment runs on rule 1 of `hashKey`, so LaunchDarkly decides which variation is served"
        );
        assert_eq!(
            compiled.evaluate(&user("u-2")).known().unwrap().as_str(),
            "careful"
        );
    }
}
