//! AI Configs and flags as types.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use segments_model::evaluate::CompiledTargeting;
use segments_model::targeting::TargetingExplanation;
use segments_model::{
    Definition, EnvironmentKey, Evaluation, Expiry, SegmentKey, Targeting, VariationKey, wire,
};

use crate::HasContext;
use crate::clock::now;
use crate::context::contexts::Contexts;
use crate::membership::decision::Salts;
use crate::registry::Registered;

/// An AI Config or a feature flag about which this program says who is served what. Made by
/// [`#[ai_config]`](crate::ai_config) and [`#[flag_targeting]`](crate::flag_targeting).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an AI Config or a flag",
    label = "not targeted",
    note = "an AI Config is a unit struct with `#[ai_config(...)]`, a flag one with `#[flag_targeting(...)]`"
)]
pub trait Targeted {
    /// The variations that may be served.
    type Variation: Variation;

    /// The segments of the rules that ask for one and nothing else, on which experiments run.
    #[doc(hidden)]
    const RULES: &'static [SegmentKey];

    /// Whether it is declared who is served otherwise.
    #[doc(hidden)]
    const FALLTHROUGH: bool;

    /// Everything that is declared.
    fn targeting() -> Targeting {
        Self::declared().0
    }

    /// Returns the declaration and its place.
    #[doc(hidden)]
    fn declared() -> Registered<Targeting>;

    /// Collects the definitions of the segments that the targeting references, directly and indirectly;
    /// may contain duplicates.
    #[doc(hidden)]
    fn collect(definitions: &mut Vec<Definition>);
}

/// The declared variations of an AI Config or a flag, as an enum.
pub trait Variation: Copy + Eq + std::fmt::Debug + std::fmt::Display + 'static {
    /// All variations, in the order of declaration.
    const ALL: &'static [Self];

    /// Their names, in the same order.
    #[doc(hidden)]
    const NAMES: &'static [&'static str];

    /// The key that LaunchDarkly knows.
    fn key(self) -> VariationKey;
}

/// Contexts among which there is one of the kind `K` that an AI Config or flag looks at. It is
/// [`HasContext`](crate::HasContext), which speaks of segments where it is missing.
#[diagnostic::on_unimplemented(
    message = "this AI Config or flag tests a `{K}`, and the call passes none",
    label = "no `&{K}` in here",
    note = "pass a reference to each context that its rules test, as in `variation((&user, &device))`",
    note = "a kind that a request does not have is passed as `None::<&{K}>`"
)]
pub trait HasContextOfTargeting<K, At>: HasContext<K, At> {}

#[diagnostic::do_not_recommend]
impl<C: HasContext<K, At>, K, At> HasContextOfTargeting<K, At> for C {}

/// An AI Config or flag about which `C` tells enough: it has every kind of context that the rules
/// look at.
///
/// Example: [`ai_config`](crate::ai_config).
#[diagnostic::on_unimplemented(
    message = "`{C}` lacks a context kind needed by `{Self}`",
    label = "pass a reference to each context that the rules test"
)]
pub trait CanEvaluate<C, At>: Targeted {
    /// Returns the variation that the contexts are served, if the generated code can decide; otherwise
    /// the interpreter does.
    #[doc(hidden)]
    fn decide(contexts: &C, salts: &Salts) -> Option<Evaluation<Self::Variation>>;
}

/// A targeting with the segments that it references, prepared for evaluation: once, or once for each
/// environment if environments differ.
#[derive(Debug)]
pub struct Prepared {
    declared: LazyLock<Declarations>,
    /// Where nothing that is asked expires.
    elsewhere: OnceLock<Arc<CompiledTargeting>>,
    elsewhere_until: RwLock<Option<Kept>>,
    environments: RwLock<BTreeMap<EnvironmentKey, Kept>>,
}

/// What was prepared, until the first context on a list of its segments expires.
#[derive(Debug, Clone)]
struct Kept {
    prepared: Arc<CompiledTargeting>,
    until: Option<Expiry>,
}

impl Kept {
    fn get(&self) -> Option<Arc<CompiledTargeting>> {
        let holds = self.until.is_none_or(|until| !until.has_passed(now()));
        holds.then(|| self.prepared.clone())
    }
}

#[derive(Debug)]
struct Declarations {
    targeting: Targeting,
    segments: Vec<Definition>,
    /// Whether the answer depends on the environment.
    differ: bool,
    /// Whether a segment has contexts that expire, outside of what single environments have of their own.
    expire: bool,
}

impl Declarations {
    fn of<T: Targeted>() -> Self {
        let mut segments = Vec::new();
        T::collect(&mut segments);
        segments.sort_by(|left, right| left.key.cmp(&right.key));
        segments.dedup_by(|left, right| left.key == right.key);
        let targeting = T::targeting();
        let differs = |segment: &Definition| !segment.environments.is_empty();
        Self {
            differ: !targeting.environments.is_empty() || segments.iter().any(differs),
            expire: segments.iter().any(Definition::expires),
            targeting,
            segments,
        }
    }

    fn prepare(&self, environment: Option<&EnvironmentKey>) -> Kept {
        let now = now();
        let segments = self.segments.iter();
        let here: Vec<_> = segments.map(|it| it.in_environment(environment)).collect();
        let until = here.iter().filter_map(|it| it.next_expiry(now)).min();
        let segments = here.iter().map(|it| wire::Segment::from(&*it.at(now)));
        let targeting = environment.map(|environment| self.targeting.in_environment(environment));
        let targeting = targeting.as_deref().unwrap_or(&self.targeting);
        Kept {
            prepared: Arc::new(CompiledTargeting::new(targeting, segments)),
            until,
        }
    }
}

impl Prepared {
    /// Creates a value that prepares the targeting at its first evaluation.
    #[must_use]
    pub const fn new<T: Targeted>() -> Self {
        Self {
            declared: LazyLock::new(Declarations::of::<T>),
            elsewhere: OnceLock::new(),
            elsewhere_until: RwLock::new(None),
            environments: RwLock::new(BTreeMap::new()),
        }
    }

    /// The targeting that answers in the environment of the salts.
    pub(crate) fn asked(&self, salts: &Salts) -> Arc<CompiledTargeting> {
        let declared = &*self.declared;
        let environment = if declared.differ {
            salts.environment(declared.targeting.resource.key())
        } else {
            None
        };
        let Some(environment) = environment else {
            if !declared.expire {
                let prepare = || declared.prepare(None).prepared;
                return self.elsewhere.get_or_init(prepare).clone();
            }
            let known = self.elsewhere_until.read();
            let known = known.unwrap_or_else(PoisonError::into_inner);
            if let Some(prepared) = known.as_ref().and_then(Kept::get) {
                return prepared;
            }
            drop(known);
            let kept = declared.prepare(None);
            let elsewhere = self.elsewhere_until.write();
            *elsewhere.unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
            return kept.prepared;
        };
        let environments = self.environments.read();
        let known = environments.unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known.get(environment).and_then(Kept::get) {
            return prepared;
        }
        drop(known);
        let kept = declared.prepare(Some(environment));
        let environments = self.environments.write();
        let mut environments = environments.unwrap_or_else(PoisonError::into_inner);
        environments.insert(environment.clone(), kept.clone());
        kept.prepared
    }
}

/// The same with the salts, sharing what was prepared.
pub(crate) fn with_salts(targeting: &CompiledTargeting, salts: &Salts) -> CompiledTargeting {
    let split = salts.split(targeting.resource().key()).cloned();
    targeting
        .clone()
        .with_salts_of(|segment| salts.get(segment))
        .with_split(split)
}

/// Which variation the contexts are served.
pub(crate) fn evaluate<T: Targeted>(
    targeting: &CompiledTargeting,
    contexts: &impl Contexts,
) -> Evaluation<T::Variation> {
    let evaluation = targeting.evaluate(&contexts.to_instance());
    evaluation.map(|chosen| {
        let mut variations = T::Variation::ALL.iter().copied();
        variations
            .find(|variation| variation.key() == chosen)
            .expect("a targeting serves nothing but declared variations, as its checks say")
    })
}

/// How an answer comes about.
pub(crate) fn explain(
    targeting: &CompiledTargeting,
    contexts: &impl Contexts,
) -> TargetingExplanation {
    targeting.explain(&contexts.to_instance())
}
