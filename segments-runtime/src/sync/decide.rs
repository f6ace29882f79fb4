//! What to do about one segment. A pure function of what is declared, what is there and what is
//! configured, so that a plan and its execution cannot disagree.

use segments_model::{Audience, MAX_TARGETS, wire};

use super::change::Change;
use super::diff::{self, Goal};
use super::ownership::{self, Adoption, Claim};
use super::report::{Action, ItemError, Outcome, RefusalReason};
use super::revision::{InForce, in_force};

/// What a decision depends on beside the declaration and the segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) adoption: Adoption,
    /// Whether the segment is exactly as it was when the declaration was imported from it.
    pub(crate) imported: bool,
    /// Whether what LaunchDarkly runs by itself is written over.
    pub(crate) override_running: bool,
    /// Whose declarations are in force in the environment. Who is not the newest, or does not know,
    /// makes and adopts nothing: the newest may have declared it no more.
    pub(crate) in_force: InForce,
}

/// Decides about one declared segment; `Outcome::Planned` has what is to be done.
pub(crate) fn decide(goal: &Goal<'_>, remote: Option<&wire::Segment>, terms: Terms) -> Outcome {
    consider(goal, remote, terms).unwrap_or_else(Outcome::Failed)
}

fn consider(
    goal: &Goal<'_>,
    remote: Option<&wire::Segment>,
    terms: Terms,
) -> Result<Outcome, ItemError> {
    let newer = terms.in_force.refuses();
    let Some(remote) = remote else {
        let changes = after_creation(goal)?;
        let create = || within_limits(goal, None, Action::Create { changes });
        return Ok(newer.unwrap_or_else(create));
    };
    if let Some(error) = other_form(goal, remote) {
        return Err(error);
    }
    let claim = goal.claimant.claim(ownership::owners(&remote.tags));
    let refuse = |reason| Outcome::Refused {
        reason,
        // Whatever differs, it is left to somebody else.
        changes: goal.difference(remote).unwrap_or_default(),
    };
    if let Claim::Theirs(owners) = claim {
        return Ok(ownership::theirs(owners, terms.adoption, refuse));
    }
    let marked = ownership::revisions(&remote.tags);
    if let Some(newer) = in_force(goal.revision.as_ref(), &marked).refuses() {
        return Ok(newer);
    }
    if claim == Claim::Ours {
        let changes = goal.changes(remote)?;
        if changes.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        if goal.definition.protect && diff::empties(&changes, remote) {
            return Err(ItemError::Protected);
        }
        return Ok(within_limits(
            goal,
            Some(remote),
            Action::Update { changes },
        ));
    }
    if let Some(newer) = newer {
        return Ok(newer);
    }
    let changes = goal.difference(remote)?;
    if let Some(system) = &remote.external {
        let system = system.clone();
        return Ok(match terms.adoption {
            Adoption::Skip => Outcome::Skipped,
            _ => refuse(RefusalReason::External { system }),
        });
    }
    match terms.adoption {
        Adoption::Always => {}
        Adoption::Skip => return Ok(Outcome::Skipped),
        Adoption::Refuse => return Ok(refuse(RefusalReason::Exists)),
        // The declaration comes from what is there, so nothing is lost, and the owner's tag can
        // wait for the first change.
        Adoption::WhenSafe if terms.imported && changes.is_empty() => {
            return Ok(Outcome::Unchanged);
        }
        Adoption::WhenSafe if terms.imported => {}
        Adoption::WhenSafe if changes.is_empty() || is_empty(remote) => {}
        Adoption::WhenSafe => return Ok(refuse(RefusalReason::Different)),
    }
    let changes = goal.changes(remote)?;
    Ok(within_limits(goal, Some(remote), Action::Adopt { changes }))
}

/// What a segment is given after it is made.
fn after_creation(goal: &Goal<'_>) -> Result<Vec<Change>, ItemError> {
    let body = goal.create();
    goal.changes(&wire::Segment {
        key: body.key,
        name: body.name,
        description: body.description,
        tags: body.tags,
        unbounded: body.unbounded,
        unbounded_context_kind: body.unbounded_context_kind,
        ..wire::Segment::default()
    })
}

/// Returns whether nobody is in it by list or rule.
fn is_empty(remote: &wire::Segment) -> bool {
    let wire::Segment {
        included,
        excluded,
        included_contexts,
        excluded_contexts,
        rules,
        unbounded,
        ..
    } = remote;
    let no_keys = |lists: &[wire::ContextTargets]| lists.iter().all(|list| list.values.is_empty());
    included.is_empty()
        && excluded.is_empty()
        && no_keys(included_contexts)
        && no_keys(excluded_contexts)
        && rules.is_empty()
        && !unbounded
}

fn other_form(goal: &Goal<'_>, remote: &wire::Segment) -> Option<ItemError> {
    let declared = match &goal.definition.audience {
        Audience::Standard { .. } => None,
        Audience::Big { kind } => Some(kind.as_str()),
    };
    let kind = remote.unbounded_context_kind.as_deref().unwrap_or("user");
    let found = remote.unbounded.then_some(kind);
    let say = |kind: Option<&str>| match kind {
        None => "a standard segment".to_owned(),
        Some(kind) => format!("a big segment of kind {kind}"),
    };
    (declared != found).then(|| ItemError::OtherForm {
        found: say(found),
        declared: say(declared),
    })
}

/// A list that other people also write may be too long although the declared part is not.
fn within_limits(goal: &Goal<'_>, remote: Option<&wire::Segment>, action: Action) -> Outcome {
    let keys_of = |users: &[String], others: &[wire::ContextTargets]| {
        users.len() + others.iter().map(|list| list.values.len()).sum::<usize>()
    };
    let mut count = remote.map_or(0, |remote| {
        keys_of(&remote.included, &remote.included_contexts)
            + keys_of(&remote.excluded, &remote.excluded_contexts)
    });
    for change in action.changes() {
        match change {
            Change::AddTargets { keys, .. } => count += keys.len(),
            Change::RemoveTargets { keys, .. } => count = count.saturating_sub(keys.len()),
            _ => {}
        }
    }
    let is_standard = matches!(goal.definition.audience, Audience::Standard { .. });
    if is_standard && count > MAX_TARGETS {
        return Outcome::Failed(ItemError::TooManyTargets {
            count,
            limit: MAX_TARGETS,
        });
    }
    Outcome::Planned(action)
}
