//! Half-typed and mistyped code: with one token too few or one too many, the output is Rust, begins as it
//! should, and has at most one error.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::spans::errors;
use super::{start, tokens};
use crate::segment::segment;

/// Every key, every form of clause.
const ARGUMENTS: &str = r#"
    key = "staff",
    name = "Staff",
    description = "Colleagues",
    tags = ["beta", "internal"],
    include(User = ["u-1", "u-2"], at_least),
    exclude(crate::Device = ["d-1"]),
    rule(description = "by mail", User::EMAIL.ends_with("@company.com"), !User::PLAN.is(Plan::Free)),
    rule(percent = 12.5, by = User::ID, User::ADDRESS.city.is_any_of(["Berlin", "Bonn"])),
    rule(member_of!(Testers), !member_of!(Unlisted, More)),
    rule(everyone()),
    member(User { id: "u-1" }),
    not_member((&user, &device)),
    allow(style_key),
"#;
const ITEM: &str = "/// Colleagues.\npub struct Staff;";

/// Every variant of a stream that `change` makes of one token at any depth.
fn variants(
    stream: &TokenStream,
    change: &dyn Fn(&TokenTree) -> Vec<TokenTree>,
) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut all = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        let with = |middle: Vec<TokenTree>| {
            let (before, after) = (&trees[..at], &trees[at + 1..]);
            [before, &middle, after]
                .into_iter()
                .flatten()
                .cloned()
                .collect()
        };
        all.push(with(change(tree)));
        if let TokenTree::Group(group) = tree {
            for inside in variants(&group.stream(), change) {
                all.push(with(vec![Group::new(group.delimiter(), inside).into()]));
            }
        }
    }
    all
}

/// Checks one variant; the number of its errors.
fn errors_of(arguments: &TokenStream) -> usize {
    let output = segment(arguments.clone(), tokens(ITEM));
    assert!(
        syn::parse2::<syn::File>(output.clone()).is_ok(),
        "{arguments}\n{output}"
    );
    if !arguments.to_string().contains("crate =") {
        assert!(
            output.to_string().starts_with(&start(arguments)),
            "{arguments}"
        );
    }
    errors(output).len()
}

fn one_mistake_is_one_error(change: &dyn Fn(&TokenTree) -> Vec<TokenTree>) {
    let variants = variants(&tokens(ARGUMENTS), change);
    assert!(variants.len() > 100);
    let several: Vec<String> = variants
        .iter()
        .map(|arguments| (errors_of(arguments), arguments))
        .filter(|(count, _)| *count > 1)
        .map(|(count, arguments)| format!("{count} errors for\n{arguments}"))
        .collect();
    assert!(several.is_empty(), "{}", several.join("\n"));
}

#[test]
fn nothing_is_wrong_with_all_of_it() {
    assert_eq!(errors_of(&tokens(ARGUMENTS)), 0);
}

#[test]
fn a_token_is_missing() {
    one_mistake_is_one_error(&|_| Vec::new());
}

#[test]
fn a_token_is_there_twice() {
    one_mistake_is_one_error(&|tree| vec![tree.clone(), tree.clone()]);
}

#[test]
fn a_token_is_another() {
    // A comma would make two arguments of one, and both may be wrong.
    for other in ["x", "=", "[]"] {
        one_mistake_is_one_error(&|_| tokens(other).into_iter().collect());
    }
}

#[test]
fn the_rest_is_not_typed_yet() {
    let trees: Vec<TokenTree> = tokens(ARGUMENTS).into_iter().collect();
    for end in 0..trees.len() {
        let arguments: TokenStream = trees[..end].iter().cloned().collect();
        assert!(errors_of(&arguments) <= 1, "{arguments}");
    }
}
