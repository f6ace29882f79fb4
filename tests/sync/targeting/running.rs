//! What LaunchDarkly runs by itself is left alone.

use segments_emulator::{Behavior, Emulator};
use segments_model::targeting::DraftTargeting;
use segments_runtime::sync::{
    Definitions, ItemError, Outcome, RequestError, SyncConfig, SyncMode, Warning, plan,
};
use serde_json::{Value as Json, json};

use crate::support::{builder, config, users, with_targets, writes};
use crate::world::{
    CONFIGS, asking, declared, draft, emulator, listed, one, outcome, rule_ids, send, served, sync,
    variation_id,
};

const RUNS: [(&str, &str); 3] = [
    ("experiment", "an experiment"),
    ("progressive", "a progressive rollout"),
    ("guarded", "a guarded rollout"),
];

/// Makes the service run something on the fallthrough, or on a rule.
async fn run(emulator: &Emulator, kind: &str, rule: Option<&str>) {
    let config = match kind {
        "experiment" => return experiment(emulator, rule.unwrap_or("fallthrough")).await,
        "progressive" => json!({"progressiveRolloutConfig": {"contextKind": "user",
            "controlVariation": 1, "endVariation": 2,
            "steps": [{"rolloutWeight": 10_000, "duration": {"quantity": 4, "unit": "hour"}}]}}),
        _ => json!({"guardedRolloutConfig": {"randomizationUnit": "user",
            "controlVariation": 1, "endVariation": 2, "metrics": [],
            "stages": [{"rolloutWeight": 10_000, "monitoringWindowMilliseconds": 60_000}]}}),
    };
    let mut instruction = config;
    match rule {
        None => instruction["kind"] = json!("updateFallthroughVariationOrRollout"),
        Some(rule) => {
            instruction["kind"] = json!("updateRuleVariationOrRollout");
            instruction["ruleId"] = json!(rule);
        }
    }
    let patch = json!({"environmentKey": "production", "instructions": [instruction]});
    let path = format!("{CONFIGS}/assistant/targeting");
    send(emulator, "PATCH", &path, &patch).await;
}

/// An experiment that serves each of two variations to a half.
async fn experiment(emulator: &Emulator, rule: &str) {
    let mut treatments = Vec::new();
    for (name, baseline) in [("fast", true), ("careful", false)] {
        let id = variation_id(emulator, name).await;
        treatments.push(
            json!({"name": name, "baseline": baseline, "allocationPercent": "50",
            "parameters": [{"flagKey": "assistant", "variationId": id}]}),
        );
    }
    let new = json!({"key": "speed", "name": "Speed", "iteration": {"hypothesis": "h", "metrics": [],
        "treatments": treatments, "flags": {"assistant": {"ruleId": rule, "flagConfigVersion": 1}}}});
    let path = "/api/v2/projects/default/environments/production/experiments";
    send(emulator, "POST", path, &new).await;
    let start = json!({"instructions": [{"kind": "startIteration"}]});
    send(emulator, "PATCH", &format!("{path}/speed"), &start).await;
}

/// A declaration of the fallthrough alone, or of one rule alone.
fn about(rule: bool) -> DraftTargeting {
    if rule {
        DraftTargeting {
            fallthrough: None,
            ..draft(vec![asking("beta", "careful")])
        }
    } else {
        DraftTargeting {
            rules: None,
            ..draft(Vec::new())
        }
    }
}

/// The segment and, if it is owned, the targeting are as declared; then something runs.
async fn world(kind: &str, rule: bool, owned: bool) -> Emulator {
    let emulator = emulator().await;
    let config = config(&emulator);
    let targetings = if owned {
        vec![declared(&about(rule))]
    } else {
        Vec::new()
    };
    sync(&config, &[listed("beta")], &targetings).await.unwrap();
    let mut at = None;
    if rule {
        if !owned {
            let id = variation_id(&emulator, "fast").await;
            let clause = json!({"attribute": "segmentMatch", "op": "segmentMatch", "values": ["beta"],
                "contextKind": "user", "negate": false});
            let add = json!({"kind": "addRule", "variationId": id, "clauses": [clause]});
            let patch = json!({"environmentKey": "production", "instructions": [add]});
            send(
                &emulator,
                "PATCH",
                &format!("{CONFIGS}/assistant/targeting"),
                &patch,
            )
            .await;
        }
        at = Some(rule_ids(&emulator).await.remove(0));
    }
    run(&emulator, kind, at.as_deref()).await;
    emulator.clear_requests();
    emulator
}

fn pruning(emulator: &Emulator) -> SyncConfig {
    let builder = builder(emulator).prune(true);
    builder
        .prune_grace(std::time::Duration::ZERO)
        .build()
        .unwrap()
}

#[tokio::test]
async fn nothing_is_written_to_what_runs() {
    for (kind, words) in RUNS {
        for rule in [false, true] {
            for owned in [false, true] {
                let emulator = world(kind, rule, owned).await;
                let targetings = [declared(&about(rule))];
                let before = served(&emulator).await;
                let scene = format!("{kind} on a rule: {rule}, owned: {owned}");
                emulator.clear_requests();
                for mode in [SyncMode::Apply, SyncMode::Verify, SyncMode::Plan] {
                    let config = config(&emulator).with_mode(mode);
                    let result = sync(&config, &[listed("beta")], &targetings).await;
                    let Outcome::Busy { rules } = outcome(&result) else {
                        panic!("{scene}: {result:?}");
                    };
                    assert_eq!(rules.len(), 1, "{scene}");
                    let report = result.unwrap();
                    let place = if rule { "rule 1" } else { "the default rule" };
                    let sentence = format!(
                        "left AI Config assistant alone: {words} runs on {place} of `assistant`; end it, or leave this rule undeclared"
                    );
                    assert!(report.to_string().contains(&sentence), "{report}");
                    assert!(report.to_string().contains("1 busy"), "{report}");
                    assert_eq!((report.busy().count(), report.drifted().count()), (1, 0));
                    report.in_sync().unwrap();
                }
                // The segment that the rule asks is no longer declared.
                let other = listed("other");
                let made = plan(&config(&emulator), std::slice::from_ref(&other))
                    .await
                    .unwrap();
                made.apply(&config(&emulator)).await.unwrap();
                emulator.clear_requests();
                let report = sync(&pruning(&emulator), &[other], &targetings).await;
                let report = report.unwrap_or_else(|error| error.report().unwrap().clone());
                let kept = report.outcome("beta").unwrap();
                let used = rule || matches!(kept, Outcome::Applied(_));
                assert!(used, "{scene}: {kept:?}");
                if rule {
                    assert!(matches!(kept, Outcome::InUse { .. }), "{scene}: {kept:?}");
                    assert_eq!(writes(&emulator).len(), 0, "{scene}");
                }
                assert_eq!(served(&emulator).await, before, "{scene}");
            }
        }
    }
}

#[tokio::test]
async fn a_split_of_the_same_shares_is_no_experiment() {
    let emulator = world("experiment", false, true).await;
    let mut draft = about(false);
    draft.fallthrough = Some(segments_model::targeting::DraftServe::Split(
        segments_model::targeting::DraftSplit {
            shares: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
            by: Some(segments_model::draft::DraftBy {
                kind: Some("user".into()),
                context: None,
                attribute: Some("key".into()),
            }),
        },
    ));
    let result = sync(&config(&emulator), &[listed("beta")], &[declared(&draft)]).await;
    assert!(
        matches!(outcome(&result), Outcome::Busy { .. }),
        "{result:?}"
    );
    assert_eq!(writes(&emulator).len(), 0);
}

#[tokio::test]
async fn what_runs_is_written_over_only_if_that_is_said() {
    let emulator = world("experiment", false, true).await;
    let config = builder(&emulator).override_running(true).build().unwrap();
    let (segments, targetings) = ([listed("beta")], [declared(&about(false))]);
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    let shown = plan(&config, declared).await.unwrap();
    assert!(
        shown
            .to_string()
            .contains("serve the fallthrough fast instead of an experiment, which ends"),
        "{shown}"
    );
    // The service may refuse all the same, which is told.
    let error = shown.clone().apply(&config).await.unwrap_err();
    let Outcome::Failed(ItemError::Request(failed)) = outcome(&Err(error)).clone() else {
        panic!("not refused");
    };
    assert!(matches!(failed.error, RequestError::Running(_)), "{failed}");
    assert!(
        failed.to_string().contains("runs an experiment"),
        "{failed}"
    );

    emulator.set_behavior(Behavior {
        refuse_running_edits: false,
        ..Behavior::default()
    });
    shown.apply(&config).await.unwrap();
    assert_eq!(served(&emulator).await.1, "fast");
}

#[tokio::test]
async fn what_begins_to_run_after_the_plan_is_left_alone() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let (segments, targetings) = ([listed("beta")], [declared(&about(false))]);
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    let made = plan(&config, declared).await.unwrap();
    experiment(&emulator, "fallthrough").await;
    emulator.clear_requests();
    let report = made.apply(&config).await.unwrap();
    assert!(
        matches!(report.targetings[0].outcome, Outcome::Busy { .. }),
        "{report}"
    );
    let paths = writes(&emulator);
    assert!(
        paths.iter().all(|it| it.path.contains("/segments/")),
        "{paths:?}"
    );
}

#[tokio::test]
async fn an_undeclared_rule_runs_on_and_the_plan_warns() {
    let emulator = world("experiment", false, false).await;
    let config = config(&emulator);
    let targetings = [declared(&about(true))];
    let segments = [listed("beta")];
    let shown = plan(
        &config,
        Definitions {
            segments: &segments,
            targetings: &targetings,
            ..Definitions::default()
        },
    )
    .await
    .unwrap();
    assert!(
        matches!(shown.warnings(), [Warning::Audience { .. }]),
        "{shown}"
    );
    assert!(
        shown.to_string().contains(
            "warning: experiment `speed` runs on the default rule of `assistant`, and changing the targeting of AI Config assistant changes who is in it"
        ),
        "{shown}"
    );
}

#[tokio::test]
async fn a_segment_that_an_experiment_depends_on_warns() {
    let emulator = world("experiment", true, false).await;
    let config = config(&emulator);
    let asking_beta = crate::support::with_rules(
        crate::support::segment("outer", "Outer"),
        vec![crate::support::rule(vec![
            segments_model::Clause::segment_match([
                segments_model::SegmentKey::parse("beta").unwrap()
            ]),
        ])],
    );
    let unchanged = plan(&config, &[listed("beta")]).await.unwrap();
    assert!(
        unchanged.is_empty() && unchanged.warnings().is_empty(),
        "{unchanged}"
    );
    let renamed = segments_model::Definition {
        name: "Beta testers".to_owned(),
        ..listed("beta")
    };
    let renamed = plan(&config, &[renamed]).await.unwrap();
    assert!(
        !renamed.is_empty() && renamed.warnings().is_empty(),
        "{renamed}"
    );

    let more = with_targets(listed("beta"), users(&["u-1", "u-2", "u-3"]), users(&[]));
    emulator.clear_requests();
    let shown = plan(&config, &[more.clone(), asking_beta]).await.unwrap();
    assert_eq!(writes(&emulator).len(), 0);
    let words: Vec<_> = shown.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "warning: experiment `speed` runs on rule 1 of `assistant`, and changing segment `beta` changes who is in it; end it first, or its result is distorted"
        ]
    );
    let json = serde_json::to_value(&shown).unwrap();
    assert_eq!(json["warnings"][0]["running"], "experiment");

    // By way of another segment.
    let emulator = emulator_asking("outer").await;
    let config = crate::support::config(&emulator);
    let shown = plan(&config, &[more]).await.unwrap();
    assert!(
        matches!(shown.warnings(), [Warning::Audience { changed, .. }] if changed == "segment `beta`"),
        "{shown}"
    );
}

/// An experiment on a rule that asks a segment that asks `beta`.
async fn emulator_asking(segment: &str) -> Emulator {
    let emulator = emulator().await;
    let config = config(&emulator);
    let outer = crate::support::with_rules(
        crate::support::segment(segment, segment),
        vec![crate::support::rule(vec![
            segments_model::Clause::segment_match([
                segments_model::SegmentKey::parse("beta").unwrap()
            ]),
        ])],
    );
    let draft = DraftTargeting {
        fallthrough: Some(one("fast")),
        ..draft(vec![asking(segment, "careful")])
    };
    sync(&config, &[listed("beta"), outer], &[declared(&draft)])
        .await
        .unwrap();
    let rule = rule_ids(&emulator).await.remove(0);
    experiment(&emulator, &rule).await;
    emulator.clear_requests();
    emulator
}

#[tokio::test]
async fn the_service_shows_what_runs_and_sdks_are_told() {
    for (kind, _) in RUNS {
        let emulator = world(kind, false, false).await;
        let shown = crate::world::targeting(&emulator).await;
        let rollout = &shown["environments"]["production"]["fallthrough"]["rollout"];
        let expected = match kind {
            "experiment" => "experiment",
            "progressive" => "progressiveRollout",
            _ => "measuredRollout",
        };
        assert_eq!(rollout["experimentAllocation"]["type"], expected, "{shown}");
        assert!(rollout["seed"].is_number(), "{shown}");
        let key = emulator.sdk_key("default", "production").unwrap();
        let all: Json = crate::support::client()
            .get(format!("{}/sdk/latest-all", emulator.base_uri()))
            .header("Authorization", key)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let told = &all["flags"]["assistant"]["fallthrough"];
        let experiment = if kind == "progressive" {
            "rollout"
        } else {
            "experiment"
        };
        assert_eq!(told["rollout"]["kind"], experiment, "{told}");
        assert_eq!(told["rollout"]["seed"], rollout["seed"], "{told}");
        assert!(!told.to_string().contains("experimentAllocation"), "{told}");
    }
}
