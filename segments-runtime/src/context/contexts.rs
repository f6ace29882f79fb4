//! All contexts of an evaluation, as JSON.

use segments_model::evaluate::ContextInstance;
use segments_model::{AttributeValue, ContextKind};
use serde_json::{Map, Value as Json};

use crate::Context;

use super::with_segments::WithSegments;

/// Contexts as LaunchDarkly's JSON: all contexts at once, where [`HasContext`](crate::HasContext) returns one kind at a
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
    /// SDK accepts, such as one with an empty key, are left out; [explanations](segments_model::explanation) say so.
    fn to_instance(&self) -> ContextInstance {
        let mut contexts = Vec::new();
        self.collect(&mut contexts);
        let (contexts, without_key): (Vec<_>, Vec<_>) =
            contexts.into_iter().partition(|(_, context)| {
                let key = context.get("key").and_then(Json::as_str);
                key.is_some_and(|key| !key.is_empty())
            });
        let instance = ContextInstance::from_kinds(
            contexts
                .into_iter()
                .map(|(kind, context)| (kind, AttributeValue::from(Json::Object(context)))),
        )
        .unwrap_or_default();
        let without_key = without_key.into_iter();
        let without_key = without_key.filter_map(|(kind, _)| ContextKind::parse(kind).ok());
        without_key.fold(instance, ContextInstance::without_key)
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

impl<K: Context> Contexts for WithSegments<'_, K> {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        Contexts::collect(&self.context, contexts);
    }

    fn listing(&self, listing: &mut Vec<(String, &'static str)>) {
        listing.push((K::KIND.into(), self.attribute));
    }
}

macro_rules! tuples {
    ($([$($all:ident)*] [$($place:tt)*];)*) => {$(
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

tuples! {
    [] [];
    [A] [0];
    [A B] [0 1];
    [A B C] [0 1 2];
    [A B C D] [0 1 2 3];
    [A B C D E] [0 1 2 3 4];
}
