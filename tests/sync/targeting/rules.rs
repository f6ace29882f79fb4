//! Rules, and what they wait for.

use segments_emulator::Fault;
use segments_runtime::sync::{Definitions, SyncMode, plan};
use serde_json::json;

use crate::support::{builder, config, writes};
use crate::world::{
    CONFIGS, asking, by_hand, declared, draft, emulator, listed, one, rule_ids, served, sync,
    variation_id,
};

#[tokio::test]
async fn a_segment_steers_an_ai_config() {
    let emulator = emulator().await;
    let (config, segments) = (config(&emulator), [listed("beta")]);
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let report = sync(&config, &segments, &targetings).await.unwrap();
    let words = report.to_string();
    assert!(
        words.contains(
            "adopted AI Config assistant\n    \
             add rule: is in segment `beta` => careful\n    \
             serve the fallthrough fast instead of disabled\n    \
             add tags targeted-by.shop.in.production, targeted.rules.fallthrough.in.production"
        ),
        "{words}"
    );
    let expected = (vec![("[\"beta\"]".into(), "careful".into())], "fast".into());
    assert_eq!(served(&emulator).await, expected);
    // Segments first: a rule that asks one that is not there lets nobody in, negated everybody.
    let writes = writes(&emulator);
    let paths: Vec<_> = writes.iter().map(|request| request.path.as_str()).collect();
    let targeting = format!("{CONFIGS}/assistant/targeting");
    let tags = format!("{CONFIGS}/assistant");
    assert_eq!(paths[paths.len() - 2..], [targeting, tags]);
    let id = variation_id(&emulator, "careful").await;
    let sent = writes[writes.len() - 2].body.as_ref().unwrap();
    assert_eq!(
        sent["instructions"][0],
        json!({"kind": "addRule", "variationId": id, "clauses": [{
            "attribute": "segmentMatch", "op": "segmentMatch", "values": ["beta"],
            "contextKind": "user", "negate": false}]})
    );

    // Nothing is left to do, and nothing is written.
    emulator.clear_requests();
    let again = sync(&config, &segments, &targetings).await.unwrap();
    assert_eq!((again.writes(), again.requests()), (0, 2), "{again}");
    assert!(again.to_string().contains("2 unchanged"), "{again}");
}

#[tokio::test]
async fn an_edited_rule_is_the_rule_that_it_was() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let segments = ["beta", "staff", "eu"].map(listed);
    let before = draft(vec![asking("beta", "careful"), asking("staff", "fast")]);
    sync(&config, &segments, &[declared(&before)])
        .await
        .unwrap();
    let ids = rule_ids(&emulator).await;

    // Another variation, another order, and a rule in between.
    emulator.clear_requests();
    let after = draft(vec![
        asking("beta", "fast"),
        asking("eu", "careful"),
        asking("staff", "fast"),
    ]);
    let report = sync(&config, &segments, &[declared(&after)]).await.unwrap();
    assert_eq!(report.writes(), 1, "{report}");
    let now = rule_ids(&emulator).await;
    assert_eq!([&now[0], &now[2]], [&ids[0], &ids[1]]);
    let (rules, _) = served(&emulator).await;
    assert_eq!(
        rules,
        [
            ("[\"beta\"]".into(), "fast".into()),
            ("[\"eu\"]".into(), "careful".into()),
            ("[\"staff\"]".into(), "fast".into())
        ] as [(String, String); 3]
    );
    let turned = draft(vec![asking("staff", "fast"), asking("beta", "fast")]);
    sync(&config, &segments, &[declared(&turned)])
        .await
        .unwrap();
    assert_eq!(rule_ids(&emulator).await, [&*now[2], &*now[0]]);
}

#[tokio::test]
async fn weights_are_tried_where_identifiers_are_refused() {
    let emulator = emulator().await;
    emulator.inject_fault(Fault::status(400).on("PATCH", "/targeting"));
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let (config, segments) = (config(&emulator), [listed("beta")]);
    sync(&config, &segments, &targetings).await.unwrap();
    let id = variation_id(&emulator, "careful").await;
    let patches: Vec<_> = writes(&emulator)
        .into_iter()
        .filter(|request| request.path.ends_with("/targeting"))
        .map(|request| request.body.unwrap()["instructions"][0].clone())
        .collect();
    assert_eq!(patches[0]["variationId"], json!(id));
    assert_eq!(patches[1]["rolloutWeights"], json!({id: 100_000}));
    // Everything for one is that one.
    let again = sync(&config, &segments, &targetings).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
    // A refusal of both is told in the service's words.
    emulator.inject_fault(Fault::status(400).on("PATCH", "/targeting").always());
    let other = [declared(&draft(vec![asking("beta", "fast")]))];
    let error = sync(&config, &segments, &other).await.unwrap_err();
    assert!(error.to_string().contains("refused the request"), "{error}");
}

#[tokio::test]
async fn a_rule_waits_for_its_segment() {
    let emulator = emulator().await;
    emulator.inject_fault(Fault::status(400).on("POST", "/segments/").always());
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let result = sync(&config(&emulator), &[listed("beta")], &targetings).await;
    let failed = result.unwrap_err().to_string();
    assert!(
        failed.contains(
            "failed AI Config assistant: it references segment `beta`, which could not be created"
        ),
        "{failed}"
    );
    assert!(
        failed.starts_with("2 of 2 segments, AI Configs and flags"),
        "{failed}"
    );
    assert_eq!(served(&emulator).await.1, "disabled");
}

#[tokio::test]
async fn verification_finds_drift_and_writes_nothing() {
    let emulator = emulator().await;
    let (usual, segments) = (config(&emulator), [listed("beta")]);
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    sync(&usual, &segments, &targetings).await.unwrap();
    by_hand(&emulator, "production", "a@x.io").await;
    let verify = builder(&emulator).mode(SyncMode::Verify).build().unwrap();
    let report = sync(&verify, &segments, &targetings).await.unwrap();
    let drift = report.in_sync().unwrap_err().to_string();
    assert!(
        drift.contains("1 of 2 segments, AI Configs and flags differ from the declarations")
            && drift.contains("remove rule 2: user email is \"a@x.io\" => fast"),
        "{drift}"
    );
    assert!(writes(&emulator).is_empty());
    // What was shown is what is done.
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    let plan = plan(&usual, declared).await.unwrap();
    assert!(!plan.is_empty());
    plan.apply(&usual).await.unwrap();
    assert_eq!(served(&emulator).await.0.len(), 1);
}

#[tokio::test]
async fn unknown_variations_and_ai_configs_are_errors_that_say_what_there_is() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let mut wrong = draft(Vec::new());
    wrong.rules = None;
    wrong.variations = ["fats", "careful"].map(str::to_owned).into();
    wrong.fallthrough = Some(one("careful"));
    let error = sync(&config, &[], &[declared(&wrong)]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 of 1 AI Configs and flags are not as declared:\n  failed AI Config assistant: \
         the AI Config has no variation `fats` (did you mean `fast`?); \
         it has the variations `disabled`, `fast`, `careful`"
    );
    let mut missing = draft(Vec::new());
    missing.rules = None;
    missing.key = "nobody".to_owned();
    let error = sync(&config, &[], &[declared(&missing)]).await.unwrap_err();
    assert!(
        error.to_string().contains(
            "failed AI Config nobody: there is no such AI Config in the project; \
             create it in LaunchDarkly, with variations `fast`, `careful`"
        ),
        "{error}"
    );
    assert!(writes(&emulator).is_empty());
}

#[tokio::test]
async fn one_ai_config_is_declared_once() {
    let emulator = emulator().await;
    let twice = declared(&draft(vec![asking("beta", "careful")]));
    let error = sync(&config(&emulator), &[], &[twice.clone(), twice])
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`AI Config assistant` is declared twice; declare it once"
    );
    assert!(emulator.requests().is_empty());
}
