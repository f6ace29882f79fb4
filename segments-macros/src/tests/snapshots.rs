//! The output of the macros, as files in `snapshots/`, including broken input.

use proc_macro2::TokenStream;

use super::tokens;
use crate::attribute_value::derive_attribute_value;
use crate::context::{derive_attributes, derive_context};
use crate::segment::segment;

fn compare(name: &str, output: TokenStream) {
    let file = syn::parse2(output).expect("what macros print is Rust");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, prettyplease::unparse(&file));
    });
}

macro_rules! segments {
    ($($name:ident: $arguments:literal;)*) => {$(
        #[test]
        fn $name() {
            compare(stringify!($name), segment(tokens($arguments), tokens("/// Colleagues.\npub struct Staff;")));
        }
    )*};
}

segments! {
    rules: "rule(User::EMAIL.ends_with(\"@company.com\"), !User::AGE.lt(30)), rule(description = \"paying\", User::PLAN.is_any_of([Plan::Pro]))";
    lists: "tags = [\"beta\"], include(User = [\"u-1\"], Device = [\"d-1\"]), exclude(at_least, User = [\"u-2\"])";
    share: "rule(percent = 25, by = User::ID, User::AGE.gt(30))";
    asks_another: "rule(!member_of!(Testers), User::AGE.gt(30))";
    big: "big, of = User";
    example: "rule(User::AGE.gt(30)), member(User { age: 31 })";
    broken_clause: "rule(User::EMAIL.), rule(User::AGE.gt(30))";
    broken_key: "na, rule(User::AGE.gt(30))";
    environments: "rule(User::AGE.gt(30)), environment(Stage::Staging, nobody()), environment(Stage::Production)";
    warned: "key = \"Staff\", rule(User::AGE.gt(30))";
}

#[test]
fn not_a_struct() {
    compare(
        "not_a_struct",
        segment(tokens("nobody()"), tokens("pub enum Staff {}")),
    );
}

#[test]
fn context() {
    let input = "#[context(kind = \"user\")] pub struct User { #[context(key)] id: String, /// Confirmed.\n #[context(private)] pub email: Option<String> }";
    compare("context", derive_context(tokens(input)));
}

#[test]
fn attributes() {
    compare(
        "attributes",
        derive_attributes(tokens(
            "pub struct Address { /// The town.\n city: String }",
        )),
    );
}

#[test]
fn attribute_value() {
    compare(
        "attribute_value",
        derive_attribute_value(tokens(
            "pub enum Plan { Free, #[attribute(name = \"pro-plus\")] Pro }",
        )),
    );
}
