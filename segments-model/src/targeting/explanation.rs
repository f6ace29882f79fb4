//! How an answer about a variation comes about.

use std::fmt::{self, Write};

use super::{Evaluation, Resource};
use crate::explanation::RuleExplanation;
use crate::{VariationKey, Visible};

/// Why a context is served a variation: every rule that was tried, every clause of it, and what was
/// compared. Its `Display` is a tree of lines. It holds values of attributes, so treat it as the
/// context itself is treated where attributes are private. `V` is how variations are named.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetingExplanation<V = VariationKey> {
    /// The AI Config or flag.
    pub resource: Resource,
    /// The answer.
    pub evaluation: Evaluation<V>,
    /// The rules, up to the one that holds; none if the context is listed.
    pub rules: Vec<ServedRule>,
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedRule {
    /// The condition.
    pub rule: RuleExplanation,
    /// What the rule serves, in words.
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
