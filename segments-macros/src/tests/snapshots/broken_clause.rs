#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        rule(User::EMAIL.), rule(User::AGE.gt(30))
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
        [pub] Staff "staff"[User as __At0] [] decide(contexts, _) { if
        __segments::rule_holds(contexts, (< User > ::AGE.gt(30i64), ()),
        __segments::None) { return __segments::Decision::Rule(0); }
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
| contexts where | `User::AGE.gt(30)` |*/
pub struct Staff;
::core::compile_error! {
    "an operator is missing after `.`; write one, such as `.is(...)`"
}
