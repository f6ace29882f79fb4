//! Attributes with a former name that some programs still send.

use std::collections::BTreeMap;

use crate::{
    AttributeRef, Audience, Clause, ContextKind, Definition, Rule, Serve, Targeting, TargetingRule,
};

/// The former names of attributes, as long as these are still sent.
///
/// A rule that tests such an attribute gets a twin that tests its former name, so that contexts of
/// programs that send only one of the names match, too.
///
/// ```
/// use segments_model::{AttributeRef, ContextKind, FormerNames, file};
///
/// let text = r#"
/// [contexts.user.attributes]
/// tier = { type = "string", formerly = "plan" }
///
/// [segments.paying]
/// description = "Those who pay."
/// rules = [{ clauses = [{ attribute = "tier", op = "in", values = ["pro"] }] }]
/// "#;
/// let report = file::read("segments.toml", text.as_bytes());
/// let mut definition = report.readable_part().segments[0].definition.clone();
/// report.readable_part().former_names().add_to(&mut definition);
/// let asked = definition.rules().iter().map(|rule| rule.clauses[0].attribute.as_str());
/// assert_eq!(asked.collect::<Vec<_>>(), ["tier", "plan"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormerNames(BTreeMap<ContextKind, BTreeMap<AttributeRef, AttributeRef>>);

impl FormerNames {
    /// Declares a former name of an attribute.
    pub fn declare(&mut self, kind: ContextKind, attribute: AttributeRef, formerly: AttributeRef) {
        self.0.entry(kind).or_default().insert(attribute, formerly);
    }

    /// Adds the declarations of another file.
    pub fn extend(&mut self, other: Self) {
        for (kind, names) in other.0 {
            self.0.entry(kind).or_default().extend(names);
        }
    }

    /// Adds the twins of the rules of a segment, in the base definition and for each environment. They
    /// come after the other rules: any rule is enough.
    pub fn add_to(&self, definition: &mut Definition) {
        if self.0.is_empty() {
            return;
        }
        let elsewhere = definition.environments.values_mut();
        let elsewhere = elsewhere.map(|there| &mut there.audience);
        for audience in elsewhere.chain([&mut definition.audience]) {
            let Audience::Standard {
                rules: Some(rules), ..
            } = audience
            else {
                continue;
            };
            for rollout in rules.iter_mut().filter_map(|rule| rule.rollout.as_mut()) {
                self.bucket(&rollout.kind, &mut rollout.by);
            }
            let twins = rules.iter().filter_map(|rule| {
                let clauses = self.clauses(&rule.clauses)?;
                Some(Rule {
                    clauses,
                    ..rule.clone()
                })
            });
            let twins: Vec<Rule> = twins.collect();
            rules.extend(twins);
        }
    }

    /// Adds the twins of the rules of an AI Config or a flag, each right after its rule: the first match
    /// decides.
    pub fn add_to_targeting(&self, targeting: &mut Targeting) {
        if self.0.is_empty() {
            return;
        }
        let elsewhere = targeting.environments.values_mut();
        let elsewhere = elsewhere.map(|there| (&mut there.rules, &mut there.fallthrough));
        let here = (&mut targeting.rules, &mut targeting.fallthrough);
        for (rules, fallthrough) in elsewhere.chain([here]) {
            if let Some(serve) = fallthrough {
                self.split(serve);
            }
            let Some(rules) = rules else { continue };
            for rule in rules.iter_mut() {
                self.split(&mut rule.serve);
            }
            let both = std::mem::take(rules).into_iter().flat_map(|rule| {
                let twin = self.clauses(&rule.clauses).map(|clauses| TargetingRule {
                    clauses,
                    ..rule.clone()
                });
                [Some(rule), twin].into_iter().flatten()
            });
            *rules = both.collect();
        }
    }

    /// Removes the twins, and the changes of [`add_to`](Self::add_to) to percentages; rules that a person
    /// wrote stay.
    pub fn remove_from(&self, definition: &mut Definition) {
        let Audience::Standard {
            rules: Some(rules), ..
        } = &mut definition.audience
        else {
            return;
        };
        for rollout in rules.iter_mut().filter_map(|rule| rule.rollout.as_mut()) {
            let names = self.0.get(&rollout.kind).into_iter().flatten();
            let mut now = names.filter(|(_, former)| **former == rollout.by);
            if let Some((now, _)) = now.next() {
                rollout.by = now.clone();
            }
        }
        let twins = rules.iter().filter_map(|rule| {
            let clauses = self.clauses(&rule.clauses)?;
            Some(Rule {
                clauses,
                ..rule.clone()
            })
        });
        let twins: Vec<Rule> = twins.collect();
        rules.retain(|rule| !twins.contains(rule));
    }

    fn of(&self, kind: &ContextKind, attribute: &AttributeRef) -> Option<&AttributeRef> {
        self.0.get(kind)?.get(attribute)
    }

    /// The clauses in former names; `None` if no attribute of theirs had one.
    fn clauses(&self, clauses: &[Clause]) -> Option<Vec<Clause>> {
        let mut renamed = false;
        let clauses = clauses.iter().map(|clause| {
            let kind = clause.compared_kind();
            let former = kind.and_then(|kind| self.of(kind, &clause.attribute));
            renamed |= former.is_some();
            Clause {
                attribute: former.unwrap_or(&clause.attribute).clone(),
                ..clause.clone()
            }
        });
        let clauses = clauses.collect();
        renamed.then_some(clauses)
    }

    fn split(&self, serve: &mut Serve) {
        if let Serve::Split(split) = serve {
            self.bucket(&split.kind, &mut split.by);
        }
    }

    /// Decides buckets by the name that every program sends: a context without the attribute would be in
    /// every share.
    fn bucket(&self, kind: &ContextKind, by: &mut AttributeRef) {
        if let Some(former) = self.of(kind, by) {
            *by = former.clone();
        }
    }
}
