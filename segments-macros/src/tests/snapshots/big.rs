#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        big, of = User
    }
    use ::segments_runtime::__private_0_1 as __segments;
    impl __segments::Segment for Staff {
        const ABOUT: __segments::About = __segments::About::new(
            "staff",
            "Staff",
            __segments::Some("Colleagues."),
            __segments::None,
            __segments::Managed {
                included: __segments::None,
                excluded: __segments::None,
                rules: false,
            },
        );
        type Decided = __segments::Elsewhere<User>;
        type Listing = __segments::Listing;
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    #[allow(dead_code, reason = "nobody can ask")]
    impl Staff {
        /// The key of this segment in LaunchDarkly.
        pub const KEY: __segments::SegmentKey = __segments::SegmentKey::from_static(
            "staff",
        );
        #[doc(hidden)]
        pub fn contains<__Contexts>(_: __Contexts) -> __segments::bool
        where
            Self: __segments::HasLocalMembers<__Contexts>,
        {
            __segments::core::unreachable!("no big segment is listed")
        }
    }
    __segments::inventory::submit! {
        __segments::Declarations(< Staff as __segments::Segment > ::declare)
    }
};
/// Colleagues.
/**
LaunchDarkly keeps the members of this segment, `staff`.
*/
pub struct Staff;
