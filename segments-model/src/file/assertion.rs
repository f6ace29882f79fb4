//! Assertions: what has to hold of the audiences of a file, proved whenever it is read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::DeclaredSegment;
use super::context::Contexts;
use super::reader::{Entries, Reader, Span, Value};
use super::shape;
use crate::algebra::{Algebra, Assertion, Expression};
use crate::{AttributeRef, Code, ContextKind, Definition, EnvironmentKey};

/// An assertion, with the place of what it says.
pub(super) struct WrittenAssertion {
    assertion: Assertion,
    span: Span,
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
                let message = "an assertion makes one claim; write one of `disjoint`, `subset`, `covers`, `equal` and `nobody`";
                self.report(Code::KeyMissing, value.span(), message);
            }
            return None;
        };
        if claim != "covers"
            && let Some(by) = entries.key_span("by")
        {
            let message = "`by` belongs to `covers`; leave it out";
            self.report(Code::KeyUnknown, by, message);
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
                    let message = "`covers` needs `by`; write `by = [...]` with what covers it";
                    self.report(Code::KeyMissing, written.span(), message);
                }
                Assertion::Covers(whole?, several(self, "by"))
            }
            "subset" => match &several(self, "subset")[..] {
                [inner, outer] => Assertion::Subset(inner.clone(), outer.clone()),
                _ if self.errors > errors => return None,
                _ => {
                    let message = "`subset` takes two audiences, the smaller one first; write `subset = [\"smaller\", \"larger\"]`";
                    self.report(Code::TomlType, written.span(), message);
                    return None;
                }
            },
            _ => {
                let parts = several(self, claim);
                if parts.len() < 2 && self.errors == errors {
                    let message = format!("`{claim}` compares audiences; write two or more");
                    self.report(Code::TomlType, written.span(), message);
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
                self.report(Code::SegmentKeyInvalid, value.span(), error.to_string());
                return None;
            }
        };
        if let Some(unknown) = read.segments().into_iter().find(|key| !known(key)) {
            let message = format!(
                "there is no segment `{unknown}`; declare it, or list it in `external_segments` if it lives elsewhere"
            );
            self.report(Code::SegmentUnknown, value.span(), message);
            return None;
        }
        Some(read)
    }

    /// Proves the assertions, in every environment that has something of its own and elsewhere. What is said
    /// of a segment that could not be read is not proved.
    pub(super) fn prove_assertions(
        &mut self,
        assertions: &[WrittenAssertion],
        segments: &[DeclaredSegment],
        contexts: &Contexts,
        external: &BTreeSet<crate::SegmentKey>,
    ) {
        let readable: BTreeSet<&str> = segments
            .iter()
            .map(|segment| segment.definition.key.as_str())
            .collect();
        let is_known = |key: &&str| readable.contains(key) || external.contains(*key);
        let named = segments.iter();
        let named = named.flat_map(|segment| segment.definition.environments.keys());
        let named: BTreeSet<&EnvironmentKey> = named.collect();
        let domains =
            |kind: &ContextKind, attribute: &AttributeRef| contexts.domain(kind, attribute);
        let mut said: BTreeSet<(usize, String)> = BTreeSet::new();
        for environment in std::iter::once(None).chain(named.into_iter().map(Some)) {
            let there = segments.iter().map(|segment| match environment {
                Some(environment) => segment.definition.in_environment(environment),
                None => Cow::Borrowed(&segment.definition),
            });
            let there: Vec<Cow<'_, Definition>> = there.collect();
            let algebra = Algebra::new(there.iter().map(Cow::as_ref), &domains).as_declared();
            for (at, written) in assertions.iter().enumerate() {
                if !written.assertion.segments().iter().all(is_known) {
                    continue;
                }
                for disproof in written.assertion.prove(&algebra) {
                    let code = match disproof.witness {
                        Some(_) => Code::AssertionFails,
                        None => Code::AssertionUnproved,
                    };
                    let text = disproof.to_string();
                    if !said.insert((at, text.clone())) {
                        continue;
                    }
                    let message = match environment {
                        Some(environment) => format!("in `{environment}`, {text}"),
                        None => text,
                    };
                    self.report(code, written.span.clone(), message);
                }
            }
        }
    }
}
