//! What a standard segment consists of. `#[segment]` prints what differs from one segment to the next,
//! and calls these macros for the rest: rustc reads their text once, where it would check every token
//! that `#[segment]` printed at every segment.

/// The questions of a segment, and who answers them. The caller has imported `__private` as
/// `__segments`, for each part of a path costs rustc too.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_standard {
    (
        [$($visibility:tt)*] $segment:ident $key:literal $(#[$contains:meta])?
        [$($context:ty as $context_at:ident)*]
        [$($asked:ty as $asked_at:ident)*]
        decide($contexts:tt, $salts:tt) { $($decide:tt)* }
    ) => {
        impl $segment {
            /// The key of this segment in LaunchDarkly.
            $($visibility)* const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static($key);
            /// Returns whether the contexts are in this segment: decided here, without a network.
            $(#[$contains])?
            #[inline]
            $($visibility)* fn contains<__Contexts, __At>(contexts: __Contexts) -> __segments::bool
            where Self: __segments::Decide<__Contexts, __At> + __segments::DecidableWithoutSalt<__Contexts>
            {
                __segments::contains::<Self, __Contexts, __At>(contexts)
            }
            /// Returns whether the contexts are in this segment, and what decides it.
            $($visibility)* fn membership<__Contexts, __At>(contexts: __Contexts) -> __segments::Membership
            where Self: __segments::Decide<__Contexts, __At>
            {
                __segments::membership::<Self, __Contexts, __At>(contexts)
            }
            /// How the answer comes about: each rule and clause, with what was seen and compared.
            $($visibility)* fn explain<__Contexts, __At>(contexts: __Contexts) -> __segments::Explanation
            where Self: __segments::Decide<__Contexts, __At>, __Contexts: __segments::Contexts
            {
                __segments::explain::<Self, __Contexts>(contexts)
            }
        }
        impl<__Contexts, $($context_at,)* $($asked_at),*>
            __segments::Decide<__Contexts, ($($context_at,)* $($asked_at,)*)> for $segment
        where
            __Contexts: __segments::RuleVisitor
                $(+ __segments::HasContext<$context, $context_at>)*
                $(+ __segments::Asks<$asked, $asked_at>)*
        {
            #[inline]
            fn decide($contexts: &__Contexts, $salts: &__segments::Salts) -> __segments::Decision {
                $($decide)*
            }
        }
    };
}

/// Of what values a type is made, where tests make some. The runtime decides and not the macro, which a
/// workspace may build with other features than the runtime that its output meets.
#[cfg(feature = "proptest")]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_made {
    ($($implementation:tt)*) => { $($implementation)* };
}

/// Without the feature nobody makes values.
#[cfg(not(feature = "proptest"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_made {
    ($($implementation:tt)*) => {};
}

/// The questions that take salts: without a percentage rule on the way, salts change nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_with_salts {
    ([$($visibility:tt)*] $segment:ident) => {
        impl $segment {
            /// Whether the contexts are in this segment, given the salts of percentage rules;
            /// `None` if a salt is missing that matters.
            $($visibility)* fn contains_with<__Contexts, __At>(
                contexts: __Contexts,
                salts: &__segments::Salts,
            ) -> __segments::Option<__segments::bool>
            where Self: __segments::Decide<__Contexts, __At>
            {
                __segments::contains_with::<Self, __Contexts, __At>(contexts, salts)
            }
            /// Whether the contexts are in this segment, given the salts, and what decides it.
            $($visibility)* fn membership_with<__Contexts, __At>(
                contexts: __Contexts,
                salts: &__segments::Salts,
            ) -> __segments::Membership
            where Self: __segments::Decide<__Contexts, __At>
            {
                __segments::membership_with::<Self, __Contexts, __At>(contexts, salts)
            }
            /// How the answer comes about, given the salts.
            $($visibility)* fn explain_with<__Contexts, __At>(
                contexts: __Contexts,
                salts: &__segments::Salts,
            ) -> __segments::Explanation
            where Self: __segments::Decide<__Contexts, __At>, __Contexts: __segments::Contexts
            {
                __segments::explain_with::<Self, __Contexts>(contexts, salts)
            }
        }
    };
}

/// The questions about one environment, of a segment that may say something else in some.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_in_environment {
    ([$($visibility:tt)*] $segment:ident) => {
        #[allow(dead_code, reason = "nobody asks every question")]
        impl $segment {
            /// Whether the contexts are in this segment in an environment.
            $($visibility)* fn contains_in<__Contexts, __At>(
                environment: impl __segments::Environment,
                contexts: __Contexts,
            ) -> __segments::bool
            where Self: __segments::Decide<__Contexts, __At> + __segments::DecidableWithoutSalt<__Contexts>
            {
                __segments::contains_in::<Self, __Contexts, __At>(&environment, contexts)
            }
            /// Whether the contexts are in this segment in an environment, and what decides it.
            $($visibility)* fn membership_in<__Contexts, __At>(
                environment: impl __segments::Environment,
                contexts: __Contexts,
            ) -> __segments::Membership
            where Self: __segments::Decide<__Contexts, __At>
            {
                __segments::membership_in::<Self, __Contexts, __At>(&environment, contexts)
            }
            /// How the answer comes about in an environment.
            $($visibility)* fn explain_in<__Contexts, __At>(
                environment: impl __segments::Environment,
                contexts: __Contexts,
            ) -> __segments::Explanation
            where Self: __segments::Decide<__Contexts, __At>, __Contexts: __segments::Contexts
            {
                __segments::explain_in::<Self, __Contexts>(&environment, contexts)
            }
        }
    };
}
