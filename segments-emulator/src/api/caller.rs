//! The caller of a request.

use serde_json::json;

use crate::api::call::{Answer, Call};
use crate::message::Response;

/// `GET /caller-identity`.
#[allow(
    clippy::unnecessary_wraps,
    reason = "handlers of the table of routes have one signature"
)]
pub(crate) fn identity(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    Ok(Response::ok(&json!({
        "accountId": "000000000000000000000000", "authKind": "token", "tokenKind": "auth",
        "tokenName": call.caller.name, "serviceToken": true, "scopes": [],
    })))
}
