//! Segments as types.

use std::borrow::Cow;

use segments_model::evaluate::CompiledSegments;
use segments_model::explanation::Explanation;
use segments_model::{Audience, Definition, EnvironmentKey, SegmentKey};

use crate::clock::now;
use crate::context::contexts::Contexts;
use crate::membership::about::About;
use crate::membership::decision::Salts;
use crate::membership::visitor::Managed;
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
        everywhere::<Self>()
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

/// Returns the base definition of a segment.
pub fn everywhere<S: Segment>() -> Registered<Definition> {
    let about = S::ABOUT;
    about.declared::<S>(S::Decided::audience(&about.managed, None))
}

/// The place where the membership in the segment `S` is decided.
pub trait Decided<S: ?Sized> {
    /// Returns the audience of an environment, or the base audience.
    fn audience(managed: &Managed, environment: Option<&EnvironmentKey>) -> Audience;
}
