//! Contexts that a request keeps.

use crate::{Context, Contexts};

/// Owned contexts: one, or a tuple of several kinds, each of which may be an `Option`. They are evaluated
/// like references.
///
/// ```
/// use segments_runtime::tower::OwnedContexts;
/// use segments_runtime::{Context, Contexts};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// #[derive(Context)]
/// #[context(kind = "device")]
/// struct Device { #[context(key)] id: String }
///
/// let owned = (User { id: "u-1".into() }, None::<Device>);
/// assert_eq!(owned.as_contexts().to_json(), serde_json::json!({ "kind": "user", "key": "u-1" }));
/// ```
pub trait OwnedContexts: Send + Sync + 'static {
    /// The type of references to the contexts.
    type Ref<'c>: Contexts;

    /// Returns references to the contexts.
    fn as_contexts(&self) -> Self::Ref<'_>;
}

impl<K: Context + Send + Sync> OwnedContexts for K {
    type Ref<'c> = &'c K;

    fn as_contexts(&self) -> &K {
        self
    }
}

impl<K: Context + Send + Sync> OwnedContexts for Option<K> {
    type Ref<'c> = Option<&'c K>;

    fn as_contexts(&self) -> Option<&K> {
        self.as_ref()
    }
}

macro_rules! tuples {
    ($([$($part:ident)*] [$($place:tt)*];)*) => {$(
        impl<$($part: OwnedContexts),*> OwnedContexts for ($($part,)*) {
            type Ref<'c> = ($($part::Ref<'c>,)*);

            fn as_contexts(&self) -> Self::Ref<'_> {
                ($(self.$place.as_contexts(),)*)
            }
        }
    )*};
}

tuples! {
    [A B] [0 1];
    [A B C] [0 1 2];
    [A B C D] [0 1 2 3];
    [A B C D E] [0 1 2 3 4];
}
