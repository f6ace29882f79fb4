const _: () = {
    use ::segments_runtime::__private_0_1::core;
    #[automatically_derived]
    impl ::segments_runtime::AttributeValue for Plan {
        const NAMES: &'static [&'static str] = &["free", "pro-plus"];
        const VARIANTS: &'static [&'static str] = &["Plan::Free", "Plan::Pro"];
        #[inline]
        fn index(&self) -> core::primitive::usize {
            match *self {
                Self::Free { .. } => 0usize,
                Self::Pro { .. } => 1usize,
            }
        }
    }
    #[automatically_derived]
    impl ::segments_runtime::Field for Plan {
        type Type = ::segments_runtime::OneOf<Plan>;
        fn json(
            &self,
        ) -> core::option::Option<::segments_runtime::__private_0_1::serde_json::Value> {
            core::option::Option::Some(
                core::convert::From::from(::segments_runtime::AttributeValue::name(self)),
            )
        }
        fn describe(
            path: &[&'static core::primitive::str],
            private: core::primitive::bool,
            schema: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                ::segments_runtime::AttributeSchema,
            >,
        ) {
            ::segments_runtime::__private_0_1::describe_scalar::<
                Self,
            >(path, private, schema);
        }
    }
    #[automatically_derived]
    impl ::segments_runtime::Scalar for Plan {
        const MANY: core::primitive::bool = false;
        #[inline]
        fn any(
            &self,
            mut test: impl core::ops::FnMut(&Self) -> core::primitive::bool,
        ) -> core::option::Option<core::primitive::bool> {
            core::option::Option::Some(test(self))
        }
    }
    ::segments_runtime::__private_0_1::made! {
        #[automatically_derived] impl < __In > ::segments_runtime::testing::Make < __In >
        for Plan { fn shape() -> ::segments_runtime::testing::Shape {
        ::segments_runtime::testing::Shape::OneOf(< Self as
        ::segments_runtime::AttributeValue > ::NAMES) } fn read(json :
        core::option::Option < & ::segments_runtime::__private_0_1::serde_json::Value >,)
        -> core::option::Option < Self > { match json ? .as_str() ? { "free" =>
        core::option::Option::Some(Self::Free), "pro-plus" =>
        core::option::Option::Some(Self::Pro), _ => core::option::Option::None, } } }
    }
};
