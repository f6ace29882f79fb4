#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private::ide! {
        rule(User::EMAIL.), rule(User::AGE.gt(30))
    }
    use ::segments_runtime::__private as __segments;
    impl __segments::Segment for Staff {
        const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static("staff");
        fn declared() -> __segments::Declared<__segments::Definition> {
            __segments::define::<
                Self,
                _,
            >(
                "Staff",
                __segments::Some("Colleagues."),
                __segments::None,
                __segments::Managed::RULES,
            )
        }
    }
    __segments::standard! {
        [pub] Staff "staff"[User as __At0] [] decide(contexts, _) { if
        __segments::rule_holds(contexts, (< User > ::AGE.gt(30i64), ()),
        __segments::None) { return __segments::Decision::Rule(0); }
        __segments::Decision::NoRule }
    }
    impl<__Contexts> __segments::Decidable<__Contexts> for Staff {}
    __segments::inventory::submit! {
        __segments::Declarations(< Staff as __segments::Segment > ::declare)
    }
};
/// Colleagues.
/**
Who is in segment `staff`:

| | |
|---|---|
| whoever has | `User::AGE.gt(30)` |*/
pub struct Staff;
::core::compile_error! {
    "an operator is missing after `.`; write one, such as `.is(...)`"
}
