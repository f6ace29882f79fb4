#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        tags = ["beta"], include(User = ["u-1"], Device = ["d-1"]), exclude(at_least,
        User = ["u-2"])
    }
    use ::segments_runtime::__private_0_1 as __segments;
    impl __segments::Segment for Staff {
        const ABOUT: __segments::About = __segments::About::new(
            "staff",
            "Staff",
            __segments::Some("Colleagues."),
            __segments::Some(&["beta"]),
            __segments::Managed {
                included: __segments::Some(__segments::Targets::Exactly),
                excluded: __segments::Some(__segments::Targets::AtLeast),
                rules: false,
            },
        );
        type Decided = __segments::Here<
            (__segments::SingleContext, __segments::SingleContext),
        >;
        type Listing = __segments::Listing<__segments::Declared, __segments::Open>;
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    impl __segments::LooksAt<Device, 1> for Staff {}
    __segments::standard! {
        [pub] Staff "staff"[User as __At0 Device as __At1] [] decide(contexts, _) { {
        static KEYS : __segments::KeySet = __segments::KeySet::new(& ["u-1"]); if let
        __segments::Some(kind) = __segments::RuleVisitor::listed:: < User, _ > (contexts,
        __segments::List::Included, & KEYS) { return
        __segments::Decision::Included(kind); } } { static KEYS : __segments::KeySet =
        __segments::KeySet::new(& ["d-1"]); if let __segments::Some(kind) =
        __segments::RuleVisitor::listed:: < Device, _ > (contexts,
        __segments::List::Included, & KEYS) { return
        __segments::Decision::Included(kind); } } { static KEYS : __segments::KeySet =
        __segments::KeySet::new(& ["u-2"]); if let __segments::Some(kind) =
        __segments::RuleVisitor::listed:: < User, _ > (contexts,
        __segments::List::Excluded, & KEYS) { return
        __segments::Decision::Excluded(kind); } } __segments::Decision::NoRule }
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
| always | 1 listed [`User`], 1 listed [`Device`] |
| never | 1 listed [`User`], plus those added by others |*/
pub struct Staff;
