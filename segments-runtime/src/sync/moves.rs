//! Segments that take the place of others: `moved_from`. The new one is made, everything that asks the old one
//! asks the new one, and the old one is deleted. Each step is what is still missing, so that a move that was
//! interrupted goes on.

use std::collections::BTreeMap;

use segments_model::{FlagKey, Resource, SegmentKey, wire};
use serde_json::{Value as Json, json};

use super::apply::comment;
use super::config::SyncConfig;
use super::decide::{Terms, decide};
use super::diff::Goal;
use super::error::RequestError;
use super::failed::FailedRequest;
use super::listing::{Expiring, set_expiries};
use super::ownership::{self, Claim, Claimant};
use super::patch::Patch;
use super::prune::{Census, User};
use super::report::{Action, ItemError, Keep, Outcome, Warning};
use super::request::JsonOperation as Op;
use super::writer::Writer;

/// How often a segment that somebody else writes, too, is read and patched again.
const ATTEMPTS: usize = 4;

/// A segment whose place another one takes, as it was seen.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    pub(crate) from: Box<wire::Segment>,
    /// What asks it and is to ask the other one.
    pub(crate) users: Vec<User>,
    /// What could not be read of that.
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
        let from = self.from.key.clone();
        if claimant.claim(ownership::owners(&self.from.tags)) != Claim::Ours {
            return Outcome::Failed(ItemError::MovedFromOthers { from });
        }
        if self.from.unbounded {
            return Outcome::Failed(ItemError::MovedFromBig { from });
        }
        let mark = goal
            .definition
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

    /// What to know before the move is made: that percentages pick other contexts.
    pub(crate) fn warning(
        &self,
        key: &SegmentKey,
        rules: &[segments_model::Rule],
    ) -> Option<Warning> {
        let rules = rules.iter().filter(|rule| rule.rollout.is_some()).count();
        (rules > 0).then(|| Warning::OtherContexts {
            segment: key.to_string(),
            from: self.from.key.clone(),
            rules,
        })
    }

    /// Points everything to the segment that takes its place, and deletes it. The other one is as declared by
    /// now, and nothing that is not known to have been shown is changed.
    pub(crate) async fn finish(
        &self,
        writer: &Writer,
        config: &SyncConfig,
        to: &SegmentKey,
    ) -> Result<(), ItemError> {
        let Ok(from) = SegmentKey::parse(self.from.key.clone()) else {
            return Ok(());
        };
        let said = comment(config, &config.owner(), &[], &[]);
        let said = format!("{said}move {from} to {to}");
        self.keep_expiries(writer, &from, to, &said).await?;
        for user in &self.users {
            match user {
                User::Segment(key) => point_segment(writer, key, &from, to, &said).await?,
                User::Targeting(resource) => {
                    point_resource(writer, resource, &from, to, &said).await?;
                }
            }
        }
        Ok(())
    }

    /// Contexts that leave the lists by themselves do so from the lists of the other one, too.
    async fn keep_expiries(
        &self,
        writer: &Writer,
        from: &SegmentKey,
        to: &SegmentKey,
        said: &str,
    ) -> Result<(), ItemError> {
        let reader = &writer.reader;
        let before = Expiring::read(reader, from).await?;
        if before.is_empty() {
            return Ok(());
        }
        let missing = before.missing_from(&Expiring::read(reader, to).await?);
        let set = set_expiries(reader, to, said, &missing).await;
        set.map_err(|reason| ItemError::ExpiryLeft {
            from: from.to_string(),
            reason,
        })
    }
}

/// Finds out what asks the segments whose places others take.
pub(crate) async fn look(
    reader: &super::reader::Reader,
    config: &SyncConfig,
    found: Vec<(usize, wire::Segment)>,
    follows: impl Fn(&User, &str) -> bool,
) -> BTreeMap<usize, Moving> {
    let mut moving = BTreeMap::new();
    if found.is_empty() {
        return moving;
    }
    let census = Census::take(reader, config.options.concurrency, &config.claimant()).await;
    let mut gaps: Vec<Keep> = census.gaps().cloned().collect();
    for (place, listed) in found {
        let key = listed.key.clone();
        let mut users: Vec<User> = census.users(&key).cloned().collect();
        let read = match SegmentKey::parse(key.clone()) {
            Ok(key) => reader.segment(&key).await,
            Err(_) => continue,
        };
        let from = match read {
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
                "the answer for the segment does not name its flags".to_owned(),
            )),
        }
        users.sort();
        users.dedup();
        // Declarations that no longer ask it are carried out by themselves.
        users.retain(|user| !follows(user, &key));
        let moves = Moving {
            from: Box::new(from),
            users,
            gaps: gaps.clone(),
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

/// Points the rules of a segment to another one: only in the version that was read.
async fn point_segment(
    writer: &Writer,
    key: &str,
    from: &SegmentKey,
    to: &SegmentKey,
    said: &str,
) -> Result<(), ItemError> {
    let Ok(key) = SegmentKey::parse(key.to_owned()) else {
        return Ok(());
    };
    let mut attempt = 1;
    loop {
        let Some(segment) = writer.reader.segment(&key).await? else {
            return Ok(());
        };
        let operations = operations(&segment, from, to);
        // The first only tests the version.
        if operations.len() == 1 {
            return Ok(());
        }
        let patched = writer.patch(&key, said.to_owned(), Patch::Json(operations));
        let Err(failed) = patched.await else {
            return Ok(());
        };
        let again = matches!(
            failed.error,
            RequestError::Conflict(_) | RequestError::ResponseLost { .. }
        );
        if !again || attempt >= ATTEMPTS {
            return Err(failed.into());
        }
        let paused = writer
            .reader
            .client
            .pause(u32::try_from(attempt).unwrap_or(1))
            .await;
        if paused.is_err() {
            return Err(failed.into());
        }
        attempt += 1;
    }
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

/// Points the rules of an AI Config or flag to another segment. Instructions know no version, so it is read
/// right before.
async fn point_resource(
    writer: &Writer,
    resource: &Resource,
    from: &SegmentKey,
    to: &SegmentKey,
    said: &str,
) -> Result<(), ItemError> {
    let mut attempt = 1;
    loop {
        let Some(targeting) = writer.reader.targeting(resource).await? else {
            return Ok(());
        };
        let environment = writer.reader.scope.environment.as_str();
        let here = targeting.environments.get(environment);
        let rules = here.map(|here| here.rules.as_slice()).unwrap_or_default();
        let instructions = instructions(rules, from, to)?;
        if instructions.is_empty() {
            return Ok(());
        }
        let sent = writer
            .patch_targeting(resource, said.to_owned(), instructions)
            .await;
        match sent {
            Ok(_) => return Ok(()),
            Err(failed) if lost(&failed) && attempt < ATTEMPTS => attempt += 1,
            Err(failed) => return Err(failed.into()),
        }
    }
}

fn lost(failed: &FailedRequest) -> bool {
    matches!(
        failed.error,
        RequestError::Conflict(_) | RequestError::ResponseLost { .. }
    )
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
