//! The members of a big segment: added, removed, looked up.

use std::collections::HashMap;

use segments_model::wire::Instruction;
use serde::Deserialize;
use serde_json::json;

use super::import::process;
use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::{Caller, may_change_members};
use crate::state::{Address, BigSegment};

/// Which members are added and removed.
#[derive(Deserialize, Default)]
pub(crate) struct Changes {
    #[serde(default)]
    included: Change,
    #[serde(default)]
    excluded: Change,
}

#[derive(Deserialize, Default)]
struct Change {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// `POST …/contexts` and `POST …/users`: adds and removes members.
pub(crate) fn update(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    let changes = call.request.json()?;
    change(call.service, &call.caller, at.into(), changes)?;
    Ok(Response::no_content())
}

/// Adds and removes members.
pub(crate) fn change(
    service: &mut Service,
    caller: &Caller,
    at: Address<'_>,
    changes: Changes,
) -> Result<(), ApiError> {
    let resource = at.check(service)?;
    may_change_members(caller, &resource)?;
    at.change(service, |big| {
        for key in changes.included.remove {
            big.included.remove(&key);
        }
        for key in changes.excluded.remove {
            big.excluded.remove(&key);
        }
        big.included.extend(changes.included.add);
        big.excluded.extend(changes.excluded.add);
    })
}

/// `GET …/contexts/{key}` and `GET …/users/{key}`: whether a context is listed.
pub(crate) fn membership(
    call: &mut Call<'_>,
    [project, environment, key, context]: [&str; 4],
) -> Answer {
    let at = Address::from([project, environment, key]);
    at.check(call.service)?;
    let listed = |list: fn(&BigSegment) -> &std::collections::BTreeSet<String>| {
        at.big(call.service)
            .is_some_and(|big| list(big).contains(context))
    };
    Ok(Response::ok(&json!({
        "userKey": context,
        "included": listed(|big| &big.included), "excluded": listed(|big| &big.excluded),
    })))
}

/// Carries out the instructions of a semantic patch that are about the members, once all of them
/// are known to be right.
pub(crate) fn apply(
    service: &mut Service,
    at: Address<'_>,
    instructions: Vec<Instruction>,
) -> Result<(), ApiError> {
    use Instruction as I;
    for instruction in instructions {
        match instruction {
            I::AddBigSegmentIncludedTargets { values } => {
                at.change(service, |big| big.included.extend(values))?;
            }
            I::AddBigSegmentExcludedTargets { values } => {
                at.change(service, |big| big.excluded.extend(values))?;
            }
            I::RemoveBigSegmentIncludedTargets { values } => {
                at.change(service, |big| {
                    big.included.retain(|key| !values.contains(key));
                })?;
            }
            I::RemoveBigSegmentExcludedTargets { values } => {
                at.change(service, |big| {
                    big.excluded.retain(|key| !values.contains(key));
                })?;
            }
            I::ProcessBigSegmentImport { import_id } => process(service, at, &import_id)?,
            _ => {}
        }
    }
    Ok(())
}

/// Refuses an instruction that includes who is excluded, or the other way round, by what the segment
/// is once the instructions before it are carried out.
pub(crate) fn refuse_listed_twice(
    service: &Service,
    at: Address<'_>,
    before: &[Instruction],
    instruction: &Instruction,
) -> Result<(), ApiError> {
    use Instruction as I;
    let (values, is_included) = match instruction {
        I::AddBigSegmentIncludedTargets { values } => (values, true),
        I::AddBigSegmentExcludedTargets { values } => (values, false),
        _ => return Ok(()),
    };
    // What the instructions before this one say of keys on the other list.
    let mut other: HashMap<&String, bool> = HashMap::new();
    for instruction in before {
        let (values, listed) = match instruction {
            I::AddBigSegmentExcludedTargets { values } if is_included => (values, true),
            I::RemoveBigSegmentExcludedTargets { values } if is_included => (values, false),
            I::AddBigSegmentIncludedTargets { values } if !is_included => (values, true),
            I::RemoveBigSegmentIncludedTargets { values } if !is_included => (values, false),
            _ => continue,
        };
        other.extend(values.iter().map(|key| (key, listed)));
    }
    let kept = at.big(service).map(|big| {
        if is_included {
            &big.excluded
        } else {
            &big.included
        }
    });
    let is_listed = |key: &&String| {
        let now = other.get(key).copied();
        now.unwrap_or_else(|| kept.is_some_and(|kept| kept.contains(*key)))
    };
    match values.iter().find(is_listed) {
        Some(key) => Err(ApiError::invalid(format!(
            "context \"{key}\" is already {}",
            if is_included { "excluded" } else { "included" }
        ))),
        None => Ok(()),
    }
}

/// Returns whether an import of this identifier waits to be put into force.
pub(crate) fn import_waits(service: &Service, at: Address<'_>, id: &str) -> bool {
    at.big(service)
        .and_then(|big| big.imports.get(id))
        .is_some_and(|import| import.waiting.is_some())
}
