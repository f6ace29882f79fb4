//! Converts parsed targetings to declarations: the checks, and the inheritance of environments.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::super::contents::{DeclaredSegment, DeclaredTargeting};
use super::super::context::Contexts;
use super::super::reader::Reader;
use super::WrittenTargeting;
use crate::diagnostic::Diagnostic;
use crate::relations::of_targeting;
use crate::{
    AttributeRef, Code, ContextKind, Definition, Finding, Findings, Place, ResourceKind,
    SegmentKey, Targeting,
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
                self.define_targeting(&written, &Findings::default(), declared, external);
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
            let right = !written.broken && self.errors == errors;
            self.drop_allowed(from, &written.allow);
            match targeting.filter(|_| right) {
                Some(targeting) => defined.push(DeclaredTargeting {
                    targeting,
                    span: written.key_span,
                }),
                None => unreadable.push((written.draft.kind, written.draft.key)),
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
            let (_, written) = written.find(|(environment, _)| environment == key)?;
            Some((Some(key), written, there.rules.as_deref()))
        });
        let everywhere = (None, written, targeting.rules.as_deref());
        for (environment, written, rules) in std::iter::once(everywhere).chain(own) {
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
                let span = written.places.of(&relation.finding);
                let Finding { code, message, .. } = relation.finding;
                let mut found = Diagnostic::new(code, span, message);
                for (_, place, label) in relation.related.into_iter().take(8) {
                    found = found.with(written.places.find(place), label);
                }
                self.push(found);
            }
        }
    }

    /// Checks one draft, and makes a targeting of it if it is right. An environment has much from
    /// elsewhere: what is `known` of the whole is not said again.
    fn define_targeting(
        &mut self,
        written: &WrittenTargeting,
        known: &Findings,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) -> (Option<Targeting>, Findings) {
        let (findings, targeting) = match written.draft.parse() {
            Ok((targeting, findings)) => (findings, Some(targeting)),
            Err(findings) => (findings, None),
        };
        for finding in &findings {
            // Said at the part that could not be read, or at the table that lacks it.
            let said = matches!(
                finding.code,
                Code::DRAFT_INCOMPLETE | Code::TARGETING_EMPTY | Code::VARIATIONS_MISSING
            );
            if said && written.broken || written.places.is_unread(finding.place) {
                continue;
            }
            let span = written.places.of(finding);
            let of_the_whole = span == written.places.segment;
            if of_the_whole && known.iter().any(|known| known == finding) {
                continue;
            }
            self.report(finding.code, span, finding.message.clone());
        }
        let conditions = written.draft.conditions();
        self.references(conditions.references(), &written.places, declared, external);
        (targeting, findings)
    }
}

impl WrittenTargeting {
    /// Takes what is not written for this environment from what is written for all.
    pub(super) fn inherit(&mut self, all: &Self, own_at_least: bool) {
        let draft = &mut self.draft;
        let (own_targets, own_rules) = (draft.targets.is_some(), draft.rules.is_some());
        let own_fallthrough = draft.fallthrough.is_some();
        if !own_targets {
            draft.targets.clone_from(&all.draft.targets);
        }
        if !own_rules {
            draft.rules.clone_from(&all.draft.rules);
        }
        if !own_fallthrough {
            draft.fallthrough.clone_from(&all.draft.fallthrough);
        }
        if !own_at_least {
            draft.at_least = all.draft.at_least;
        }
        self.places.inherit(&all.places, |place| match place {
            Place::Segment => false,
            Place::Key | Place::Variation(_) => true,
            Place::Target { .. } | Place::TargetServe(_) => !own_targets,
            Place::Serve { rule: None } | Place::Share { rule: None, .. } => !own_fallthrough,
            // All others are parts of rules.
            _ => !own_rules,
        });
    }
}
