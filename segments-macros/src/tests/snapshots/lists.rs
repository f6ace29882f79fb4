#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private::ide! {
        tags = ["beta"], include(User = ["u-1"], Device = ["d-1"]), exclude(at_least,
        User = ["u-2"])
    }
    use ::segments_runtime::__private as __segments;
    impl __segments::Segment for Staff {
        const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static("staff");
        fn definition() -> __segments::Definition {
            __segments::definition(
                Self::KEY,
                "Staff",
                __segments::Some("Colleagues."),
                __segments::Some(&["beta"]),
                __segments::Audience::Standard {
                    included: __segments::Targets::Exactly(
                        __segments::lists([
                            (
                                <User as __segments::Context>::KIND,
                                __segments::keys(&["u-1"]),
                            ),
                            (
                                <Device as __segments::Context>::KIND,
                                __segments::keys(&["d-1"]),
                            ),
                        ]),
                    ),
                    excluded: __segments::Targets::AtLeast(
                        __segments::lists([
                            (
                                <User as __segments::Context>::KIND,
                                __segments::keys(&["u-2"]),
                            ),
                        ]),
                    ),
                    rules: __segments::None,
                },
            )
        }
    }
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
    impl<__Contexts, __At0, __At1> __segments::Decide<__Contexts, (__At0, __At1)>
    for Staff
    where
        __Contexts: __segments::Has<User, __At0>,
        __Contexts: __segments::Has<Device, __At1>,
    {
        #[inline]
        fn decide(contexts: &__Contexts, _: &__segments::Salts) -> __segments::Decision {
            let context0 = __segments::Has::<User, __At0>::context(contexts);
            let context1 = __segments::Has::<Device, __At1>::context(contexts);
            {
                static KEYS: __segments::KeySet = __segments::KeySet::new(&["u-1"]);
                if context0
                    .is_some_and(|context| {
                        KEYS.contains(&<User as __segments::Context>::key(context))
                    })
                {
                    return __segments::Decision::Included(|| {
                        <User as __segments::Context>::KIND
                    });
                }
            }
            {
                static KEYS: __segments::KeySet = __segments::KeySet::new(&["d-1"]);
                if context1
                    .is_some_and(|context| {
                        KEYS.contains(&<Device as __segments::Context>::key(context))
                    })
                {
                    return __segments::Decision::Included(|| {
                        <Device as __segments::Context>::KIND
                    });
                }
            }
            {
                static KEYS: __segments::KeySet = __segments::KeySet::new(&["u-2"]);
                if context0
                    .is_some_and(|context| {
                        KEYS.contains(&<User as __segments::Context>::key(context))
                    })
                {
                    return __segments::Decision::Excluded(|| {
                        <User as __segments::Context>::KIND
                    });
                }
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
| always | 1 listed [`User`], 1 listed [`Device`] |
| never | 1 listed [`User`], and whom others list |*/
pub struct Staff;
