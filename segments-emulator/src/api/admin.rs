//! What the emulator offers beyond the service, under `/_emulator`: faults, limits, the record of
//! requests, the clock, the switches. It takes the same tokens as the REST API.

use std::time::Duration;

use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::call::{Answer, Call, no_such_method};
use crate::message::{ApiError, Response};
use crate::service::behavior::Behavior;
use crate::service::fault::Fault;
use crate::service::rate_limit::RateLimits;

/// Answers a request below `/_emulator`.
pub(crate) fn route(call: &mut Call<'_>, parts: &[&str]) -> Answer {
    call.caller.may("administrate", "emulator")?;
    let request = call.request;
    let service = &mut *call.service;
    match (request.method.clone(), parts) {
        (Method::GET, ["faults"]) => Ok(Response::ok(&service.faults.waiting())),
        (Method::POST, ["faults"]) => {
            let faults: OneOrMany<Fault> = request.json()?;
            for fault in faults.into_vec() {
                service.faults.add(fault);
            }
            Ok(Response::created(&service.faults.waiting()))
        }
        (Method::DELETE, ["faults"]) => {
            service.faults.clear();
            Ok(Response::no_content())
        }
        (Method::GET, ["limits"]) => Ok(Response::ok(&service.limiter.limits)),
        (Method::PUT, ["limits"]) => {
            service.limiter.limits = request.json::<RateLimits>()?;
            Ok(Response::ok(&service.limiter.limits))
        }
        (Method::GET, ["latency"]) => Ok(Response::ok(&service.latency)),
        (Method::PUT, ["latency"]) => {
            service.latency = request.json()?;
            Ok(Response::ok(&service.latency))
        }
        (Method::GET, ["behavior"]) => Ok(Response::ok(&service.behavior)),
        (Method::PUT, ["behavior"]) => {
            service.behavior = request.json::<Behavior>()?;
            Ok(Response::ok(&service.behavior))
        }
        (Method::GET, ["requests"]) => Ok(Response::ok(&service.requests.all())),
        (Method::DELETE, ["requests"]) => {
            service.requests.clear();
            Ok(Response::no_content())
        }
        (Method::GET, ["clock"]) => Ok(Response::ok(&json!({"now": service.clock.now()}))),
        (Method::POST, ["clock"]) => {
            let advance: Advance = request.json()?;
            service
                .clock
                .advance(Duration::from_millis(advance.advance_ms));
            Ok(Response::ok(&json!({"now": service.clock.now()})))
        }
        (Method::POST, ["import", project, environment]) => {
            let imported = service.import(project, environment, request.json()?)?;
            Ok(Response::created(&json!({"imported": imported})))
        }
        (Method::POST, ["fill"]) => {
            service.fill(request.json()?)?;
            Ok(Response::no_content())
        }
        (
            _,
            ["faults" | "limits" | "latency" | "behavior" | "requests" | "clock" | "fill"]
            | ["import", _, _],
        ) => no_such_method(call),
        _ => Err(ApiError::not_found()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advance {
    advance_ms: u64,
}

#[derive(Deserialize, Serialize)]
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
