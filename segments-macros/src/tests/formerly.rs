//! Former names of attributes: valid and conflicting ones.

use super::spans::errors;
use super::tokens;
use crate::context::{derive_attributes, derive_context};

/// The errors of a context with these fields.
fn context(fields: &str) -> Vec<(String, String)> {
    let text = format!("struct User {{ #[context(key)] id: String, {fields} }}");
    errors(derive_context(tokens(&text)))
}

#[test]
fn a_former_name_is_another_and_free() {
    let right = r#"#[context(formerly = "plan")] tier: String, #[context(private, formerly = "mail")] email: String"#;
    assert!(context(right).is_empty(), "{:?}", context(right));
    for (fields, at, message) in [
        (
            r#"#[context(formerly = "plan")] tier: String, plan: String"#,
            "\"plan\"",
            "is the name of `plan`",
        ),
        (
            r#"#[context(formerly = "x")] a: String, #[context(formerly = "x")] b: String"#,
            "\"x\"",
            "is the name of `a`",
        ),
        (
            r#"#[context(formerly = "tier")] tier: String"#,
            "\"tier\"",
            "the name that the attribute had before",
        ),
        (
            r#"#[context(formerly = "")] tier: String"#,
            "\"\"",
            "the name that the attribute had before",
        ),
        (
            r#"#[context(formerly = "kind")] sort: String"#,
            "\"kind\"",
            "so no attribute had this name",
        ),
        (
            "#[context(formerly)] tier: String",
            "formerly",
            "formerly = \"plan\"",
        ),
        (
            r#"#[context(former = "plan")] tier: String"#,
            "former",
            "did you mean `formerly`?",
        ),
    ] {
        let found = context(fields);
        let [(where_, what)] = &found[..] else {
            panic!("{fields}: {found:?}");
        };
        assert!(
            where_.starts_with(at) && what.contains(message),
            "{fields}: {found:?}"
        );
    }
}

#[test]
fn the_key_had_no_other_name() {
    let key = r#"struct User { #[context(key, formerly = "uid")] id: String }"#;
    let found = errors(derive_context(tokens(key)));
    assert!(
        found[0].1.contains("remove `name`, `formerly`"),
        "{found:?}"
    );
    let object = r#"struct Address { #[attributes(formerly = "town")] city: String }"#;
    assert!(errors(derive_attributes(tokens(object))).is_empty());
}
