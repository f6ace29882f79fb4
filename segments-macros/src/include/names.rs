//! Rust names for what a file names: `eu-power.users` is `EuPowerUsers`, `accountAge` is
//! `account_age`.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::{Ident, Span};
use segments_model::Code;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::Report;

use super::arguments::Call;
use super::contexts::{Node, tree};
use crate::case::Case;

/// The name of the list of what AI Configs and flags serve.
pub(super) const ALL_TARGETINGS: &str = "TARGETINGS";

/// The name of the list of all segments.
pub(super) const ALL: &str = "SEGMENTS";

/// What every generated context has: its key, and the function that makes it.
pub(super) const RESERVED: [&str; 2] = ["key", "new"];

/// The names that two things of a file would share.
pub(super) fn collisions(call: &Call, report: &Report) -> Vec<Diagnostic> {
    let file = report.readable_part();
    let mut taken = Taken::default();
    let list = ("the list of all segments".to_owned(), 0..0);
    taken.names.insert(ALL.to_owned(), list);
    for (kind, schema) in &file.contexts {
        if call.bound(kind.as_str()).is_some() {
            continue;
        }
        let owner = type_name(kind.as_str());
        let what = format!("context kind `{kind}`");
        taken.take(&owner, what, schema.span.clone());
        taken.nested(&owner, &tree(schema), &format!("`{kind}`"), &schema.span);
    }
    for segment in &file.segments {
        let key = &segment.definition.key;
        let what = format!("segment `{key}`");
        taken.take(&type_name(key.as_str()), what, segment.span.clone());
    }
    for declared in &file.targetings {
        let resource = &declared.targeting.resource;
        let what = format!("{} `{}`", resource.what(), resource.key());
        taken.take(&type_name(resource.key()), what, declared.span.clone());
    }
    taken.collisions
}

#[derive(Default)]
struct Taken {
    names: BTreeMap<String, (String, Range<usize>)>,
    collisions: Vec<Diagnostic>,
}

impl Taken {
    fn take(&mut self, name: &Ident, what: String, span: Range<usize>) {
        let name = name.to_string();
        match self.names.get(&name) {
            None => {
                self.names.insert(name, (what, span));
            }
            Some((first, at)) => {
                let message =
                    format!("{first} and {what} are both `{name}` in Rust; rename one of them");
                let mut found = Diagnostic::new(Code::NameCollision, span, message);
                if !at.is_empty() {
                    found = found.with(at.clone(), "the other one");
                }
                self.collisions.push(found);
            }
        }
    }

    /// The objects inside a context, and fields with the same name.
    fn nested(
        &mut self,
        owner: &Ident,
        nodes: &BTreeMap<String, Node<'_>>,
        path: &str,
        span: &Range<usize>,
    ) {
        let top = !path.contains(' ');
        let mut fields: BTreeMap<String, &str> = BTreeMap::new();
        for (name, node) in nodes {
            let field = field_name(name).to_string();
            // Fields with different names may have constants with the same.
            let in_rust = if top {
                constant_name(name).to_string()
            } else {
                field.clone()
            };
            if top && RESERVED.contains(&field.as_str()) {
                let message = format!(
                    "attribute `{name}` of {path} is `{field}` in Rust, which every context has for itself; rename it"
                );
                let found = Diagnostic::new(Code::NameCollision, span.clone(), message);
                self.collisions.push(found);
            } else if let Some(first) = fields.insert(in_rust.clone(), name) {
                let message = format!(
                    "attributes `{first}` and `{name}` of {path} are both `{in_rust}` in Rust; rename one of them"
                );
                let found = Diagnostic::new(Code::NameCollision, span.clone(), message);
                self.collisions.push(found);
            }
            if let Node::Object(nodes) = node {
                let object = object_name(owner, name);
                let path = format!("{path} `{name}`");
                self.take(&object, format!("the object {path}"), span.clone());
                self.nested(&object, nodes, &path, span);
            }
        }
    }
}

/// The name of a type: each word with a capital letter.
pub(super) fn type_name(key: &str) -> Ident {
    let mut name = String::new();
    for word in key.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    ident(&name)
}

/// The name of a field: words in lower case, with underscores.
pub(super) fn field_name(attribute: &str) -> Ident {
    let words: String = attribute
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    ident(&Case::Snake.apply(&words))
}

/// The name of the constant that [`derive(Context)`](macro@crate::Context) makes of a field.
pub(super) fn constant_name(attribute: &str) -> Ident {
    use syn::ext::IdentExt;
    ident(&field_name(attribute).unraw().to_string().to_uppercase())
}

/// The name of an object inside a context.
pub(super) fn object_name(owner: &Ident, attribute: &str) -> Ident {
    ident(&format!("{owner}{}", type_name(attribute)))
}

/// An identifier as near to the name as Rust allows.
fn ident(name: &str) -> Ident {
    let parse = |text: &str| syn::parse_str::<Ident>(text).ok();
    let unnamed = || Ident::new("_unnamed", Span::call_site());
    if !name.contains(char::is_alphanumeric) {
        return unnamed();
    }
    parse(name)
        .or_else(|| parse(&format!("r#{name}")))
        .or_else(|| parse(&format!("{name}_")))
        .or_else(|| parse(&format!("_{name}")))
        .unwrap_or_else(unnamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_predictable() {
        for (key, name) in [
            ("eu-power.users", "EuPowerUsers"),
            ("ai_beta-testers", "AiBetaTesters"),
            ("a", "A"),
            ("2fa-users", "_2faUsers"),
            ("self", "Self_"),
            ("betaTesters", "BetaTesters"),
        ] {
            assert_eq!(type_name(key).to_string(), name);
        }
        for (attribute, name, constant) in [
            ("accountAge", "account_age", "ACCOUNT_AGE"),
            ("beta_opted_in", "beta_opted_in", "BETA_OPTED_IN"),
            ("type", "r#type", "TYPE"),
            ("größe", "größe", "GRÖSSE"),
            ("a b", "a_b", "A_B"),
            ("2nd", "_2nd", "_2ND"),
            ("!", "_unnamed", "_UNNAMED"),
        ] {
            assert_eq!(field_name(attribute).to_string(), name);
            assert_eq!(constant_name(attribute).to_string(), constant);
        }
    }
}
