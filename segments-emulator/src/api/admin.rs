//! The emulator's own endpoints, under `/_emulator`: faults, limits, recorded requests, the clock, the
//! switches. They accept the same tokens as the REST API.

#![allow(
    clippy::unnecessary_wraps,
    reason = "handlers of the table of routes have one signature"
)]

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::api::call::{Answer, Call};
use crate::api::{fill, import};
use crate::message::{ApiError, Response};
use crate::service::fault::Fault;
use crate::service::results::{self, SEGMENTS};

/// As many faults as wait at once: every request is held against each.
const MOST_FAULTS: usize = 1000;

/// `GET /_emulator/faults`.
pub(crate) fn faults(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&call.service.faults.waiting()))
}

/// `POST /_emulator/faults`: one, or an array of them.
pub(crate) fn add_faults(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let faults: OneOrMany<Fault> = call.request.json()?;
    let faults = faults.into_vec();
    if call.service.faults.waiting().len() + faults.len() > MOST_FAULTS {
        return Err(ApiError::invalid(format!(
            "at most {MOST_FAULTS} faults wait at once"
        )));
    }
    for fault in faults {
        call.service.faults.add(fault);
    }
    Ok(Response::created(&call.service.faults.waiting()))
}

/// `DELETE /_emulator/faults`.
pub(crate) fn clear_faults(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    call.service.faults.clear();
    Ok(Response::no_content())
}

/// `GET /_emulator/limits`.
pub(crate) fn limits(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&call.service.limiter.limits))
}

/// `PUT /_emulator/limits`.
pub(crate) fn set_limits(call: &mut Call<'_>, at: [&str; 0]) -> Answer {
    call.service.limiter.limits = call.request.json()?;
    limits(call, at)
}

/// `GET /_emulator/latency`.
pub(crate) fn latency(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&call.service.latency))
}

/// `PUT /_emulator/latency`.
pub(crate) fn set_latency(call: &mut Call<'_>, at: [&str; 0]) -> Answer {
    call.service.latency = call.request.json()?;
    latency(call, at)
}

/// `GET /_emulator/behavior`.
pub(crate) fn behavior(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&call.service.behavior))
}

/// `PUT /_emulator/behavior`.
pub(crate) fn set_behavior(call: &mut Call<'_>, at: [&str; 0]) -> Answer {
    call.service.behavior = call.request.json()?;
    behavior(call, at)
}

/// `GET /_emulator/requests`.
pub(crate) fn requests(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&call.service.requests.all()))
}

/// `DELETE /_emulator/requests`.
pub(crate) fn clear_requests(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    call.service.requests.clear();
    Ok(Response::no_content())
}

/// `GET /_emulator/events`: the events that SDKs sent, and their diagnostics.
pub(crate) fn events(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let tracked = &call.service.tracked;
    Ok(Response::ok(&json!({
        "events": tracked.events().collect::<Vec<_>>(),
        "diagnostics": tracked.diagnostics().collect::<Vec<_>>(),
    })))
}

/// `GET /_emulator/results/{project}/{environment}`: what came of experiments. `segments` names the attribute in
/// which contexts list their segments.
pub(crate) fn results(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    call.service.state.environment(project, environment)?;
    let attribute = call.request.parameter("segments").unwrap_or(SEGMENTS);
    let results = results::results(call.service, project, environment, attribute);
    Ok(Response::ok(&json!({"items": results})))
}

/// `DELETE /_emulator/events`.
pub(crate) fn clear_events(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    call.service.tracked.clear();
    Ok(Response::no_content())
}

/// `GET /_emulator/clock`.
pub(crate) fn clock(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&json!({"now": call.service.clock.now()})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advance {
    advance_ms: u64,
}

/// `POST /_emulator/clock`.
pub(crate) fn advance_clock(call: &mut Call<'_>, at: [&str; 0]) -> Answer {
    let Advance { advance_ms } = call.request.json()?;
    call.service
        .clock
        .advance(Duration::from_millis(advance_ms));
    clock(call, at)
}

/// `POST /_emulator/import/{project}/{environment}`.
pub(crate) fn import(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let listed = call.request.json()?;
    let imported = import::import(call.service, project, environment, listed)?;
    Ok(Response::created(&json!({"imported": imported})))
}

/// `POST /_emulator/fill`.
pub(crate) fn fill(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    fill::fill(call.service, call.request.json()?)?;
    Ok(Response::no_content())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            OneOrMany::Many(many) => many,
            OneOrMany::One(one) => vec![one],
        }
    }
}
