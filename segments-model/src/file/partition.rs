//! Partitions: segments that divide the contexts of a kind, proved whenever a file is read.

use std::collections::HashSet;

use super::context::Contexts;
use super::reader::{Reader, Value, in_order};
use super::{DeclaredPartition, shape};
use crate::{Code, ContextKind, SegmentKey, rust_name};

impl Reader<'_> {
    /// Reads the partitions. `known` says whether the file declares a segment of a key.
    pub(super) fn partitions(
        &mut self,
        value: &Value<'_>,
        contexts: &Contexts,
        known: &dyn Fn(&str) -> bool,
    ) -> Vec<DeclaredPartition> {
        let Some(partitions) = self.map("partitions", value) else {
            return Vec::new();
        };
        let partitions = in_order(partitions).into_iter();
        let partitions = partitions.filter_map(|(name, value)| {
            let errors = self.errors;
            let read = self.partition(name.get_ref(), value, contexts, known)?;
            let span = name.span();
            (self.errors == errors).then_some(DeclaredPartition { span, ..read })
        });
        partitions.collect()
    }

    fn partition(
        &mut self,
        name: &str,
        value: &Value<'_>,
        contexts: &Contexts,
        known: &dyn Fn(&str) -> bool,
    ) -> Option<DeclaredPartition> {
        let entries = self.entries(name, value, &shape::PARTITION)?;
        entries.require(self);
        let kind = entries.get("of").and_then(|value| {
            let kind = self.text("of", value)?;
            match ContextKind::parse(kind.to_owned()) {
                Ok(kind) if contexts.kind_exists(kind.as_str()) => Some(kind),
                Ok(kind) => {
                    let message = format!(
                        "kind `{kind}` is not declared; declare it with `[contexts.{kind}]`"
                    );
                    self.report(Code::KIND_UNKNOWN, value.span(), message);
                    None
                }
                Err(error) => {
                    self.report(Code::KIND_INVALID, value.span(), error.to_string());
                    None
                }
            }
        });
        let otherwise = entries.get("otherwise").and_then(|value| {
            let otherwise = self.text("otherwise", value)?;
            if otherwise.is_empty() {
                let message =
                    "the part for all other contexts has no name; write one, such as `other`";
                self.report(Code::NAME_EMPTY, value.span(), message);
            }
            Some(otherwise.to_owned())
        });
        let mut parts: Vec<SegmentKey> = Vec::new();
        // What is a variant in Rust; two of them cannot be the same.
        let mut variants: HashSet<String> = otherwise
            .as_deref()
            .map(rust_name::of_type)
            .into_iter()
            .collect();
        let written = entries.get("parts")?;
        for (element, key) in self.texts("parts", written) {
            let Some(key) = key else { continue };
            if !known(key) {
                let message = format!("there is no segment `{key}` in this file; declare it");
                self.report(Code::SEGMENT_UNKNOWN, element.span(), message);
                continue;
            }
            let variant = rust_name::of_type(key);
            if !variants.insert(variant.clone()) {
                let message =
                    format!("two parts are both `{variant}` in Rust; remove or rename one of them");
                self.report(Code::NAME_COLLISION, element.span(), message);
                continue;
            }
            parts.extend(SegmentKey::parse(key.to_owned()));
        }
        if parts.is_empty() {
            let message = "a partition needs at least one part; write the keys of segments";
            self.report(Code::TOML_TYPE, written.span(), message);
        }
        Some(DeclaredPartition {
            name: name.to_owned(),
            kind: kind?,
            parts,
            otherwise,
            span: 0..0,
        })
    }
}
