//! The paths and methods, with their handlers.

use crate::api::call::{Answer, Call};
use crate::api::{
    admin, ai_config, approval, audit_log, big, caller, context, context_attribute, context_kind,
    dependent_flags, evaluate, experiment, expiring, flag, flag_evaluation, metric, project,
    segment,
};
use crate::message::{ApiError, Request};

/// Generates two functions from one table: the call of a handler, and the pattern of its path. A part in
/// quotes is that word; any other part is a key, which handlers receive by its name.
macro_rules! routes {
    ($([$($part:tt),*] { $($method:ident => $handler:path as ($($key:ident),*)),* $(,)? })*) => {
        /// Calls the handler of the request's path and method.
        pub(crate) fn route(call: &mut Call<'_>) -> Answer {
            let request = call.request;
            let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
            if is_reserved(&parts) {
                return Err(call.left_out());
            }
            match parts[..] {
                $([$($part),*] => match request.method {
                    $(hyper::Method::$method => $handler(call, [$($key),*]),)*
                    _ => Err(call.no_such_method()),
                },)*
                _ if is_left_out(&parts) => Err(call.left_out()),
                _ => Err(ApiError::not_found()),
            }
        }

        /// The pattern of a path, with names in place of keys; `None` if there is no such path.
        #[allow(unused_variables, reason = "keys are bound for the handlers only")]
        pub(crate) fn pattern(request: &Request) -> Option<&'static str> {
            let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
            match parts[..] {
                $([$($part),*] => Some(stringify!($($part)/ *)),)*
                _ => None,
            }
        }
    };
}

/// Returns whether the service has something else where the table has a key.
fn is_reserved(parts: &[&str]) -> bool {
    matches!(
        parts,
        [
            "api",
            "v2",
            "projects",
            _,
            "ai-configs",
            "model-configs" | "prompt-snippets" | "quick-stats",
            ..
        ]
    )
}

/// Returns whether the service has a path that is not in the table. Nobody shall take that for an error of
/// their own.
#[allow(
    clippy::unnested_or_patterns,
    reason = "a path is one pattern, as the documentation lists them"
)]
fn is_left_out(parts: &[&str]) -> bool {
    let ["api", "v2", parts @ ..] = parts else {
        return false;
    };
    matches!(
        parts,
        [
            "account"
                | "announcements"
                | "applications"
                | "code-refs"
                | "destinations"
                | "engineering-insights"
                | "flag-statuses"
                | "integration-capabilities"
                | "integration-configurations"
                | "integrations"
                | "members"
                | "metrics"
                | "oauth"
                | "public-ip-list"
                | "relay-proxy-configs"
                | "release-pipelines"
                | "roles"
                | "tags"
                | "teams"
                | "templates"
                | "tokens"
                | "usage"
                | "users"
                | "versions"
                | "webhooks",
            ..
        ] | ["flags", _, _, "copy" | "release" | "triggers", ..]
            | [
                "projects",
                _,
                "agent-graphs"
                    | "agent-optimizations"
                    | "experiments"
                    | "experimentation-settings"
                    | "flag-defaults"
                    | "layers"
                    | "metric-groups"
                    | "release-pipelines"
                    | "release-policies"
                    | "views",
                ..
            ]
            | ["projects", _, "ai-tools", _, "references"]
            | [
                "projects",
                _,
                "ai-configs",
                _,
                "metrics" | "metrics-by-variation"
            ]
            | [
                "projects",
                _,
                "environments",
                _,
                "contexts"
                    | "experiments"
                    | "flags"
                    | "followers"
                    | "holdouts"
                    | "sdk-keys"
                    | "apiKey"
                    | "mobileKey",
                ..
            ]
            | ["projects", _, "flags", ..]
    )
}

// The first path that fits counts.
routes! {
    ["api", "v2", "segments", project, environment] {
        GET => segment::list as (project, environment),
        POST => segment::create as (project, environment),
    }
    ["api", "v2", "segments", project, segment, "expiring-targets", environment] {
        GET => expiring::targets as (project, environment, segment),
        PATCH => expiring::patch_targets as (project, environment, segment),
    }
    ["api", "v2", "segments", project, segment, "expiring-user-targets", environment] {
        GET => expiring::user_targets as (project, environment, segment),
        PATCH => expiring::patch_user_targets as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment] {
        GET => segment::get as (project, environment, segment),
        PATCH => segment::patch as (project, environment, segment),
        DELETE => segment::delete as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment, "contexts"] {
        POST => big::update as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment, "contexts", context] {
        GET => big::membership as (project, environment, segment, context),
    }
    ["api", "v2", "segments", project, environment, segment, "users"] {
        POST => big::update as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment, "users", user] {
        GET => big::membership as (project, environment, segment, user),
    }
    ["api", "v2", "segments", project, environment, segment, "imports"] {
        POST => big::create_import as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment, "imports", import] {
        GET => big::get_import as (project, environment, segment, import),
    }
    ["api", "v2", "segments", project, environment, segment, "exports"] {
        POST => big::create_export as (project, environment, segment),
    }
    ["api", "v2", "segments", project, environment, segment, "exports", export] {
        GET => big::get_export as (project, environment, segment, export),
    }
    ["api", "v2", "segments", project, environment, segment, "exports", export, "file"] {
        GET => big::download as (project, environment, segment, export),
    }
    ["api", "v2", "flags", project] {
        GET => flag::list as (project),
        POST => flag::create as (project),
    }
    ["api", "v2", "flags", project, flag] {
        GET => flag::get as (project, flag),
        PATCH => flag::patch as (project, flag),
        DELETE => flag::delete as (project, flag),
    }
    ["api", "v2", "flags", project, flag, "dependent-flags"] {
        GET => dependent_flags::list_everywhere as (project, flag),
    }
    ["api", "v2", "flags", project, environment, flag, "dependent-flags"] {
        GET => dependent_flags::list as (project, environment, flag),
    }
    ["api", "v2", "flags", project, flag, "expiring-targets", environment] {
        GET => expiring::flag_targets as (project, environment, flag),
        PATCH => expiring::patch_flag_targets as (project, environment, flag),
    }
    ["api", "v2", "flags", project, flag, "expiring-user-targets", environment] {
        GET => expiring::flag_user_targets as (project, environment, flag),
        PATCH => expiring::patch_flag_user_targets as (project, environment, flag),
    }
    ["api", "v2", "projects"] {
        GET => project::list as (),
        POST => project::create as (),
    }
    ["api", "v2", "projects", project] {
        GET => project::get as (project),
        PATCH => project::patch as (project),
        DELETE => project::delete as (project),
    }
    ["api", "v2", "projects", project, "environments"] {
        GET => project::list_environments as (project),
        POST => project::create_environment as (project),
    }
    ["api", "v2", "projects", project, "environments", environment] {
        GET => project::get_environment as (project, environment),
        PATCH => project::patch_environment as (project, environment),
        DELETE => project::delete_environment as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "segments", "evaluate"] {
        POST => evaluate::evaluate as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "flags", "evaluate"] {
        POST => flag_evaluation::evaluations as (project, environment),
    }
    ["api", "v2", "flag-status", project, flag] {
        GET => flag::status_everywhere as (project, flag),
    }
    ["api", "v2", "flag-statuses", project, environment] {
        GET => flag::statuses as (project, environment),
    }
    ["api", "v2", "flag-statuses", project, environment, flag] {
        GET => flag::status as (project, environment, flag),
    }
    ["api", "v2", "auditlog"] {
        GET => audit_log::list as (),
    }
    ["api", "v2", "auditlog", entry] {
        GET => audit_log::get as (entry),
    }
    ["api", "v2", "caller-identity"] {
        GET => caller::identity as (),
    }
    ["api", "v2", "projects", project, "environments", environment, "context-attributes"] {
        GET => context_attribute::names as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "context-attributes", attribute] {
        GET => context_attribute::values as (project, environment, attribute),
    }
    ["api", "v2", "projects", project, "environments", environment, "contexts", "search"] {
        POST => context::search as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "contexts", kind, key] {
        GET => context::get as (project, environment, kind, key),
    }
    ["api", "v2", "projects", project, "environments", environment, "context-instances", "search"] {
        POST => context::search_instances as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "context-instances", id] {
        GET => context::get_instances as (project, environment, id),
        DELETE => context::delete_instances as (project, environment, id),
    }
    ["api", "v2", "projects", project, "environments", environment, "experiments"] {
        GET => experiment::list as (project, environment),
        POST => experiment::create as (project, environment),
    }
    ["api", "v2", "projects", project, "environments", environment, "experiments", experiment] {
        GET => experiment::get as (project, environment, experiment),
        PATCH => experiment::patch as (project, environment, experiment),
    }
    ["api", "v2", "projects", project, "environments", environment, "experiments", experiment, "iterations"] {
        POST => experiment::create_iteration as (project, environment, experiment),
    }
    ["api", "v2", "metrics", project] {
        GET => metric::list as (project),
        POST => metric::create as (project),
    }
    ["api", "v2", "metrics", project, metric] {
        GET => metric::get as (project, metric),
        PATCH => metric::patch as (project, metric),
        DELETE => metric::delete as (project, metric),
    }
    ["api", "v2", "projects", project, "context-kinds"] {
        GET => context_kind::list as (project),
    }
    ["api", "v2", "projects", project, "context-kinds", kind] {
        PUT => context_kind::put as (project, kind),
    }
    ["api", "v2", "projects", project, "ai-configs"] {
        GET => ai_config::list as (project),
        POST => ai_config::create as (project),
    }
    ["api", "v2", "projects", project, "ai-configs", config] {
        GET => ai_config::get as (project, config),
        PATCH => ai_config::patch as (project, config),
        DELETE => ai_config::delete as (project, config),
    }
    ["api", "v2", "projects", project, "ai-configs", config, "variations"] {
        POST => ai_config::create_variation as (project, config),
    }
    ["api", "v2", "projects", project, "ai-configs", config, "variations", variation] {
        GET => ai_config::get_variation as (project, config, variation),
        PATCH => ai_config::patch_variation as (project, config, variation),
        DELETE => ai_config::delete_variation as (project, config, variation),
    }
    ["api", "v2", "projects", project, "ai-configs", config, "targeting"] {
        GET => ai_config::get_targeting as (project, config),
        PATCH => ai_config::patch_targeting as (project, config),
    }
    ["api", "v2", "projects", project, "ai-tools"] {
        GET => ai_config::list_tools as (project),
        POST => ai_config::create_tool as (project),
    }
    ["api", "v2", "projects", project, "ai-tools", tool] {
        GET => ai_config::get_tool as (project, tool),
        PATCH => ai_config::patch_tool as (project, tool),
        DELETE => ai_config::delete_tool as (project, tool),
    }
    ["api", "v2", "projects", project, "ai-tools", tool, "versions"] {
        GET => ai_config::tool_versions as (project, tool),
    }
    ["api", "v2", "approval-requests"] {
        GET => approval::list as (),
        POST => approval::create as (),
    }
    ["api", "v2", "approval-requests", "projects", project, "settings"] {
        GET => approval::settings as (project),
        PATCH => approval::patch_settings as (project),
    }
    ["api", "v2", "approval-requests", request] {
        GET => approval::get as (request),
        PATCH => approval::patch as (request),
        DELETE => approval::delete as (request),
    }
    ["api", "v2", "approval-requests", request, "reviews"] {
        POST => approval::review as (request),
    }
    ["api", "v2", "approval-requests", request, "apply"] {
        POST => approval::apply as (request),
    }
    ["api", "v2", "projects", project, "flags", flag, "environments", environment, "approval-requests"] {
        GET => approval::of_flag::list as (project, flag, environment),
        POST => approval::of_flag::create as (project, flag, environment),
    }
    ["api", "v2", "projects", project, "flags", flag, "environments", environment, "approval-requests", request] {
        GET => approval::of_flag::get as (project, flag, environment, request),
        PATCH => approval::of_flag::patch as (project, flag, environment, request),
        DELETE => approval::of_flag::delete as (project, flag, environment, request),
    }
    ["api", "v2", "projects", project, "flags", flag, "environments", environment, "approval-requests", request, "reviews"] {
        POST => approval::of_flag::review as (project, flag, environment, request),
    }
    ["api", "v2", "projects", project, "flags", flag, "environments", environment, "approval-requests", request, "apply"] {
        POST => approval::of_flag::apply as (project, flag, environment, request),
    }
    ["_emulator", "faults"] {
        GET => admin::faults as (),
        POST => admin::add_faults as (),
        DELETE => admin::clear_faults as (),
    }
    ["_emulator", "limits"] {
        GET => admin::limits as (),
        PUT => admin::set_limits as (),
    }
    ["_emulator", "latency"] {
        GET => admin::latency as (),
        PUT => admin::set_latency as (),
    }
    ["_emulator", "behavior"] {
        GET => admin::behavior as (),
        PUT => admin::set_behavior as (),
    }
    ["_emulator", "requests"] {
        GET => admin::requests as (),
        DELETE => admin::clear_requests as (),
    }
    ["_emulator", "events"] {
        GET => admin::events as (),
        DELETE => admin::clear_events as (),
    }
    ["_emulator", "results", project, environment] {
        GET => admin::results as (project, environment),
    }
    ["_emulator", "clock"] {
        GET => admin::clock as (),
        POST => admin::advance_clock as (),
    }
    ["_emulator", "import", project, environment] {
        POST => admin::import as (project, environment),
    }
    ["_emulator", "fill"] {
        POST => admin::fill as (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern_of(path: &str) -> Option<&'static str> {
        let uri = path.parse().unwrap();
        let request = Request::new(
            hyper::Method::GET,
            &uri,
            hyper::HeaderMap::new(),
            bytes::Bytes::new(),
        );
        pattern(&request)
    }

    #[test]
    fn a_key_that_is_a_word_of_the_api_stays_a_key() {
        let segments = pattern_of("/api/v2/segments/default/test");
        assert!(segments.is_some());
        assert_eq!(pattern_of("/api/v2/segments/flags/projects"), segments);
        assert_eq!(
            pattern_of("/api/v2/flags/flags"),
            pattern_of("/api/v2/flags/default")
        );
        assert_ne!(pattern_of("/api/v2/flags/default"), segments);
        assert_eq!(pattern_of("/api/v2/nothing"), None);
    }
}
