//! Reading the tables of a file, in order.

use std::collections::{BTreeSet, HashSet};

use super::assertion::WrittenAssertion;
use super::context::Contexts;
use super::environment::Listed;
use super::reader::{self, Reader, in_order};
use super::written::Written;
use super::{Beside, SegmentsFile, shape};
use crate::{Code, ResourceKind, SegmentKey, Tag};

impl Reader<'_> {
    pub(super) fn file(&mut self, table: &toml::de::DeTable<'_>, beside: &Beside) -> SegmentsFile {
        self.now = beside.now();
        let entries = self.known(table, 0..0, &shape::FILE);
        let allowed = entries.get("allow").map(|value| self.allow(value));
        let contexts = entries.get("contexts").map(|value| self.contexts(value));
        let mut contexts = contexts.unwrap_or_default();
        let own = contexts.0.clone();
        self.beside(&mut contexts, beside);
        let external = entries
            .get("external_segments")
            .map(|value| self.external(value));
        let own_external = external.unwrap_or_default();
        let external = beside.segments(&own_external);
        let owner = entries.get("owner").and_then(|value| self.owner(value));
        let strict = entries.get("strict");
        let strict = strict.and_then(|value| self.flag("strict", value));
        let environments = entries
            .get("environments")
            .map(|value| self.environment_list(value))
            .filter(|_| !self.unreadable.may_declare("environments"));
        let listed = environments
            .as_ref()
            .map(|keys| keys.iter().cloned().collect());

        let segments = entries.get("segments");
        let segments = segments.map(|value| self.segments(value, &contexts, &listed));
        let segments = segments.unwrap_or_default();
        let mut targetings = Vec::new();
        for kind in ResourceKind::ALL {
            if let Some(value) = entries.get(kind.table()) {
                targetings.extend(self.targetings(kind, value, &contexts, &listed));
            }
        }
        let policy = entries.get("policy").and_then(|value| self.policy(value));
        let metrics = entries.get("metrics");
        let metrics = metrics.map(|value| self.metrics(value, &contexts));
        let (metrics, unreadable_metrics) = metrics.unwrap_or_default();
        let complete = self.errors == 0 && self.unreadable.is_nothing();
        if complete && segments.is_empty() && targetings.is_empty() && metrics.is_empty() {
            let message = "this file declares no segments; write `[segments.some-key]`";
            self.report(Code::FILE_EMPTY, 0..0, message);
        }
        let read = self.define(&segments, &contexts, &external);
        if let Some(policy) = &policy {
            self.judge(policy, &segments, &read, owner.as_deref(), &contexts);
        }
        let declared: HashSet<&str> = segments
            .iter()
            .map(|written| written.source.draft.key.as_str())
            .collect();
        let known = |key: &str| declared.contains(key) || external.contains(key);
        let mut assertions = Vec::new();
        if let Some(value) = entries.get("assertions") {
            assertions = self.assertions(value, &known);
        }
        let mut partitions = Vec::new();
        if let Some(value) = entries.get("partitions") {
            let declared = |key: &str| declared.contains(key);
            partitions = self.partitions(value, &contexts, &declared);
            assertions.extend(partitions.iter().map(WrittenAssertion::of_partition));
        }
        self.prove_assertions(&assertions, &read, &contexts, &external);
        let (targetings, unreadable_targetings) =
            self.define_targetings(targetings, &declared, &external, (&read, &contexts));
        let experiments = entries.get("experiments").map(|value| {
            self.experiments(
                value,
                &contexts,
                &targetings,
                &unreadable_targetings,
                (&metrics, &unreadable_metrics),
            )
        });
        if let Some(allowed) = allowed {
            self.drop_allowed(0, &allowed);
        }
        let keys = segments.iter().map(|written| &written.source.draft.key);
        let readable: HashSet<&str> = read
            .iter()
            .map(|read| read.definition.key.as_str())
            .collect();
        let unreadable = keys.filter(|key| !readable.contains(key.as_str())).cloned();
        SegmentsFile {
            unreadable: unreadable.collect(),
            owner,
            strict: strict.unwrap_or_default(),
            environments: environments.unwrap_or_default(),
            policy,
            contexts: own,
            segments: read,
            targetings,
            metrics,
            experiments: experiments.unwrap_or_default(),
            unreadable_targetings,
            partitions,
            external: own_external,
        }
    }

    /// What is written of the segments that can be read, in the order of writing.
    fn segments<'t, 'i>(
        &mut self,
        value: &'t reader::Value<'i>,
        contexts: &Contexts,
        listed: &Listed,
    ) -> Vec<Written<'t, 'i>> {
        let mut segments = Vec::new();
        let Some(declared) = self.map("segments", value) else {
            return segments;
        };
        for (key, value) in in_order(declared) {
            let from = self.diagnostics.len();
            if let Some(written) = self.segment(key, value, contexts, listed) {
                self.drop_allowed(from, &written.source.allow);
                segments.push(written);
            }
        }
        segments
    }

    /// Who the declarations belong to: what fits into a tag behind `managed-by.`.
    fn owner(&mut self, value: &reader::Value<'_>) -> Option<String> {
        let owner = self.text("owner", value)?.to_owned();
        let tag = Tag::parse(owner.clone()).and_then(|_| Tag::parse(format!("managed-by.{owner}")));
        match tag {
            Ok(_) => Some(owner),
            Err(error) => {
                self.report(Code::KEY_INVALID, value.span(), error.to_string());
                None
            }
        }
    }

    fn external(&mut self, value: &reader::Value<'_>) -> BTreeSet<SegmentKey> {
        let mut external = BTreeSet::new();
        for (element, key) in self.texts("external_segments", value) {
            match key.map(SegmentKey::parse) {
                Some(Ok(key)) => {
                    external.insert(key);
                }
                Some(Err(error)) => {
                    self.report(Code::SEGMENT_KEY_INVALID, element.span(), error.to_string());
                }
                None => {}
            }
        }
        external
    }

    /// Takes back the warnings, from one on, that the author allows.
    pub(super) fn drop_allowed(&mut self, from: usize, allowed: &[Code]) {
        if !allowed.is_empty() {
            let kept = self.diagnostics.split_off(from);
            let kept = kept.into_iter();
            self.diagnostics.extend(kept.filter(|found| {
                found.severity() == crate::Severity::Error || !allowed.contains(&found.code)
            }));
        }
    }
}
