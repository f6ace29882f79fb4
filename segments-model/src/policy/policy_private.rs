//! Keeps values of private attributes in the application: they must not be in lists of values, which
//! LaunchDarkly keeps, and must not determine buckets.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Finding, Operator, Place};

code! {
    /// A private attribute is compared with a list of values, or determines buckets.
    /// SDKs do not send the values of private attributes to LaunchDarkly,
    /// but a list in a rule would.
    ///
    /// ```toml,wrong
    /// [policy]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [contexts.account.attributes]
    /// mail = { type = "string", private = true }
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ context = "account", attribute = "mail", op = "in", values = ["ann@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[policy-private]: `mail` is private, but LaunchDarkly would store its values; test another attribute, or a part of it with another operator
    /// ```
    ///
    /// ```toml,right
    /// [policy]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [contexts.account.attributes]
    /// mail = { type = "string", private = true }
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ context = "account", attribute = "mail", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    POLICY_PRIVATE = Warning "policy-private";
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (rule, declared) in subject.definition.rules().iter().enumerate() {
        for (clause, tested) in declared.clauses.iter().enumerate() {
            let lists = tested.operator == Operator::In && !tested.tests_kinds();
            if lists && (subject.is_private)(&tested.kind, &tested.attribute) {
                let place = Place::Attribute { rule, clause };
                let message = format!(
                    "`{}` is private, but LaunchDarkly would store its values; test another attribute, or a part of it with another operator",
                    tested.attribute
                );
                found.push(Finding::new(Code::POLICY_PRIVATE, place, message));
            }
        }
        if let Some(rollout) = &declared.rollout
            && (subject.is_private)(&rollout.kind, &rollout.by)
        {
            let message = format!(
                "`{}` is private, but determines buckets; use another attribute, or the key",
                rollout.by
            );
            found.push(Finding::new(Code::POLICY_PRIVATE, Place::By(rule), message));
        }
    }
    found
}
