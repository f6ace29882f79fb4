//! No macro panics, and the output is Rust: a panic makes the item vanish in editors.

use proc_macro2::TokenStream;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{start, tokens};
use crate::attribute_value::derive_attribute_value;
use crate::context::{derive_attributes, derive_context};
use crate::segment::segment;

/// Words, values and signs that mean something to the macros, and some that do not.
const LEAVES: &[&str] = &[
    "key",
    "name",
    "description",
    "tags",
    "include",
    "exclude",
    "rule",
    "nobody",
    "big",
    "of",
    "member",
    "not_member",
    "allow",
    "percent",
    "by",
    "everyone",
    "at_least",
    "member_of",
    "kind",
    "rename_all",
    "private",
    "skip",
    "style_key",
    "User",
    "EMAIL",
    "Staff",
    "ends_with",
    "matches",
    "is",
    "is_any_of",
    "gt",
    "before",
    "r#type",
    "self",
    "crate",
    "_",
    "'a",
    "\"\"",
    "\"staff\"",
    "\"(\"",
    "\"st aff\"",
    "\"camelCase\"",
    "b\"x\"",
    "'x'",
    "0",
    "25",
    "1e400",
    "99999999999999999999999999999999999999999",
    "0.5",
    "1u8",
    "=",
    "=",
    ",",
    ",",
    "::",
    "::",
    ".",
    ".",
    "!",
    "-",
    "&",
    "#",
    "..",
    "=>",
    "$",
];

fn text() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(LEAVES).prop_map(str::to_owned);
    leaf.prop_recursive(4, 40, 8, |inner| {
        (
            vec(inner, 0..8),
            proptest::sample::select(&["()", "[]", "{}"][..]),
        )
            .prop_map(|(inner, group)| format!("{}{}{}", &group[..1], inner.join(" "), &group[1..]))
    })
}

fn any_tokens() -> impl Strategy<Value = TokenStream> {
    vec(text(), 0..12).prop_map(|texts| tokens(&texts.join(" ")))
}

/// Arguments that are nearly right.
fn arguments() -> impl Strategy<Value = TokenStream> {
    let argument = (
        proptest::sample::select(LEAVES),
        vec(text(), 0..8),
        any::<bool>(),
    )
        .prop_map(|(word, inside, list)| {
            let inside = inside.join(" ");
            if list {
                format!("{word}({inside})")
            } else {
                format!("{word} = {inside}")
            }
        });
    vec(argument, 0..5).prop_map(|arguments| tokens(&arguments.join(", ")))
}

fn is_rust(output: &TokenStream) {
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        panic!("{error} in {output}");
    }
}

fn segments(arguments: &TokenStream) {
    for item in [
        "/// Colleagues.\npub struct Staff;",
        "struct Staff { id: u8 }",
        "enum Staff {}",
        "fn staff() {}",
        "struct Staff<T>;",
    ] {
        let output = segment(arguments.clone(), tokens(item));
        is_rust(&output);
        let (output, start) = (output.to_string(), start(arguments));
        // `crate = path` moves the runtime, and with it the start.
        if !arguments.to_string().contains("crate") {
            assert!(
                output.starts_with(&start),
                "{start}\nis not how this starts:\n{output}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn segment_takes_any_arguments(arguments in any_tokens()) {
        segments(&arguments);
    }

    #[test]
    fn segment_takes_nearly_right_arguments(arguments in arguments()) {
        segments(&arguments);
    }

    #[test]
    fn every_macro_takes_any_input(input in any_tokens()) {
        segment(TokenStream::new(), input.clone());
        derive_context(input.clone());
        derive_attributes(input.clone());
        derive_attribute_value(input);
    }

    #[test]
    fn derives_take_any_arguments(outer in arguments(), inner in arguments()) {
        is_rust(&derive_context(tokens(&format!("#[context({outer})] struct User {{ #[context(key)] id: String, #[context({inner})] email: String }}"))));
        is_rust(&derive_attributes(tokens(&format!("#[attributes({outer})] struct Address {{ #[attributes({inner})] city: String }}"))));
        is_rust(&derive_attribute_value(tokens(&format!("#[attribute({outer})] enum Plan {{ #[attribute({inner})] Free, Pro }}"))));
    }
}
