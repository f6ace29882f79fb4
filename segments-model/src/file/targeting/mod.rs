//! Reading the targeting of AI Configs and flags.

mod define;

use toml::Spanned;
use toml::de::DeValue;

use super::context::Contexts;
use super::environment::Listed;
use super::places::Places;
use super::reader::{Entries, Reader, Value, in_order};
use super::shape;
use super::span::Span;
use super::targets::is_empty;
use crate::draft::{DraftBy, DraftKind, DraftRule};
use crate::source::Source;
use crate::targeting::{DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule};
use crate::{Code, EnvironmentKey, Place, ResourceKind};

/// A targeting as it is written, with the place of each part. The whole stands where its key does.
#[derive(Debug)]
pub(super) struct WrittenTargeting {
    pub(super) source: Source<DraftTargeting, Span>,
    /// Who is served what in environments that have something of their own.
    pub(super) environments: Vec<(EnvironmentKey, Source<DraftTargeting, Span>)>,
}

impl Reader<'_> {
    /// The tables of one kind, by key.
    pub(super) fn targetings(
        &mut self,
        kind: ResourceKind,
        value: &Value<'_>,
        contexts: &Contexts,
        listed: &Listed,
    ) -> Vec<WrittenTargeting> {
        let mut targetings = Vec::new();
        let Some(declared) = self.map(kind.table(), value) else {
            return targetings;
        };
        for (key, value) in in_order(declared) {
            let from = self.diagnostics.len();
            if let Some(written) = self.targeting(kind, key, value, contexts, listed) {
                self.drop_allowed(from, &written.source.allow);
                targetings.push(written);
            }
        }
        targetings
    }

    fn targeting(
        &mut self,
        kind: ResourceKind,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        contexts: &Contexts,
        listed: &Listed,
    ) -> Option<WrittenTargeting> {
        let errors = self.errors;
        let entries = self.entries(key.get_ref(), value, &shape::TARGETING)?;
        entries.require(self);
        let draft = DraftTargeting {
            kind,
            key: key.get_ref().to_string(),
            ..DraftTargeting::default()
        };
        let mut source = Source::new(draft, key.span());
        source.places.add(Place::Key, key.span());
        if let Some(value) = entries.get("variations") {
            for (element, name) in self.texts("variations", value) {
                if let Some(name) = name {
                    let place = Place::Variation(source.draft.variations.len());
                    source.places.add(place, element.span());
                    source.draft.variations.push(name.to_owned());
                }
            }
        }
        self.served(&entries, &mut source, contexts);
        if let Some(value) = entries.get("allow") {
            source.allow = self.allow(value);
        }
        source.complete =
            self.errors == errors && !self.unreadable.is_partial(kind.table(), key.get_ref());
        let read = |reader: &mut Self, span: Span, entries: &Entries<'_, '_>| {
            let errors = reader.errors;
            let draft = DraftTargeting {
                kind,
                ..DraftTargeting::default()
            };
            let mut there = Source::new(draft, span);
            reader.served(entries, &mut there, contexts);
            there.inherit(&source);
            there.complete &= reader.errors == errors;
            there
        };
        let own = &shape::TARGETING_ENVIRONMENT;
        let environments = self.environments(&entries, own, listed, read);
        source.complete &= self.errors == errors;
        Some(WrittenTargeting {
            source,
            environments,
        })
    }

    /// Who is served what: what stands there for everywhere, and may for an environment.
    fn served(
        &mut self,
        entries: &Entries<'_, '_>,
        source: &mut Source<DraftTargeting, Span>,
        contexts: &Contexts,
    ) {
        let Source { draft, places, .. } = source;
        if let Some(value) = entries.get("targets") {
            let targets = self.array("targets", value, "tables").unwrap_or_default();
            let targets = targets.iter().enumerate();
            draft.targets = Some(
                targets
                    .map(|(target, value)| self.target(target, value, contexts, places))
                    .collect(),
            );
        }
        if let Some(value) = entries.get("rules") {
            let rules = self.array("rules", value, "tables").unwrap_or_default();
            let rules = rules.iter().enumerate();
            draft.rules = Some(
                rules
                    .map(|(rule, value)| self.targeting_rule(rule, value, contexts, places))
                    .collect(),
            );
        }
        if let Some(value) = entries.get("fallthrough") {
            draft.fallthrough = self.serve("fallthrough", None, value, places);
            let nobody = DraftRule::default();
            let by = self.split_by(entries, draft.fallthrough.as_ref(), &nobody, contexts);
            set_by(&mut draft.fallthrough, by);
        } else {
            for key in BUCKET {
                if let Some(span) = entries.key_span(key) {
                    let message = format!(
                        "`{key}` says how to split `fallthrough`, which is missing; write `fallthrough`, or remove `{key}`"
                    );
                    self.report(Code::BY_WITHOUT_PERCENT, span, message);
                }
            }
        }
        if let Some(value) = entries.get("at_least") {
            places.add(Place::AtLeast, value.span());
            draft.at_least = self.flag("at_least", value).unwrap_or_default();
        }
    }

    fn target(
        &mut self,
        target: usize,
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftTarget {
        places.add(Place::Target { target, key: None }, value.span());
        let mut draft = DraftTarget::default();
        let whole = Place::Target { target, key: None };
        let Some(entries) = self.entries("a target of `targets`", value, &shape::TARGET) else {
            places.mark_unread(whole);
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
        let keys = entries.get("keys");
        match keys {
            Some(value) if value.get_ref().is_array() => {
                for (element, key) in self.texts("keys", value) {
                    let Some(key) = key else { continue };
                    let at = Some(draft.keys.len());
                    places.add(Place::Target { target, key: at }, element.span());
                    draft.keys.push(key.to_owned());
                }
            }
            Some(value) => self.wrong_type("keys", "an array of strings", value),
            None => {}
        }
        if draft.keys.is_empty() && !keys.is_some_and(is_empty) {
            places.mark_unread(whole);
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
            places.mark_unread(Place::Rule(rule));
            return DraftTargetingRule::default();
        };
        entries.require(self);
        let when = self.condition(&entries, rule, contexts, places);
        let value = entries.get("serve");
        let mut serve = value.and_then(|value| self.serve("serve", Some(rule), value, places));
        let by = self.split_by(&entries, serve.as_ref(), &when, contexts);
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
                self.wrong_type(name, "a variation, or a table of percentages", value);
                None
            }
        }
    }

    /// What decides the bucket of a split; without one it means nothing.
    fn split_by(
        &mut self,
        entries: &Entries<'_, '_>,
        serve: Option<&DraftServe>,
        when: &DraftRule,
        contexts: &Contexts,
    ) -> Option<DraftBy> {
        if let Some(DraftServe::Split(_)) = serve {
            // Its place is that of what is served.
            return self.bucket(entries, when, 0, contexts, &mut Places::new(0..0));
        }
        for key in BUCKET {
            if let (Some(span), true) = (entries.key_span(key), serve.is_some()) {
                let message = format!(
                    "one variation is served to everyone, so nothing is split; remove `{key}`"
                );
                self.report(Code::KEY_IGNORED, span, message);
            }
        }
        None
    }
}

/// What says how a split works.
const BUCKET: [&str; 2] = ["bucket_by", "bucket_context"];

fn set_by(serve: &mut Option<DraftServe>, by: Option<DraftBy>) {
    if let Some(DraftServe::Split(split)) = serve {
        split.by = by;
    }
}

#[cfg(test)]
mod tests {
    use crate::{EnvironmentKey, Unlisted, file};

    #[test]
    fn what_is_not_written_for_an_environment_is_as_elsewhere() {
        let text = r#"
environments = ["production", "staging"]
[ai_configs.assistant]
variations = ["fast", "careful"]
fallthrough = "fast"
targets = [{ serve = "careful", keys = ["u-1"] }]
rules = [{ everyone = true, serve = "careful" }]
environments.production = {}
environments.staging = { rules = [], fallthrough = { fast = 50, careful = 50 }, bucket_context = "user", at_least = true }
"#;
        let file = file::read("segments.toml", text.as_bytes());
        let targeting = file.into_file().unwrap().targetings.remove(0).targeting;
        let there = |key| targeting.in_environment(&EnvironmentKey::from_static(key));
        assert_eq!(targeting.environments.len(), 2);
        let (production, staging) = (there("production"), there("staging"));
        assert_eq!(production.rules, targeting.rules);
        assert_eq!(production.fallthrough, targeting.fallthrough);
        assert_eq!(production.others, Unlisted::Remove);
        assert_eq!(staging.targets, targeting.targets);
        assert_eq!(staging.rules.as_deref(), Some(&[][..]));
        let fallthrough = staging.fallthrough.as_ref().unwrap().to_string();
        assert_eq!(fallthrough, "50% fast and 50% careful by user key");
        assert_eq!(staging.others, Unlisted::Keep);
    }

    #[test]
    fn mistakes_are_found_in_every_environment_and_said_once() {
        let text = r#"
environments = ["production", "staging"]
[flags.checkout]
variations = ["on", "off"]
rules = [{ clauses = [{ op = "segmentMatch", values = ["beta"] }], serve = "of" }]
environments.staging = { fallthrough = "offf", bucket_context = "user" }
environments.stagin = { bucket_by = "key", variations = ["on"] }
"#;
        let report = file::read("segments.toml", text.as_bytes());
        let said: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|found| {
                let place = report.source().location(found.span.start);
                (place.line, found.message.as_str())
            })
            .collect();
        let expected = [
            (
                5,
                "there is no segment `beta`; declare it, or list it in `external_segments` if it lives elsewhere",
            ),
            (5, "`of` is not a declared variation; did you mean `off`?"),
            (
                6,
                "missing environments: `production`; add a table for each (an empty table inherits the base)",
            ),
            (6, "`offf` is not a declared variation; did you mean `off`?"),
            (
                6,
                "one variation is served to everyone, so nothing is split; remove `bucket_context`",
            ),
            (
                7,
                "`stagin` is not one of the file's environments; did you mean `staging`?",
            ),
            (
                7,
                "`bucket_by` says how to split `fallthrough`, which is missing; write `fallthrough`, or remove `bucket_by`",
            ),
            (
                7,
                "`variations` is not a key of an AI Config or flag in an environment; use `at_least`, `bucket_by`, `bucket_context`, `fallthrough`, `rules` or `targets`",
            ),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn keys_that_are_no_strings_are_said_once() {
        for (keys, count) in [
            ("[1, 2]", 2),
            ("[1, \"u-1\"]", 1),
            ("7", 1),
            ("[{}, {}]", 2),
        ] {
            let text = format!(
                "[ai_configs.assistant]\nvariations = [\"fast\", \"careful\"]\nfallthrough = \"fast\"\n\
                 targets = [{{ serve = \"careful\", keys = {keys} }}]\n"
            );
            let report = file::read("segments.toml", text.as_bytes());
            let found = report.diagnostics().iter();
            let codes: Vec<_> = found.map(|found| found.code.name()).collect();
            assert_eq!(codes, vec!["toml-type"; count], "{keys}");
        }
    }

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
fallthrough = { fast = 80, carefull = 10 }
bucket_context = "user"
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
            "split-sum: these weights add up to 90 %, not to 100 %; 10 % are missing at { fast = 80, carefull = 10 }",
            "variation-unknown: `carefull` is not a declared variation; did you mean `careful`? at carefull",
            "segment-unknown: there is no segment `bete`; did you mean `beta`? at \"bete\"",
            "variation-unknown: `slow` is not a declared variation; use `careful` or `fast` at \"slow\"",
            "operator-misfit: operator `endsWith` does not fit attribute `age` of type number; use `in`, `lessThan`, `lessThanOrEqual`, `greaterThan` or `greaterThanOrEqual` at \"endsWith\"",
            "key-ignored: one variation is served to everyone, so nothing is split; remove `bucket_by` at bucket_by",
            "toml-type: `serve` is a variation, or a table of percentages; this is a number at 7",
        ];
        assert_eq!(said, expected);
        assert_eq!(
            report.readable_part().unreadable_targetings,
            [(crate::ResourceKind::AiConfig, "assistant".to_owned())]
        );
    }
}
