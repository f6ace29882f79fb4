//! Segments that take the place of others: `moved_from`. The new segment is created, all references are
//! changed to it, and the old segment is deleted. Each step does what is still missing, so an interrupted
//! move continues.

use std::collections::BTreeMap;

use segments_model::{Definition, FlagKey, Resource, SegmentKey, wire};
use serde_json::{Value as Json, json};

use super::comment::comment;
use super::config::SyncConfig;
use super::decide::{Terms, decide};
use super::diff::Goal;
use super::failed::FailedRequest;
use super::listing::{Expiring, set_expiries};
use super::ownership::{self, Claim, Claimant};
use super::patch::Patch;
use super::prune::{Census, User};
use super::reader::Reader;
use super::report::{Action, ItemError, Keep, Outcome, Warning};
use super::request::JsonOperation as Op;
use super::request_error::RequestError;
use super::writer::Writer;

/// How often something that somebody else writes, too, is read and patched again.
const ATTEMPTS: u32 = 4;

/// A segment whose place another one takes, as it was seen.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    /// Its key.
    pub(crate) key: SegmentKey,
    pub(crate) from: Box<wire::Segment>,
    /// The resources that reference it, and will reference the other one.
    pub(crate) users: Vec<User>,
    /// The resources that could not be read.
    pub(crate) gaps: Vec<Keep>,
}

impl Moving {
    /// Decides about the segment that takes its place.
    pub(crate) fn decide(
        &self,
        goal: Goal<'_>,
        remote: Option<&wire::Segment>,
        claimant: &Claimant,
        terms: Terms,
    ) -> Outcome {
        let from = self.key.to_string();
        if claimant.claim(ownership::owners(&self.from.tags)) != Claim::Ours {
            return Outcome::Failed(ItemError::MovedFromOthers { from });
        }
        if self.from.unbounded {
            return Outcome::Failed(ItemError::MovedFromBig { from });
        }
        let mark = goal
            .definition
            .lifecycle
            .moved_from
            .as_ref()
            .map(ownership::moved_tag);
        let is_marked = |remote: &wire::Segment| mark.iter().all(|mark| remote.tags.contains(mark));
        if remote.is_some_and(|remote| !is_marked(remote)) {
            return Outcome::Failed(ItemError::MovedToExisting { from });
        }
        if !self.gaps.is_empty() {
            let because = self.gaps.clone();
            return Outcome::Failed(ItemError::FormerStays { from, because });
        }
        let changes = goal.difference(&self.from);
        let goal = goal.following(Some(&self.from));
        let due = match decide(&goal, remote, terms) {
            Outcome::Unchanged => Vec::new(),
            Outcome::Planned(action) => action.changes().to_vec(),
            other => return other,
        };
        match changes {
            Ok(changes) => Outcome::Planned(Action::Move {
                from,
                users: self.users.iter().map(User::to_string).collect(),
                changes,
                due,
            }),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// A warning before the move: percentages select other contexts.
    pub(crate) fn warning(
        &self,
        key: &SegmentKey,
        rules: &[segments_model::Rule],
    ) -> Option<Warning> {
        let rules = rules.iter().filter(|rule| rule.rollout.is_some()).count();
        (rules > 0).then(|| Warning::OtherContexts {
            segment: key.to_string(),
            from: self.key.to_string(),
            rules,
        })
    }

    /// Points everything to the segment that takes its place, which is as declared by now. Nothing that is not
    /// known to have been shown is changed.
    pub(crate) async fn finish(
        &self,
        writer: &Writer,
        config: &SyncConfig,
        definition: &Definition,
    ) -> Result<(), ItemError> {
        let to = &definition.key;
        let comment = comment(config, &config.owner(), &[], &[]);
        let pointer = Pointer {
            writer,
            from: &self.key,
            to,
            comment: format!("{comment}move {} to {to}", self.key),
        };
        pointer.keep_expiries(definition).await?;
        for user in &self.users {
            match user {
                User::Segment(key) => pointer.point_segment(key).await?,
                User::Targeting(resource) => pointer.point_resource(resource).await?,
            }
        }
        Ok(())
    }
}

/// Points what asks one segment to another one.
struct Pointer<'a> {
    writer: &'a Writer,
    from: &'a SegmentKey,
    to: &'a SegmentKey,
    /// Who does it, for the audit log.
    comment: String,
}

impl Pointer<'_> {
    /// Waits before what was read is read and patched again, or returns why that is in vain.
    async fn again(&self, failed: FailedRequest, attempt: &mut u32) -> Result<(), ItemError> {
        let lost = matches!(
            failed.error,
            RequestError::Conflict(_) | RequestError::ResponseLost { .. }
        );
        let client = &self.writer.reader.client;
        if !lost || *attempt >= ATTEMPTS || client.pause(*attempt).await.is_err() {
            return Err(failed.into());
        }
        *attempt += 1;
        Ok(())
    }

    /// Contexts that leave the lists by themselves do so from the lists of the other one, too, unless it is declared
    /// how long they stay there.
    async fn keep_expiries(&self, definition: &Definition) -> Result<(), ItemError> {
        let Self {
            writer: Writer { reader },
            from,
            to,
            comment,
        } = self;
        let before = Expiring::read(reader, from).await?;
        if before.is_empty() {
            return Ok(());
        }
        let before = before.left_by(definition);
        let missing = before.missing_from(&Expiring::read(reader, to).await?);
        let set = set_expiries(reader, to, comment, &missing).await;
        set.map_err(|reason| ItemError::ExpiryLeft {
            from: from.to_string(),
            reason,
        })
    }

    /// Points the rules of a segment: only in the version that was read.
    async fn point_segment(&self, key: &str) -> Result<(), ItemError> {
        let Ok(key) = SegmentKey::parse(key.to_owned()) else {
            return Ok(());
        };
        let mut attempt = 1;
        loop {
            let Some(segment) = self.writer.reader.segment(&key).await? else {
                return Ok(());
            };
            let operations = operations(&segment, self.from, self.to);
            // The first only tests the version.
            if operations.len() == 1 {
                return Ok(());
            }
            let patch = Patch::Json(operations);
            let patched = self.writer.patch(&key, self.comment.clone(), patch).await;
            match patched {
                Ok(_) => return Ok(()),
                Err(failed) => self.again(failed, &mut attempt).await?,
            }
        }
    }

    /// Points the rules of an AI Config or flag. Instructions know no version, so it is read right before.
    async fn point_resource(&self, resource: &Resource) -> Result<(), ItemError> {
        let mut attempt = 1;
        loop {
            let Some(targeting) = self.writer.reader.targeting(resource).await? else {
                return Ok(());
            };
            let environment = self.writer.reader.scope.environment.as_str();
            let here = targeting.environments.get(environment);
            let rules = here.map(|here| here.rules.as_slice()).unwrap_or_default();
            let instructions = instructions(rules, self.from, self.to)?;
            if instructions.is_empty() {
                return Ok(());
            }
            let comment = self.comment.clone();
            let sent = self.writer.patch_targeting(resource, comment, instructions);
            match sent.await {
                Ok(_) => return Ok(()),
                Err(failed) => self.again(failed, &mut attempt).await?,
            }
        }
    }
}

/// Finds out what asks the segments whose places others take.
pub(crate) async fn look(
    reader: &Reader,
    census: &Census,
    found: BTreeMap<usize, wire::Segment>,
    follows: impl Fn(&User, &str) -> bool,
) -> BTreeMap<usize, Moving> {
    let mut moving = BTreeMap::new();
    for (place, listed) in found {
        let Ok(key) = SegmentKey::parse(listed.key.clone()) else {
            continue;
        };
        let mut users: Vec<User> = census.users(key.as_str()).cloned().collect();
        let mut gaps: Vec<Keep> = census.gaps().cloned().collect();
        let from = match reader.segment(&key).await {
            Ok(Some(segment)) => segment,
            // It went while it was looked at.
            Ok(None) => continue,
            Err(error) => {
                gaps.push(unknown(error.to_string()));
                listed
            }
        };
        match &from.flags {
            Some(flags) => {
                let flags = flags.iter().map(|flag| FlagKey::parse(flag.key.clone()));
                let flags = flags.filter_map(Result::ok).map(Resource::Flag);
                users.extend(flags.map(User::Targeting));
            }
            None => gaps.push(unknown(
                "the response for the segment does not list its flags".to_owned(),
            )),
        }
        users.sort();
        users.dedup();
        // Declarations that no longer ask it are carried out by themselves.
        users.retain(|user| !follows(user, key.as_str()));
        let moves = Moving {
            key,
            from: Box::new(from),
            users,
            gaps,
        };
        moving.insert(place, moves);
    }
    moving
}

fn unknown(why: String) -> Keep {
    Keep::Unknown { what: "flags", why }
}

/// Values of a clause that asks segments, with one key for another; none if it does not ask that one.
fn pointed(clause: &wire::Clause, from: &SegmentKey, to: &SegmentKey) -> Option<Vec<Json>> {
    let is = |value: &Json, key: &SegmentKey| value.as_str() == Some(key.as_str());
    let asks = clause.op == "segmentMatch" && clause.values.iter().any(|value| is(value, from));
    asks.then(|| {
        let mut values = clause.values.clone();
        values.retain(|value| !is(value, to));
        for value in &mut values {
            if is(value, from) {
                *value = json!(to.as_str());
            }
        }
        values
    })
}

fn operations(segment: &wire::Segment, from: &SegmentKey, to: &SegmentKey) -> Vec<Op> {
    let mut operations = vec![Op::Test {
        path: "/version".to_owned(),
        value: json!(segment.version),
    }];
    for (at, rule) in segment.rules.iter().enumerate() {
        for (place, clause) in rule.clauses.iter().enumerate() {
            if let Some(values) = pointed(clause, from, to) {
                operations.push(Op::Replace {
                    path: format!("/rules/{at}/clauses/{place}/values"),
                    value: Json::Array(values),
                });
            }
        }
    }
    operations
}

fn instructions(
    rules: &[wire::TargetingRule],
    from: &SegmentKey,
    to: &SegmentKey,
) -> Result<Vec<wire::TargetingInstruction>, ItemError> {
    let mut instructions = Vec::new();
    for rule in rules {
        for clause in &rule.rule.clauses {
            if pointed(clause, from, to).is_none() {
                continue;
            }
            let (Some(rule_id), Some(clause_id)) = (rule.rule.id.clone(), clause.id.clone()) else {
                let what = "clause that references it".to_owned();
                return Err(ItemError::Unidentified { what });
            };
            let values = |key: &SegmentKey| vec![json!(key.as_str())];
            instructions.push(wire::Instruction::AddValuesToClause {
                rule_id: rule_id.clone(),
                clause_id: clause_id.clone(),
                values: values(to),
            });
            instructions.push(wire::Instruction::RemoveValuesFromClause {
                rule_id,
                clause_id,
                values: values(from),
            });
        }
    }
    let common = instructions.into_iter();
    Ok(common.map(wire::TargetingInstruction::Common).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_that_names_both_names_the_new_one_once() {
        let [from, to] = ["staff", "employees"].map(SegmentKey::from_static);
        let clause = |values: Json| -> wire::Clause {
            serde_json::from_value(json!({"op": "segmentMatch", "values": values})).unwrap()
        };
        let pointed = |values| pointed(&clause(values), &from, &to);
        assert_eq!(
            pointed(json!(["beta", "staff"])),
            Some(vec![json!("beta"), json!("employees")])
        );
        assert_eq!(
            pointed(json!(["employees", "staff"])),
            Some(vec![json!("employees")])
        );
        assert_eq!(pointed(json!(["beta"])), None);
    }
}
