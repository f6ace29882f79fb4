//! Segments as a kind of resource in a sync.

use segments_model::{Audience, MAX_PATCH_TARGETS, MAX_TARGETS, SegmentKey, wire};
use serde_json::Value as Json;

use super::approval::Approvable;
use super::change::Change;
use super::config::Options;
use super::diff::{self, Goal};
use super::expiries::{self, Due, Instruction};
use super::failed::FailedRequest;
use super::ownership::{self, Adoption, Claim};
use super::patch::{self, Patch};
use super::reader::Reader;
use super::report::{Action, ItemError, Outcome};
use super::revision::Revision;
use super::syncable::{Step, Syncable};
use super::writer::Writer;

impl Syncable for Goal<'_> {
    type Remote = wire::Segment;
    type Dialect = ();

    const GUARDED: bool = true;

    fn missing(&self) -> Result<Action, ItemError> {
        let body = self.create();
        let made = wire::Segment {
            key: body.key,
            name: body.name,
            description: body.description,
            tags: body.tags,
            unbounded: body.unbounded,
            unbounded_context_kind: body.unbounded_context_kind,
            expiring: Some(Vec::new()),
            ..wire::Segment::default()
        };
        let changes = Goal::changes(self, &made)?;
        Ok(Action::Create { changes })
    }

    fn accept(&self, remote: &wire::Segment) -> Result<(), ItemError> {
        let declared = match &self.definition.audience {
            Audience::Standard { .. } => None,
            Audience::Big { kind } => Some(kind.as_str()),
        };
        let kind = remote.unbounded_context_kind.as_deref().unwrap_or("user");
        let found = remote.unbounded.then_some(kind);
        if declared == found {
            return Ok(());
        }
        let say = |kind: Option<&str>| match kind {
            None => "a standard segment".to_owned(),
            Some(kind) => format!("a big segment of kind {kind}"),
        };
        Err(ItemError::OtherForm {
            found: say(found),
            declared: say(declared),
        })
    }

    fn claim(&self, remote: &wire::Segment) -> Claim {
        self.claimant.claim(ownership::owners(&remote.tags))
    }

    fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    fn revisions(&self, remote: &wire::Segment) -> Vec<Revision> {
        ownership::revisions(&remote.tags)
    }

    fn keeper<'r>(&self, remote: &'r wire::Segment) -> Option<&'r str> {
        remote.external.as_deref()
    }

    fn changes(&self, remote: &wire::Segment, marked: bool) -> Result<Vec<Change>, ItemError> {
        if marked {
            Goal::changes(self, remote)
        } else {
            self.difference(remote)
        }
    }

    fn keeps_everything(&self, remote: &wire::Segment, changes: &[Change]) -> bool {
        changes.is_empty() || is_empty(remote)
    }

    fn permit(&self, remote: Option<&wire::Segment>, action: Action) -> Result<Outcome, ItemError> {
        if let (Some(remote), Action::Update { changes }) = (remote, &action)
            && self.definition.lifecycle.protect
            && diff::empties(changes, remote)
        {
            return Err(ItemError::Protected);
        }
        let count = targets_after(remote, action.changes());
        let is_standard = matches!(self.definition.audience, Audience::Standard { .. });
        if is_standard && count > MAX_TARGETS {
            let limit = MAX_TARGETS;
            return Err(ItemError::TooManyTargets { count, limit });
        }
        Ok(Outcome::Planned(action))
    }

    fn adoption(&self, options: &Options) -> Adoption {
        options.adoption_of(self.definition.key.as_str())
    }

    fn is_as_imported(&self, options: &Options, remote: &wire::Segment) -> bool {
        options.is_as_imported(remote)
    }

    fn name(&self) -> String {
        self.definition.key.to_string()
    }

    fn parts(&self, from: &wire::Segment, to: &wire::Segment) -> Vec<(&'static str, bool)> {
        let included = (&from.included, &from.included_contexts);
        let excluded = (&from.excluded, &from.excluded_contexts);
        vec![
            ("name", from.name != to.name),
            ("description", from.description != to.description),
            ("tags", from.tags != to.tags),
            (
                "included",
                included != (&to.included, &to.included_contexts),
            ),
            (
                "excluded",
                excluded != (&to.excluded, &to.excluded_contexts),
            ),
            ("rules", from.rules != to.rules),
        ]
    }

    fn expected(&self, changes: &[Change], guarded: bool) -> usize {
        1 + patch::count(changes, guarded) + expiries::count(changes)
    }

    async fn read(&self, reader: &Reader) -> Result<Option<wire::Segment>, FailedRequest> {
        let key = &self.definition.key;
        let mut segment = reader.segment(key).await?;
        if let Some(segment) = &mut segment
            && self.decides_expiries(segment)
        {
            segment.expiring = Some(Box::pin(expiries::read(reader, key)).await?);
        }
        Ok(segment)
    }

    async fn send(
        &self,
        writer: &Writer,
        step: Step<'_, wire::Segment>,
        (): &mut (),
    ) -> Result<wire::Segment, ItemError> {
        let key = &self.definition.key;
        let Some(seen) = step.seen else {
            let made = writer.create(&self.create()).await?;
            let expiring = Some(Vec::new());
            return Ok(wire::Segment { expiring, ..made });
        };
        let due = Due::of(step.changes, seen);
        if !due.first.is_empty() {
            // Rare, and kept out of the future of every other sync.
            return Box::pin(self.expire(writer, seen, &step.comment, &due.first)).await;
        }
        let only_expire = |change: &Change| matches!(change, Change::Expire { .. });
        if step.changes.iter().all(only_expire) {
            return Box::pin(self.expire(writer, seen, &step.comment, &due.last)).await;
        }
        let patch = patch::next(step.changes, seen, step.guarded);
        let patched = writer.patch(key, step.comment, patch).await?;
        // The answer does not say, and the patch has changed nothing of it.
        let expiring = seen.expiring.clone();
        if expiring.is_none() && self.decides_expiries(&patched) {
            // Somebody else has declared expiries meanwhile.
            let expiring = Some(Box::pin(expiries::read(&writer.reader, key)).await?);
            return Ok(wire::Segment {
                expiring,
                ..patched
            });
        }
        Ok(wire::Segment {
            expiring,
            ..patched
        })
    }

    /// Approvals take nothing but instructions.
    fn approvable(
        &self,
        seen: &wire::Segment,
        changes: &[Change],
    ) -> Option<(Approvable<'_>, Vec<Json>)> {
        let Patch::Semantic(instructions) = patch::next(changes, seen, false) else {
            return None;
        };
        let instructions = instructions.iter();
        let json = instructions.map(|it| serde_json::to_value(it).unwrap_or_default());
        Some((Approvable::Segment(&self.definition.key), json.collect()))
    }

    /// Nobody is in a segment that could not be given its lists and rules, and who asks for those that
    /// are not in it gets everybody.
    async fn unmake(&self, writer: &Writer, made: &wire::Segment, error: ItemError) -> ItemError {
        let Ok(key) = SegmentKey::parse(made.key.clone()) else {
            return error;
        };
        let removed = match writer.reader.segment(&key).await {
            Ok(Some(found)) if found.version == made.version => {
                writer.delete(&key).await.map(|_| ())
            }
            // Somebody else has gone on with it.
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        match removed {
            Ok(()) => error,
            Err(left) => ItemError::LeftEmpty {
                error: Box::new(error),
                left: Box::new(left),
            },
        }
    }
}

impl Goal<'_> {
    /// Changes when contexts leave the lists, and returns the segment with what the answer shows of that.
    async fn expire(
        &self,
        writer: &Writer,
        seen: &wire::Segment,
        comment: &str,
        due: &[Instruction],
    ) -> Result<wire::Segment, ItemError> {
        let due = &due[..due.len().min(MAX_PATCH_TARGETS)];
        let key = &self.definition.key;
        let patched = expiries::patch(&writer.reader, key, comment, due).await?;
        if patched.refused.is_empty()
            && let Some(items) = patched.items
        {
            let expiring = Some(items);
            let seen = seen.clone();
            return Ok(wire::Segment { expiring, ..seen });
        }
        let read = self.read(&writer.reader).await?;
        let refused = patched.refused.len();
        let read = read.ok_or(ItemError::ExpiryRefused {
            refused,
            of: due.len(),
        })?;
        // What was refused may have been done by another process, or be about a context that went.
        let is_as_seen = read.version == seen.version && read.expiring == seen.expiring;
        if refused > 0 && is_as_seen {
            let of = due.len();
            return Err(ItemError::ExpiryRefused { refused, of });
        }
        Ok(read)
    }
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

/// How many contexts are listed after the changes. A list that other people also write may be too long
/// although the declared part is not.
fn targets_after(remote: Option<&wire::Segment>, changes: &[Change]) -> usize {
    let keys_of = |users: &[String], others: &[wire::ContextTargets]| {
        users.len() + others.iter().map(|list| list.values.len()).sum::<usize>()
    };
    let mut count = remote.map_or(0, |remote| {
        keys_of(&remote.included, &remote.included_contexts)
            + keys_of(&remote.excluded, &remote.excluded_contexts)
    });
    for change in changes {
        match change {
            Change::AddTargets { keys, .. } => count += keys.len(),
            Change::RemoveTargets { keys, .. } => count = count.saturating_sub(keys.len()),
            _ => {}
        }
    }
    count
}
