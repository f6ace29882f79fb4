//! `[policy]`: a team's requirements for the segments of a file.

use std::collections::HashMap;

use super::DeclaredSegment;
use super::context::Contexts;
use super::reader::{Reader, Value, in_order};
use super::shape;
use super::written::Written;
use crate::Side;
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftKind, DraftTargets};
use crate::policy::{NamePattern, Policy};
use crate::{AttributeRef, Code, ContextKind, Definition, Place, Severity, Targets, Weight};

impl Reader<'_> {
    pub(super) fn policy(&mut self, value: &Value<'_>) -> Option<Policy> {
        let entries = self.entries("policy", value, &shape::POLICY)?;
        let mut policy = Policy::default();
        if let Some(value) = entries.get("environments") {
            policy.environments = self.environment_list(value).into_iter().collect();
        }
        if let Some(value) = entries.get("names") {
            let names = self.texts("names", value).into_iter();
            let names = names.filter_map(|(_, name)| name.map(NamePattern::new));
            policy.names = names.collect();
        }
        if let Some(value) = entries.get("first_step") {
            let percent = self.float("first_step", value);
            match percent.map(Weight::from_percent) {
                Some(Ok(weight)) => policy.first_step = weight,
                Some(Err(error)) => {
                    self.report(Code::PERCENT_INVALID, value.span(), error.to_string());
                }
                None => {}
            }
        }
        if let Some(value) = entries.get("severity") {
            policy = self.severities(value, policy);
        }
        Some(policy)
    }

    fn severities(&mut self, value: &Value<'_>, mut policy: Policy) -> Policy {
        if self
            .entries("severity", value, &shape::SEVERITIES)
            .is_none()
        {
            return policy;
        }
        let Some(table) = value.get_ref().as_table() else {
            return policy;
        };
        for (name, value) in in_order(table) {
            let Some(text) = self.text(name.get_ref(), value) else {
                continue;
            };
            let severity = match text {
                "error" => Some(Severity::Error),
                "warning" => Some(Severity::Warning),
                "off" => None,
                other => {
                    let message = format!(
                        "`{other}` is not a severity; write \"error\", \"warning\" or \"off\""
                    );
                    self.report(Code::TOML_TYPE, value.span(), message);
                    continue;
                }
            };
            if let Some(changed) = policy.clone().with(name.get_ref(), severity) {
                policy = changed;
            }
        }
        policy
    }

    /// Reports what the policy asks of segments and they do not have.
    pub(super) fn judge(
        &mut self,
        policy: &Policy,
        segments: &[Written<'_, '_>],
        read: &[DeclaredSegment],
        owner: Option<&str>,
        contexts: &Contexts,
    ) {
        let is_private = |kind: &ContextKind, attribute: &AttributeRef| {
            let schema = contexts.0.get(kind);
            let schema = schema.and_then(|schema| schema.attributes.get(attribute));
            schema.is_some_and(|attribute| attribute.private)
        };
        let by_key: HashMap<&str, &Written<'_, '_>> = segments
            .iter()
            .map(|written| (written.source.draft.key.as_str(), written))
            .collect();
        for DeclaredSegment { definition, .. } in read {
            let Some(written) = by_key.get(definition.key.as_str()) else {
                continue;
            };
            for (environment, finding, severity) in policy.check(definition, owner, &is_private) {
                if severity == Severity::Warning && written.source.allow.contains(&finding.code) {
                    continue;
                }
                let written = written.in_environment(environment.as_ref());
                let definition = definition.in_environment(environment.as_ref());
                let place = as_written(finding.place, &definition, written);
                let span = written.source.places.find(place).clone();
                let found = Diagnostic::new(finding.code, span, finding.message);
                self.push(found.with_severity(severity));
            }
        }
    }
}

/// A place in the order in which the lists are written.
fn as_written(place: Place, definition: &Definition, written: &Written<'_, '_>) -> Place {
    let listed =
        |targets: &Targets, draft: Option<&DraftTargets>, list: usize, key: Option<usize>| {
            let (kind, keys) = targets.lists().nth(list)?;
            let kind = DraftKind::Name(kind.to_string());
            let key = key.and_then(|at| keys.iter().nth(at));
            let mut lists = draft?.lists.iter();
            // A kind has a list for each expiry.
            lists.position(|it| it.kind == kind && key.is_none_or(|key| it.keys.contains(key)))
        };
    match place {
        // Such a finding is about all keys of its list.
        Place::Included { list, key } => {
            let draft = written.source.draft.included.as_ref();
            let found = listed(definition.included(), draft, list, key);
            Side::Included.at(found.unwrap_or(list), None)
        }
        Place::Excluded { list, key } => {
            let draft = written.source.draft.excluded.as_ref();
            let found = listed(definition.excluded(), draft, list, key);
            Side::Excluded.at(found.unwrap_or(list), None)
        }
        Place::Tag(at) => {
            let tag = definition.tags.iter().flatten().nth(at);
            let mut tags = written.source.draft.tags.iter().flatten();
            let place = tags.position(|it| tag.is_some_and(|tag| tag.as_str() == it));
            Place::Tag(place.unwrap_or(at))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::file;

    #[test]
    fn a_finding_stands_where_it_is_written() {
        let text = r#"[policy]
severity = { description = "off", owner = "off" }

[contexts.user.attributes]
plan = "string"

[segments.a]
description = "d"
tags = ["team", "review.soon"]
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]

[segments.a.environments.staging]
included = { user = ["u-1", "ada@company.com"] }
"#;
        let report = file::read("segments.toml", text.as_bytes());
        let found = report.diagnostics().iter();
        let found: Vec<_> = found
            .map(|it| (it.code.name(), &text[it.span.start..]))
            .collect();
        let starts = |start: &str| &text[text.find(start).unwrap()..];
        let expected = [
            ("policy-review", starts("\"review.soon\"")),
            ("policy-keys", starts("user = [\"u-1\"")),
        ];
        assert_eq!(found, expected, "{report}");
    }

    #[test]
    fn a_finding_about_keys_stands_at_the_list_that_has_them() {
        let text = r#"[policy]
severity = { description = "off", owner = "off", review = "off" }

[segments.a]
description = "d"
included = [
  { user = ["u-1"] },
  { user = ["u-2", "ada@company.com"], until = "2027-01-31" },
]
"#;
        let report = file::read("segments.toml", text.as_bytes());
        let found = report.diagnostics().iter();
        let found: Vec<_> = found
            .map(|it| (it.code.name(), &text[it.span.start..]))
            .collect();
        let at = text.find("user = [\"u-2\"").unwrap();
        assert_eq!(found, [("policy-keys", &text[at..])], "{report}");
    }
}
