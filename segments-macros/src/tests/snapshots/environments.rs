#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private::ide! {
        rule(User::AGE.gt(30)), environment(Stage::Staging, nobody()),
        environment(Stage::Production)
    }
    use ::segments_runtime::__private as __segments;
    impl __segments::Segment for Staff {
        const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static("staff");
        fn definition() -> __segments::Definition {
            __segments::in_environments(
                __segments::definition(
                    Self::KEY,
                    "Staff",
                    __segments::Some("Colleagues."),
                    __segments::None,
                    __segments::Audience::Standard {
                        included: __segments::Targets::Unmanaged,
                        excluded: __segments::Targets::Unmanaged,
                        rules: __segments::Some(
                            __segments::list([
                                __segments::rule(
                                    __segments::None,
                                    __segments::list([
                                        __segments::Condition::clause(&(<User>::AGE.gt(30))),
                                    ]),
                                    __segments::None,
                                ),
                            ]),
                        ),
                    },
                ),
                [
                    (
                        __segments::Environment::environment(&Stage::Staging),
                        __segments::definition(
                            Self::KEY,
                            "Staff",
                            __segments::Some("Colleagues."),
                            __segments::None,
                            __segments::Audience::Standard {
                                included: __segments::Targets::Exactly(
                                    __segments::Lists::new(),
                                ),
                                excluded: __segments::Targets::Exactly(
                                    __segments::Lists::new(),
                                ),
                                rules: __segments::Some(__segments::list([])),
                            },
                        ),
                    ),
                    (
                        __segments::Environment::environment(&Stage::Production),
                        __segments::definition(
                            Self::KEY,
                            "Staff",
                            __segments::Some("Colleagues."),
                            __segments::None,
                            __segments::Audience::Standard {
                                included: __segments::Targets::Unmanaged,
                                excluded: __segments::Targets::Unmanaged,
                                rules: __segments::Some(
                                    __segments::list([
                                        __segments::rule(
                                            __segments::None,
                                            __segments::list([
                                                __segments::Condition::clause(&(<User>::AGE.gt(30))),
                                            ]),
                                            __segments::None,
                                        ),
                                    ]),
                                ),
                            },
                        ),
                    ),
                ],
            )
        }
    }
    const _: fn(Stage) = |environment| match environment {
        Stage::Staging => {}
        Stage::Production => {}
    };
    __segments::inventory::submit! {
        __segments::Declaration::of:: < Staff > ()
    }
    #[allow(dead_code, reason = "nobody asks every question")]
    impl Staff {
        /// The key of this segment in LaunchDarkly.
        pub const KEY: __segments::SegmentKey = <Self as __segments::Segment>::KEY;
        /// Whether the contexts are in this segment: decided here, without a network.
        #[inline]
        pub fn contains<__Contexts, __At>(contexts: __Contexts) -> __segments::bool
        where
            Self: __segments::Decide<__Contexts, __At>
                + __segments::Decidable<__Contexts>,
        {
            __segments::contains::<Self, __Contexts, __At>(&contexts)
        }
        /// Whether the contexts are in this segment, and what decides it.
        pub fn membership<__Contexts, __At>(
            contexts: __Contexts,
        ) -> __segments::Membership
        where
            Self: __segments::Decide<__Contexts, __At>,
        {
            __segments::membership::<Self, __Contexts, __At>(&contexts)
        }
        /// How the answer comes about: each rule and clause, with what was seen and compared.
        pub fn explain<__Contexts, __At>(contexts: __Contexts) -> __segments::Explanation
        where
            Self: __segments::Decide<__Contexts, __At>,
            __Contexts: __segments::Contexts,
        {
            __segments::explain::<Self, __Contexts>(&contexts)
        }
    }
    impl<__Contexts, __At0> __segments::Decide<__Contexts, (__At0,)> for Staff
    where
        __Contexts: __segments::Has<User, __At0>,
    {
        #[inline]
        fn decide(contexts: &__Contexts, _: &__segments::Salts) -> __segments::Decision {
            let context0 = __segments::Has::<User, __At0>::context(contexts);
            static CACHES: __segments::Caches<1> = __segments::Caches::new();
            if __segments::holds(&(<User>::AGE.gt(30)), context0, &CACHES.0[0usize]) {
                return __segments::Decision::Rule(0usize);
            }
            __segments::Decision::NoRule
        }
    }
    impl<__Contexts> __segments::Decidable<__Contexts> for Staff {}
};
/// Colleagues.
/**
Who is in segment `staff`:

| | |
|---|---|
| whoever has | `User::AGE.gt(30)` |

In environment `Stage::Staging`:


In environment `Stage::Production`:

| | |
|---|---|
| whoever has | `User::AGE.gt(30)` |*/
pub struct Staff;
