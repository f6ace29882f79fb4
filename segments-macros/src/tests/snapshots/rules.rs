#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        rule(User::EMAIL.ends_with("@company.com"), ! User::AGE.lt(30)), rule(description
        = "paying", User::PLAN.is_any_of([Plan::Pro]))
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
        type Decided = __segments::Here<(__segments::SingleContext,)>;
        type Listing = __segments::Listing;
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    __segments::standard! {
        [pub] Staff "staff"[User as __At0] [] decide(contexts, _) { static CACHES :
        __segments::Caches < 1 > = __segments::Caches::new(); if
        __segments::rule_holds(contexts, (< User > ::EMAIL.ends_with("@company.com"), (!
        < User > ::AGE.lt(30i64), ())), __segments::None) { return
        __segments::Decision::Rule(0); } if __segments::rule_holds(contexts,
        (__segments::Prepares(< User > ::PLAN.is_any_of([Plan::Pro]), & CACHES.0[0]),
        ()), __segments::Some("paying")) { return __segments::Decision::Rule(1); }
        __segments::Decision::NoRule }
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
| contexts where | `User::EMAIL.ends_with("@company.com")` and `!User::AGE.lt(30)` |
| contexts where | `User::PLAN.is_any_of([Plan::Pro])` (paying) |*/
pub struct Staff;
