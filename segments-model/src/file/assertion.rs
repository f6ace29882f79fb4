//! Assertions about the audiences of a file, proved whenever it is read.

use std::collections::BTreeSet;

use super::context::Contexts;
use super::reader::{Entries, Reader, Value};
use super::shape;
use super::span::Span;
use super::{DeclaredPartition, DeclaredSegment};
use crate::algebra::{Assertion, Expression, prove};
use crate::{AttributeRef, Code, ContextKind, Definition};

/// An assertion, with the place of what it says.
pub(super) struct WrittenAssertion {
    assertion: Assertion,
    span: Span,
}

impl WrittenAssertion {
    /// The claims of a partition.
    pub(super) fn of_partition(partition: &DeclaredPartition) -> Self {
        let parts = partition.parts.iter();
        let assertion = Assertion::Partition {
            kind: partition.kind.clone(),
            always: Vec::new(),
            parts: parts.map(|key| Expression::segment(key.as_str())).collect(),
            otherwise: partition.otherwise.is_some(),
        };
        let span = partition.span.clone();
        Self { assertion, span }
    }
}

impl Reader<'_> {
    /// Reads the assertions. `known` says whether there is a segment of a key.
    pub(super) fn assertions(
        &mut self,
        value: &Value<'_>,
        known: &dyn Fn(&str) -> bool,
    ) -> Vec<WrittenAssertion> {
        let assertions = self.array("assertions", value, "tables");
        let assertions = assertions.unwrap_or_default().iter();
        assertions
            .filter_map(|value| self.assertion(value, known))
            .collect()
    }

    fn assertion(
        &mut self,
        value: &Value<'_>,
        known: &dyn Fn(&str) -> bool,
    ) -> Option<WrittenAssertion> {
        const CLAIMS: [&str; 5] = ["disjoint", "subset", "covers", "equal", "nobody"];
        let entries = self.entries("an assertion of `assertions`", value, &shape::ASSERTION)?;
        let mut claims = CLAIMS
            .into_iter()
            .filter(|claim| entries.get(claim).is_some());
        let (Some(claim), None) = (claims.next(), claims.next()) else {
            if !entries.incomplete {
                let message = "an assertion has exactly one claim; write one of `disjoint`, `subset`, `covers`, `equal` and `nobody`";
                self.report(Code::KEY_MISSING, value.span(), message);
            }
            return None;
        };
        if claim != "covers"
            && let Some(by) = entries.key_span("by")
        {
            let message = "`by` belongs to `covers`; leave it out";
            self.report(Code::KEY_UNKNOWN, by, message);
            return None;
        }
        let written = entries.get(claim)?;
        let errors = self.errors;
        let several = |it: &mut Self, key: &str| it.expressions(&entries, key, known);
        let assertion = match claim {
            "nobody" => Assertion::Nobody(self.expression(written, known)?),
            "covers" => {
                let whole = self.expression(written, known);
                if entries.get("by").is_none() {
                    let message =
                        "`covers` needs `by`; write `by = [...]` with the audiences that cover it";
                    self.report(Code::KEY_MISSING, written.span(), message);
                }
                Assertion::Covers(whole?, several(self, "by"))
            }
            "subset" => match &several(self, "subset")[..] {
                [inner, outer] => Assertion::Subset(inner.clone(), outer.clone()),
                _ if self.errors > errors => return None,
                _ => {
                    let message = "`subset` takes two audiences, the smaller one first; write `subset = [\"smaller\", \"larger\"]`";
                    self.report(Code::TOML_TYPE, written.span(), message);
                    return None;
                }
            },
            _ => {
                let parts = several(self, claim);
                if parts.len() < 2 && self.errors == errors {
                    let message = format!("`{claim}` compares audiences; write two or more");
                    self.report(Code::TOML_TYPE, written.span(), message);
                }
                match claim {
                    "disjoint" => Assertion::Disjoint(parts),
                    _ => Assertion::Equal(parts),
                }
            }
        };
        let span = written.span();
        (self.errors == errors).then_some(WrittenAssertion { assertion, span })
    }

    fn expressions(
        &mut self,
        entries: &Entries<'_, '_>,
        key: &str,
        known: &dyn Fn(&str) -> bool,
    ) -> Vec<Expression> {
        let Some(value) = entries.get(key) else {
            return Vec::new();
        };
        let elements = self.array(key, value, "segment expressions");
        let elements = elements.unwrap_or_default().iter();
        elements
            .filter_map(|element| self.expression(element, known))
            .collect()
    }

    fn expression(
        &mut self,
        value: &Value<'_>,
        known: &dyn Fn(&str) -> bool,
    ) -> Option<Expression> {
        let text = self.text("a segment expression", value)?;
        let read = match Expression::parse(text) {
            Ok(read) => read,
            Err(error) => {
                self.report(Code::SEGMENT_KEY_INVALID, value.span(), error.to_string());
                return None;
            }
        };
        if let Some(unknown) = read.segments().into_iter().find(|key| !known(key)) {
            let message = format!(
                "there is no segment `{unknown}`; declare it, or list it in `external_segments` if it lives elsewhere"
            );
            self.report(Code::SEGMENT_UNKNOWN, value.span(), message);
            return None;
        }
        Some(read)
    }

    /// Proves the assertions, in every environment that has differences and elsewhere. Claims about a
    /// segment that could not be read are not proved.
    pub(super) fn prove_assertions(
        &mut self,
        assertions: &[WrittenAssertion],
        segments: &[DeclaredSegment],
        contexts: &Contexts,
        external: &BTreeSet<crate::SegmentKey>,
    ) {
        if assertions.is_empty() {
            return;
        }
        let readable: BTreeSet<&str> = segments
            .iter()
            .map(|segment| segment.definition.key.as_str())
            .collect();
        let is_known = |key: &&str| readable.contains(key) || external.contains(*key);
        let provable = assertions.iter();
        let provable: Vec<&WrittenAssertion> = provable
            .filter(|written| written.assertion.segments().iter().all(is_known))
            .collect();
        let claims: Vec<&Assertion> = provable.iter().map(|written| &written.assertion).collect();
        let segments: Vec<&Definition> = segments.iter().map(|it| &it.definition).collect();
        let domains =
            |kind: &ContextKind, attribute: &AttributeRef| contexts.domain(kind, attribute);
        for (at, found) in prove(&claims, &segments, &domains) {
            self.report(found.code, provable[at].span.clone(), found.message);
        }
    }
}
