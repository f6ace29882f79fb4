//! `LD-API-Version`: the version of the API that a request was written for (API documentation,
//! *Versions*).

use crate::message::{ApiError, Request};
use crate::service::behavior::Behavior;

/// The first version whose list of segments comes in pages.
const PAGES: &str = "20240415";

/// The versions that there are, newest first.
const VERSIONS: [&str; 5] = [PAGES, "20220603", "20210729", "20191212", "20160426"];

const BETA: &str = "beta";

fn sent(request: &Request) -> Option<&str> {
    request.header("ld-api-version")
}

/// Refuses a version that does not exist.
pub(crate) fn check(request: &Request, behavior: &Behavior) -> Result<(), ApiError> {
    match sent(request) {
        Some(version)
            if behavior.refuse_unknown_versions
                && version != BETA
                && !VERSIONS.contains(&version) =>
        {
            Err(ApiError::invalid(format!(
                "LD-API-Version \"{version}\" does not exist"
            )))
        }
        _ => Ok(()),
    }
}

/// Refuses who does not ask for a beta resource by that name.
pub(crate) fn require_beta(request: &Request, behavior: &Behavior) -> Result<(), ApiError> {
    if behavior.require_beta_header && sent(request) != Some(BETA) {
        return Err(ApiError::forbidden(
            "This is a beta resource; send the header LD-API-Version: beta",
        ));
    }
    Ok(())
}

/// Returns whether lists of segments come in pages unless the request says how many it wants.
pub(crate) fn lists_in_pages(request: &Request) -> bool {
    // Dates without separators sort as text, and `beta` after all of them.
    sent(request).is_none_or(|version| version >= PAGES)
}
