//! Imports of lists from files.

use hyper::header::LOCATION;
use serde_json::json;

use super::form;
use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::may_change_members;
use crate::state::{Address, BigSegment, Import};

/// `POST …/imports`: a form with a CSV file, whose first column has the keys.
pub(crate) fn create(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    let at = Address::from(at);
    let resource = at.check(call.service)?;
    let form = Form::read(call)?;
    may_change_members(&call.caller, &resource)?;
    let service = &mut *call.service;
    let busy = at
        .big(service)
        .is_some_and(|big| big.imports.values().any(|import| import.waiting.is_some()));
    if busy {
        return Err(ApiError::conflict(
            "another import of this segment is running",
        ));
    }
    let id = service.ids.object_id();
    let import = Import {
        created: service.clock.now(),
        replace: form.replace,
        file_name: form.file_name,
        waiting: Some(form.keys),
    };
    at.change(service, |big| big.imports.insert(id.clone(), import))?;
    if !form.wait_on_approvals {
        process(service, at, &id)?;
    }
    let mut response = Response::no_content();
    response.set(LOCATION, &format!("{}/imports/{id}", at.path()));
    Ok(response)
}

/// `GET …/imports/{id}`.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, key, id]: [&str; 4]) -> Answer {
    let at = Address::from([project, environment, key]);
    at.check(call.service)?;
    let import = at.big(call.service).and_then(|big| big.imports.get(id));
    let import = import.ok_or_else(ApiError::not_found)?;
    let status = if import.waiting.is_some() {
        "pending_approval"
    } else {
        "complete"
    };
    Ok(Response::ok(&json!({
        "id": id, "segmentKey": at.key, "creationTime": import.created,
        "mode": if import.replace { "replace" } else { "merge" }, "status": status,
        "files": [{"filename": import.file_name, "status": status}],
        "_links": {
            "self": {"href": format!("{}/imports/{id}", at.path()), "type": "application/json"},
            "parent": {"href": at.path(), "type": "application/json"},
        },
    })))
}

/// Puts an uploaded list into force.
pub(crate) fn process(service: &mut Service, at: Address<'_>, id: &str) -> Result<(), ApiError> {
    at.change(service, |big: &mut BigSegment| {
        let import = big.imports.get_mut(id)?;
        let keys = import.waiting.take()?;
        if import.replace {
            big.included.clear();
        }
        big.included.extend(keys);
        Some(())
    })?
    .ok_or_else(|| ApiError::invalid(format!("unknown import \"{id}\"")))
}

struct Form {
    keys: Vec<String>,
    file_name: String,
    replace: bool,
    wait_on_approvals: bool,
}

impl Form {
    fn read(call: &Call<'_>) -> Result<Self, ApiError> {
        let invalid = |reason: &str| ApiError::invalid(format!("invalid form: {reason}"));
        let content_type = call.request.header("content-type").unwrap_or_default();
        let parts = form::parts(content_type, &call.request.body).map_err(invalid)?;
        let mut file = None;
        let mut mode = None;
        let mut wait_on_approvals = false;
        for part in parts {
            let text = String::from_utf8_lossy(part.content).into_owned();
            match part.name.as_str() {
                "file" => {
                    let name = part.file_name.unwrap_or_else(|| "import.csv".to_owned());
                    file = Some((name, text));
                }
                "mode" => mode = Some(text),
                "waitOnApprovals" => wait_on_approvals = text == "true",
                _ => {}
            }
        }
        let (file_name, csv) = file.ok_or_else(|| ApiError::invalid("file is required"))?;
        let replace = match mode.as_deref() {
            Some("replace") => true,
            Some("merge") => false,
            _ => return Err(ApiError::invalid("mode is merge or replace")),
        };
        Ok(Self {
            keys: first_column(&csv),
            file_name,
            replace,
            wait_on_approvals,
        })
    }
}

/// The first field of each line, without quotes.
fn first_column(csv: &str) -> Vec<String> {
    csv.lines()
        .map(|line| match line.strip_prefix('"') {
            Some(quoted) => {
                let mut field = String::new();
                let mut rest = quoted.chars().peekable();
                while let Some(character) = rest.next() {
                    if character == '"' && rest.next_if_eq(&'"').is_none() {
                        break;
                    }
                    field.push(character);
                }
                field
            }
            None => line.split(',').next().unwrap_or_default().trim().to_owned(),
        })
        .filter(|key| !key.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::first_column;

    #[test]
    fn the_first_column_has_the_keys() {
        let csv = "u-1\r\nu-2,extra\n\"a,b\"\n\"say \"\"hi\"\"\",x\n\n  u-3  \n";
        assert_eq!(
            first_column(csv),
            ["u-1", "u-2", "a,b", "say \"hi\"", "u-3"]
        );
    }
}
