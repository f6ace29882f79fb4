//! AI Configs and flags as types.

use segments_model::evaluate::CompiledTargeting;
use segments_model::targeting::TargetingExplanation;
use segments_model::{Choice, Definition, Targeting, VariationKey, wire};

use crate::contexts::{Contexts, Has};
use crate::decision::Salts;
use crate::registry::Declared;

/// An AI Config or a feature flag about which this program says who is served what. Made by
/// [`#[ai_config]`](crate::ai_config) and [`#[flag_targeting]`](crate::flag_targeting).
///
/// See the example of [`ai_config`](crate::ai_config).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an AI Config or a flag",
    label = "not targeted",
    note = "an AI Config is a unit struct with `#[ai_config(...)]`, a flag one with `#[flag_targeting(...)]`"
)]
pub trait Targeted {
    /// What it may serve.
    type Variation: Variation;

    /// Everything that is declared.
    fn targeting() -> Targeting {
        Self::declared().0
    }

    /// The same and where it stands.
    #[doc(hidden)]
    fn declared() -> Declared<Targeting>;

    /// The definitions of the segments that it asks, and of those that these ask; some perhaps more
    /// than once.
    #[doc(hidden)]
    fn collect(definitions: &mut Vec<Definition>);
}

/// The declared variations of an AI Config or a flag, as an enum.
///
/// See the example of [`ai_config`](crate::ai_config).
pub trait Variation: Copy + Eq + std::fmt::Debug + std::fmt::Display + 'static {
    /// Every one, in the order of declaration.
    const ALL: &'static [Self];

    /// The key that LaunchDarkly knows.
    fn key(self) -> VariationKey;
}

/// Contexts among which there is one of the kind `K` that an AI Config or flag looks at. It is
/// [`Has`](crate::Has), which speaks of segments where it is missing.
#[diagnostic::on_unimplemented(
    message = "this AI Config or flag looks at a `{K}`, and the call passes none",
    label = "no `&{K}` in here",
    note = "pass a reference to each context that its rules look at, as in `variation((&user, &device))`",
    note = "a kind that a request does not have is passed as `None::<&{K}>`"
)]
pub trait Tells<K, At> {}

#[diagnostic::do_not_recommend]
impl<C: Has<K, At>, K, At> Tells<K, At> for C {}

/// An AI Config or flag about which `C` tells enough: it has every kind of context that the rules
/// look at.
///
/// See the example of [`ai_config`](crate::ai_config).
#[diagnostic::on_unimplemented(
    message = "`{C}` does not tell enough about a context to ask `{Self}`",
    label = "pass a reference to each context that the rules look at"
)]
pub trait Ask<C, At> {}

/// The targeting with the segments that it asks, prepared to be asked.
pub(crate) fn prepare<T: Targeted>() -> CompiledTargeting {
    let mut definitions = Vec::new();
    T::collect(&mut definitions);
    definitions.sort_by(|left, right| left.key.cmp(&right.key));
    definitions.dedup_by(|left, right| left.key == right.key);
    CompiledTargeting::new(&T::targeting(), definitions.iter().map(wire::Segment::from))
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
pub(crate) fn choose<T: Targeted>(
    targeting: &CompiledTargeting,
    contexts: &impl Contexts,
) -> Choice<T::Variation> {
    let choice = targeting.choice(&contexts.to_instance());
    choice.map(|chosen| {
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
