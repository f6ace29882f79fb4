//! Segments as types.

use std::borrow::Cow;

use segments_model::evaluate::CompiledSegments;
use segments_model::explanation::Explanation;
use segments_model::{Definition, SegmentKey};

use crate::clock::now;
use crate::context::parts::Contexts;
use crate::membership::about::About;
use crate::membership::decided::Decided;
use crate::membership::decision::{Decision, Salts};
use crate::registry::Registered;

/// A segment that is declared in this program. Made by [`#[segment]`](crate::segment).
///
/// ```
/// use segments_runtime::{Context, Segment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// /// What can be said of every segment.
/// fn title<S: Segment>() -> String {
///     format!("{} ({})", S::definition().name, S::KEY)
/// }
/// assert_eq!(title::<Paying>(), "Paying (paying)");
///
/// // What depends on the contexts are methods of the type itself.
/// let user = User { id: "u-1".into(), plan: "pro".into() };
/// assert!(Paying::contains(&user));
/// assert_eq!(Paying::membership(&user).known(), Some(true));
/// assert!(Paying::explain(&user).to_string().contains("rule 1 holds"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a segment",
    label = "not a segment",
    note = "a segment is a unit struct with `#[segment(...)]`"
)]
pub trait Segment: Sized {
    /// The key.
    const KEY: SegmentKey = SegmentKey::from_static(Self::ABOUT.key);

    /// The rest of the declaration, without the rules.
    #[doc(hidden)]
    const ABOUT: About;

    /// The place where membership is decided.
    #[doc(hidden)]
    type Decided: Decided<Self>;

    /// The lists that a program may change while it runs.
    #[doc(hidden)]
    type Listing;

    /// Returns the complete definition.
    fn definition() -> Definition {
        Self::declared().0
    }

    /// Returns the definition and its place.
    #[doc(hidden)]
    fn declared() -> Registered<Definition> {
        Self::ABOUT.declared::<Self>()
    }

    /// Adds the definition and its place to all declarations.
    #[doc(hidden)]
    fn declare(all: &mut Vec<Registered<Definition>>) {
        all.push(Self::declared());
    }

    /// Collects this definition and those it references, transitively; may contain duplicates.
    #[doc(hidden)]
    fn collect(definitions: &mut Vec<Definition>) {
        definitions.push(Self::definition());
    }
}

/// A segment about which `C` tells enough: it has every kind of context that the segment looks at.
///
/// Example: [`Segment`].
#[diagnostic::on_unimplemented(
    message = "`{C}` lacks a context kind needed by `{Self}`",
    label = "pass a reference to each context that the segment tests"
)]
pub trait Decide<C, At> {
    #[doc(hidden)]
    fn decide(contexts: &C, salts: &Salts) -> Decision;
}

/// A segment whose members this program can tell: it has no percentage rule, and asks no segment
/// that has one.
///
/// Example: [`Segment`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has a percentage rule, or references a segment that has one, so membership depends on LaunchDarkly's salt",
    label = "`contains` does not exist for this segment",
    note = "`membership` answers `In`, `Out` or `Unknown`; `contains_with` takes the salts"
)]
pub trait DecidableWithoutSalt<C> {}

/// A segment whose members are listed in its definition. Big segments are not: LaunchDarkly keeps
/// their members.
#[diagnostic::on_unimplemented(
    message = "LaunchDarkly keeps the members of the big segment `{Self}`, so this program cannot evaluate it",
    label = "a big segment cannot be evaluated locally",
    note = "evaluate it through a feature flag and an SDK with a big segment store, or declare a standard segment"
)]
pub trait HasLocalMembers<C> {}

/// How an answer comes about.
pub(crate) fn explain<S: Segment>(contexts: &impl Contexts, salts: &Salts) -> Explanation {
    let mut definitions = Vec::new();
    S::collect(&mut definitions);
    definitions.sort_by(|left, right| left.key.cmp(&right.key));
    definitions.dedup_by(|left, right| left.key == right.key);
    if definitions.iter().any(|it| !it.environments.is_empty())
        && let Some(environment) = salts.environment(S::KEY.as_str())
    {
        for definition in &mut definitions {
            if let Cow::Owned(there) = definition.in_environment(environment) {
                *definition = there;
            }
        }
    }
    let now = now();
    for definition in &mut definitions {
        definition.expire_at(now);
    }
    let salts = salts
        .iter()
        .map(|(key, salt)| (key.as_str(), salt.to_owned()));
    CompiledSegments::from_definitions(&definitions)
        .with_salts(salts)
        .explain(S::KEY.as_str(), &contexts.to_instance())
        .expect("a segment is among the definitions that it collects")
}
