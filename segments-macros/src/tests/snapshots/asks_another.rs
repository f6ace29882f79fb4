#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private::ide! {
        rule(! member_of!(Testers), User::AGE.gt(30))
    }
    use ::segments_runtime::__private as __segments;
    impl __segments::Segment for Staff {
        const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static("staff");
        const NO_SEGMENT_MAY_REACH_ITSELF: __segments::usize = __segments::beyond(
            0,
            <Testers as __segments::Segment>::NO_SEGMENT_MAY_REACH_ITSELF,
        );
        fn collect(definitions: &mut __segments::Vec<__segments::Definition>) {
            definitions.push(Self::definition());
            <Testers as __segments::Segment>::collect(definitions);
        }
        fn definition() -> __segments::Definition {
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
                                    __segments::member_of(
                                        [<Testers as __segments::Segment>::KEY],
                                        true,
                                    ),
                                    __segments::Condition::clause(&(<User>::AGE.gt(30))),
                                ]),
                                __segments::None,
                            ),
                        ]),
                    ),
                },
            )
        }
    }
    const _: __segments::usize = <Staff as __segments::Segment>::NO_SEGMENT_MAY_REACH_ITSELF;
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
        /// Whether the contexts are in this segment, given the salts of percentage rules;
        /// `None` if a salt is missing that matters.
        pub fn contains_with<__Contexts, __At>(
            contexts: __Contexts,
            salts: &__segments::Salts,
        ) -> __segments::Option<__segments::bool>
        where
            Self: __segments::Decide<__Contexts, __At>,
        {
            __segments::contains_with::<Self, __Contexts, __At>(&contexts, salts)
        }
        /// Whether the contexts are in this segment, given the salts, and what decides it.
        pub fn membership_with<__Contexts, __At>(
            contexts: __Contexts,
            salts: &__segments::Salts,
        ) -> __segments::Membership
        where
            Self: __segments::Decide<__Contexts, __At>,
        {
            __segments::membership_with::<Self, __Contexts, __At>(&contexts, salts)
        }
        /// How the answer comes about, given the salts.
        pub fn explain_with<__Contexts, __At>(
            contexts: __Contexts,
            salts: &__segments::Salts,
        ) -> __segments::Explanation
        where
            Self: __segments::Decide<__Contexts, __At>,
            __Contexts: __segments::Contexts,
        {
            __segments::explain_with::<Self, __Contexts>(&contexts, salts)
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
        Testers: __segments::Decide<__Contexts, __At1>,
    {
        #[inline]
        fn decide(
            contexts: &__Contexts,
            salts: &__segments::Salts,
        ) -> __segments::Decision {
            let context0 = __segments::Has::<User, __At0>::context(contexts);
            static CACHES: __segments::Caches<2> = __segments::Caches::new();
            let mut unknown = __segments::None;
            match __segments::Verdict::Yes
                .and(|| __segments::verdict(
                    !__segments::verdict(
                        <Testers as __segments::Decide<
                            __Contexts,
                            __At1,
                        >>::decide(contexts, salts),
                    ),
                ))
                .and(|| __segments::verdict(
                    __segments::holds(&(<User>::AGE.gt(30)), context0, &CACHES.0[1usize]),
                ))
            {
                __segments::Verdict::Yes => return __segments::Decision::Rule(0usize),
                __segments::Verdict::No => {}
                __segments::Verdict::Unknown(why) => {
                    unknown.get_or_insert(__segments::Decision::Unknown(why));
                }
            }
            unknown.unwrap_or(__segments::Decision::NoRule)
        }
    }
    impl<__Contexts> __segments::Decidable<__Contexts> for Staff
    where
        Testers: __segments::Decidable<__Contexts>,
    {}
};
/// Colleagues.
/**
Who is in segment `staff`:

| | |
|---|---|
| whoever has | no membership of [`Testers`] and `User::AGE.gt(30)` |*/
pub struct Staff;
