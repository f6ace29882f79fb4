//! Big segments: lists of any length, kept apart from the segment.

mod export;
mod import;

use hyper::Method;
use segments_model::wire::{Instruction, Segment};
use serde::Deserialize;
use serde_json::json;

pub(crate) use export::{create as create_export, download, get as get_export};
pub(crate) use import::{create as create_import, get as get_import, process};

use crate::auth::Caller;
use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::segment::resource;
use crate::service::{Call, Service};
use crate::state::BigSegment;

/// Where a segment is.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) project: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) key: &'a str,
}

impl At<'_> {
    fn path(self) -> String {
        let Self {
            project,
            environment,
            key,
        } = self;
        format!("/api/v2/segments/{project}/{environment}/{key}")
    }

    /// The name under which roles know the segment, if it is a big one.
    fn check(self, service: &Service) -> Result<String, ApiError> {
        let stored = service
            .state
            .segment(self.project, self.environment, self.key)?;
        self.refuse_standard(&stored.segment)?;
        Ok(self.resource(&stored.segment.tags))
    }

    fn big(self, service: &Service) -> Option<&BigSegment> {
        let environment = service.state.environment(self.project, self.environment);
        environment.ok()?.big.get(self.key)
    }

    fn change<T>(
        self,
        service: &mut Service,
        change: impl FnOnce(&mut BigSegment) -> T,
    ) -> Result<T, ApiError> {
        let now = service.clock.now();
        service.change_big_segment(self.project, self.environment, self.key, |big| {
            big.version += 1;
            big.last_modified = now;
            change(big)
        })
    }

    /// The name under which roles know the segment.
    pub(crate) fn resource(self, tags: &[String]) -> String {
        resource(self.project, self.environment, self.key, tags)
    }

    /// Refuses what is no big segment.
    pub(crate) fn refuse_standard(self, segment: &Segment) -> Result<(), ApiError> {
        if segment.unbounded {
            Ok(())
        } else {
            Err(ApiError::invalid(format!(
                "segment \"{}\" is not a big segment",
                self.key
            )))
        }
    }
}

/// Refuses whoever may not change the members.
pub(crate) fn may_change(caller: &Caller, resource: &str) -> Result<(), ApiError> {
    caller.may("updateIncluded", resource)?;
    caller.may("updateExcluded", resource)
}

#[derive(Deserialize, Default)]
struct Changes {
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
pub(crate) fn update(call: &mut Call<'_>, at: At<'_>) -> Answer {
    if call.request.method != Method::POST {
        return no_such_method(call);
    }
    let resource = at.check(call.service)?;
    let changes: Changes = call.request.json()?;
    may_change(&call.caller, &resource)?;
    at.change(call.service, |big| {
        for key in changes.included.remove {
            big.included.remove(&key);
        }
        for key in changes.excluded.remove {
            big.excluded.remove(&key);
        }
        big.included.extend(changes.included.add);
        big.excluded.extend(changes.excluded.add);
    })?;
    Ok(Response::no_content())
}

/// `GET …/contexts/{key}` and `GET …/users/{key}`: whether a context is listed.
pub(crate) fn membership(call: &mut Call<'_>, at: At<'_>, context: &str) -> Answer {
    if call.request.method != Method::GET {
        return no_such_method(call);
    }
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
pub(crate) fn carry_out(
    service: &mut Service,
    at: At<'_>,
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

/// Whether an import of this identifier waits to be put into force.
pub(crate) fn import_waits(service: &Service, at: At<'_>, id: &str) -> bool {
    at.big(service)
        .and_then(|big| big.imports.get(id))
        .is_some_and(|import| import.waiting.is_some())
}
