#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        rule(! member_of!(Testers), User::AGE.gt(30))
    }
    use ::segments_runtime::__private_0_1 as __segments;
    impl __segments::Segment for Staff {
        const ABOUT: __segments::About = __segments::About::new(
            "staff",
            "Staff",
            __segments::Some("Colleagues."),
            __segments::None,
            __segments::Managed::RULES,
        );
        type Decided = __segments::Here<
            (__segments::SingleContext, __segments::SingleContext),
            __segments::One<Testers>,
        >;
        type Listing = __segments::Listing;
        fn collect(definitions: &mut __segments::Vec<__segments::Definition>) {
            definitions.push(Self::definition());
            <Testers as __segments::Segment>::collect(definitions);
        }
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    __segments::standard! {
        [pub] Staff "staff"[User as __At0] [Testers as __At1] decide(contexts, salts) {
        let mut unknown = __segments::None; match __segments::Verdict::Yes.and(||
        __segments::verdict(__segments::RuleVisitor::member_of(contexts, true,
        __segments::Asks:: < Testers, __At1 > ::ask(contexts, || < Testers as
        __segments::Segment > ::KEY, salts)))).and(||
        __segments::verdict(__segments::hold(contexts, (< User > ::AGE.gt(30i64), ()))))
        .and(|| __segments::verdict(__segments::RuleVisitor::rule(contexts,
        __segments::None))) { __segments::Verdict::Yes => return
        __segments::Decision::Rule(0), __segments::Verdict::No => {}
        __segments::Verdict::Unknown(why) => { unknown
        .get_or_insert(__segments::Decision::Unknown(why)); } } unknown
        .unwrap_or(__segments::Decision::NoRule) }
    }
    __segments::with_salts! {
        [pub] Staff
    }
    __segments::in_environment! {
        [pub] Staff
    }
    const _: () = {
        use __segments::WithoutReferences as _;
        #[derive(Clone, Copy)]
        pub struct __StaffReferences;
        impl __StaffReferences {
            pub const fn get(self) -> &'static __segments::References {
                static REFERENCES: __segments::References = __segments::References::new(
                    __segments::core::concat!(
                        __segments::core::module_path!(), "/", "staff"
                    ),
                    "staff",
                    &[<Testers>::__REFERENCES.get()],
                );
                &REFERENCES
            }
        }
        #[allow(private_interfaces, reason = "only the compiler asks")]
        impl Staff {
            #[doc(hidden)]
            pub const __REFERENCES: __StaffReferences = __StaffReferences;
        }
        const _: () = __segments::refuse_cycle(__StaffReferences.get(), 0);
    };
    __segments::inventory::submit! {
        __segments::Declarations(< Staff as __segments::Segment > ::declare)
    }
};
/// Colleagues.
/**
The audience of segment `staff`:

| | |
|---|---|
| contexts where | no membership of [`Testers`] and `User::AGE.gt(30)` |*/
pub struct Staff;
