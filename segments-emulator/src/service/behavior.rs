//! Behavior that LaunchDarkly's documentation leaves open.

use serde::{Deserialize, Serialize};

/// Switches for behavior that is inferred, not documented. The defaults are the best guess, with the
/// reasons in `docs/service-behaviour.md`. A test that depends on one can run with both values.
///
/// ```
/// use segments_emulator::Behavior;
///
/// let strict = Behavior { refuse_delete_in_use: true, ..Behavior::default() };
/// assert_eq!(strict.page_limit, 50);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each switch is independent of the others and set by name"
)]
pub struct Behavior {
    /// The maximum number of segments on a page; a greater `limit` is reduced to it.
    pub page_limit: usize,
    /// Whether pages link to the next one. Users of the real service met pages without that link.
    pub next_links: bool,
    /// Whether a semantic patch has to name its environment in the body, as the documentation says.
    /// A wrong name is refused in any case.
    pub require_environment_key: bool,
    /// Whether a rule that references a segment that does not exist is refused, as flags' rules are.
    pub refuse_unknown_segments: bool,
    /// Whether a rule that completes a cycle of segment references is refused.
    pub refuse_cycles: bool,
    /// Whether a clause with an operator that no SDK knows is refused.
    pub refuse_unknown_operators: bool,
    /// Whether targets and clauses of a context kind that the project does not have are refused.
    pub refuse_unknown_kinds: bool,
    /// Whether a segment that a flag or another segment references cannot be deleted (409).
    pub refuse_delete_in_use: bool,
    /// Whether a change of a rule on which the service runs an experiment or a rollout is refused (409);
    /// otherwise the change ends it.
    pub refuse_running_edits: bool,
    /// Whether a JSON patch or merge patch may include and exclude the same context. Included wins.
    pub allow_overlap_in_json_patch: bool,
    /// Whether a JSON patch whose `test` fails gets the response 409 `optimistic_locking_error`;
    /// otherwise 400 `invalid_request`.
    pub failed_test_conflicts: bool,
    /// Whether the preview of a dry run has the version that the change would have.
    pub dry_run_bumps_version: bool,
    /// Whether the body of a 401 is empty.
    pub empty_unauthorized: bool,
    /// Whether a request without `LD-API-Version: beta` to a beta resource is refused.
    pub require_beta_header: bool,
    /// Whether an `LD-API-Version` that does not exist is refused (400).
    pub refuse_unknown_versions: bool,
    /// Whether an approval request with invalid instructions is refused when it is created, not only when
    /// it is applied.
    pub try_requested_changes: bool,
    /// The time that the list of context kinds lags behind a write, in milliseconds.
    pub context_kind_lag_ms: u64,
}

impl Behavior {
    /// Reads the output of `cargo segments probe`: each switch as the service behaves. Missing switches
    /// keep their default.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or a switch has a value of another type.
    ///
    /// ```
    /// use segments_emulator::Behavior;
    ///
    /// let behavior = Behavior::from_json(r#"{"pageLimit": 100, "nextLinks": false}"#)?;
    /// assert!(behavior.page_limit == 100 && !behavior.next_links && behavior.require_beta_header);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            page_limit: 50,
            next_links: true,
            require_environment_key: true,
            refuse_unknown_segments: true,
            refuse_cycles: false,
            refuse_unknown_operators: true,
            refuse_unknown_kinds: false,
            refuse_delete_in_use: false,
            refuse_running_edits: true,
            allow_overlap_in_json_patch: true,
            failed_test_conflicts: true,
            dry_run_bumps_version: true,
            empty_unauthorized: false,
            require_beta_header: true,
            refuse_unknown_versions: true,
            try_requested_changes: true,
            context_kind_lag_ms: 0,
        }
    }
}
