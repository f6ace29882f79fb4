//! What tells one plan from another.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Plan, Task};
use crate::sync::report::Outcome;

impl Plan {
    /// What tells this plan from every other one: a SHA-256 in hexadecimal digits of what is due,
    /// keys of members included, and of the segments as they were seen. Two plans with the same
    /// fingerprint do the same to the same segments; once anybody changes one of them, even by
    /// something that the plan does not touch, the next plan has another.
    ///
    /// The time that a plan took and the requests that it needed do not count.
    pub fn fingerprint(&self) -> String {
        let Plan {
            report,
            work,
            targetings,
        } = self;
        let mut hash = Sha256::new();
        let mut add = |part: serde_json::Value| hash.update(part.to_string() + "\n");
        add(serde_json::json!([
            report.project,
            report.environment,
            report.reached,
            report.kinds,
        ]));
        for segment in &report.segments {
            add(serde_json::json!(segment));
        }
        for targeting in &report.targetings {
            add(serde_json::json!(targeting));
        }
        for settled in report.settled() {
            if let Outcome::Due(action) = settled.outcome {
                for change in action.changes() {
                    if let Some(keys) = change.keys() {
                        add(serde_json::json!(keys.0));
                    }
                }
            }
        }
        for work in work {
            if let Task::Settle { remote, .. } = &work.task {
                add(serde_json::json!(remote));
            }
        }
        for work in targetings {
            add(serde_json::json!(work.remote));
        }
        let digits = hash.finalize();
        digits.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
