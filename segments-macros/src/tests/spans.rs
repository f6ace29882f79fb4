//! Each error stands at the token that is wrong. Editors underline the first token of its span.

use proc_macro2::{TokenStream, TokenTree};

use super::{start, tokens};
use crate::context::derive_context;
use crate::segment::segment;

/// The errors in an expansion: the text of the first token, and the message.
fn errors(output: TokenStream) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(output, &mut found);
    found
}

fn collect(output: TokenStream, found: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = output.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "compile_error" => {
                let Some(TokenTree::Group(message)) = tokens.get(index + 2) else {
                    panic!("`compile_error!` takes a message");
                };
                let message: syn::LitStr = syn::parse2(message.stream()).expect("it is a text");
                found.push((
                    word.span().source_text().unwrap_or_default(),
                    message.value(),
                ));
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
    }
}

fn check(arguments: &str, item: &str, wanted: &[(&str, &str)]) {
    let arguments = tokens(arguments);
    let output = segment(arguments.clone(), tokens(item));
    assert!(output.to_string().starts_with(&start(&arguments)));
    compare(&errors(output), wanted, &arguments.to_string());
}

fn compare(found: &[(String, String)], wanted: &[(&str, &str)], what: &str) {
    let right = found.len() == wanted.len()
        && wanted.iter().all(|(at, message)| {
            found
                .iter()
                .any(|found| found.0 == *at && found.1.contains(message))
        });
    assert!(right, "{what}\nfound {found:#?}\nwanted {wanted:#?}");
}

macro_rules! errors_stand_at {
    ($($name:ident: $arguments:literal $(on $item:literal)? => $($at:literal $message:literal),*;)*) => {$(
        #[test]
        fn $name() {
            let item = concat!($($item,)? "");
            let item = if item.is_empty() { "/// Colleagues.\npub struct Staff;" } else { item };
            check($arguments, item, &[$(($at, $message)),*]);
        }
    )*};
}

errors_stand_at! {
    nothing_is_wrong: "rule(User::AGE.gt(3))" => ;
    a_misspelt_key: "nam = \"x\", nobody()" => "nam" "did you mean `name`?";
    a_key_twice: "name = \"x\", name = \"y\", nobody()" => "name" "written twice";
    a_key_without_a_value: "name, nobody()" => "name" "needs a value";
    a_key_that_is_cut_off: "name = , nobody()" => "name" "needs a value";
    a_value_of_another_type: "name = 3, nobody()" => "3" "expected string literal";
    a_segment_key_with_a_space: "key = \"st aff\", nobody()" => "\"st aff\"" "st aff";
    a_tag_with_a_space: "tags = [\"a\", \"b c\"], nobody()" => "\"b c\"" "b c";
    a_rule_without_parentheses: "rule = 3" => "rule" "needs parentheses";
    a_rule_without_clauses: "rule()" => "rule" "";
    a_clause_that_is_no_attribute: "rule(3)" => "3" "starts with an attribute";
    a_clause_without_an_operator: "rule(User::AGE)" => "User" "compared with nothing";
    a_path_that_is_cut_off: "rule(User::)" => ":" "expected identifier";
    an_operator_that_is_cut_off: "rule(User::AGE.gt(3), User::AGE.)" => "." "expected identifier";
    a_pattern: "rule(User::EMAIL.matches(\"(\"))" => "\"(\"" "";
    a_rule_key: "rule(percnt = 3, User::AGE.gt(3))" => "percnt" "did you mean `percent`?";
    a_share: "rule(percent = 101, User::AGE.gt(3))" => "101" "";
    a_key_in_both_lists: "include(User = [\"a\"]), exclude(User = [\"b\", \"a\"])" => "\"a\"" "";
    a_warning: "allow(stile_key), nobody()" => "stile_key" "did you mean `style_key`?";
    fields: "nobody()" on "pub struct Staff { id: u8 }" => "Staff" "has no fields";
    generics: "nobody()" on "pub struct Staff<T>;" => "T" "no generic parameters";
    another_item: "nobody()" on "pub enum Staff {}" => "enum" "stands on a unit struct";
    three_at_once: "key = \"st aff\", nam = 1, rule(User::EMAIL.matches(\"(\"))" => "\"st aff\"" "", "nam" "", "\"(\"" "";
}

#[test]
fn errors_of_contexts() {
    let input = "#[context(kimd = \"x\")] struct User { #[context(key)] id: String, #[context(nme = \"x\")] email: String }";
    let wanted = [
        ("kimd", "did you mean `kind`?"),
        ("nme", "did you mean `name`?"),
    ];
    compare(&errors(derive_context(tokens(input))), &wanted, input);
}
