//! Items that the macros' output names.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

pub use ::core;
// One word each, for each costs the compiler at every segment.
pub use ::core::option::Option::{self, None, Some};
pub use ::core::primitive::{bool, str, usize};
pub use ::inventory;
pub use ::semver;
pub use ::serde_json;
pub use ::std;
pub use ::std::vec::Vec;
pub use segments_model::algebra::{Assertion, Expression};
pub use segments_model::evaluate::CompiledTargeting;
pub use segments_model::explanation::Explanation;
pub use segments_model::targeting::TargetingExplanation;
pub use segments_model::{
    AiConfigKey, Audience, Clause, Definition, EnvironmentKey, Evaluation, EvaluationReason,
    ExperimentKey, FlagKey, Membership, MetricKey, MetricKind, Part, Resource, Rollout, Rule,
    SegmentKey, Serve, Split, SuccessCriterion, Tag, Target, Targeting, TargetingInEnvironment,
    TargetingRule, Targets, Unlisted, VariationKey,
};
pub use segments_model::{Experiment as ExperimentValue, Metric as MetricValue};

#[cfg(feature = "ai")]
pub use segments_ai::EventClient;
pub use segments_macros::__assertion as assertion;

pub use crate::__segments_ide as ide;
pub use crate::__segments_ide_targeting as ide_targeting;
pub use crate::__segments_in_environment as in_environment;
pub use crate::__segments_made as made;
pub use crate::__segments_standard as standard;
pub use crate::__segments_with_ai as with_ai;
pub use crate::__segments_with_salts as with_salts;
pub use crate::attribute::field::describe_scalar;
pub use crate::attribute::operand::Named;
pub use crate::attribute::{AttributeAt, Get, NestedAttribute};
pub use crate::context::Names;
pub use crate::context::parts::{Contexts, SingleContext};
pub use crate::macro_support::answer::{answer, refuse_key, text};
pub use crate::macro_support::compared::{compared, counted_by};
pub use crate::macro_support::ide::{any_type, keys};
pub use crate::macro_support::references::{
    NoReferences, References, WithoutReferences, refuse_cycle,
};
pub use crate::measured::{Experiment, Fallthrough, HasUnit, Metric, OnlyExperimentOn};
pub use crate::membership::about::About;
pub use crate::membership::assert::{assert_membership, assert_membership_in};
pub use crate::membership::cache::{Cache, Caches};
pub use crate::membership::clauses::{Clauses, Prepares};
pub use crate::membership::decided::{Elsewhere, Here, One, Refused, Salt};
pub use crate::membership::decision::{Decision, MissingSalt, Salts, Verdict};
pub use crate::membership::file_segment::{Compares, Entry, File, FileSegment, FileValue, InFile};
pub use crate::membership::key_set::KeySet;
pub use crate::membership::listing::{Declared, Listing, LooksAt, Open};
pub use crate::membership::segment::{DecidableWithoutSalt, HasLocalMembers};
pub use crate::membership::visitor::{Asks, List, Lists, Managed, RuleVisitor};
pub use crate::prompt::PromptDeclaration;
pub use crate::registry::checks::ContextDeclaration;
pub use crate::registry::{
    AssertionDeclaration, Declarations, ExperimentDeclaration, MetricDeclaration, Registered,
    RegisteredAt, TargetingDeclaration,
};
pub use crate::targeting::{CanEvaluate, HasContextOfTargeting, Targeted, Variation};
pub use crate::{Condition, Context, Decide, Environment, HasContext, Segment};

use std::collections::BTreeSet;
use std::panic::Location;

pub use segments_model::AttributeType;
pub use segments_model::ContextKind;
use segments_model::{AttributeRef, ContextKeys, Environments, Weight, kernel};

use crate::attribute::condition::InBothNames;
use crate::context::former;
use serde_json::Value as Json;

use crate::attribute::types::{Bool, Date, Nested, Number, OneOf, Text, ValueType, Version};
use crate::macro_support::message::is_same;
use crate::membership::decided::Decided;
use crate::{Attribute, AttributeSchema, AttributeValue, Field, Scalar};

/// Returns the attributes that every context of a type has.
#[must_use]
pub fn always<C: Context>() -> Vec<AttributeRef> {
    let always = C::schema().iter().filter(|attribute| attribute.required);
    always
        .map(|attribute| attribute.reference.clone())
        .collect()
}

/// Adds the value of a field to a JSON object, if there is a value.
pub fn write(value: Option<Json>, name: &str, json: &mut serde_json::Map<String, Json>) {
    if let Some(value) = value {
        json.insert(name.to_owned(), value);
    }
}

/// Adds the value of a field to a JSON object, also under the attribute's former name.
pub fn write_in_both_names(
    value: Option<Json>,
    name: &str,
    formerly: &str,
    json: &mut serde_json::Map<String, Json>,
) {
    write(value.clone(), formerly, json);
    write(value, name, json);
}

/// How a type of field adds itself to a schema.
type Describe = fn(&[&'static str], bool, &mut Vec<AttributeSchema>);

/// Adds a field to a schema; `path` leads to its object.
pub fn describe(
    describe: Describe,
    path: &[&'static str],
    name: &'static str,
    private: bool,
    schema: &mut Vec<AttributeSchema>,
) {
    let mut path = path.to_vec();
    path.push(name);
    describe(&path, private, schema);
}

/// Adds a field with a former name to a schema; attributes inside the field have former names, too.
pub fn describe_renamed(
    describe: Describe,
    path: &[&'static str],
    (name, formerly): (&'static str, &str),
    private: bool,
    schema: &mut Vec<AttributeSchema>,
) {
    let before = schema.len();
    self::describe(describe, path, name, private, schema);
    for attribute in &mut schema[before..] {
        let known = attribute.formerly.as_ref().unwrap_or(&attribute.reference);
        let names = known.path().enumerate();
        let names: Vec<_> = names
            .map(|(at, name)| {
                if at == path.len() {
                    formerly.into()
                } else {
                    name
                }
            })
            .collect();
        let names = names.iter().map(|name: &std::borrow::Cow<'_, str>| &**name);
        attribute.formerly = AttributeRef::from_path(names).ok();
    }
}

/// The lists of several kinds.
pub fn lists<const N: usize>(lists: [(ContextKind, ContextKeys); N]) -> Lists {
    Lists::from(lists)
}

/// The rules of a segment, or the clauses of a rule.
pub fn list<T, const N: usize>(items: [T; N]) -> Vec<T> {
    Vec::from(items)
}

/// The keys of one kind.
pub fn keys(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// A definition.
pub fn definition(
    key: SegmentKey,
    name: &str,
    description: Option<&str>,
    tags: Option<&[&'static str]>,
    audience: Audience,
) -> Definition {
    Definition {
        key,
        name: name.to_owned(),
        description: description.map(str::to_owned),
        tags: tags.map(|tags| tags.iter().map(|tag| Tag::from_static(tag)).collect()),
        audience,
        unmanaged: BTreeSet::new(),
        protect: false,
        never_wider: false,
        absent: false,
        moved_from: None,
        environments: Environments::default(),
    }
}

/// Makes a definition for one environment, with the parts that are left to people there.
pub fn leaving(
    (environment, mut definition): (EnvironmentKey, Definition),
    unmanaged: &[Part],
) -> (EnvironmentKey, Definition) {
    definition.unmanaged = unmanaged.iter().copied().collect();
    (environment, definition)
}

/// Makes a definition for one environment in which the segment does not exist.
pub fn absent(
    (environment, mut definition): (EnvironmentKey, Definition),
) -> (EnvironmentKey, Definition) {
    definition.absent = true;
    (environment, definition)
}

/// Returns the base definition of a segment.
pub fn everywhere<S: Segment>() -> Registered<Definition> {
    S::ABOUT.declared::<S>()
}

/// Adds the segments of a file to all declarations.
pub fn declare(
    all: &mut Vec<Registered<Definition>>,
    several: &[fn(&mut Vec<Registered<Definition>>)],
) {
    for declare in several {
        declare(all);
    }
}

/// Registers a declaration at the caller's place.
#[track_caller]
pub fn here<S, T>(what: T) -> Registered<T> {
    (what, RegisteredAt::new::<S>(Location::caller()))
}

/// Returns the kind and the attributes of a context type.
pub fn of_context<C: Context>() -> (ContextKind, &'static [AttributeSchema]) {
    (C::KIND, C::schema())
}

/// Makes a definition with its variants for some environments.
pub fn in_environments<const N: usize>(
    (definition, place): Registered<Definition>,
    environments: [(EnvironmentKey, Definition); N],
    only: bool,
) -> Registered<Definition> {
    let whole = environments
        .into_iter()
        .map(|(key, definition)| (key, definition.into()));
    let definition = Definition {
        environments: limited(whole.collect(), only),
        ..definition
    };
    (definition, place)
}

/// Environments that are all that there are, or not.
fn limited<T>(environments: Environments<T>, only: bool) -> Environments<T> {
    if only {
        environments.only()
    } else {
        environments
    }
}

/// Returns the definition of a segment for one environment.
pub fn there<S: Segment>(
    environment: EnvironmentKey,
    name: &str,
    description: Option<&str>,
    tags: Option<&[&'static str]>,
    managed: Managed,
) -> (EnvironmentKey, Definition) {
    let audience = S::Decided::audience(&managed, Some(&environment));
    let definition = definition(S::KEY, name, description, tags, audience);
    (environment, definition)
}

/// Makes a rule and, if its attributes have former names, the rule in former names.
pub fn rule(
    description: Option<&str>,
    clauses: Vec<InBothNames>,
    rollout: Option<Rollout>,
) -> (Rule, Option<Rule>) {
    InBothNames::rule(clauses, description, rollout.as_ref())
}

/// The clause of `member_of!`.
pub fn member_of<const N: usize>(keys: [SegmentKey; N], negate: bool) -> InBothNames {
    let clause = Clause {
        negate,
        ..Clause::segment_match(keys)
    };
    clause.into()
}

/// The clause of `has_kind!`.
pub fn kind_is<const N: usize>(kinds: [ContextKind; N], negate: bool) -> InBothNames {
    let clause = Clause {
        negate,
        ..Clause::kind_is(kinds)
    };
    clause.into()
}

/// Returns whether there is a context of a kind.
#[inline]
pub fn present<C, R: HasContext<C, At>, At>(reader: &R) -> bool {
    reader.context().is_some()
}

/// Makes a percentage that is split by the key of contexts of a kind.
pub fn rollout(percent: f64, kind: ContextKind) -> Rollout {
    Rollout {
        weight: weight(percent),
        kind,
        by: AttributeRef::KEY,
    }
}

/// A bucketing attribute: an attribute of the context, or the context kind itself, which is the same for
/// all.
pub trait Splits<C> {
    /// Returns LaunchDarkly's reference to the attribute.
    fn reference(&self) -> AttributeRef;

    /// Returns the value to hash, if the context has it.
    fn value(&self, context: &C) -> Option<Json>;
}

impl<C: Context, T, G: Get<C, Field: Field>> Splits<C> for Attribute<C, T, G> {
    fn reference(&self) -> AttributeRef {
        crate::attribute::reference::<C, G>()
    }

    fn value(&self, context: &C) -> Option<Json> {
        G::get(context).and_then(Field::json)
    }
}

impl<C: Context> Splits<C> for ContextKind {
    fn reference(&self) -> AttributeRef {
        AttributeRef::KIND
    }

    fn value(&self, _: &C) -> Option<Json> {
        Some(Json::from(C::KIND.as_str()))
    }
}

/// Makes a percentage that is split by an attribute.
pub fn rollout_by<C: Context, B: Splits<C>>(percent: f64, by: &B) -> Rollout {
    Rollout {
        weight: weight(percent),
        kind: C::KIND,
        by: bucketed::<C>(by.reference()),
    }
}

/// The name of an attribute that every program sends, those included that still send the old one: a context
/// without it would be in every share.
fn bucketed<C: Context>(by: AttributeRef) -> AttributeRef {
    former::<C>(&by).unwrap_or(by)
}

pub fn weight(percent: f64) -> Weight {
    // The macro refuses what is no share, and then its error is what the user sees.
    Weight::from_percent(percent).unwrap_or(Weight::NONE)
}

/// Returns whether all clauses on one context match.
#[inline]
pub fn hold<R: HasContext<C, At>, C, At>(reader: &R, clauses: impl Clauses<C>) -> bool {
    clauses.hold(reader, reader.context())
}

/// Returns whether a rule matches whose last clauses are on one context.
#[inline]
pub fn rule_holds<R: HasContext<C, At>, C, At>(
    reader: &R,
    clauses: impl Clauses<C>,
    description: Option<&'static str>,
) -> bool {
    hold(reader, clauses) && reader.rule(description)
}

/// Converts the result of a clause.
#[inline]
pub fn verdict(answer: impl Into<Verdict>) -> Verdict {
    answer.into()
}

/// Returns whether the contexts are in a segment.
#[inline]
pub fn contains<S: Decide<C, At>, C, At>(contexts: C) -> bool {
    match S::decide(&contexts, &Salts::new()) {
        Decision::Included(_) | Decision::Rule(_) => true,
        Decision::Excluded(_) | Decision::NoRule | Decision::Unknown(_) => false,
    }
}

/// Returns the environment in which a segment is evaluated, if it is known.
#[inline]
pub fn environment_of<'a>(salts: &'a Salts, segment: &str) -> Option<&'a EnvironmentKey> {
    salts.environment(segment)
}

/// Returns whether the contexts are in a segment in an environment.
pub fn contains_in<S: Decide<C, At>, C, At>(environment: &impl Environment, contexts: C) -> bool {
    let salts = Salts::new().of_environment(environment);
    contains_with::<S, C, At>(contexts, &salts).unwrap_or(false)
}

/// Returns whether the contexts are in a segment in an environment, and why.
pub fn membership_in<S: Decide<C, At>, C, At>(
    environment: &impl Environment,
    contexts: C,
) -> Membership {
    membership_with::<S, C, At>(contexts, &Salts::new().of_environment(environment))
}

/// Explains the membership in an environment.
pub fn explain_in<S: Segment, C: Contexts>(
    environment: &impl Environment,
    contexts: C,
) -> Explanation {
    explain_with::<S, C>(contexts, &Salts::new().of_environment(environment))
}

/// Returns whether the contexts are in a segment, given the salts; `None` if a salt is missing.
pub fn contains_with<S: Decide<C, At>, C, At>(contexts: C, salts: &Salts) -> Option<bool> {
    Verdict::from(S::decide(&contexts, salts)).known()
}

/// Returns whether the contexts are in a segment, and why.
pub fn membership<S: Decide<C, At>, C, At>(contexts: C) -> Membership {
    membership_with::<S, C, At>(contexts, &Salts::new())
}

/// Returns whether the contexts are in a segment, and why, given the salts.
pub fn membership_with<S: Decide<C, At>, C, At>(contexts: C, salts: &Salts) -> Membership {
    S::decide(&contexts, salts).into()
}

/// Explains the membership.
pub fn explain<S: Segment, C: Contexts>(contexts: C) -> Explanation {
    explain_with::<S, C>(contexts, &Salts::new())
}

/// Explains the membership, given the salts.
pub fn explain_with<S: Segment, C: Contexts>(contexts: C, salts: &Salts) -> Explanation {
    crate::membership::segment::explain::<S>(&contexts, salts)
}

/// A type that may be the second parameter of an [`Attribute`], including objects; for objects, the
/// missing method is reported already.
pub trait PerhapsVersion {
    /// Whether the type is a version.
    const IS_VERSION: bool;
}

impl<T: ValueType> PerhapsVersion for T {
    const IS_VERSION: bool = matches!(T::TYPE, segments_model::AttributeType::Version);
}

impl<O> PerhapsVersion for Nested<O> {
    const IS_VERSION: bool = false;
}

/// Compiles if the clauses do not contradict each other after all: for an attribute with many values, and
/// for versions if the texts look like versions. The caller is the place of the error, as above.
#[track_caller]
pub const fn refuse_contradiction<C, T: PerhapsVersion, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    but_versions: bool,
    message: &str,
) {
    let may_hold = <G::Field as Scalar>::MANY || but_versions && T::IS_VERSION;
    let fits: Option<()> = if may_hold { Some(()) } else { None };
    fits.expect(message);
}

/// Compiles for a field of every number type except those with these bits. The caller is the place of the
/// error, as above.
#[track_caller]
pub const fn refuse_numbers<C, T, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    misfits: u16,
    message: &str,
) {
    let makes_a_difference = <G::Field as Scalar>::NUMBER & misfits == 0;
    let fits: Option<()> = if makes_a_difference { Some(()) } else { None };
    fits.expect(message);
}

/// Compiles for a field that holds one value of the type of a built-in attribute.
#[track_caller]
pub const fn built_in<C, T: ValueType, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    attribute_type: AttributeType,
    message: &str,
) {
    let same = T::TYPE as u8 == attribute_type as u8 && !<G::Field as Scalar>::MANY;
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(message);
}

/// The names of the variants, if the values are an enum.
pub trait PerhapsNames {
    /// All names.
    const NAMES: Option<&'static [&'static str]> = None;
}

impl PerhapsNames for Bool {}
impl PerhapsNames for Text {}
impl PerhapsNames for Number {}
impl PerhapsNames for Date {}
impl PerhapsNames for Version {}

impl<E: AttributeValue> PerhapsNames for OneOf<E> {
    const NAMES: Option<&'static [&'static str]> = Some(E::NAMES);
}

/// Compiles for an attribute that fits a file's declaration: values of that type, one or several, and,
/// for an enum, these texts, each with the message to show if no variant has the name. The caller is the
/// place of the error, as above.
#[track_caller]
pub const fn declared<C, T: ValueType + PerhapsNames, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    attribute_type: AttributeType,
    many: Option<bool>,
    [other_type, other_number]: [&str; 2],
    texts: &[(&str, &str)],
) {
    let same = T::TYPE as u8 == attribute_type as u8;
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(other_type);
    let same = match many {
        Some(many) => <G::Field as Scalar>::MANY == many,
        // Nobody knows, so the struct has the say.
        None => true,
    };
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(other_number);
    let Some(names) = T::NAMES else { return };
    let mut at = 0;
    while at < texts.len() {
        let (text, no_variant) = texts[at];
        let fits: Option<()> = if is_among(text, names) {
            Some(())
        } else {
            None
        };
        fits.expect(no_variant);
        at += 1;
    }
}

const fn is_among(text: &str, names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        if is_same(text, names[at]) {
            return true;
        }
        at += 1;
    }
    false
}

/// Returns whether a context falls into the percentage of a rule, split by the context's key.
pub fn share<C: Context, R: HasContext<C, At>, At>(
    reader: &R,
    place: MissingSalt,
    percent: f64,
    salts: &Salts,
) -> Verdict {
    let answer = || match reader.context() {
        Some(context) => in_share(place, percent, salts, Some(&context.key())),
        None => without_kind(percent),
    };
    reader.share(|| rollout(percent, C::KIND), answer)
}

/// Returns whether a context falls into the percentage of a rule, split by an attribute.
pub fn share_by<C: Context, B: Splits<C>, R: HasContext<C, At>, At>(
    reader: &R,
    place: MissingSalt,
    percent: f64,
    by: &B,
    salts: &Salts,
) -> Verdict {
    let answer = || {
        let Some(context) = reader.context() else {
            return without_kind(percent);
        };
        let value = match by.value(context) {
            Some(Json::String(text)) => Some(text),
            Some(Json::Number(number)) => number
                .as_f64()
                .and_then(kernel::whole_number)
                .map(|number| number.to_string()),
            _ => None,
        };
        in_share(place, percent, salts, value.as_deref())
    };
    reader.share(|| rollout_by::<C, B>(percent, by), answer)
}

fn without_kind(percent: f64) -> Verdict {
    let weight = i64::from(weight(percent).thousandths());
    Verdict::from(kernel::in_share_without_kind(weight))
}

fn in_share(place: MissingSalt, percent: f64, salts: &Salts, value: Option<&str>) -> Verdict {
    let weight = i64::from(weight(percent).thousandths());
    // Where the attribute makes no bucket, the bucket is 0, whatever the salt.
    let Some(value) = value else {
        return Verdict::from(kernel::in_share(0.0, weight));
    };
    match salts.get(place.segment) {
        Some(salt) => {
            let bucket = kernel::bucket(place.segment, salt, value);
            Verdict::from(kernel::in_share(bucket, weight))
        }
        // Everybody and nobody are certain; no salt decides about them.
        None if weight == 0 => Verdict::No,
        None if weight == 100_000 => Verdict::Yes,
        None => Verdict::Unknown(place),
    }
}

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

pub use crate::targeting::Prepared;

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

#[cfg(feature = "ai")]
pub use segments_ai as ai;

/// Returns the AI Config that the contexts are served.
#[cfg(feature = "ai")]
pub fn ai_config<C: ai::Declared, X: Contexts>(
    client: &ai::AiClient,
    contexts: X,
    variables: &dyn ai::Variables,
) -> ai::Config<C> {
    match crate::sdk::context(contexts) {
        Ok(context) => client.config(context, variables),
        Err(error) => client.fallback(error.to_string(), variables),
    }
}

/// Makes tags from literals.
pub fn tags<const N: usize>(tags: [&'static str; N]) -> BTreeSet<Tag> {
    tags.map(Tag::from_static).into()
}

/// Tracks an event of a metric that is counted by `K`. Events that cannot be counted are logged: an event
/// without the context that it is counted by, contexts that the SDK does not accept, and a value that
/// JSON has no number for.
#[cfg(feature = "ai")]
pub fn track<K: Context, At>(
    client: &impl EventClient,
    event: &'static str,
    contexts: impl HasUnit<K, At>,
    value: Option<f64>,
) {
    if contexts.context().is_none() {
        let kind = K::KIND;
        return segments_ai::untracked(event, &format_args!("the call has no `{kind}`"));
    }
    if let Some(value) = value.filter(|value| !value.is_finite()) {
        return segments_ai::untracked(event, &format_args!("{value} is not a finite number"));
    }
    match crate::sdk::context(contexts) {
        Ok(context) => client.track_event(event, context, value),
        Err(error) => segments_ai::untracked(event, &error),
    }
}
