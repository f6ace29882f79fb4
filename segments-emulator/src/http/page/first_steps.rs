//! First steps for an environment without segments.

use maud::{Markup, html};

use crate::message::Request;

/// Commands that lead from nothing to a segment on this page. The token is on the terminal that started the
/// emulator, and never on the page.
pub(super) fn first_steps(request: &Request, project: &str, environment: &str) -> Markup {
    let host = request.header("host").unwrap_or_default();
    html! {
        section {
            h2 { "Start here" }
            p {
                "There are no segments in " code { (project) "/" (environment) } " yet. In another terminal, set these variables, with the "
                "access token that the emulator printed when it started:"
            }
            pre {
                "export LAUNCHDARKLY_BASE_URI=http://" (host) "\n"
                "export LAUNCHDARKLY_ACCESS_TOKEN=...\n"
                "export LAUNCHDARKLY_PROJECT=" (project) " LAUNCHDARKLY_ENVIRONMENT=" (environment)
            }
            p { "Write a first segments file, show the changes of a sync, and apply them:" }
            pre { "cargo segments new\ncargo segments plan\ncargo segments apply" }
            p {
                "Reload this page to see the segment, and evaluate a context with the form above. In Rust, " code { "SyncConfig::from_env" }
                " reads the same variables."
            }
        }
    }
}
