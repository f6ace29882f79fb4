#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private::ide! {
        rule(User::EMAIL.), rule(User::AGE.gt(30))
    }
    use ::segments_runtime::__private as __segments;
    impl __segments::Segment for Staff {
        const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static("staff");
        fn definition() -> __segments::Definition {
            __segments::define::<
                Self,
                _,
            >(
                "Staff",
                __segments::Some("Colleagues."),
                __segments::None,
                [__segments::None, __segments::None],
                true,
            )
        }
    }
    __segments::standard! {
        [pub] Staff[User as __At0] [] decide(contexts, _) { let context0 =
        __segments::Has:: < User, __At0 > ::context(contexts); if
        __segments::holds(contexts, & (< User > ::AGE.gt(30)), context0) &&
        __segments::Reader::rule(contexts, __segments::None) { return
        __segments::Decision::Rule(0); } __segments::Decision::NoRule }
    }
    impl<__Contexts> __segments::Decidable<__Contexts> for Staff {}
    __segments::inventory::submit! {
        __segments::Declarations { all : & [__segments::Declaration::of:: < Staff > ()] }
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
