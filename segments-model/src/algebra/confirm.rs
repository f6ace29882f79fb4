//! The interpreter evaluates every witness before it is shown.

use std::collections::{BTreeMap, BTreeSet};

use super::Expression;
use super::formula::Assumption;
use super::witness::{Share, Witness};
use super::world::World;
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::{
    AttributeRef, AttributeValue, Audience, ContextKeys, ContextKind, Definition, Lifecycle, Rule,
    SegmentKey, Serve, Targeting, Targets, VariationKey, kernel,
};

/// How many salts are tried to find one with which percentages fall as the witness has them.
const MOST_SALTS: u32 = 20_000;

/// Returns whether the interpreter says of the witness what the expression says.
pub(crate) fn confirm(worlds: &[World<'_>], witness: &Witness, expression: &Expression) -> bool {
    let Some(context) = instance(witness) else {
        return false;
    };
    let around = Around::new(witness);
    let asked = || expression.segments().into_iter().map(str::to_owned);
    let compiled: Option<Vec<CompiledSegments>> = worlds
        .iter()
        .map(|world| around.segments(world, asked().collect(), Vec::new()))
        .collect();
    let Some(compiled) = compiled else {
        return false;
    };
    let single = |single: &Expression| match single {
        Expression::Segment(key) => compiled.first()?.get(key)?.contains(&context),
        Expression::Earlier(key) => compiled.get(1)?.get(key)?.contains(&context),
        Expression::Kind { kind, with } => Some(has(witness, kind, with)),
        Expression::Not(_) | Expression::All(_) | Expression::Any(_) => None,
    };
    expression.holds(&single) == Some(true)
}

/// Returns whether the witness has a context of a kind with some attributes.
fn has(witness: &Witness, kind: &ContextKind, with: &[AttributeRef]) -> bool {
    let mut contexts = witness.contexts();
    let context = contexts.find(|(it, _)| *it == kind);
    context.is_some_and(|(_, context)| with.iter().all(|it| value_of(context, it).is_some()))
}

/// The value of an attribute that a context does not have by its mere kind.
fn value_of<'c>(
    context: &'c AttributeValue,
    attribute: &AttributeRef,
) -> Option<&'c AttributeValue> {
    let mut value = context;
    for name in attribute.path() {
        value = value.get(&name)?;
    }
    Some(value)
}

/// The witness as the interpreter takes it.
fn instance(witness: &Witness) -> Option<ContextInstance> {
    let contexts = witness.contexts();
    let contexts = contexts.map(|(kind, context)| (kind.as_str().to_owned(), context.clone()));
    ContextInstance::from_kinds(contexts).ok()
}

/// The variation that an AI Config or a flag serves the witness, according to the interpreter.
pub(crate) fn served(
    world: &World<'_>,
    witness: &Witness,
    targeting: &Targeting,
) -> Option<VariationKey> {
    let context = instance(witness)?;
    let around = Around::new(witness);
    let mut targets = targeting.targets.iter().flatten();
    let listed = targets.find(|target| {
        let key = context.key(target.kind.as_str());
        key.is_some_and(|key| target.keys.contains(key))
    });
    if let Some(listed) = listed {
        return Some(listed.variation.clone());
    }
    let conditions = targeting.rules().iter().enumerate();
    let conditions: Option<Vec<Definition>> = conditions
        .map(|(at, rule)| condition(at, rule.condition()))
        .collect();
    let asked = targeting.references().into_iter().map(str::to_owned);
    let segments = around.segments(world, asked.collect(), conditions?)?;
    let mut rules = targeting.rules().iter().enumerate();
    let serve = loop {
        let Some((at, rule)) = rules.next() else {
            break targeting.fallthrough.as_ref()?;
        };
        if segments.get(&condition_key(at))?.contains(&context)? {
            break &rule.serve;
        }
    };
    let split = match serve {
        Serve::Variation(variation) => return Some(variation.clone()),
        Serve::Split(split) => split,
    };
    let path = targeting.resource.path();
    let salt = around.salt(&path)?;
    let value = around.bucketed(&split.kind, &split.by);
    let bucket = value.map_or(0.0, |value| kernel::bucket(&path, &salt, &value));
    let mut ends = super::shares::ends(targeting, split)?.into_iter();
    let drawn = ends.find(|(_, end)| kernel::in_share(bucket, end.thousandths().into()));
    drawn.map(|(variation, _)| variation.clone())
}

/// The key of the segment that stands for the condition of a rule: longer than people write one.
fn condition_key(rule: usize) -> String {
    format!("{}{rule}", "rule-".repeat(40))
}

fn condition(at: usize, rule: Rule) -> Option<Definition> {
    let nobody = BTreeMap::new;
    definition(&condition_key(at), standard(nobody(), nobody(), vec![rule]))
}

/// The surroundings of a witness.
struct Around<'w> {
    witness: &'w Witness,
    /// The list with the witness on it.
    listed: BTreeMap<ContextKind, ContextKeys>,
}

impl<'w> Around<'w> {
    fn new(witness: &'w Witness) -> Self {
        let first = witness.contexts().next();
        let listed = first.and_then(|(kind, context)| {
            let key = context_key(context)?.to_owned();
            Some((kind.clone(), ContextKeys::from([key])))
        });
        Self {
            witness,
            listed: listed.into_iter().collect(),
        }
    }

    fn holds(&self, assumption: &Assumption) -> bool {
        let mut assumed = self.witness.assumptions();
        assumed.any(|(known, holds)| holds && known == assumption)
    }

    /// Segments, and those that they reference, as the witness has them; some are given.
    fn segments(
        &self,
        world: &World<'_>,
        mut open: Vec<String>,
        given: Vec<Definition>,
    ) -> Option<CompiledSegments> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut all = given;
        while let Some(key) = open.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            match world.get(key.as_str()) {
                Some((definition, _)) => {
                    open.extend(definition.references().into_iter().map(str::to_owned));
                    all.push(self.stand_in(definition));
                }
                None => all.push(self.external(&key)?),
            }
        }
        let salts: Option<Vec<(String, String)>> = seen
            .into_iter()
            .map(|key| {
                let salt = self.salt(&key)?;
                Some((key, salt))
            })
            .collect();
        Some(CompiledSegments::from_definitions(&all).with_salts(salts?))
    }

    /// A segment that is declared elsewhere.
    fn external(&self, key: &str) -> Option<Definition> {
        let is_in = self.holds(&Assumption::External(key.to_owned()));
        let included = if is_in {
            self.listed.clone()
        } else {
            BTreeMap::new()
        };
        definition(key, standard(included, BTreeMap::new(), Vec::new()))
    }

    /// A segment with what is not declared of it.
    fn stand_in(&self, definition: &Definition) -> Definition {
        let key = || definition.key.as_str().to_owned();
        let listed = |targets: &Targets, assumption: Assumption| {
            let mut lists: BTreeMap<ContextKind, ContextKeys> = targets
                .lists()
                .map(|(kind, keys)| (kind.clone(), keys.clone()))
                .collect();
            if self.holds(&assumption) {
                for (kind, keys) in &self.listed {
                    lists.entry(kind.clone()).or_default().extend(keys.clone());
                }
            }
            lists
        };
        let nobody = BTreeMap::new;
        let audience = match &definition.audience {
            _ if definition.absent => standard(nobody(), nobody(), Vec::new()),
            Audience::Big { .. } => {
                let listed = listed(&Targets::Unmanaged, Assumption::Big(key()));
                standard(listed, nobody(), Vec::new())
            }
            Audience::Standard {
                included,
                excluded,
                rules,
            } => {
                let everyone = || {
                    let holds = self.holds(&Assumption::Rules(key()));
                    holds.then(Rule::default).into_iter().collect()
                };
                standard(
                    listed(included, Assumption::Included(key())),
                    listed(excluded, Assumption::Excluded(key())),
                    rules.clone().unwrap_or_else(everyone),
                )
            }
        };
        Definition {
            audience,
            ..definition.clone()
        }
    }

    /// A salt with which the percentages of a segment fall as the witness has them.
    fn salt(&self, segment: &str) -> Option<String> {
        let shares = self.witness.shares.iter();
        let shares: Vec<&Share> = shares.filter(|share| share.segment == segment).collect();
        let falls = |share: &Share, salt: &str| {
            let bucket = match self.bucketed(&share.kind, &share.by) {
                Some(value) => kernel::bucket(segment, salt, &value),
                None => 0.0,
            };
            kernel::in_share(bucket, share.to.into())
                && !kernel::in_share(bucket, share.from.into())
        };
        (0..MOST_SALTS)
            .map(|number| number.to_string())
            .find(|salt| shares.iter().all(|share| falls(share, salt)))
    }

    /// The text that a percentage is taken of.
    fn bucketed(&self, kind: &ContextKind, by: &AttributeRef) -> Option<String> {
        let (_, context) = self.witness.contexts().find(|(it, _)| *it == kind)?;
        if *by == AttributeRef::KIND {
            return Some(kind.as_str().to_owned());
        }
        match value_of(context, by)? {
            AttributeValue::String(text) => Some(text.clone()),
            AttributeValue::Number(number) => {
                kernel::whole_number(*number).map(|whole| whole.to_string())
            }
            _ => None,
        }
    }
}

fn definition(key: &str, audience: Audience) -> Option<Definition> {
    Some(Definition {
        key: SegmentKey::parse(key.to_owned()).ok()?,
        name: key.to_owned(),
        description: None,
        tags: None,
        audience,
        unmanaged: BTreeSet::new(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: crate::Environments::default(),
    })
}

fn context_key(context: &AttributeValue) -> Option<&str> {
    context.get("key").and_then(AttributeValue::as_str)
}

fn standard(
    included: BTreeMap<ContextKind, ContextKeys>,
    excluded: BTreeMap<ContextKind, ContextKeys>,
    rules: Vec<Rule>,
) -> Audience {
    Audience::Standard {
        included: Targets::Exactly(included),
        excluded: Targets::Exactly(excluded),
        rules: Some(rules),
    }
}
