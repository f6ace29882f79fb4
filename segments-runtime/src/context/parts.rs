//! The contexts of an evaluation: one, or a tuple of several kinds.

use segments_model::evaluate::ContextInstance;
use segments_model::{AttributeValue, SegmentKey};
use serde_json::{Map, Value as Json};

use crate::membership::decision::{Salts, Verdict};
use crate::membership::visitor::{Asks, RuleVisitor};
use crate::{Context, Decide};

/// One context among several: a reference, or an `Option` of one. `None::<&Device>` is a kind that
/// this request does not have; a clause on it does not hold, negated or not.
///
/// Example: [`Contexts`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to a `{K}`",
    label = "expected `&{K}` or `Option<&{K}>`"
)]
pub trait ContextPart<K> {
    /// Returns the context, if there is one.
    fn part(&self) -> Option<&K>;
}

impl<K> ContextPart<K> for &K {
    #[inline]
    fn part(&self) -> Option<&K> {
        Some(self)
    }
}

impl<K> ContextPart<K> for Option<&K> {
    #[inline]
    fn part(&self) -> Option<&K> {
        *self
    }
}

/// Contexts among which there is one of kind `K`. The compiler finds out where (`At`).
///
/// ```compile_fail
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// #[derive(Context)]
/// #[context(kind = "device")]
/// struct Device { #[context(key)] id: String, version: semver::Version }
///
/// /// Devices on the new version.
/// #[segment(rule(Device::VERSION.gt("2.0.0")))]
/// struct NewDevices;
///
/// let user = User { id: "u-1".into() };
/// NewDevices::contains(&user); // error: this segment tests a `Device`, and the call passes none
/// ```
#[diagnostic::on_unimplemented(
    message = "this segment tests a `{K}`, and the call passes none",
    label = "no `&{K}` in here",
    note = "pass a reference to each context that the segment tests, as in `contains((&user, &device))`",
    note = "a kind that a request does not have is passed as `None::<&{K}>`"
)]
pub trait HasContext<K, At>: RuleVisitor {
    /// Returns the context of that kind, if this request has one.
    fn context(&self) -> Option<&K>;
}

/// The position of a context that is passed alone.
#[derive(Debug)]
pub enum SingleContext {}

/// A position in a tuple.
#[derive(Debug)]
pub enum At<const N: usize> {}

impl<K: ?Sized> RuleVisitor for &K {}

impl<K> RuleVisitor for Option<&K> {}

#[diagnostic::do_not_recommend]
impl<K> HasContext<K, SingleContext> for &K {
    #[inline]
    fn context(&self) -> Option<&K> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<K> HasContext<K, SingleContext> for Option<&K> {
    #[inline]
    fn context(&self) -> Option<&K> {
        *self
    }
}

macro_rules! asks {
    ($([$($part:ident)*] $contexts:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part,)* S, At> Asks<S, At> for $contexts
        where
            Self: RuleVisitor,
            S: Decide<Self, At>,
        {
            #[inline]
            fn ask(&self, _: impl FnOnce() -> SegmentKey, salts: &Salts) -> Verdict {
                Verdict::from(S::decide(self, salts))
            }
        }
    )*};
}

// One by one: written once for everything, this would be for recorders too.
asks! {
    [K] &K;
    [K] Option<&K>;
    [] ();
    [A] (A,);
    [A B] (A, B);
    [A B C] (A, B, C);
    [A B C D] (A, B, C, D);
    [A B C D E] (A, B, C, D, E);
}

/// Contexts as LaunchDarkly's JSON: all contexts at once, where [`HasContext`] returns one kind at a
/// time.
///
/// ```
/// # use segments_runtime::{Context, Contexts};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String }
/// # #[derive(Context)]
/// # #[context(kind = "device")]
/// # struct Device { #[context(key)] id: String }
/// let (user, device) = (User { id: "u-1".into() }, Device { id: "d-1".into() });
/// assert_eq!((&user).to_json(), serde_json::json!({ "kind": "user", "key": "u-1" }));
/// assert_eq!(
///     (&user, Some(&device)).to_json(),
///     serde_json::json!({ "kind": "multi", "user": { "key": "u-1" }, "device": { "key": "d-1" } })
/// );
/// ```
pub trait Contexts {
    /// Adds the contexts, each with its kind.
    #[doc(hidden)]
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>);

    /// Adds the contexts that list the segments that contain them: the kind of each, and the attribute.
    #[doc(hidden)]
    fn listing(&self, _listing: &mut Vec<(String, &'static str)>) {}

    /// Returns the contexts as JSON: one as it is, several as a context of kind `multi`.
    fn to_json(&self) -> Json {
        let mut contexts = Vec::new();
        self.collect(&mut contexts);
        if contexts.len() == 1 {
            let (kind, mut context) = contexts.remove(0);
            context.insert("kind".to_owned(), Json::from(kind));
            return Json::Object(context);
        }
        let contexts = contexts
            .into_iter()
            .map(|(kind, context)| (kind, Json::Object(context)));
        let multi = [("kind".to_owned(), Json::from("multi"))];
        Json::Object(multi.into_iter().chain(contexts).collect())
    }

    /// Returns the contexts for the [interpreting evaluator](segments_model::evaluate). Contexts that no
    /// SDK accepts, such as one with an empty key, are left out.
    fn to_instance(&self) -> ContextInstance {
        let mut contexts = Vec::new();
        self.collect(&mut contexts);
        contexts.retain(|(_, context)| {
            context
                .get("key")
                .and_then(Json::as_str)
                .is_some_and(|key| !key.is_empty())
        });
        ContextInstance::from_kinds(
            contexts
                .into_iter()
                .map(|(kind, context)| (kind, AttributeValue::from(Json::Object(context)))),
        )
        .unwrap_or_default()
    }
}

impl<K: Context> Contexts for &K {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        if let Json::Object(mut context) = K::to_json(self) {
            context.remove("kind");
            contexts.push((K::KIND.into(), context));
        }
    }

    fn listing(&self, listing: &mut Vec<(String, &'static str)>) {
        listing.extend(K::SEGMENTS.map(|attribute| (K::KIND.into(), attribute)));
    }
}

impl<C: Contexts> Contexts for Option<C> {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        if let Some(context) = self {
            context.collect(contexts);
        }
    }

    fn listing(&self, listing: &mut Vec<(String, &'static str)>) {
        if let Some(context) = self {
            context.listing(listing);
        }
    }
}

macro_rules! tuples {
    ($([$($all:ident)*] $place:literal $field:tt $part:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<K, $($all),*> HasContext<K, At<$place>> for ($($all,)*)
        where
            $part: ContextPart<K>,
        {
            #[inline]
            fn context(&self) -> Option<&K> {
                self.$field.part()
            }
        }
    )*};
}

macro_rules! whole_tuples {
    ($([$($all:ident)*] [$($place:tt)*];)*) => {$(
        impl<$($all),*> RuleVisitor for ($($all,)*) {}

        impl<$($all: Contexts),*> Contexts for ($($all,)*) {
            #[allow(unused_variables, reason = "no context is collected from the empty tuple")]
            fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
                $(self.$place.collect(contexts);)*
            }

            #[allow(unused_variables, reason = "nothing lists anything in the empty tuple")]
            fn listing(&self, listing: &mut Vec<(String, &'static str)>) {
                $(self.$place.listing(listing);)*
            }
        }
    )*};
}

whole_tuples! {
    [] [];
    [A] [0];
    [A B] [0 1];
    [A B C] [0 1 2];
    [A B C D] [0 1 2 3];
    [A B C D E] [0 1 2 3 4];
}

tuples! {
    [A] 0 0 A;
    [A B] 0 0 A;
    [A B] 1 1 B;
    [A B C] 0 0 A;
    [A B C] 1 1 B;
    [A B C] 2 2 C;
    [A B C D] 0 0 A;
    [A B C D] 1 1 B;
    [A B C D] 2 2 C;
    [A B C D] 3 3 D;
    [A B C D E] 0 0 A;
    [A B C D E] 1 1 B;
    [A B C D E] 2 2 C;
    [A B C D E] 3 3 D;
    [A B C D E] 4 4 E;
}
