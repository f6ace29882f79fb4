//! From what is written to what is declared: the checks, and what an environment has from elsewhere.

use std::collections::{BTreeSet, HashSet};

use super::super::reader::Reader;
use super::{DeclaredTargeting, WrittenTargeting};
use crate::{Code, Findings, Place, SegmentKey, Targeting};

impl Reader<'_> {
    /// Checks each targeting, and keeps those that are right; of the others the keys.
    pub(in super::super) fn define_targetings(
        &mut self,
        written: Vec<WrittenTargeting>,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) -> (Vec<DeclaredTargeting>, Vec<(bool, String)>) {
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
                None => unreadable.push((written.draft.flag, written.draft.key)),
            }
        }
        (defined, unreadable)
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
                Code::DraftIncomplete | Code::TargetingEmpty | Code::VariationsMissing
            );
            if said && written.broken {
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
