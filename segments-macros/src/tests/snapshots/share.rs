#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        rule(percent = 25, by = User::ID, User::AGE.gt(30))
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
        type Decided = __segments::Here<(__segments::SingleContext,), __segments::Salt>;
        type Listing = __segments::Listing;
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    __segments::standard! {
        [pub] Staff "staff" #[doc(hidden)] [User as __At0] [] decide(contexts, salts) {
        let mut unknown = __segments::None; match __segments::Verdict::Yes.and(||
        __segments::verdict(__segments::hold(contexts, (< User > ::AGE.gt(30i64), ()))))
        .and(|| __segments::share_by:: < User, _, _, _ > (contexts,
        __segments::MissingSalt { segment : "staff", rule : 0 }, 25f64, & < User > ::ID,
        salts)).and(|| __segments::verdict(__segments::RuleVisitor::rule(contexts,
        __segments::None))) { __segments::Verdict::Yes => return
        __segments::Decision::Rule(0), __segments::Verdict::No => {}
        __segments::Verdict::Unknown(why) => { unknown
        .get_or_insert(__segments::Decision::Unknown(why)); } } unknown
        .unwrap_or(__segments::Decision::NoRule) }
    }
    __segments::with_salts! {
        [pub] Staff
    }
    __segments::inventory::submit! {
        __segments::Declarations(< Staff as __segments::Segment > ::declare)
    }
};
/// Colleagues.
/**
The audience of segment `staff`:

| | |
|---|---|
| contexts where | `User::AGE.gt(30)`, 25 % of them |*/
pub struct Staff;
