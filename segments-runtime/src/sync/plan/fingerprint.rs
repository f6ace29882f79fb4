//! The fingerprint of a plan.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Plan;
use crate::sync::report::Outcome;

impl Plan {
    /// Returns an identifier of this plan: a SHA-256 in hexadecimal digits of its environment, owner and
    /// settings, of the due changes, including keys of members, and of all declarations that it read. Two
    /// plans with the same fingerprint make the same changes to the same state; after any change of one
    /// of these, even one that the plan does not touch, the next plan has a different fingerprint.
    ///
    /// The duration and the number of requests of a plan do not count.
    pub fn fingerprint(&self) -> String {
        // Destructured, so that a new part of a plan cannot be forgotten here.
        let Plan {
            report,
            // What is due stands in the report, and what it was decided from in the sightings.
            work: _,
            in_force,
            origin,
            sightings,
            // What has expired stands in what is due.
            now: _,
            // What it is about stands in the sightings and the warnings.
            asks: _,
        } = self;
        let mut hash = Sha256::new();
        let mut add = |part: serde_json::Value| hash.update(part.to_string() + "\n");
        add(serde_json::json!([
            format!("{origin:?}"),
            format!("{in_force:?}"),
            report.reached,
            report.kinds,
            report.warnings,
            report.consequences,
        ]));
        for segment in &report.segments {
            add(serde_json::json!(segment));
        }
        for targeting in &report.targetings {
            add(serde_json::json!(targeting));
        }
        for measured in &report.measured {
            add(serde_json::json!(measured));
        }
        for settled in report.settled() {
            if let Outcome::Planned(action) = settled.outcome {
                for change in action.changes() {
                    if let Some(keys) = change.keys() {
                        add(serde_json::json!(keys.0));
                    }
                }
            }
        }
        for sighting in sightings {
            add(serde_json::json!(format!("{sighting:?}")));
        }
        let digits = hash.finalize();
        digits.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
