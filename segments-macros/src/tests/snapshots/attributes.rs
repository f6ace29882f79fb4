#[allow(
    non_camel_case_types,
    private_interfaces,
    reason = "the ways to fields are named after them and stay in here"
)]
const _: () = {
    use ::segments_runtime::__private_0_1::core;
    pub struct Field_city;
    impl ::segments_runtime::__private_0_1::Get<Address> for Field_city {
        type Field = String;
        #[inline]
        fn get(context: &Address) -> core::option::Option<&Self::Field> {
            core::option::Option::Some(&context.city)
        }
        fn path(
            path: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                &'static core::primitive::str,
            >,
        ) {
            path.push("city");
        }
    }
    ///The attributes of [`Address`] inside a context.
    pub struct AddressAttributes<C, G> {
        /// The town.
        ///
        ///The attribute `city` of this object.
        pub city: ::segments_runtime::__private_0_1::NestedAttribute<
            C,
            G,
            Address,
            Field_city,
        >,
    }
    impl<C: 'static, G: 'static> ::segments_runtime::__private_0_1::Names
    for AddressAttributes<C, G> {
        const NAMES: &'static Self = &Self {
            city: ::segments_runtime::Attribute::new(),
        };
    }
    #[automatically_derived]
    impl ::segments_runtime::Attributes for Address {
        type Names<C: 'static, G: 'static> = AddressAttributes<C, G>;
        fn write(
            &self,
            json: &mut ::segments_runtime::__private_0_1::serde_json::Map<
                ::segments_runtime::__private_0_1::std::string::String,
                ::segments_runtime::__private_0_1::serde_json::Value,
            >,
        ) {
            ::segments_runtime::__private_0_1::write(
                <String as ::segments_runtime::Field>::json(&self.city),
                "city",
                json,
            );
        }
        fn describe(
            path: &[&'static core::primitive::str],
            private: core::primitive::bool,
            schema: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                ::segments_runtime::AttributeSchema,
            >,
        ) {
            ::segments_runtime::__private_0_1::describe(
                <String as ::segments_runtime::Field>::describe,
                path,
                "city",
                private || false,
                schema,
            );
        }
    }
    #[automatically_derived]
    impl ::segments_runtime::Field for Address {
        type Type = ::segments_runtime::Nested<Address>;
        fn json(
            &self,
        ) -> core::option::Option<::segments_runtime::__private_0_1::serde_json::Value> {
            let mut json = ::segments_runtime::__private_0_1::serde_json::Map::new();
            ::segments_runtime::Attributes::write(self, &mut json);
            core::option::Option::Some(
                ::segments_runtime::__private_0_1::serde_json::Value::Object(json),
            )
        }
        fn describe(
            path: &[&'static core::primitive::str],
            private: core::primitive::bool,
            schema: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                ::segments_runtime::AttributeSchema,
            >,
        ) {
            <Self as ::segments_runtime::Attributes>::describe(path, private, schema);
        }
    }
    #[automatically_derived]
    impl ::segments_runtime::Object for Address {
        type Attributes = Self;
        #[inline]
        fn object(&self) -> core::option::Option<&Self> {
            core::option::Option::Some(self)
        }
    }
    ::segments_runtime::__private_0_1::made! {
        #[automatically_derived] #[allow(private_bounds, reason =
        "the types of fields are as private as the context has them")] impl < __In >
        ::segments_runtime::testing::Make < __In > for Address where String :
        ::segments_runtime::testing::Make < __In >, { fn shape() ->
        ::segments_runtime::testing::Shape { ::segments_runtime::testing::Shape::Object(<
        [_] >
        ::into_vec(::segments_runtime::__private_0_1::std::boxed::Box::new([("city", <
        String as ::segments_runtime::testing::Make < __In >> ::shape())]))) } fn
        read(json : core::option::Option < &
        ::segments_runtime::__private_0_1::serde_json::Value >,) -> core::option::Option
        < Self > { let json = json ?; core::option::Option::Some(Self { city : < String
        as ::segments_runtime::testing::Make < __In >> ::read(json.get("city")) ?, }) } }
    }
};
