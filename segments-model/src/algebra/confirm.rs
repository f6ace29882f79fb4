//! The interpreter is asked about every witness before anybody sees it.

use std::collections::{BTreeMap, BTreeSet};

use super::Expression;
use super::formula::Assumption;
use super::witness::{Share, Witness};
use super::world::World;
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::{
    AttributeRef, AttributeValue, Audience, ContextKind, Definition, Rule, SegmentKey, Targets,
    kernel,
};

/// How many salts are tried to find one with which percentages fall as the witness has them.
const MOST_SALTS: u32 = 20_000;

/// Returns whether the interpreter says of the witness what the expression says.
pub(crate) fn confirm(worlds: &[World<'_>], witness: &Witness, expression: &Expression) -> bool {
    let contexts = witness.contexts();
    let contexts = contexts.map(|(kind, context)| (kind.as_str().to_owned(), context.clone()));
    let Ok(context) = ContextInstance::from_kinds(contexts) else {
        return false;
    };
    let around = Around::new(witness);
    let compiled: Option<Vec<CompiledSegments>> = worlds
        .iter()
        .map(|world| around.segments(world, expression))
        .collect();
    let Some(compiled) = compiled else {
        return false;
    };
    let member = |key: &str, earlier: bool| {
        let segments = compiled.get(usize::from(earlier))?;
        segments.get(key)?.contains(&context)
    };
    expression.holds(&member) == Some(true)
}

/// What is so around a witness.
struct Around<'w> {
    witness: &'w Witness,
    /// The list with the witness on it.
    listed: BTreeMap<ContextKind, BTreeSet<String>>,
}

impl<'w> Around<'w> {
    fn new(witness: &'w Witness) -> Self {
        let first = witness.contexts().next();
        let listed = first.and_then(|(kind, context)| {
            let key = context_key(context)?.to_owned();
            Some((kind.clone(), BTreeSet::from([key])))
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

    /// The segments of an expression, and those that they reference, as the witness has them.
    fn segments(&self, world: &World<'_>, expression: &Expression) -> Option<CompiledSegments> {
        let mut open: Vec<String> = expression
            .segments()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut all: Vec<Definition> = Vec::new();
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
        Some(Definition {
            key: SegmentKey::parse(key.to_owned()).ok()?,
            name: key.to_owned(),
            description: None,
            tags: None,
            audience: standard(included, BTreeMap::new(), Vec::new()),
            unmanaged: BTreeSet::new(),
            protect: false,
            absent: false,
            moved_from: None,
            environments: crate::Environments::default(),
        })
    }

    /// A segment with what is not declared of it.
    fn stand_in(&self, definition: &Definition) -> Definition {
        let key = || definition.key.as_str().to_owned();
        let listed = |targets: &Targets, assumption: Assumption| {
            let mut lists: BTreeMap<ContextKind, BTreeSet<String>> = targets
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
        let mut value = context;
        for name in by.path() {
            value = value.get(&name)?;
        }
        match value {
            AttributeValue::String(text) => Some(text.clone()),
            AttributeValue::Number(number) => {
                kernel::whole_number(*number).map(|whole| whole.to_string())
            }
            _ => None,
        }
    }
}

fn context_key(context: &AttributeValue) -> Option<&str> {
    context.get("key").and_then(AttributeValue::as_str)
}

fn standard(
    included: BTreeMap<ContextKind, BTreeSet<String>>,
    excluded: BTreeMap<ContextKind, BTreeSet<String>>,
    rules: Vec<Rule>,
) -> Audience {
    Audience::Standard {
        included: Targets::Exactly(included),
        excluded: Targets::Exactly(excluded),
        rules: Some(rules),
    }
}
