//! What to do about one segment. A pure function of what is declared, what is there and what is
//! configured, so that a plan and its execution cannot disagree.

use segments_model::{Audience, STANDARD_TARGETS, wire};

use super::change::Change;
use super::diff::Goal;
use super::ownership::{self, Adoption};
use super::report::{Action, Outcome, Refused, SegmentError};

/// Decides about one declared segment; `Outcome::Due` has what is to be done. `imported` says that
/// the segment is exactly as it was when the declaration was imported from it.
pub(crate) fn decide(
    goal: &Goal<'_>,
    remote: Option<&wire::Segment>,
    adoption: Adoption,
    imported: bool,
) -> Outcome {
    let Some(remote) = remote else {
        let changes = after_creation(goal);
        return within_limits(goal, None, Action::Create { changes });
    };
    if let Some(error) = other_form(goal, remote) {
        return Outcome::Failed(error);
    }
    if let (Some(ours), Some(theirs)) = (goal.revision, ownership::revision(&remote.tags))
        && theirs > ours
    {
        return Outcome::Superseded { revision: theirs };
    }
    let owner = goal.owner.to_string();
    let is_ours = ownership::owners(&remote.tags).any(|name| name == owner);
    if is_ours {
        let changes = goal.changes(remote);
        if changes.is_empty() {
            return Outcome::Unchanged;
        }
        return within_limits(goal, Some(remote), Action::Update { changes });
    }
    let changes = goal.difference(remote);
    let refuse = |reason| Outcome::Refused {
        reason,
        changes: changes.clone(),
    };
    if let Some(system) = &remote.external {
        let system = system.clone();
        return match adoption {
            Adoption::Skip => Outcome::Skipped,
            _ => refuse(Refused::External { system }),
        };
    }
    let other = ownership::owners(&remote.tags).next().map(str::to_owned);
    match (adoption, other) {
        (Adoption::Always, _) => {}
        (Adoption::Skip, _) => return Outcome::Skipped,
        (_, Some(owner)) => return refuse(Refused::OwnedBy { owner }),
        (Adoption::Refuse, None) => return refuse(Refused::Exists),
        // The declaration comes from what is there, so nothing is lost, and the owner's tag can
        // wait for the first change.
        (Adoption::WhenSafe, None) if imported && changes.is_empty() => return Outcome::Unchanged,
        (Adoption::WhenSafe, None) if imported => {}
        (Adoption::WhenSafe, None) if changes.is_empty() || is_empty(remote) => {}
        (Adoption::WhenSafe, None) => return refuse(Refused::Different),
    }
    let changes = goal.changes(remote);
    within_limits(goal, Some(remote), Action::Adopt { changes })
}

/// What a segment is given after it is made.
fn after_creation(goal: &Goal<'_>) -> Vec<Change> {
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

/// Whether nobody is in it by list or rule.
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

fn other_form(goal: &Goal<'_>, remote: &wire::Segment) -> Option<SegmentError> {
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
    (declared != found).then(|| SegmentError::OtherForm {
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
    if is_standard && count > STANDARD_TARGETS {
        return Outcome::Failed(SegmentError::TooManyTargets {
            count,
            limit: STANDARD_TARGETS,
        });
    }
    Outcome::Due(action)
}
