//! The parts of a standard segment. `#[segment]` prints only the differences between segments, and calls
//! these macros for the rest: rustc parses their text once, while it checks every printed token again for
//! every segment.

/// The methods of a segment, and their implementations. The caller imports `__private_0_1` as `__segments`,
/// because each part of a path costs compile time, too.
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

/// The values of a type, for tests that generate them. The runtime decides, not the macro: in a workspace
/// the macro may be built with other features than the runtime that its output uses.
#[cfg(feature = "proptest")]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_made {
    ($($implementation:tt)*) => { $($implementation)* };
}

/// Expands to nothing without the feature.
#[cfg(not(feature = "proptest"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_made {
    ($($implementation:tt)*) => {};
}

/// The methods that take salts: without a percentage rule, salts change nothing.
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

/// The methods for one environment, of a segment that may differ by environment.
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
