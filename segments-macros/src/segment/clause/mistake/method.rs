//! Methods that are no operators.

use segments_model::{OPERATORS, did_you_mean};
use syn::{Error, ExprMethodCall};

use crate::meta::source;

/// All methods that make a clause.
fn methods() -> impl Iterator<Item = &'static str> {
    OPERATORS
        .iter()
        .flat_map(|row| row.methods)
        .copied()
        .filter(|method| !method.ends_with('!'))
}

pub(super) fn is_method(name: &str) -> bool {
    methods().any(|method| method == name)
}

/// Other words for the operators, in the order of likeliness.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "is",
        &[
            "eq",
            "equals",
            "equal",
            "equal_to",
            "is_equal",
            "is_equal_to",
        ],
    ),
    (
        "is_any_of",
        &[
            "in",
            "is_in",
            "one_of",
            "is_one_of",
            "any",
            "any_of",
            "within",
        ],
    ),
    ("lt", &["less_than", "less", "below", "under"]),
    (
        "le",
        &[
            "lte",
            "at_most",
            "less_or_equal",
            "less_than_or_equal",
            "max",
        ],
    ),
    (
        "gt",
        &["greater_than", "greater", "more_than", "above", "over"],
    ),
    (
        "ge",
        &[
            "gte",
            "at_least",
            "greater_or_equal",
            "greater_than_or_equal",
            "min",
        ],
    ),
    ("before", &["earlier", "earlier_than", "until"]),
    ("after", &["later", "later_than", "since"]),
    ("contains", &["includes", "has", "like"]),
    ("starts_with", &["begins_with", "prefix", "has_prefix"]),
    ("ends_with", &["suffix", "has_suffix"]),
    ("matches", &["regex", "is_match", "matches_regex"]),
];

/// A method that is no operator. One that only looks misspelt is left to rustc, whose suggestion
/// editors offer as a fix.
pub(in super::super) fn method(call: &ExprMethodCall) -> syn::Result<()> {
    let name = call.method.to_string();
    if is_method(&name) {
        return Ok(());
    }
    let attribute = source(&call.receiver);
    let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let negation = [
        "is_not",
        "not",
        "ne",
        "neq",
        "not_eq",
        "not_equal",
        "not_equals",
    ];
    let message = if negation.contains(&&name[..]) {
        format!("`{name}` is not an operator; write `!{attribute}.is({arguments})`")
    } else if let Some((method, _)) = SYNONYMS
        .iter()
        .find(|(_, synonyms)| synonyms.contains(&&name[..]))
    {
        format!("`{name}` is not an operator; write `{attribute}.{method}({arguments})`")
    } else if did_you_mean(&name, methods()).is_some() {
        return Ok(());
    } else {
        let mut known: Vec<String> = Vec::new();
        for method in methods() {
            let method = format!("`{method}`");
            if !known.contains(&method) {
                known.push(method);
            }
        }
        format!(
            "`{name}` is not an operator; there are {}",
            known.join(", ")
        )
    };
    Err(Error::new_spanned(&call.method, message))
}
