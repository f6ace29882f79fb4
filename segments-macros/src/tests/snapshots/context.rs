#[allow(
    non_camel_case_types,
    private_interfaces,
    reason = "the ways to fields are named after them and stay in here"
)]
const _: () = {
    use ::segments_runtime::__private_0_1::core;
    pub struct Field_id;
    impl ::segments_runtime::__private_0_1::Get<User> for Field_id {
        type Field = String;
        #[inline]
        fn get(context: &User) -> core::option::Option<&Self::Field> {
            core::option::Option::Some(&context.id)
        }
        fn path(
            path: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                &'static core::primitive::str,
            >,
        ) {
            path.push("key");
        }
    }
    pub struct Field_email;
    impl ::segments_runtime::__private_0_1::Get<User> for Field_email {
        type Field = Option<String>;
        #[inline]
        fn get(context: &User) -> core::option::Option<&Self::Field> {
            core::option::Option::Some(&context.email)
        }
        fn path(
            path: &mut ::segments_runtime::__private_0_1::std::vec::Vec<
                &'static core::primitive::str,
            >,
        ) {
            path.push("email");
        }
    }
    #[allow(dead_code, reason = "not every attribute is used in a segment")]
    impl User {
        ///The attribute `key` of contexts of kind `user`.
        pub const ID: ::segments_runtime::__private_0_1::AttributeAt<User, Field_id> = ::segments_runtime::Attribute::new();
        /// Confirmed.
        ///
        ///The attribute `email` of contexts of kind `user`.
        pub const EMAIL: ::segments_runtime::__private_0_1::AttributeAt<
            User,
            Field_email,
        > = ::segments_runtime::Attribute::new();
        #[doc(hidden)]
        pub const __KEY: ::segments_runtime::__private_0_1::AttributeAt<
            User,
            Field_id,
        > = ::segments_runtime::Attribute::new();
        #[doc(hidden)]
        pub const __KEY_NAME: &'static core::primitive::str = "ID";
        #[doc(hidden)]
        pub const KEY: ::segments_runtime::__private_0_1::AttributeAt<User, Field_id> = ::segments_runtime::Attribute::new();
    }
    ::segments_runtime::__private_0_1::inventory::submit! {
        ::segments_runtime::__private_0_1::ContextDeclaration(||
        ::segments_runtime::__private_0_1::here:: < User, _ >
        (::segments_runtime::__private_0_1::of_context:: < User > ()))
    }
    #[automatically_derived]
    impl ::segments_runtime::Context for User {
        const KIND: ::segments_runtime::ContextKind = ::segments_runtime::ContextKind::from_static(
            "user",
        );
        #[inline]
        fn key(
            &self,
        ) -> ::segments_runtime::__private_0_1::std::borrow::Cow<
            '_,
            core::primitive::str,
        > {
            ::segments_runtime::ContextKey::as_key(&self.id)
        }
        fn write(
            &self,
            json: &mut ::segments_runtime::__private_0_1::serde_json::Map<
                ::segments_runtime::__private_0_1::std::string::String,
                ::segments_runtime::__private_0_1::serde_json::Value,
            >,
        ) {
            ::segments_runtime::__private_0_1::write(
                <Option<String> as ::segments_runtime::Field>::json(&self.email),
                "email",
                json,
            );
        }
        fn schema() -> &'static [::segments_runtime::AttributeSchema] {
            static SCHEMA: ::segments_runtime::__private_0_1::std::sync::OnceLock<
                ::segments_runtime::__private_0_1::std::vec::Vec<
                    ::segments_runtime::AttributeSchema,
                >,
            > = ::segments_runtime::__private_0_1::std::sync::OnceLock::new();
            SCHEMA
                .get_or_init(|| {
                    let path: &[&'static core::primitive::str] = &[];
                    let private = false;
                    let mut all = ::segments_runtime::__private_0_1::std::vec::Vec::new();
                    let schema = &mut all;
                    ::segments_runtime::__private_0_1::describe(
                        <Option<String> as ::segments_runtime::Field>::describe,
                        path,
                        "email",
                        private || true,
                        schema,
                    );
                    all
                })
        }
    }
    ::segments_runtime::__private_0_1::made! {
        #[automatically_derived] #[allow(private_bounds, reason =
        "the types of fields are as private as the context has them")] impl < __In >
        ::segments_runtime::testing::Make < __In > for User where String :
        ::segments_runtime::testing::Make < __In >, Option < String > :
        ::segments_runtime::testing::Make < __In >, { fn shape() ->
        ::segments_runtime::testing::Shape { ::segments_runtime::testing::Shape::Object(<
        [_] > ::into_vec(::segments_runtime::__private_0_1::std::boxed::Box::new([("key",
        < String as ::segments_runtime::testing::Make < __In >> ::shape().of_key()),
        ("email", < Option < String > as ::segments_runtime::testing::Make < __In >>
        ::shape())]))) } fn read(json : core::option::Option < &
        ::segments_runtime::__private_0_1::serde_json::Value >,) -> core::option::Option
        < Self > { let json = json ?; core::option::Option::Some(Self { id : < String as
        ::segments_runtime::testing::Make < __In >> ::read(json.get("key")) ?, email : <
        Option < String > as ::segments_runtime::testing::Make < __In >> ::read(json
        .get("email")) ?, }) } }
    }
};
