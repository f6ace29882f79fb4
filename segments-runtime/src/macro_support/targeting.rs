//! The targeting of AI Configs and flags: made, and evaluated.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use segments_model::targeting::TargetingExplanation;
use segments_model::{
    AttributeRef, ContextKind, EnvironmentKey, Evaluation, EvaluationReason, Resource, Rule, Serve,
    Split, Target, Targeting, TargetingInEnvironment, TargetingRule, VariationKey,
};

use super::definition::{keys, limited};
use super::rollout::{Splits, bucketed, weight};
use crate::context::contexts::Contexts;
use crate::membership::decision::Salts;
use crate::targeting::{CanEvaluate, Prepared, Targeted};
use crate::{Context, Environment};

/// Makes a rule of an AI Config or a flag.
pub fn targeting_rule((rule, former): (Rule, Option<Rule>), serve: Serve) -> Vec<TargetingRule> {
    // One behind the other, for the first that holds decides.
    let rules = [Some(rule), former].into_iter().flatten();
    let rules = rules.map(|rule| TargetingRule {
        description: rule.description,
        clauses: rule.clauses,
        serve: serve.clone(),
    });
    rules.collect()
}

/// Joins the rules of an AI Config or a flag.
pub fn targeting_rules<const N: usize>(rules: [Vec<TargetingRule>; N]) -> Vec<TargetingRule> {
    rules.into_iter().flatten().collect()
}

/// Makes a list of contexts that are served one variation.
pub fn target(variation: &'static str, kind: ContextKind, list: &[&str]) -> Target {
    Target {
        variation: VariationKey::from_static(variation),
        kind,
        keys: keys(list),
    }
}

/// Serves one variation to everybody.
pub fn serve(variation: &'static str) -> Serve {
    Serve::Variation(VariationKey::from_static(variation))
}

/// Serves several variations by percentage, split by the key of contexts of a kind.
pub fn split<const N: usize>(shares: [(&'static str, f64); N], kind: ContextKind) -> Serve {
    serve_split(shares, kind, AttributeRef::KEY)
}

/// Serves several variations by percentage, split by an attribute.
pub fn split_by<C: Context, B: Splits<C>, const N: usize>(
    shares: [(&'static str, f64); N],
    by: &B,
) -> Serve {
    serve_split(shares, C::KIND, bucketed::<C>(by.reference()))
}

fn serve_split<const N: usize>(
    shares: [(&'static str, f64); N],
    kind: ContextKind,
    by: AttributeRef,
) -> Serve {
    let shares = shares.into_iter();
    let shares = shares
        .map(|(variation, percent)| (VariationKey::from_static(variation), weight(percent)))
        .collect();
    Serve::Split(Split { shares, kind, by })
}

/// Makes a targeting with its variants for some environments.
pub fn targeting<const N: usize, const M: usize>(
    resource: Resource,
    variations: [&'static str; N],
    served: TargetingInEnvironment,
    environments: [(EnvironmentKey, TargetingInEnvironment); M],
    only: bool,
) -> Targeting {
    Targeting {
        resource,
        variations: variations.map(VariationKey::from_static).into(),
        targets: served.targets,
        rules: served.rules,
        fallthrough: served.fallthrough,
        others: served.others,
        environments: limited(environments.into(), only),
    }
}

/// Returns the variation that the contexts are served, and why.
#[inline]
pub fn evaluate<T: CanEvaluate<C, At>, C: Contexts, At>(
    prepared: &Prepared,
    contexts: &C,
) -> Evaluation<T::Variation> {
    let salts = Salts::new();
    match T::decide(contexts, &salts) {
        Some(evaluation) => evaluation,
        None => interpret::<T, C>(prepared, contexts, &salts),
    }
}

/// Returns the variation that the contexts are served in an environment, and why.
pub fn evaluate_in<T: CanEvaluate<C, At>, C: Contexts, At>(
    prepared: &Prepared,
    environment: &impl Environment,
    contexts: &C,
) -> Evaluation<T::Variation> {
    let salts = Salts::new().of_environment(environment);
    match T::decide(contexts, &salts) {
        Some(evaluation) => evaluation,
        None => interpret::<T, C>(prepared, contexts, &salts),
    }
}

/// The same, by the interpreter.
#[cold]
fn interpret<T: Targeted, C: Contexts>(
    prepared: &Prepared,
    contexts: &C,
    salts: &Salts,
) -> Evaluation<T::Variation> {
    crate::targeting::evaluate::<T>(&prepared.asked(salts), contexts)
}

/// Makes a known evaluation.
#[inline]
pub fn served<V>(variation: V, by: EvaluationReason) -> Evaluation<V> {
    Evaluation::Served { variation, by }
}

/// Returns the variation that the contexts are served, and why, given the salts.
pub fn evaluate_with<T: Targeted, C: Contexts>(
    prepared: &Prepared,
    contexts: &C,
    salts: &Salts,
) -> Evaluation<T::Variation> {
    let prepared = prepared.asked(salts);
    crate::targeting::evaluate::<T>(&crate::targeting::with_salts(&prepared, salts), contexts)
}

/// Explains an evaluation.
pub fn explain_targeting<C: Contexts>(prepared: &Prepared, contexts: &C) -> TargetingExplanation {
    crate::targeting::explain(&prepared.asked(&Salts::new()), contexts)
}

/// Explains an evaluation, given the salts.
pub fn explain_targeting_with<C: Contexts>(
    prepared: &Prepared,
    contexts: &C,
    salts: &Salts,
) -> TargetingExplanation {
    let prepared = prepared.asked(salts);
    crate::targeting::explain(&crate::targeting::with_salts(&prepared, salts), contexts)
}
