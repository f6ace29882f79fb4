//! The owner of each Rust name: two items of a file never have the same.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::{DeclaredExperiment, DeclaredMetric, SegmentsFile};
use segments_model::{Code, ContextKind, ResourceKind, Targeting, VariationKey};

use super::arguments::Call;
use super::identifiers::variation_name;
use super::identifiers::{constant_name, field_name, object_name, setter_name, type_name};
use super::schema::{Node, kinds, tree};
use crate::targeting::variant_name;

/// The name of the list of what AI Configs and flags serve.
pub(super) const ALL_TARGETINGS: &str = "TARGETINGS";

/// The name of the list of all segments.
pub(super) const ALL: &str = "SEGMENTS";

/// The names in every generated context: its key, and its constructor.
pub(super) const RESERVED: [&str; 2] = ["key", "new"];

/// The owner of each name. If two items of a file would have the same name, the first one keeps it, and
/// the other is an error.
#[derive(Default)]
pub(super) struct Names {
    /// The owner of the name, in words, and where it is declared.
    owners: BTreeMap<String, (String, Range<usize>)>,
    /// The names that two things would share.
    pub(super) collisions: Vec<Diagnostic>,
}

/// A kind of context, in words.
pub(super) fn kind(kind: &ContextKind) -> String {
    format!("context kind `{kind}`")
}

/// A segment, in words.
pub(super) fn segment(key: &str) -> String {
    format!("segment `{key}`")
}

/// A partition, in words.
pub(super) fn partition(name: &str) -> String {
    format!("partition `{name}`")
}

/// A metric, in words.
pub(super) fn metric(key: &str) -> String {
    format!("metric `{key}`")
}

/// An experiment, in words.
pub(super) fn experiment(key: &str) -> String {
    format!("experiment `{key}`")
}

/// An object inside a context or inside another object, in words.
pub(super) fn object(owner: &Ident, attribute: &str) -> String {
    format!("the object `{attribute}` of `{owner}`")
}

/// An AI Config or a flag, in words.
fn targeting(kind: ResourceKind, key: &str) -> String {
    format!("{} `{key}`", kind.what())
}

impl Names {
    /// Gives out all names of a file.
    pub(super) fn new(call: &Call, file: &SegmentsFile) -> Self {
        let mut names = Self::default();
        let all = Ident::new(ALL, Span::call_site());
        names.take(&all, "the list of all segments".to_owned(), 0..0);
        if !file.targetings.is_empty() || !file.unreadable_targetings.is_empty() {
            let all = Ident::new(ALL_TARGETINGS, Span::call_site());
            names.take(
                &all,
                "the list of all AI Configs and flags".to_owned(),
                0..0,
            );
        }
        let kinds = kinds(call, file);
        for (kind, schema) in &kinds {
            names.take(
                &type_name(kind.as_str()),
                self::kind(kind),
                schema.span.clone(),
            );
        }
        for (kind, schema) in &kinds {
            let owner = type_name(kind.as_str());
            names.inside(&owner, &tree(schema), Some(kind));
        }
        for declared in &file.segments {
            let key = declared.definition.key.as_str();
            names.take(&type_name(key), segment(key), declared.span.clone());
        }
        for key in &file.unreadable {
            names.take_if_free(&type_name(key), segment(key));
        }
        for declared in &file.partitions {
            names.take(
                &type_name(&declared.name),
                partition(&declared.name),
                declared.span.clone(),
            );
        }
        for DeclaredMetric {
            metric: declared,
            span,
        } in &file.metrics
        {
            let key = declared.key.as_str();
            names.take(&type_name(key), metric(key), span.clone());
        }
        for DeclaredExperiment {
            experiment: declared,
            span,
        } in &file.experiments
        {
            let key = declared.key.as_str();
            names.take(&type_name(key), experiment(key), span.clone());
        }
        for declared in &file.targetings {
            let resource = &declared.targeting.resource;
            let key = resource.key();
            let what = targeting(resource.kind(), key);
            names.take(
                &variations(key),
                format!("the variations of {what}"),
                declared.span.clone(),
            );
            names.variants(&what, &declared.targeting, &declared.span);
            names.take(&type_name(key), what, declared.span.clone());
        }
        for (kind, key) in &file.unreadable_targetings {
            let what = targeting(*kind, key);
            names.take_if_free(&variations(key), format!("the variations of {what}"));
            names.take_if_free(&type_name(key), what);
        }
        names
    }

    /// Returns whether a name is that of this thing.
    pub(super) fn has(&self, name: &Ident, what: &str) -> bool {
        let owner = self.owners.get(&name.to_string());
        owner.is_some_and(|(owner, _)| owner == what)
    }

    /// Returns whether an AI Config or flag has both of its names.
    pub(super) fn has_targeting(&self, kind: ResourceKind, key: &str) -> bool {
        let what = targeting(kind, key);
        let of_variations = format!("the variations of {what}");
        self.has(&type_name(key), &what) && self.has(&variations(key), &of_variations)
    }

    fn take(&mut self, name: &Ident, what: String, span: Range<usize>) {
        let name = name.to_string();
        match self.owners.get(&name) {
            None => {
                self.owners.insert(name, (what, span));
            }
            Some((first, at)) => {
                let message =
                    format!("{first} and {what} are both `{name}` in Rust; rename one of them");
                let mut found = Diagnostic::new(Code::NAME_COLLISION, span, message);
                if !at.is_empty() {
                    found = found.with(at.clone(), "the other one");
                }
                self.collisions.push(found);
            }
        }
    }

    /// Two variations may be one variant.
    fn variants(&mut self, what: &str, targeting: &Targeting, span: &Range<usize>) {
        let mut variants: BTreeMap<Ident, &VariationKey> = BTreeMap::new();
        for key in &targeting.variations {
            let variant = variant_name(&variation_name(key));
            if let Some(first) = variants.insert(variant.clone(), key) {
                let message = format!(
                    "variations `{first}` and `{key}` of {what} are both `{variant}` in Rust; rename one of them"
                );
                let found = Diagnostic::new(Code::NAME_COLLISION, span.clone(), message);
                self.collisions.push(found);
            }
        }
    }

    /// Items that could not be read already have an error.
    fn take_if_free(&mut self, name: &Ident, what: String) {
        self.owners.entry(name.to_string()).or_insert((what, 0..0));
    }

    /// The names inside a context, or inside an object in it: objects have their own names, and no two
    /// fields may share one. `top` is the kind, for a context.
    fn inside(
        &mut self,
        owner: &Ident,
        nodes: &BTreeMap<String, Node<'_>>,
        top: Option<&ContextKind>,
    ) {
        let whose = top.map_or_else(|| format!("`{owner}`"), |kind| format!("`{kind}`"));
        let mut taken: BTreeMap<String, (&str, Range<usize>)> = BTreeMap::new();
        for (name, node) in nodes {
            let field = field_name(name).to_string();
            // Fields with different names may have constants with the same.
            let in_rust = match top {
                Some(_) => [constant_name(name), setter_name(name)].map(|it| it.to_string()),
                None => [field.clone(), field.clone()],
            };
            let at = node.span();
            let first = in_rust
                .iter()
                .find_map(|it| Some((it, taken.get(it)?.clone())));
            if top.is_some() && RESERVED.contains(&field.as_str()) {
                let message = format!(
                    "attribute `{name}` of {whose} is `{field}` in Rust, which every context has; rename it"
                );
                let found = Diagnostic::new(Code::NAME_COLLISION, at, message);
                self.collisions.push(found);
            } else if let Some((in_rust, (first, before))) = first {
                // What is built in stands nowhere.
                let at = if at.is_empty() { before } else { at };
                let message = format!(
                    "attributes `{first}` and `{name}` of {whose} are both `{in_rust}` in Rust; rename one of them"
                );
                let found = Diagnostic::new(Code::NAME_COLLISION, at, message);
                self.collisions.push(found);
                continue;
            } else if let Node::Object(nodes) = node {
                let object = object_name(owner, name);
                self.take(&object, self::object(owner, name), at);
                self.inside(&object, nodes, None);
            }
            let entry = (name.as_str(), node.span());
            taken.extend(in_rust.map(|it| (it, entry.clone())));
        }
    }
}

/// The name of the enum that lists the variations of an AI Config or flag.
fn variations(key: &str) -> Ident {
    use syn::ext::IdentExt;
    format_ident!("{}Variation", type_name(key).unraw())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use segments_model::file;

    use super::*;
    use crate::errors::Errors;

    /// The collisions in a file, and the names of everything that it generates.
    fn made(text: &str) -> (Vec<String>, Vec<String>) {
        let report = file::read("segments.toml", text.as_bytes());
        assert!(!report.has_errors(), "{report}");
        let (items, found) =
            super::super::expand(&Call::default(), &report, &mut Errors::default());
        let items: syn::File = syn::parse2(items).unwrap();
        let names = items.items.iter().filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            syn::Item::Static(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(item.ident.to_string()),
            _ => None,
        });
        let names = names.filter(|name| !name.ends_with("__InFile")).collect();
        (
            found.into_iter().map(|found| found.message).collect(),
            names,
        )
    }

    /// Each two things that would have one name in Rust: an error that names both, and one item.
    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn names_that_collide_are_told_and_made_once() {
        let segment =
            |key: &str| format!("[segments.\"{key}\"]\ndescription = 'd'\nnobody = true\n");
        let served = |table: &str, key: &str| {
            format!("[{table}.{key}]\nvariations = ['fast']\nfallthrough = 'fast'\n")
        };
        let kind = |kind: &str, attributes: &str| {
            format!("[contexts.\"{kind}\".attributes]\n{attributes}\n")
        };
        let (config, flag) = (
            |key: &str| served("ai_configs", key),
            |key: &str| served("flags", key),
        );
        for (parts, expected) in [
            (
                [segment("eu.users"), segment("eu-users")],
                "segment `eu.users` and segment `eu-users` are both `EuUsers` in Rust; rename one of them",
            ),
            (
                [segment("user"), kind("user", "")],
                "context kind `user` and segment `user` are both `User` in Rust; rename one of them",
            ),
            (
                [
                    segment("user"),
                    "[segments.a]\ndescription = 'd'\nincluded = { user = ['a'] }\n".to_owned(),
                ],
                "context kind `user` and segment `user` are both `User` in Rust; rename one of them",
            ),
            (
                [kind("eu.device", ""), kind("eu-device", "")],
                "context kind `eu-device` and context kind `eu.device` are both `EuDevice` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "'/address/city' = 'string'"),
                    segment("user-address"),
                ],
                "the object `address` of `User` and segment `user-address` are both `UserAddress` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "'/address/city' = 'string'"),
                    kind("user-address", ""),
                ],
                "context kind `user-address` and the object `address` of `User` are both `UserAddress` in Rust; rename one of them",
            ),
            (
                [segment("SEGMENTS"), segment("a")],
                "the list of all segments and segment `SEGMENTS` are both `SEGMENTS` in Rust; rename one of them",
            ),
            (
                [segment("TARGETINGS"), config("a")],
                "the list of all AI Configs and flags and segment `TARGETINGS` are both `TARGETINGS` in Rust; rename one of them",
            ),
            (
                [segment("support"), config("support")],
                "segment `support` and AI Config `support` are both `Support` in Rust; rename one of them",
            ),
            (
                [segment("support-variation"), config("support")],
                "segment `support-variation` and the variations of AI Config `support` are both `SupportVariation` in Rust; rename one of them",
            ),
            (
                [config("support"), flag("support")],
                "the variations of AI Config `support` and the variations of flag `support` are both `SupportVariation` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "accountAge = 'number'\naccount_age = 'number'"),
                    segment("a"),
                ],
                "attributes `accountAge` and `account_age` of `user` are both `ACCOUNT_AGE` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "'/a/bC' = 'number'\n'/a/b_c' = 'number'"),
                    segment("a"),
                ],
                "attributes `bC` and `b_c` of `UserA` are both `b_c` in Rust; rename one of them",
            ),
            (
                [kind("user", "Name = 'number'"), segment("a")],
                "attributes `Name` and `name` of `user` are both `NAME` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "'🙂' = 'string'\n'🙃' = 'string'"),
                    segment("a"),
                ],
                "attributes `🙂` and `🙃` of `user` are both `_UNNAMED` in Rust; rename one of them",
            ),
            (
                [
                    kind("user", "'年齢' = 'number'\n'with_年齢' = 'string'"),
                    segment("a"),
                ],
                "attributes `with_年齢` and `年齢` of `user` are both `with_年齢` in Rust; rename one of them",
            ),
            (
                [kind("user", "New = 'string'"), segment("a")],
                "attribute `New` of `user` is `new` in Rust, which every context has; rename it",
            ),
        ] {
            let text = format!("allow = ['style-key']\n{}", parts.concat());
            let (found, names) = made(&text);
            assert_eq!(found.first().map(String::as_str), Some(expected));
            let once: BTreeSet<_> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{expected}: {names:?}");
        }
    }

    /// Whatever variations are called, there is a variant for each.
    #[test]
    fn variations_have_variants() {
        let file = |keys: &str| {
            format!(
                "[ai_configs.a]\nvariations = [{keys}]\ntargets = [{{ keys = ['a'], serve = 'fast' }}]\n"
            )
        };
        let (found, names) = made(&file("'fast', '2nd', 'self', 'type', 'crate', 'a.b', '2'"));
        assert_eq!(found, [] as [&str; 0]);
        assert_eq!(names, ["User", "SEGMENTS", "A", "AVariation", "TARGETINGS"]);
        let (found, _) = made(&file("'fast', 'a.b', 'a-b'"));
        let both =
            "variations `a.b` and `a-b` of AI Config `a` are both `AB` in Rust; rename one of them";
        assert_eq!(found, [both]);
    }

    /// Kinds that are not declared have a struct if something is about them, wherever it stands.
    #[test]
    fn users_are_made_where_they_are_mentioned() {
        let config = "[ai_configs.a]\nvariations = ['fast', 'slow']\n";
        let segment = "environments = ['staging']\n[segments.a]\ndescription = 'd'\n";
        for (text, users) in [
            (format!("{segment}nobody = true\n"), false),
            (format!("{segment}big = 'user'\n"), true),
            (format!("{segment}excluded = {{ user = ['a'] }}\n"), true),
            (
                format!(
                    "{segment}allow = ['split-kind-optional']\nrules = [{{ everyone = true, percent = 5, bucket_context = 'user' }}]\n"
                ),
                true,
            ),
            (
                format!(
                    "{segment}nobody = true\nenvironments.staging = {{ included = {{ user = ['a'] }} }}\n"
                ),
                true,
            ),
            (format!("{config}fallthrough = 'fast'\n"), false),
            (
                format!(
                    "{config}fallthrough = {{ fast = 50, slow = 50 }}\nbucket_context = 'user'\n"
                ),
                true,
            ),
            (
                format!("{config}targets = [{{ keys = ['a'], serve = 'fast' }}]\n"),
                true,
            ),
            (
                format!(
                    "environments = ['staging']\n{config}fallthrough = 'fast'\nenvironments.staging = {{ targets = [{{ keys = ['a'], serve = 'fast' }}] }}\n"
                ),
                true,
            ),
            (
                format!(
                    "environments = ['staging']\n{config}fallthrough = 'fast'\nenvironments.staging = {{ fallthrough = {{ fast = 50, slow = 50 }}, bucket_context = 'user' }}\n"
                ),
                true,
            ),
        ] {
            let (found, names) = made(&text);
            assert_eq!(found, [] as [&str; 0]);
            assert_eq!(names.iter().any(|name| name == "User"), users, "{text}");
        }
    }

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
        for (attribute, name, constant, setter) in [
            ("accountAge", "account_age", "ACCOUNT_AGE", "account_age"),
            (
                "beta_opted_in",
                "beta_opted_in",
                "BETA_OPTED_IN",
                "beta_opted_in",
            ),
            ("type", "r#type", "TYPE", "r#type"),
            ("self", "self_", "SELF_", "self_"),
            ("größe", "größe", "GRÖSSE", "größe"),
            ("年齢", "年齢", "年齢", "with_年齢"),
            ("a b", "a_b", "A_B", "a_b"),
            ("2nd", "_2nd", "_2ND", "_2nd"),
            ("2", "_2", "_2", "with__2"),
            ("!", "_unnamed", "_UNNAMED", "_unnamed"),
        ] {
            assert_eq!(field_name(attribute).to_string(), name);
            assert_eq!(constant_name(attribute).to_string(), constant);
            assert_eq!(setter_name(attribute).to_string(), setter);
        }
    }
}
