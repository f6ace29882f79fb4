//! Reading who is served what by AI Configs and flags.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::context::Contexts;
use super::places::Places;
use super::reader::{Entries, Reader, Span, Value, in_order};
use super::shape;
use crate::draft::{DraftBy, DraftKind, DraftRule};
use crate::targeting::{DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule};
use crate::{Code, Place, SegmentKey, Targeting};

/// What an AI Config or a flag serves, as a file says it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredTargeting {
    /// Who is served what.
    pub targeting: Targeting,
    /// Where its key stands: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// A targeting as it is written, with the place of each part.
#[derive(Debug)]
pub(super) struct WrittenTargeting {
    pub(super) draft: DraftTargeting,
    pub(super) places: Places,
    /// The key, where it starts.
    pub(super) key_span: Span,
    pub(super) allow: HashSet<Code>,
    /// Whether some part could not be read, so that there can be no targeting.
    pub(super) broken: bool,
}

impl Reader<'_> {
    /// The tables of one kind, by key.
    pub(super) fn targetings(
        &mut self,
        name: &str,
        flag: bool,
        value: &Value<'_>,
        contexts: &Contexts,
    ) -> Vec<WrittenTargeting> {
        let mut targetings = Vec::new();
        let Some(declared) = self.map(name, value) else {
            return targetings;
        };
        for (key, value) in in_order(declared) {
            let from = self.diagnostics.len();
            if let Some(written) = self.targeting(flag, key, value, contexts) {
                self.drop_allowed(from, &written.allow);
                targetings.push(written);
            }
        }
        targetings
    }

    fn targeting(
        &mut self,
        flag: bool,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        contexts: &Contexts,
    ) -> Option<WrittenTargeting> {
        let errors = self.errors;
        let entries = self.entries(key.get_ref(), value, &shape::TARGETING)?;
        entries.require(self);
        let mut places = Places::new(key.span());
        places.add(Place::Key, key.span());
        let mut draft = DraftTargeting {
            flag,
            key: key.get_ref().to_string(),
            ..DraftTargeting::default()
        };
        if let Some(value) = entries.get("variations") {
            for (element, name) in self.texts("variations", value) {
                if let Some(name) = name {
                    places.add(Place::Variation(draft.variations.len()), element.span());
                    draft.variations.push(name.to_owned());
                }
            }
        }
        if let Some(value) = entries.get("targets") {
            let targets = self.array("targets", value, "tables").unwrap_or_default();
            let targets = targets.iter().enumerate();
            draft.targets = Some(
                targets
                    .map(|(target, value)| self.target(target, value, contexts, &mut places))
                    .collect(),
            );
        }
        if let Some(value) = entries.get("rules") {
            let rules = self.array("rules", value, "tables").unwrap_or_default();
            let rules = rules.iter().enumerate();
            draft.rules = Some(
                rules
                    .map(|(rule, value)| self.targeting_rule(rule, value, contexts, &mut places))
                    .collect(),
            );
        }
        if let Some(value) = entries.get("otherwise") {
            draft.otherwise = self.serve("otherwise", None, value, &mut places);
        }
        let by = self.split_by(&entries, draft.otherwise.as_ref(), contexts);
        set_by(&mut draft.otherwise, by);
        if let Some(value) = entries.get("at_least") {
            draft.at_least = self.flag("at_least", value).unwrap_or_default();
        }
        let allow = entries.get("allow").map(|value| self.allow(value));
        Some(WrittenTargeting {
            draft,
            places,
            key_span: key.span(),
            allow: allow.unwrap_or_default(),
            broken: self.errors > errors,
        })
    }

    fn target(
        &mut self,
        target: usize,
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftTarget {
        places.add(Place::Target { target, key: None }, value.span());
        // What cannot be read is said once.
        let mut draft = DraftTarget {
            keys: vec!["-".to_owned()],
            ..DraftTarget::default()
        };
        let Some(entries) = self.entries("a target of `targets`", value, &shape::TARGET) else {
            return draft;
        };
        entries.require(self);
        if let Some(value) = entries.get("serve") {
            places.add(Place::TargetServe(target), value.span());
            draft.variation = self.text("serve", value).map(str::to_owned);
        }
        if let Some(value) = entries.get("context")
            && let Some(kind) = self.kind("context", value, contexts)
        {
            draft.kind = DraftKind::Name(kind.to_owned());
        }
        if let Some(value) = entries.get("keys")
            && value.get_ref().is_array()
        {
            draft.keys.clear();
            for (element, key) in self.texts("keys", value) {
                let place = Place::Target {
                    target,
                    key: Some(draft.keys.len()),
                };
                places.add(place, element.span());
                draft.keys.push(key.unwrap_or("-").to_owned());
            }
        } else if let Some(value) = entries.get("keys") {
            self.wrong_type("keys", "an array of strings", value);
        }
        draft
    }

    fn targeting_rule(
        &mut self,
        rule: usize,
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftTargetingRule {
        places.add(Place::Rule(rule), value.span());
        let entries = self.entries("a rule of `rules`", value, &shape::TARGETING_RULE);
        let Some(entries) = entries else {
            return DraftTargetingRule {
                when: DraftRule {
                    everyone: true,
                    ..DraftRule::default()
                },
                serve: None,
            };
        };
        entries.require(self);
        let when = self.condition(&entries, rule, contexts, places);
        let value = entries.get("serve");
        let mut serve = value.and_then(|value| self.serve("serve", Some(rule), value, places));
        let by = self.split_by(&entries, serve.as_ref(), contexts);
        set_by(&mut serve, by);
        DraftTargetingRule { when, serve }
    }

    /// A variation, or a table of shares.
    fn serve(
        &mut self,
        name: &str,
        rule: Option<usize>,
        value: &Value<'_>,
        places: &mut Places,
    ) -> Option<DraftServe> {
        places.add(Place::Serve { rule }, value.span());
        match value.get_ref() {
            DeValue::String(variation) => Some(DraftServe::Variation(variation.to_string())),
            DeValue::Table(table) => {
                let mut shares = Vec::new();
                for (variation, percent) in in_order(table) {
                    let share = shares.len();
                    places.add(Place::Share { rule, share }, variation.span());
                    if let Some(percent) = self.float(variation.get_ref(), percent) {
                        shares.push((variation.get_ref().to_string(), percent));
                    }
                }
                Some(DraftServe::Split(DraftSplit { shares, by: None }))
            }
            _ => {
                self.wrong_type(name, "a variation, or a table of shares", value);
                None
            }
        }
    }

    /// What decides the bucket of a split; without one it means nothing.
    fn split_by(
        &mut self,
        entries: &Entries<'_, '_>,
        serve: Option<&DraftServe>,
        contexts: &Contexts,
    ) -> Option<DraftBy> {
        if let Some(DraftServe::Split(_)) = serve {
            // Its place is that of what is served.
            return self.bucket(entries, 0, contexts, &mut Places::default());
        }
        for key in ["bucket_by", "bucket_context"] {
            if let (Some(span), true) = (entries.key_span(key), serve.is_some()) {
                let message = format!(
                    "one variation is served to everybody, and nothing is split; leave `{key}` out"
                );
                self.report(Code::KeyIgnored, span, message);
            }
        }
        None
    }

    /// Checks each targeting, and keeps those that are right; of the others the keys.
    pub(super) fn define_targetings(
        &mut self,
        written: Vec<WrittenTargeting>,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) -> (Vec<DeclaredTargeting>, Vec<(bool, String)>) {
        let may_lack_tables = self.may_lack_tables();
        let (mut defined, mut unreadable) = (Vec::new(), Vec::new());
        for written in written {
            let (from, errors) = (self.diagnostics.len(), self.errors);
            let (findings, targeting) = match written.draft.parse() {
                Ok((targeting, findings)) => (findings, Some(targeting)),
                Err(findings) => (findings, None),
            };
            for finding in findings {
                // Said at the part that could not be read, or at the table that lacks it.
                let said = matches!(
                    finding.code,
                    Code::DraftIncomplete | Code::TargetingEmpty | Code::VariationsMissing
                );
                if said && written.broken {
                    continue;
                }
                let span = written.places.of(&finding);
                self.report(finding.code, span, finding.message);
            }
            if !may_lack_tables {
                let conditions = written.draft.conditions();
                self.references(conditions.references(), &written.places, declared, external);
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
}

fn set_by(serve: &mut Option<DraftServe>, by: Option<DraftBy>) {
    if let Some(DraftServe::Split(split)) = serve {
        split.by = by;
    }
}

#[cfg(test)]
mod tests {
    use crate::file;

    #[test]
    fn everything_wrong_is_said_at_its_place() {
        let report = file::read(
            "segments.toml",
            br#"
[contexts.user.attributes]
age = "number"

[segments.beta]
description = "Testers"
nobody = true

[ai_configs.assistant]
variations = ["fast", "careful"]
otherwise = { fast = 80, carefull = 10 }
rules = [
  { clauses = [{ op = "segmentMatch", values = ["bete"] }], serve = "slow" },
  { clauses = [{ attribute = "age", op = "endsWith", values = ["x"] }], serve = "fast", bucket_by = "age" },
  { serve = 7, everyone = true },
]
"#,
        );
        let said: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|found| {
                let text = &report.source().text()[found.span.clone()];
                format!("{}: {} at {text}", found.code, found.message)
            })
            .collect();
        let expected = [
            "split-sum: these shares add up to 90 %, not to 100 %; 10 % are left to give at { fast = 80, carefull = 10 }",
            "variation-unknown: `carefull` is not a declared variation; did you mean `careful`? at carefull",
            "segment-unknown: there is no segment `bete`; did you mean `beta`? at \"bete\"",
            "variation-unknown: `slow` is not a declared variation; use `careful` or `fast` at \"slow\"",
            "operator-misfit: operator `endsWith` does not fit attribute `age` of type number at \"endsWith\"",
            "key-ignored: one variation is served to everybody, and nothing is split; leave `bucket_by` out at bucket_by",
            "toml-type: `serve` is a variation, or a table of shares; this is a number at 7",
        ];
        assert_eq!(said, expected);
        assert_eq!(
            report.readable_part().unreadable_targetings,
            [(false, "assistant".to_owned())]
        );
    }
}
