//! The contexts of an evaluation: one, or a tuple of several kinds.

use segments_model::SegmentKey;

use crate::Decide;
use crate::context::with_segments::WithSegments;
use crate::membership::decision::{Salts, Verdict};
use crate::membership::visitor::{Asks, HasContext, RuleVisitor, SingleContext};

/// One context among several: a reference, or an `Option` of one. `None::<&Device>` is a kind that
/// this request does not have; a clause on it does not hold, negated or not.
///
/// Example: [`Contexts`](crate::Contexts).
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

impl<K> RuleVisitor for WithSegments<'_, K> {}

#[diagnostic::do_not_recommend]
impl<K> HasContext<K, SingleContext> for WithSegments<'_, K> {
    #[inline]
    fn context(&self) -> Option<&K> {
        Some(self.context)
    }
}

impl<K> ContextPart<K> for WithSegments<'_, K> {
    fn part(&self) -> Option<&K> {
        Some(self.context)
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
    ($([$($all:ident)*];)*) => {$(
        impl<$($all),*> RuleVisitor for ($($all,)*) {}
    )*};
}

whole_tuples! { []; [A]; [A B]; [A B C]; [A B C D]; [A B C D E]; }

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
