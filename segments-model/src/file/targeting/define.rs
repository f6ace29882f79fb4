//! Converts targetings to declarations, if they are valid.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::super::contents::{DeclaredSegment, DeclaredTargeting};
use super::super::context::Contexts;
use super::super::reader::Reader;
use super::super::span::Span;
use super::WrittenTargeting;
use crate::diagnostic::Diagnostic;
use crate::relations::of_targeting;
use crate::source::Source;
use crate::targeting::DraftTargeting;
use crate::{
    AttributeRef, Code, ContextKind, Definition, Finding, Findings, ResourceKind, SegmentKey,
    Targeting,
};

impl Reader<'_> {
    /// Checks each targeting, and keeps those that are right; of the others the keys.
    pub(in super::super) fn define_targetings(
        &mut self,
        written: Vec<WrittenTargeting>,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
        segments: (&[DeclaredSegment], &Contexts),
    ) -> (Vec<DeclaredTargeting>, Vec<(ResourceKind, String)>) {
        let (mut defined, mut unreadable) = (Vec::new(), Vec::new());
        for written in written {
            let (from, errors) = (self.diagnostics.len(), self.errors);
            let (mut targeting, findings) =
                self.define_targeting(&written.source, &Findings::default(), declared, external);
            for (environment, there) in &written.environments {
                let (there, _) = self.define_targeting(there, &findings, declared, external);
                if let (Some(targeting), Some(there)) = (&mut targeting, there) {
                    let there = (environment.clone(), there.into());
                    targeting.environments.extend([there]);
                }
            }
            if let Some(targeting) = &targeting {
                self.relate_targeting(&written, targeting, segments);
            }
            if !written.environments.is_empty() {
                self.say_once(from);
            }
            let right = written.source.complete && self.errors == errors;
            let DraftTargeting { kind, key, .. } = written.source.draft;
            match targeting.filter(|_| right) {
                Some(targeting) => defined.push(DeclaredTargeting {
                    targeting,
                    span: written.source.places.whole().clone(),
                }),
                None => unreadable.push((kind, key)),
            }
        }
        (defined, unreadable)
    }

    /// Reports what the rules of a targeting say about one another, there and in environments.
    fn relate_targeting(
        &mut self,
        written: &WrittenTargeting,
        targeting: &Targeting,
        (segments, contexts): (&[DeclaredSegment], &Contexts),
    ) {
        let own = targeting.environments.iter();
        let own = own.filter_map(|(key, there)| {
            let mut written = written.environments.iter();
            let (_, source) = written.find(|(environment, _)| environment == key)?;
            Some((Some(key), source, there.rules.as_deref()))
        });
        let everywhere = (None, &written.source, targeting.rules.as_deref());
        for (environment, source, rules) in std::iter::once(everywhere).chain(own) {
            let rules = rules.unwrap_or_default();
            if rules.iter().all(|rule| rule.clauses.len() < 2) && rules.len() < 2 {
                continue;
            }
            let definitions = segments.iter();
            let definitions: Vec<Cow<'_, Definition>> = definitions
                .map(|segment| segment.definition.in_environment(environment))
                .collect();
            let world = definitions.iter().map(Cow::as_ref).collect();
            let domains =
                |kind: &ContextKind, attribute: &AttributeRef| contexts.domain(kind, attribute);
            for relation in of_targeting(rules, &world, &domains) {
                let Finding {
                    code,
                    place,
                    message,
                } = relation.finding;
                if source.allows(code) {
                    continue;
                }
                let mut found = Diagnostic::new(code, source.places.find(place).clone(), message);
                for (_, place, label) in relation.related.into_iter().take(8) {
                    found = found.with(source.places.find(place).clone(), label);
                }
                self.push(found);
            }
        }
    }

    /// Checks one draft, and makes a targeting of it if it is right. An environment has much from
    /// elsewhere: what is `known` of the whole is not said again.
    fn define_targeting(
        &mut self,
        written: &Source<DraftTargeting, Span>,
        known: &Findings,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) -> (Option<Targeting>, Findings) {
        let (findings, targeting) = match written.draft.parse() {
            Ok((targeting, findings)) => (findings, Some(targeting)),
            Err(findings) => (findings, None),
        };
        for (finding, span) in written.news(&findings, known) {
            // Said at the part that could not be read, or at the table that lacks it.
            let said = matches!(
                finding.code,
                Code::DRAFT_INCOMPLETE | Code::TARGETING_EMPTY | Code::VARIATIONS_MISSING
            );
            if written.complete || !said {
                self.report(finding.code, span.clone(), finding.message.clone());
            }
        }
        let conditions = written.draft.conditions();
        self.references(conditions.references(), &written.places, declared, external);
        (targeting, findings)
    }
}
