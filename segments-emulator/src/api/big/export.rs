//! Exports of lists as files.

use hyper::header::{CONTENT_TYPE, LOCATION};
use serde_json::json;

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Body, Response};
use crate::state::{Address, Export};

/// `POST …/exports`: makes a file of the included keys.
pub(crate) fn create(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    let at = Address::from(at);
    let resource = at.check(call.service)?;
    call.caller.may("createSegmentExport", &resource)?;
    let service = &mut *call.service;
    let id = service.ids.object_id();
    let file = at.big(service).map_or_else(String::new, |big| {
        big.included.iter().map(|key| field(key) + "\n").collect()
    });
    let export = Export {
        created: service.clock.now(),
        file,
    };
    service.change_big_segment(at.project, at.environment, at.key, |big| {
        big.exports.insert(id.clone(), export)
    })?;
    let mut response = Response::empty(hyper::StatusCode::OK);
    response.set(LOCATION, &format!("{}/exports/{id}", at.path()));
    Ok(response)
}

/// `GET …/exports/{id}`.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, key, id]: [&str; 4]) -> Answer {
    let at = Address::from([project, environment, key]);
    let export = find(call, at, id)?;
    let path = format!("{}/exports/{id}", at.path());
    let size = export.file.len();
    Ok(Response::ok(&json!({
        "id": id, "segmentKey": at.key, "creationTime": export.created, "status": "complete",
        "sizeBytes": size, "size": format!("{size} B"),
        "initiator": {"name": "Emulator", "email": "emulator@localhost"},
        "_links": {
            "self": {"href": path, "type": "application/json"},
            "file": {"href": format!("{path}/file"), "type": "text/csv"},
        },
    })))
}

/// The file that an export links to.
pub(crate) fn download(call: &mut Call<'_>, [project, environment, key, id]: [&str; 4]) -> Answer {
    let at = Address::from([project, environment, key]);
    let file = find(call, at, id)?.file.clone();
    let mut response = Response::empty(hyper::StatusCode::OK);
    response.body = Body::Whole(file.into());
    response.set(CONTENT_TYPE, "text/csv");
    Ok(response)
}

fn find<'a>(call: &'a Call<'_>, at: Address<'_>, id: &str) -> Result<&'a Export, ApiError> {
    at.check(call.service)?;
    let environment = call.service.state.environment(at.project, at.environment)?;
    let big = environment
        .big
        .get(at.key)
        .ok_or_else(ApiError::not_found)?;
    big.exports.get(id).ok_or_else(ApiError::not_found)
}

/// A key as a field of a CSV file.
fn field(key: &str) -> String {
    if key.contains([',', '"', '\n']) || key.starts_with(' ') || key.ends_with(' ') {
        format!("\"{}\"", key.replace('"', "\"\""))
    } else {
        key.to_owned()
    }
}
