//! Each error is at the token that is wrong. Editors underline the first token of its span.

use proc_macro2::{TokenStream, TokenTree};

use super::{start, tokens};
use crate::context::derive_context;
use crate::segment::segment;

/// The errors in an expansion: the text of the first token, and the message.
pub(super) fn errors(output: TokenStream) -> Vec<(String, String)> {
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
            // An answer for each type of attribute.
            TokenTree::Ident(word) if word == "answer" => {
                let Some(TokenTree::Group(arguments)) = tokens.get(index + 1) else {
                    panic!("`answer` takes the answers");
                };
                let text = arguments.stream().to_string().replace("\\\"", "\"");
                found.push((word.span().source_text().unwrap_or_default(), text));
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
    a_clause_without_an_operator: "rule(User::AGE)" => "User" "write `User::AGE.is(true)`";
    a_path_that_is_cut_off: "rule(User::)" => ":" "the name of an attribute is missing after `::`";
    an_operator_that_is_cut_off: "rule(User::AGE.gt(3), User::AGE.)" => "." "an operator is missing after `.`";
    a_pattern: "rule(User::EMAIL.matches(\"(\"))" => "\"(\"" "";
    a_rule_key: "rule(percnt = 3, User::AGE.gt(3))" => "percnt" "did you mean `percent`?";
    a_share: "rule(percent = 101, User::AGE.gt(3))" => "101" "";
    a_key_in_both_lists: "include(User = [\"a\"]), exclude(User = [\"b\", \"a\"])" => "\"a\"" "";
    a_warning: "allow(stile_key), nobody()" => "stile_key" "did you mean `style_key`?";
    a_mistake_that_an_environment_makes_again: "rule(User::EMAIL.matches(\"(\")), environment(\"staging\", rule(User::EMAIL.matches(\"(\")))" => "\"(\"" "", "\"(\"" "";
    a_mistake_that_an_environment_inherits: "rule(User::EMAIL.matches(\"(\")), environment(\"staging\", nobody(), name = \"x\"), environment(\"test\", name = \"x\")" => "\"(\"" "";
    fields: "nobody()" on "pub struct Staff { id: u8 }" => "Staff" "has no fields";
    generics: "nobody()" on "pub struct Staff<T>;" => "T" "no generic parameters";
    another_item: "nobody()" on "pub enum Staff {}" => "enum" "needs a unit struct";
    a_rule_in_brackets: "rule[User::AGE.gt(3)]" => "rule" "write `rule(";
    a_colon: "key: \"staff\", nobody()" => "key" "write `key = \"staff\"`";
    a_key_in_quotes: "\"key\" = \"staff\", nobody()" => "\"key\"" "without quotes";
    a_missing_comma_between_rules: "rule(User::AGE.gt(3)) rule(User::AGE.lt(9))" => "rule" "a comma is missing before `rule`";
    a_missing_comma_after_a_value: "key = \"staff\" nobody()" => "nobody" "a comma is missing before `nobody`";
    a_missing_comma_between_clauses: "rule(User::AGE.gt(3) User::AGE.lt(9))" => "User" "a comma is missing before `User`";
    a_missing_comma_between_lists: "include(User = [\"a\"] Device = [\"b\"])" => "Device" "a comma is missing before `Device`";
    a_missing_comma_between_keys: "include(User = [\"a\" \"b\"])" => "\"b\"" "a comma is missing before `\"b\"`";
    a_semicolon: "key = \"staff\"; nobody()" => ";" "write `,`";
    a_percent_sign: "rule(percent = 25%, User::AGE.gt(3))" => "%" "write `percent = 25`";
    a_rule_key_twice: "rule(description = \"a\", description = \"b\", User::AGE.gt(3))" => "description" "written twice";
    a_rule_key_outside: "percent = 5, rule(User::AGE.gt(3))" => "percent" "write `rule(percent = 5, ...)`";
    a_segment_key_inside: "rule(tags = [\"a\"], User::AGE.gt(3))" => "tags" "write it beside `rule(...)`";
    a_clause_outside: "User::AGE.gt(3)" => "User" "write `rule(User::AGE.gt(3))`";
    numbers_as_keys: "include(User = [1, 2])" => "1" "write `\"1\"`", "2" "write `\"2\"`";
    and: "rule(User::AGE.gt(3) && User::AGE.lt(9))" => "&" "write `User::AGE.gt(3), User::AGE.lt(9)`";
    or: "rule(User::AGE.gt(3) || User::AGE.lt(1))" => "|" "write `rule(User::AGE.gt(3)), rule(User::AGE.lt(1))`";
    a_comparison: "rule(User::AGE >= 3)" => ">" "write `User::AGE.ge(3)`";
    an_inequality: "rule(User::PLAN != Plan::Pro)" => "!" "write `!User::PLAN.is(Plan::Pro)`";
    an_assignment: "rule(User::PLAN = Plan::Pro)" => "=" "write `User::PLAN.is(Plan::Pro)`";
    a_closure: "rule(|user| user.age > 3)" => "|" "a comparison that LaunchDarkly can evaluate";
    a_variable: "rule(user.email.contains(\"x\"))" => "user" "write `User::EMAIL.contains(\"x\")`";
    no_context: "rule(EMAIL.contains(\"x\"))" => "EMAIL" "as in `User::EMAIL`";
    lower_case: "rule(User::email.contains(\"x\"))" => "email" "write `User::EMAIL`";
    an_object_as_a_type: "rule(User::ADDRESS::CITY.is(\"x\"))" => "CITY" "write `User::ADDRESS.city`";
    two_operators: "rule(User::EMAIL.is(\"x\").is(\"y\"))" => "is" "write `User::EMAIL.is(\"x\"), User::EMAIL.is(\"y\")`";
    not: "rule(not(User::EMAIL.is(\"x\")))" => "not" "write `!User::EMAIL.is(\"x\")`";
    not_inside: "rule(User::EMAIL.!is(\"x\"))" => "!" "write `!User::EMAIL.is(\"x\")`";
    no_dot: "rule(User::EMAIL is(\"x\"))" => "is" "write `User::EMAIL.is(\"x\")`";
    within: "rule(User::EMAIL in [\"x\"])" => "in" "write `User::EMAIL.is_any_of([\"x\"])`";
    another_word: "rule(User::EMAIL.equals(\"x\"))" => "equals" "write `User::EMAIL.is(\"x\")`";
    a_negated_word: "rule(User::EMAIL.is_not(\"x\"))" => "is_not" "write `!User::EMAIL.is(\"x\")`";
    no_operator: "rule(User::EMAIL.frobnicate(\"x\"))" => "frobnicate" "compared with `is`, `is_any_of`";
    one_of_a_text: "rule(User::EMAIL.is_any_of(\"x\"))" => "\"x\"" "write `User::EMAIL.is_any_of([\"x\"])`";
    a_list_of_one: "rule(User::EMAIL.is([\"x\", \"y\"]))" => "[\"x\", \"y\"]" "write `User::EMAIL.is_any_of([\"x\", \"y\"])`";
    two_values: "rule(User::EMAIL.ends_with(\"x\", \"y\"))" => "\"y\"" "write `User::EMAIL.ends_with([\"x\", \"y\"])`";
    a_vector: "rule(User::EMAIL.is_any_of(vec![\"x\"]))" => "vec" "write `User::EMAIL.is_any_of([\"x\"])`";
    a_date_without_quotes: "rule(User::SINCE.before(2024-05-03))" => "2024" "a date is a string";
    a_number_that_loses_digits: "rule(User::AGE.gt(9007199254740993))" => "9007199254740993" "lose digits";
    a_function_of_a_segment: "rule(Testers::contains(&user))" => "Testers" "write `member_of!(Testers)`";
    a_macro_without_its_mark: "rule(member_of(Testers))" => "member_of" "write `member_of!(Testers)`";
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
