//! Explanations of evaluations.

use std::fmt::{self, Write};

use super::{Evaluation, Resource};
use crate::explanation::RuleExplanation;
use crate::{VariationKey, Visible};

/// The explanation of an evaluation: every evaluated rule and clause, with the values compared. `Display`
/// prints a tree of lines. It contains values of attributes, so treat it like the context itself if
/// attributes are private. `V` is the type of variations.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetingExplanation<V = VariationKey> {
    /// The AI Config or flag.
    pub resource: Resource,
    /// The answer.
    pub evaluation: Evaluation<V>,
    /// The rules, up to the first match; empty if the context is listed.
    pub rules: Vec<ServedRule>,
}

/// The result of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedRule {
    /// The condition.
    pub rule: RuleExplanation,
    /// The variation or split of the rule, in words.
    pub serves: String,
}

impl<V: fmt::Display> fmt::Display for TargetingExplanation<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            Visible(&mut *f),
            "`{}`: {}",
            self.resource.key(),
            self.evaluation
        )?;
        for (index, ServedRule { rule, serves }) in self.rules.iter().enumerate() {
            let last = index + 1 == self.rules.len();
            rule.write_line(f, "", last, &format!(" => {serves}"))?;
        }
        Ok(())
    }
}
