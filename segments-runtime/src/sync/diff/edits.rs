//! The edits that make a rule of another one.

use super::super::change::{Change, RuleName};
use super::clauses::clauses;
use super::normal::Rule;

/// The changes that make the remote rule the declared one, where it is; `None` if no changes do: the
/// service has given it no identifiers, or it is switched off.
pub(super) fn edits(declared: &Rule<'_>, remote: &Rule<'_>) -> Option<Vec<Change>> {
    let rule = remote.id().filter(|_| !remote.disabled)?.to_owned();
    let mut changes = clauses(&rule, declared, remote)?;
    if declared.share != remote.share {
        changes.push(Change::RuleRollout {
            rule: rule.clone(),
            of: RuleName::default(),
            from: remote.share.clone(),
            to: declared.share.clone(),
        });
    }
    if let Some(to) = &declared.serves
        && declared.serves != remote.serves
    {
        changes.push(Change::RuleVariation {
            rule: rule.clone(),
            of: RuleName::default(),
            from: remote.serves.clone(),
            to: to.clone(),
        });
    }
    if let Some(to) = &declared.wire.description
        && to != remote.description()
    {
        changes.push(Change::RuleDescription {
            rule,
            of: RuleName::default(),
            from: remote.description().to_owned(),
            to: to.clone(),
        });
    }
    Some(changes)
}
