#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        rule(User::AGE.gt(30)), environment(Stage::Staging, nobody()),
        environment(Stage::Production)
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
        fn declared() -> __segments::Registered<__segments::Definition> {
            __segments::in_environments(
                __segments::everywhere::<Self>(),
                [
                    __segments::there::<
                        Self,
                    >(
                        __segments::Environment::environment(&Stage::Staging),
                        "Staff",
                        __segments::Some("Colleagues."),
                        __segments::None,
                        __segments::Managed {
                            included: __segments::Some(__segments::Targets::Exactly),
                            excluded: __segments::Some(__segments::Targets::Exactly),
                            rules: true,
                        },
                    ),
                    __segments::there::<
                        Self,
                    >(
                        __segments::Environment::environment(&Stage::Production),
                        "Staff",
                        __segments::Some("Colleagues."),
                        __segments::None,
                        __segments::Managed::RULES,
                    ),
                ],
                true,
            )
        }
    }
    impl __segments::LooksAt<User, 0> for Staff {}
    __segments::standard! {
        [pub] Staff "staff"[User as __At0] [] decide(contexts, salts) { let environment =
        __segments::environment_of(salts, "staff"); if environment == __segments::Some(&
        __segments::Environment::environment(& Stage::Staging)) {
        __segments::Decision::NoRule } else { if __segments::rule_holds(contexts, (< User
        > ::AGE.gt(30i64), ()), __segments::None) { return __segments::Decision::Rule(0);
        } __segments::Decision::NoRule } }
    }
    __segments::in_environment! {
        [pub] Staff
    }
    const _: fn(Stage) = |environment| match environment {
        Stage::Staging => {}
        Stage::Production => {}
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
| contexts where | `User::AGE.gt(30)` |

In environment `Stage::Staging`:


In environment `Stage::Production`:

| | |
|---|---|
| contexts where | `User::AGE.gt(30)` |*/
pub struct Staff;
