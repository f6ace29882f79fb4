//! Segments and flags of one environment, as SDKs receive them.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::context::{ContextInstance, Name};
use super::decide::{Question, Visits};
use super::load::Loaded;
use super::path::Path;
use super::segments::CompiledSegments;
use crate::explanation::RuleExplanation;
use crate::targeting::{ServedRule, TargetingExplanation};
use crate::{
    AiConfigKey, AttributeValue, ContextKind, Evaluation, EvaluationReason, FlagKey,
    InvalidReference, Resource, UnknownReason, Weight, kernel, wire,
};

/// The segments and flags of an environment, prepared once and then cheap to evaluate. Flags are
/// evaluated like in LaunchDarkly's Rust SDK: flags that are off, prerequisites, targets, rules, splits
/// and experiments. The flag behind an AI Config is one of them.
///
/// ```
/// use segments_model::evaluate::{CompiledEnvironment, ContextInstance, Loaded};
///
/// let data = r#"{"segments": {"beta": {"included": ["u-1"]}}, "flags": {"page": {
///     "key": "page", "on": true, "variations": ["old", "new"], "fallthrough": {"variation": 0}, "rules": [
///         {"clauses": [{"op": "segmentMatch", "attribute": "", "values": ["beta"]}], "variation": 1}]}}}"#;
/// let environment = CompiledEnvironment::new(&Loaded::from_json(data)?);
///
/// let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u-1"}"#)?;
/// let page = environment.evaluate("page", &user).expect("there is such a flag");
/// assert_eq!(page.to_string(), "new: rule 1 holds");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CompiledEnvironment {
    /// The segments, and for each rule of a flag one more that has its condition.
    pub(super) segments: CompiledSegments,
    flags: Arc<[Flag]>,
    by_key: Arc<HashMap<Box<str>, usize>>,
}

#[derive(Debug)]
struct Flag {
    source: wire::Flag,
    lists: Vec<List>,
    /// The lists of which the keys are not known.
    left_out: Vec<(Name, usize)>,
    rules: Vec<Rule>,
    fallthrough: Serve,
}

/// Contexts of a kind that are served a variation.
#[derive(Debug)]
struct List {
    kind: ContextKind,
    name: Name,
    keys: HashSet<Box<str>>,
    variation: usize,
}

#[derive(Debug)]
struct Rule {
    /// The place of the segment that has its condition.
    condition: usize,
    serve: Serve,
}

#[derive(Debug)]
enum Serve {
    Variation(usize),
    Split(Split),
    Nothing,
}

#[derive(Debug)]
struct Split {
    kind: Name,
    by: Result<Path, InvalidReference>,
    seed: Option<i64>,
    /// Variations, each with the end of its part.
    shares: Vec<(usize, f32)>,
}

/// The variation that a flag serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Served {
    /// None if the flag is off and has nothing to serve then.
    pub(super) variation: Option<usize>,
    pub(super) by: By,
}

/// The reason of the decision; positions instead of names, so that it costs nothing to pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Off,
    Prerequisite(usize),
    List(usize),
    Rule(usize),
    Fallthrough,
}

/// A flag that waits for one of its prerequisites.
#[derive(Debug)]
struct Waiting {
    flag: usize,
    prerequisite: usize,
}

impl Waiting {
    fn new(flag: usize) -> Self {
        Self {
            flag,
            prerequisite: 0,
        }
    }
}

/// How it goes on with a flag.
enum Step {
    /// This flag has to be decided first.
    Needs(usize),
    Off(By),
    On,
}

/// The key of the segment that stands for the condition of a rule; none that a segment can have.
fn condition(flag: usize, rule: usize) -> String {
    format!("rule {flag} {rule}")
}

impl CompiledEnvironment {
    /// Prepares loaded data.
    #[must_use]
    pub fn new(loaded: &Loaded) -> Self {
        let flags: Vec<&wire::Flag> = loaded.flags.iter().filter(|flag| !flag.deleted).collect();
        let conditions = flags.iter().enumerate().flat_map(|(place, flag)| {
            let rules = flag.rules.iter().enumerate();
            rules.map(move |(index, rule)| wire::Segment {
                key: condition(place, index),
                rules: vec![wire::Rule {
                    weight: None,
                    ..rule.rule.clone()
                }],
                ..wire::Segment::default()
            })
        });
        let segments = loaded.segments.iter().cloned().chain(conditions);
        let mut segments = CompiledSegments::from_wire(segments).with_left_out(&loaded.left_out);
        if loaded.complete {
            segments = segments.complete();
        }
        let mut by_key = HashMap::new();
        let compiled: Vec<Flag> = flags
            .into_iter()
            .enumerate()
            .map(|(place, flag)| {
                by_key.insert(Box::from(flag.key.as_str()), place);
                Flag::compile(place, flag, &segments, loaded)
            })
            .collect();
        Self {
            segments,
            flags: compiled.into(),
            by_key: Arc::new(by_key),
        }
    }

    /// Returns the segments.
    #[must_use]
    pub fn segments(&self) -> &CompiledSegments {
        &self.segments
    }

    /// Iterates over the keys of the flags, in the order of loading.
    pub fn flags(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().map(|flag| flag.source.key.as_str())
    }

    /// Returns the variation of a flag that the context is served, and why; `None` if there is no such
    /// flag.
    #[must_use]
    pub fn evaluate(&self, flag: &str, context: &ContextInstance) -> Option<Evaluation<String>> {
        let place = self.place(flag)?;
        let question = Question::new(&self.segments, context);
        let served = self.serve(place, &question, &mut Visits::default());
        Some(self.evaluation(place, served))
    }

    /// Explains the evaluation: each rule and clause, with the values compared. `None` if there is no
    /// such flag.
    #[must_use]
    pub fn explain(
        &self,
        flag: &str,
        context: &ContextInstance,
    ) -> Option<TargetingExplanation<String>> {
        let place = self.place(flag)?;
        let found = &self.flags[place];
        let question = Question::new(&self.segments, context);
        let served = self.serve(place, &question, &mut Visits::default());
        let tried = match served {
            Ok(Served { by, .. }) => match by {
                By::Rule(rule) => rule + 1,
                By::Fallthrough => found.rules.len(),
                By::Off | By::Prerequisite(_) | By::List(_) => 0,
            },
            Err(_) => found.rules.len(),
        };
        let rules = found.rules[..tried].iter().enumerate();
        let rules = rules.filter_map(|(index, rule)| {
            let explained = self.segments.explained([rule.condition], context);
            let mut conditions = explained.into_iter().flat_map(|it| it.rules);
            Some(ServedRule {
                rule: RuleExplanation {
                    index,
                    ..conditions.next()?
                },
                serves: found.in_words(&found.source.rules[index].served),
            })
        });
        Some(TargetingExplanation {
            resource: found.resource()?,
            rules: rules.collect(),
            evaluation: self.evaluation(place, served),
        })
    }

    pub(super) fn place(&self, flag: &str) -> Option<usize> {
        self.by_key.get(flag).copied()
    }

    /// The variation that the flag at this position serves. Prerequisites nest to any depth, and several
    /// may name the same flag: the walk is a loop, as for segments, and evaluates each flag once.
    pub(super) fn serve(
        &self,
        place: usize,
        question: &Question<'_, '_>,
        visits: &mut Visits,
    ) -> Result<Served, UnknownReason> {
        let first = &self.flags[place];
        if first.source.on && first.source.prerequisites.is_empty() {
            return self.serve_on(first, question, visits);
        }
        let mut decided: HashMap<usize, Served> = HashMap::new();
        let mut waiting: HashSet<usize> = HashSet::new();
        let mut at = Waiting::new(place);
        let mut chain: Vec<Waiting> = Vec::new();
        loop {
            let flag = &self.flags[at.flag];
            let served = match self.advance(&mut at, &decided) {
                Step::Needs(other) => {
                    waiting.insert(at.flag);
                    if waiting.contains(&other) {
                        return Err(self.flags[other].malformed("its prerequisites form a cycle"));
                    }
                    chain.push(at);
                    at = Waiting::new(other);
                    continue;
                }
                Step::Off(by) => flag.off(by),
                Step::On => self.serve_on(flag, question, visits),
            }?;
            let Some(before) = chain.pop() else {
                return Ok(served);
            };
            decided.insert(at.flag, served);
            at = before;
            waiting.remove(&at.flag);
        }
    }

    /// Goes on with the prerequisites of a flag.
    fn advance(&self, at: &mut Waiting, decided: &HashMap<usize, Served>) -> Step {
        let source = &self.flags[at.flag].source;
        if !source.on {
            return Step::Off(By::Off);
        }
        while let Some(prerequisite) = source.prerequisites.get(at.prerequisite) {
            let fails = Step::Off(By::Prerequisite(at.prerequisite));
            let Some(other) = self.place(&prerequisite.key) else {
                return fails;
            };
            let Some(served) = decided.get(&other) else {
                return Step::Needs(other);
            };
            let is_served = served.variation == Some(prerequisite.variation);
            if !self.flags[other].source.on || !is_served {
                return fails;
            }
            at.prerequisite += 1;
        }
        Step::On
    }

    /// The variation of a flag that is on, and whose prerequisites are met.
    fn serve_on(
        &self,
        flag: &Flag,
        question: &Question<'_, '_>,
        visits: &mut Visits,
    ) -> Result<Served, UnknownReason> {
        let context = question.context;
        let listed = flag.lists.iter().position(|list| {
            let found = context.of_kind(&list.name);
            found.is_some_and(|found| list.keys.contains(found.key()))
        });
        let served = match listed {
            Some(list) => flag.served(flag.lists[list].variation, By::List(list)),
            None => self.by_rules(flag, question, visits),
        }?;
        // A list that is not known matters only if it serves something else.
        let may_be_listed = flag.left_out.iter().any(|(kind, variation)| {
            Some(*variation) != served.variation && context.of_kind(kind).is_some()
        });
        if may_be_listed {
            let key = flag.source.key.clone().into();
            return Err(UnknownReason::TargetsLeftOut { key });
        }
        Ok(served)
    }

    fn by_rules(
        &self,
        flag: &Flag,
        question: &Question<'_, '_>,
        visits: &mut Visits,
    ) -> Result<Served, UnknownReason> {
        type Found = Result<Served, UnknownReason>;
        let found = self.segments.first_that_holds(
            flag.rules.iter().map(|rule| rule.condition),
            (question, visits),
            |rule| match rule {
                Some(index) => {
                    let serve = &flag.rules[index].serve;
                    flag.draw(serve, By::Rule(index), question.context)
                }
                None => flag.draw(&flag.fallthrough, By::Fallthrough, question.context),
            },
            |one: &Found, other| match (one, other) {
                (Ok(one), Ok(other)) => one.variation == other.variation,
                _ => false,
            },
        );
        found.unwrap_or_else(|(index, reason)| Err(flag.of_rule(reason, index)))
    }

    /// The answer with names instead of places.
    pub(super) fn evaluation(
        &self,
        place: usize,
        served: Result<Served, UnknownReason>,
    ) -> Evaluation<String> {
        let flag = &self.flags[place];
        match served {
            Ok(Served { variation, by }) => Evaluation::Served {
                variation: flag.label(variation),
                by: flag.reason(by),
            },
            Err(reason) => Evaluation::Unknown { reason },
        }
    }

    /// The flag at this place as it was loaded.
    pub(super) fn source(&self, place: usize) -> &wire::Flag {
        &self.flags[place].source
    }

    /// The name of a variation of the flag at this position.
    pub(super) fn label(&self, place: usize, variation: Option<usize>) -> String {
        self.flags[place].label(variation)
    }

    /// The same for one thread of many.
    pub(super) fn with_own_rules(&self) -> Self {
        Self {
            segments: self.segments.with_own_rules(),
            ..self.clone()
        }
    }
}

impl Flag {
    fn compile(
        place: usize,
        flag: &wire::Flag,
        segments: &CompiledSegments,
        loaded: &Loaded,
    ) -> Self {
        let rules = flag.rules.iter().enumerate().filter_map(|(index, rule)| {
            Some(Rule {
                condition: segments.place(&condition(place, index))?,
                serve: Serve::compile(&rule.served),
            })
        });
        let left_out = loaded.left_out.flags.get(&flag.key);
        let left_out = left_out.into_iter().flatten();
        Self {
            lists: lists(flag),
            left_out: left_out
                .map(|list| (Name::new(&list.kind), list.variation))
                .collect(),
            rules: rules.collect(),
            fallthrough: Serve::compile(&flag.fallthrough),
            source: flag.clone(),
        }
    }

    fn resource(&self) -> Option<Resource> {
        resource(&self.source)
    }

    fn malformed(&self, problem: &'static str) -> UnknownReason {
        UnknownReason::FlagMalformed {
            key: self.source.key.clone().into(),
            problem: problem.into(),
        }
    }

    /// A doubt about the condition of a rule with the name of the flag, where it names the segment that
    /// stands for the condition.
    fn of_rule(&self, reason: UnknownReason, index: usize) -> UnknownReason {
        match reason {
            UnknownReason::Malformed {
                segment, problem, ..
            } if segment.contains(' ') => UnknownReason::Malformed {
                segment: self.source.key.clone().into(),
                rule: index,
                problem,
            },
            other => other,
        }
    }

    /// The variation at a place, if there is one.
    fn known(&self, place: usize) -> Result<usize, UnknownReason> {
        if place < self.source.variations.len() {
            return Ok(place);
        }
        Err(self.malformed("it serves a variation that does not exist"))
    }

    /// The variation of a flag that is off, or treated as off.
    fn off(&self, by: By) -> Result<Served, UnknownReason> {
        let variation = self.source.off_variation;
        variation.map(|at| self.known(at)).transpose()?;
        Ok(Served { variation, by })
    }

    fn served(&self, variation: usize, by: By) -> Result<Served, UnknownReason> {
        let variation = Some(self.known(variation)?);
        Ok(Served { variation, by })
    }

    fn draw(
        &self,
        serve: &Serve,
        by: By,
        context: &ContextInstance,
    ) -> Result<Served, UnknownReason> {
        match serve {
            Serve::Variation(variation) => self.served(*variation, by),
            Serve::Split(split) => self.served(self.drawn(split, context)?, by),
            Serve::Nothing => Err(self.malformed("a rule or the default rule has no variation")),
        }
    }

    fn drawn(&self, split: &Split, context: &ContextInstance) -> Result<usize, UnknownReason> {
        let Ok(path) = &split.by else {
            return Err(self.malformed("a split has an invalid attribute"));
        };
        let value = context.of_kind(&split.kind).and_then(|it| path.find(it));
        let bucket = |text: &str| match split.seed {
            Some(seed) => kernel::seeded_bucket(seed, text),
            None => kernel::bucket(&self.source.key, &self.source.salt, text),
        };
        let bucket = match value {
            Some(AttributeValue::String(text)) => bucket(text),
            Some(AttributeValue::Number(number)) => {
                kernel::whole_number(*number).map_or(0.0, |whole| bucket(&whole.to_string()))
            }
            _ => 0.0,
        };
        let share = split.shares.iter().find(|(_, end)| bucket < *end);
        // What is left of the last share by rounding belongs to it.
        let share = share.or(split.shares.last());
        share
            .map(|(variation, _)| *variation)
            .ok_or_else(|| self.malformed("a split has no variations"))
    }

    fn label(&self, variation: Option<usize>) -> String {
        variation.map_or_else(|| "nothing".to_owned(), |at| self.source.label(at))
    }

    fn reason(&self, by: By) -> EvaluationReason {
        match by {
            By::Off => EvaluationReason::Off,
            By::Prerequisite(number) => EvaluationReason::PrerequisiteFailed {
                key: self.source.prerequisites[number].key.clone(),
            },
            By::List(list) => EvaluationReason::TargetMatch {
                kind: self.lists[list].kind.clone(),
            },
            By::Rule(index) => EvaluationReason::RuleMatch { index },
            By::Fallthrough => EvaluationReason::Fallthrough,
        }
    }

    /// The variation or split of a rule, in words.
    fn in_words(&self, served: &wire::Served) -> String {
        let Some(rollout) = served
            .rollout
            .as_ref()
            .filter(|_| served.variation.is_none())
        else {
            return self.label(served.variation);
        };
        let shares = rollout.variations.iter().filter(|share| share.weight > 0);
        let shares = shares.map(|share| {
            let label = self.source.label(share.variation);
            let weight = u32::try_from(share.weight).ok();
            match weight.and_then(|weight| Weight::from_thousandths(weight).ok()) {
                Some(weight) => format!("{weight} {label}"),
                None => label,
            }
        });
        shares.collect::<Vec<_>>().join(", ")
    }
}

/// The resource of a flag in the data for SDKs; `None` if its key is not one that the service assigns.
pub(super) fn resource(flag: &wire::Flag) -> Option<Resource> {
    if flag.is_ai_config() {
        return AiConfigKey::parse(flag.key.as_str())
            .ok()
            .map(Resource::AiConfig);
    }
    FlagKey::parse(flag.key.as_str()).ok().map(Resource::Flag)
}

/// The lists in the order in which they count: that of all kinds, if the flag has one, in which an entry
/// of users stands for their own list.
fn lists(flag: &wire::Flag) -> Vec<List> {
    let list = |kind: Option<&str>, variation: usize, values: &[String]| {
        let kind = match kind {
            Some(kind) => ContextKind::parse(kind).ok()?,
            None => ContextKind::USER,
        };
        Some(List {
            name: Name::new(kind.as_str()),
            keys: values.iter().map(|key| Box::from(key.as_str())).collect(),
            kind,
            variation,
        })
    };
    if flag.context_targets.is_empty() {
        let lists = flag.targets.iter();
        return lists
            .filter_map(|it| list(None, it.variation, &it.values))
            .collect();
    }
    let lists = flag.context_targets.iter().filter_map(|it| {
        let kind = it.context_kind.as_deref();
        let is_user = kind.is_none_or(|kind| kind == ContextKind::USER.as_str());
        if !is_user || !it.values.is_empty() {
            return list(kind, it.variation, &it.values);
        }
        let users = flag.targets.iter();
        let users = users.filter(|users| users.variation == it.variation);
        users
            .map(|users| users.values.as_slice())
            .next()
            .and_then(|values| list(None, it.variation, values))
    });
    lists.collect()
}

impl Serve {
    fn compile(served: &wire::Served) -> Self {
        if let Some(variation) = served.variation {
            return Self::Variation(variation);
        }
        let Some(rollout) = &served.rollout else {
            return Self::Nothing;
        };
        let kind = rollout.context_kind.as_deref();
        let kind = kind.and_then(|kind| ContextKind::parse(kind).ok());
        // An experiment always goes by the key.
        let is_experiment = rollout.kind.as_deref() == Some("experiment");
        let by = rollout.bucket_by.as_deref();
        let by = by.filter(|by| !is_experiment && !by.is_empty());
        let mut sum = 0.0;
        let shares = rollout.variations.iter().map(|share| {
            #[allow(
                clippy::cast_precision_loss,
                reason = "the SDKs add shares up in 32-bit floats"
            )]
            let weight = share.weight as f32;
            sum += weight / 100_000.0;
            (share.variation, sum)
        });
        Self::Split(Split {
            by: Path::parse(by.unwrap_or("key"), kind.is_none()),
            kind: Name::new(kind.as_ref().unwrap_or(&ContextKind::USER).as_str()),
            seed: rollout.seed,
            shares: shares.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    /// The variation of the first of so many flags, each of which has the prerequisites of `needs`.
    fn first(count: usize, needs: impl Fn(usize) -> Vec<usize>) -> String {
        let flags: Map<_, _> = (0..count)
            .map(|flag| {
                let needs = needs(flag).into_iter();
                let needs = needs.map(|other| json!({"key": format!("f{other}"), "variation": 0}));
                let flag = json!({
                    "key": format!("f{flag}"), "on": true, "variations": ["yes", "no"], "offVariation": 1,
                    "fallthrough": {"variation": 0}, "prerequisites": needs.collect::<Vec<_>>(),
                });
                (flag["key"].as_str().unwrap().to_owned(), flag)
            })
            .collect();
        let data = json!({"flags": flags, "segments": {}}).to_string();
        let environment = CompiledEnvironment::new(&Loaded::from_json(&data).unwrap());
        let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u"}"#).unwrap();
        environment.evaluate("f0", &user).unwrap().to_string()
    }

    #[test]
    fn chains_of_prerequisites_are_as_long_as_somebody_writes_them() {
        let last = 20_000;
        let next = |flag| if flag < last { vec![flag + 1] } else { vec![] };
        assert_eq!(first(last + 1, next), "yes: no rule holds");
    }

    /// Two ways at each of them are more ways than anybody walks.
    #[test]
    fn a_prerequisite_of_many_is_asked_once() {
        let last = 100;
        let twice = |flag| {
            if flag < last {
                vec![flag + 1; 2]
            } else {
                vec![]
            }
        };
        assert_eq!(first(last + 1, twice), "yes: no rule holds");
    }

    #[test]
    fn prerequisites_that_form_a_cycle_are_not_followed() {
        let cycle = |flag: usize| vec![(flag + 1) % 3];
        let answer = first(3, cycle);
        assert!(
            answer.contains("its prerequisites form a cycle"),
            "{answer}"
        );
    }
}
