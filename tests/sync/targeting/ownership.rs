//! What others made.

use segments_emulator::Emulator;
use segments_model::EnvironmentKey;
use segments_model::targeting::DraftTargeting;
use segments_runtime::sync::{Adoption, Outcome, RefusalReason};
use serde_json::json;

use crate::support::{builder, config};
use crate::world::{
    CONFIGS, asking, by_hand, declared, draft, emulator, listed, one, outcome, send, served, sync,
};

#[tokio::test]
async fn rules_of_others_stay_behind_or_are_refused() {
    let emulator = emulator().await;
    by_hand(&emulator, "production", "a@x.io").await;
    let (config, segments) = (config(&emulator), [listed("beta")]);
    let exact = draft(vec![asking("beta", "careful")]);
    let refused = sync(&config, &segments, &[declared(&exact)]).await;
    let Outcome::Refused { reason, changes } = outcome(&refused) else {
        panic!("{refused:?}");
    };
    assert_eq!(*reason, RefusalReason::Different);
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "remove rule 1: user email is \"a@x.io\" => fast",
            "add rule: is in segment `beta` => careful",
            "serve the fallthrough fast instead of disabled"
        ]
    );

    let keeping = DraftTargeting {
        at_least: true,
        fallthrough: None,
        ..exact.clone()
    };
    sync(&config, &segments, &[declared(&keeping)])
        .await
        .unwrap();
    let (rules, fallthrough) = served(&emulator).await;
    let values: Vec<_> = rules.iter().map(|(values, _)| values.as_str()).collect();
    assert_eq!(
        values,
        ["[\"beta\"]", "[\"a@x.io\"]"],
        "declared ones first"
    );
    assert_eq!(fallthrough, "disabled", "what is not declared stays");
    let again = sync(&config, &segments, &[declared(&keeping)])
        .await
        .unwrap();
    assert_eq!(again.writes(), 0, "{again}");

    let always = builder(&emulator)
        .adoption(Adoption::Always)
        .build()
        .unwrap();
    sync(&always, &segments, &[declared(&exact)]).await.unwrap();
    assert_eq!(served(&emulator).await.0.len(), 1);
}

#[tokio::test]
async fn whoever_owns_staging_does_not_own_production() {
    let emulator = Emulator::builder()
        .environment("default", "staging")
        .start()
        .await
        .unwrap();
    let config_of = |environment: &'static str| {
        let environment = EnvironmentKey::from_static(environment);
        config(&emulator).with_environment(environment)
    };
    let body = json!({"key": "assistant", "name": "A", "defaultVariation": {"key": "fast", "name": "fast"}});
    send(&emulator, "POST", CONFIGS, &body).await;
    let other = json!({"key": "careful", "name": "careful"});
    send(
        &emulator,
        "POST",
        &format!("{CONFIGS}/assistant/variations"),
        &other,
    )
    .await;
    by_hand(&emulator, "production", "a@x.io").await;
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let segments = [listed("beta")];
    sync(&config_of("staging"), &segments, &targetings)
        .await
        .unwrap();
    let refused = sync(&config_of("production"), &segments, &targetings).await;
    assert!(
        matches!(
            outcome(&refused),
            Outcome::Refused {
                reason: RefusalReason::Different,
                ..
            }
        ),
        "{refused:?}"
    );
    // Another program is told whose it is.
    let other = builder(&emulator)
        .owner("billing")
        .build()
        .unwrap()
        .with_environment(EnvironmentKey::from_static("staging"));
    let refused = sync(&other, &[], &targetings).await;
    let Outcome::Refused { reason, .. } = outcome(&refused) else {
        panic!("{refused:?}");
    };
    assert_eq!(
        *reason,
        RefusalReason::OwnedBy {
            owner: "shop".to_owned()
        }
    );
}

/// A flag that is on serves everybody something, if only by what is left when no rule holds.
#[tokio::test]
async fn a_live_flag_that_serves_something_else_is_not_adopted() {
    let emulator = Emulator::start().await.unwrap();
    let flag = json!({"key": "checkout", "name": "Checkout", "variations": [{"value": true}, {"value": false}]});
    send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    let config = config(&emulator);
    let serving = |fallthrough: &str| {
        [declared(&DraftTargeting {
            kind: segments_model::ResourceKind::Flag,
            key: "checkout".to_owned(),
            variations: ["true", "false"].map(str::to_owned).into(),
            fallthrough: Some(one(fallthrough)),
            ..DraftTargeting::default()
        })]
    };
    let on = json!({"environmentKey": "production", "instructions": [{"kind": "turnFlagOn"}]});
    send(&emulator, "PATCH", "/api/v2/flags/default/checkout", &on).await;
    let here = async || {
        let shown = send(
            &emulator,
            "GET",
            "/api/v2/flags/default/checkout",
            &json!(null),
        )
        .await;
        shown["environments"]["production"].clone()
    };
    let before = here().await;
    assert_eq!(
        (&before["on"], &before["fallthrough"]["variation"]),
        (&json!(true), &json!(0))
    );
    let refused = sync(&config, &[], &serving("false")).await;
    let Outcome::Refused { reason, changes } = outcome(&refused) else {
        panic!("{refused:?}");
    };
    assert_eq!(*reason, RefusalReason::Different);
    assert_eq!(
        changes[0].to_string(),
        "serve the fallthrough false instead of true"
    );
    assert_eq!(here().await, before);
    // What serves nobody anything else than declared may be adopted.
    sync(&config, &[], &serving("true")).await.unwrap();
    assert_eq!(here().await["fallthrough"], before["fallthrough"]);
}
