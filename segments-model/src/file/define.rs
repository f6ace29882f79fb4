//! Converts segments to definitions, if they are valid.

use std::collections::{BTreeSet, HashSet};

use super::DeclaredSegment;
use super::context::Contexts;
use super::places::Places;
use super::reader::Reader;
use super::written::Written;
use crate::{Code, Definition, Findings, Place, SegmentKey, check};

impl Reader<'_> {
    /// Checks each segment, and makes definitions of those that are right.
    pub(super) fn define(
        &mut self,
        segments: &[Written<'_, '_>],
        contexts: &Contexts,
        external: &BTreeSet<SegmentKey>,
    ) -> Vec<DeclaredSegment> {
        let declared: HashSet<&str> = segments
            .iter()
            .map(|written| written.source.draft.key.as_str())
            .collect();
        let mut definitions = Vec::new();
        for written in segments {
            let from = self.diagnostics.len();
            let errors = self.errors;
            let (mut definition, findings) = self.define_one(written, &Findings::default());
            let asked = written.source.draft.references();
            self.references(asked, &written.source.places, &declared, external);
            for (environment, written) in &written.environments {
                let (there, _) = self.define_one(written, &findings);
                let asked = written.source.draft.references();
                self.references(asked, &written.source.places, &declared, external);
                if let (Some(definition), Some(there)) = (&mut definition, there) {
                    let there = (environment.clone(), there.into());
                    definition.environments.extend([there]);
                }
            }
            if !written.environments.is_empty() {
                self.say_once(from);
            }
            let right = written.source.complete && self.errors == errors;
            let examples = written.examples.map(|value| self.examples(value, contexts));
            if let Some(definition) = definition.filter(|_| right) {
                definitions.push(DeclaredSegment {
                    definition,
                    examples: examples.unwrap_or_default(),
                    span: written.source.places.whole().clone(),
                });
            }
        }
        let all = definitions.iter().map(|read| &read.definition);
        let environments = Definition::environments_of(all);
        for environment in &environments {
            self.relate(segments, &definitions, contexts, *environment);
        }
        if environments.len() > 1 {
            self.say_once(0);
        }
        let places = segments.iter().filter(|written| written.examples.is_some());
        let places =
            places.map(|written| (written.source.draft.key.as_str(), &written.source.places));
        self.prove(&definitions, &places.collect());
        definitions
    }

    /// Checks one draft, and makes a definition of it if it is valid. An environment shares much with the
    /// base: findings that are `known` from it are not repeated.
    fn define_one(
        &mut self,
        written: &Written<'_, '_>,
        known: &Findings,
    ) -> (Option<Definition>, Findings) {
        let (findings, definition) = match written.source.draft.parse() {
            Ok((definition, findings)) => (findings, Some(definition)),
            Err(findings) => (findings, None),
        };
        let passed = self
            .now
            .map(|now| check::passed(&written.source.draft, now));
        let passed = passed.unwrap_or_default();
        let found = written.source.news(&findings, known);
        for (finding, span) in found.chain(written.source.news(&passed, known)) {
            // Said at the part that could not be read.
            if finding.code != Code::DRAFT_INCOMPLETE || written.source.complete {
                self.report(finding.code, span.clone(), finding.message.clone());
            }
        }
        (definition, findings)
    }

    /// Reports the segments that clauses ask and nobody declares.
    pub(super) fn references<'d>(
        &mut self,
        asked: impl Iterator<Item = (Place, &'d str)>,
        places: &Places,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) {
        for (place, key) in asked {
            let known = declared.contains(key) || external.contains(key);
            if known || SegmentKey::parse(key).is_err() {
                continue;
            }
            let names = declared
                .iter()
                .copied()
                .chain(external.iter().map(SegmentKey::as_str));
            let advice = match self.advice.or_list(key, names) {
                advice if advice.contains("did you mean") => advice,
                _ => "; declare it, or list it in `external_segments` if it lives elsewhere"
                    .to_owned(),
            };
            let message = format!("there is no segment `{key}`{advice}");
            self.report(Code::SEGMENT_UNKNOWN, places.find(place).clone(), message);
        }
    }
}
