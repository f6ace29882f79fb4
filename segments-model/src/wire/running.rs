//! Experiments and rollouts that LaunchDarkly changes by itself.

use std::fmt;

use serde::Serialize;

/// An experiment or a rollout that LaunchDarkly runs on a rule or on the fallthrough: while it runs,
/// LaunchDarkly changes what is served, and a write ends it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Running {
    /// An unknown member, by its name: it is never overwritten.
    Unknown(String),
    /// A rollout in stages.
    ProgressiveRollout,
    /// A rollout in stages that stops if a metric gets worse.
    GuardedRollout,
    /// An experiment.
    Experiment,
}

impl Running {
    /// What a member of a rule, of the fallthrough or of a rollout stands for, by its name.
    pub(super) fn of_member(name: &str) -> Self {
        match name {
            "progressiveRolloutConfig" => Self::ProgressiveRollout,
            "guardedRolloutConfig" | "guardedRollout" | "measuredRollout" => Self::GuardedRollout,
            name => Self::unknown(name),
        }
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown(name.to_owned())
    }
}

/// With its article: `an experiment`.
impl fmt::Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(member) => write!(f, "something unknown (`{member}`)"),
            Self::ProgressiveRollout => f.write_str("a progressive rollout"),
            Self::GuardedRollout => f.write_str("a guarded rollout"),
            Self::Experiment => f.write_str("an experiment"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Served, TargetingRule};
    use super::*;
    use serde_json::{Value as Json, json};

    fn running(served: Json) -> Option<Running> {
        serde_json::from_value::<Served>(served).unwrap().running()
    }

    fn rollout(member: &str, value: Json) -> Json {
        let mut json = json!({"rollout": {"contextKind": "user", "bucketBy": "key",
            "variations": [{"variation": 0, "weight": 50_000}, {"variation": 1, "weight": 50_000}]}});
        json["rollout"][member] = value;
        json
    }

    #[test]
    fn what_people_serve_is_not_running() {
        for plain in [
            json!({}),
            json!({"variation": 1}),
            rollout("kind", json!("rollout")),
            rollout("seed", json!(null)),
            rollout("experimentAllocation", json!(null)),
            json!({"variation": 1, "trackEvents": true, "ref": "r", "progressiveRolloutConfig": null}),
            json!({"rollout": {"variations": [{"variation": 0, "weight": 100_000, "_untracked": false}]}}),
        ] {
            assert_eq!(running(plain.clone()), None, "{plain}");
        }
    }

    #[test]
    fn what_the_service_runs_is_told_by_its_kind() {
        let of = |kind: &str| json!({"defaultVariation": 0, "canReshuffle": true, "type": kind});
        let unknown = |member| Some(Running::unknown(member));
        for (served, expected) in [
            (
                rollout("experimentAllocation", of("experiment")),
                Some(Running::Experiment),
            ),
            (
                rollout(
                    "experimentAllocation",
                    json!({"defaultVariation": 0, "canReshuffle": true}),
                ),
                Some(Running::Experiment),
            ),
            (
                rollout("experimentAllocation", of("measuredRollout")),
                Some(Running::GuardedRollout),
            ),
            (
                rollout("experimentAllocation", of("progressiveRollout")),
                Some(Running::ProgressiveRollout),
            ),
            (
                rollout("kind", json!("experiment")),
                Some(Running::Experiment),
            ),
            (rollout("kind", json!("bandit")), unknown("kind")),
            (rollout("seed", json!(61)), unknown("seed")),
            (rollout("holdout", json!({"id": "h"})), unknown("holdout")),
            (
                json!({"rollout": {"variations": [{"variation": 0, "weight": 1, "_untracked": true}]}}),
                unknown("_untracked"),
            ),
            (
                json!({"rollout": {"variations": [{"variation": 0, "weight": 1, "stage": 2}]}}),
                unknown("stage"),
            ),
            (
                json!({"variation": 0, "guardedRolloutConfig": {"stages": []}}),
                Some(Running::GuardedRollout),
            ),
            (
                json!({"progressiveRolloutConfig": {"steps": []}}),
                Some(Running::ProgressiveRollout),
            ),
            (json!({"variation": 0, "bandit": 1}), unknown("bandit")),
        ] {
            assert_eq!(running(served.clone()), expected, "{served}");
        }
    }

    #[test]
    fn the_members_of_a_rule_are_not_taken_for_a_run() {
        let json = json!({"_id": "r", "description": "d", "ref": "x", "trackEvents": false,
            "clauses": [], "variation": 1, "disabled": true});
        let rule: TargetingRule = serde_json::from_value(json).unwrap();
        assert_eq!((rule.served.running(), rule.disabled), (None, true));
        let json = json!({"_id": "r", "clauses": [], "guardedRolloutConfig": {"stages": []}});
        let rule: TargetingRule = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(rule.served.running(), Some(Running::GuardedRollout));
        assert_eq!(
            serde_json::to_value(&rule).unwrap()["guardedRolloutConfig"],
            json["guardedRolloutConfig"]
        );
    }
}
