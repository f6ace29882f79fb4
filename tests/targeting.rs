//! What a sync makes of AI Configs and flags, and in which order.

mod support;

use segments_emulator::{Emulator, Fault};
use segments_model::draft::{DraftClause, DraftKind, DraftRule};
use segments_model::targeting::{
    DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule,
};
use segments_model::{
    AiConfigKey, Definition, EnvironmentKey, Operator, SegmentKey, Targeting, VariationKey,
};
use segments_runtime::sync::{
    Action, Adoption, Declared, Outcome, Refused, Report, SyncConfig, SyncError, SyncMode, plan,
    sync_definitions, target_segments,
};
use serde_json::{Value as Json, json};
use support::{builder, config, segment, users, with_targets, writes};

const CONFIGS: &str = "/api/v2/projects/default/ai-configs";

/// What a person does in LaunchDarkly's pages, or a script.
async fn send(emulator: &Emulator, method: &str, path: &str, body: &Json) -> Json {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let response = reqwest::Client::new()
        .request(method, format!("{}{path}", emulator.base_uri()))
        .header("Authorization", emulator.access_token())
        .header(
            "Content-Type",
            "application/json; domain-model=launchdarkly.semanticpatch",
        )
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// An emulator with an AI Config of two variations, as people make them.
async fn emulator() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let config = json!({"key": "assistant", "name": "Assistant"});
    send(&emulator, "POST", CONFIGS, &config).await;
    for key in ["fast", "careful"] {
        let variation = json!({"key": key, "name": key, "model": {"modelName": key}});
        let path = format!("{CONFIGS}/assistant/variations");
        send(&emulator, "POST", &path, &variation).await;
    }
    emulator.clear_requests();
    emulator
}

/// What is served in production: rules in words, and what everybody else is served.
async fn served(emulator: &Emulator) -> (Vec<(String, String)>, String) {
    served_in(emulator, "production").await
}

async fn served_in(emulator: &Emulator, environment: &str) -> (Vec<(String, String)>, String) {
    let here = targeting(emulator).await;
    let variations = here["variations"].as_array().unwrap().clone();
    let name = |served: &Json| match served["variation"].as_u64() {
        Some(place) => variations[usize::try_from(place).unwrap()]["name"]
            .as_str()
            .unwrap()
            .to_owned(),
        None => served["rollout"]["variations"].to_string(),
    };
    let here = &here["environments"][environment];
    let rules = here["rules"].as_array().unwrap().iter();
    let rules = rules.map(|rule| (rule["clauses"][0]["values"].to_string(), name(rule)));
    (rules.collect(), name(&here["fallthrough"]))
}

async fn targeting(emulator: &Emulator) -> Json {
    let path = format!("{CONFIGS}/assistant/targeting");
    send(emulator, "GET", &path, &Json::Null).await
}

async fn rule_ids(emulator: &Emulator) -> Vec<String> {
    let targeting = targeting(emulator).await;
    let rules = targeting["environments"]["production"]["rules"].clone();
    let rules = rules.as_array().unwrap().iter();
    rules
        .map(|rule| rule["_id"].as_str().unwrap().to_owned())
        .collect()
}

async fn variation_id(emulator: &Emulator, name: &str) -> String {
    let targeting = targeting(emulator).await;
    let variations = targeting["variations"].as_array().unwrap();
    let found = variations.iter().find(|it| it["name"] == name).unwrap();
    found["_id"].as_str().unwrap().to_owned()
}

/// A rule that somebody makes by hand.
async fn by_hand(emulator: &Emulator, environment: &str, email: &str) {
    let id = variation_id(emulator, "fast").await;
    let clause = json!({"contextKind": "user", "attribute": "email", "op": "in", "values": [email], "negate": false});
    let instruction = json!({"kind": "addRule", "variationId": id, "clauses": [clause]});
    let patch = json!({"environmentKey": environment, "instructions": [instruction]});
    let path = format!("{CONFIGS}/assistant/targeting");
    send(emulator, "PATCH", &path, &patch).await;
    emulator.clear_requests();
}

fn asking(segment: &str, serve: &str) -> DraftTargetingRule {
    let clause = DraftClause {
        operator: Some(Operator::SegmentMatch),
        values: vec![Some(segment.to_owned().into())],
        ..DraftClause::default()
    };
    DraftTargetingRule {
        when: DraftRule {
            clauses: vec![clause],
            ..DraftRule::default()
        },
        serve: Some(one(serve)),
    }
}

fn one(variation: &str) -> DraftServe {
    DraftServe::Variation(variation.to_owned())
}

fn draft(rules: Vec<DraftTargetingRule>) -> DraftTargeting {
    DraftTargeting {
        key: "assistant".to_owned(),
        variations: ["fast", "careful"].map(str::to_owned).into(),
        rules: Some(rules),
        otherwise: Some(one("fast")),
        ..DraftTargeting::default()
    }
}

fn declared(draft: &DraftTargeting) -> Targeting {
    draft.parse().unwrap().0
}

/// A segment of users that are listed.
fn listed(key: &str) -> Definition {
    with_targets(segment(key, key), users(&["u-1", "u-2"]), users(&[]))
}

async fn sync(
    config: &SyncConfig,
    segments: &[Definition],
    targetings: &[Targeting],
) -> Result<Report, SyncError> {
    let declared = Declared {
        segments,
        targetings,
    };
    sync_definitions(config, declared).await
}

fn outcome(result: &Result<Report, SyncError>) -> &Outcome {
    let report = match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap(),
    };
    &report.targetings[0].outcome
}

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
             serve everybody else fast instead of disabled\n    \
             add tag targeted-by.shop.in.production"
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
async fn rules_of_others_stay_behind_or_are_refused() {
    let emulator = emulator().await;
    by_hand(&emulator, "production", "a@x.io").await;
    let (config, segments) = (config(&emulator), [listed("beta")]);
    let exact = draft(vec![asking("beta", "careful")]);
    let refused = sync(&config, &segments, &[declared(&exact)]).await;
    let Outcome::Refused { reason, changes } = outcome(&refused) else {
        panic!("{refused:?}");
    };
    assert_eq!(*reason, Refused::Different);
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "remove rule: user email is \"a@x.io\" => fast",
            "add rule: is in segment `beta` => careful",
            "serve everybody else fast instead of disabled"
        ]
    );

    let keeping = DraftTargeting {
        at_least: true,
        otherwise: None,
        ..exact.clone()
    };
    sync(&config, &segments, &[declared(&keeping)])
        .await
        .unwrap();
    let (rules, otherwise) = served(&emulator).await;
    let values: Vec<_> = rules.iter().map(|(values, _)| values.as_str()).collect();
    assert_eq!(
        values,
        ["[\"beta\"]", "[\"a@x.io\"]"],
        "declared ones first"
    );
    assert_eq!(otherwise, "disabled", "what is not declared stays");
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
                reason: Refused::Different,
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
        Refused::OwnedBy {
            owner: "shop".to_owned()
        }
    );
}

#[tokio::test]
async fn unknown_variations_and_ai_configs_are_errors_that_say_what_there_is() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let mut wrong = draft(Vec::new());
    wrong.rules = None;
    wrong.variations = ["fats", "careful"].map(str::to_owned).into();
    wrong.otherwise = Some(one("careful"));
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
             make it in LaunchDarkly, with variations `fast`, `careful`"
        ),
        "{error}"
    );
    assert!(writes(&emulator).is_empty());
}

#[tokio::test]
async fn weights_are_tried_where_identifiers_are_refused() {
    let emulator = emulator().await;
    emulator.inject(Fault::status(400).on("PATCH", "/targeting"));
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
    emulator.inject(Fault::status(400).on("PATCH", "/targeting").always());
    let other = [declared(&draft(vec![asking("beta", "fast")]))];
    let error = sync(&config, &segments, &other).await.unwrap_err();
    assert!(error.to_string().contains("refused the request"), "{error}");
}

#[tokio::test]
async fn a_rule_waits_for_its_segment() {
    let emulator = emulator().await;
    emulator.inject(Fault::status(400).on("POST", "/segments/").always());
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let result = sync(&config(&emulator), &[listed("beta")], &targetings).await;
    let failed = result.unwrap_err().to_string();
    assert!(
        failed.contains(
            "failed AI Config assistant: it asks segment `beta`, which could not be made"
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
        drift.contains("1 of 2 segments, AI Configs and flags differ from what is declared")
            && drift.contains("remove rule: user email is \"a@x.io\" => fast"),
        "{drift}"
    );
    assert!(writes(&emulator).is_empty());
    // What was shown is what is done.
    let declared = Declared {
        segments: &segments,
        targetings: &targetings,
    };
    let plan = plan(&usual, declared).await.unwrap();
    assert!(!plan.is_empty());
    plan.apply(&usual).await.unwrap();
    assert_eq!(served(&emulator).await.0.len(), 1);
}

#[tokio::test]
async fn listed_contexts_and_splits_are_served() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let list = |variation: &str, kind: &str, keys: &[&str]| DraftTarget {
        variation: Some(variation.to_owned()),
        kind: DraftKind::Name(kind.to_owned()),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    let split = |fast: f64| {
        DraftServe::Split(DraftSplit {
            shares: vec![
                ("fast".to_owned(), fast),
                ("careful".to_owned(), 100.0 - fast),
            ],
            by: None,
        })
    };
    let wanted = |targets: Vec<DraftTarget>, otherwise| {
        declared(&DraftTargeting {
            targets: Some(targets),
            rules: None,
            otherwise: Some(otherwise),
            ..draft(Vec::new())
        })
    };
    let first = wanted(
        vec![
            list("fast", "user", &["a", "b"]),
            list("careful", "org", &["o"]),
        ],
        split(60.0),
    );
    let report = sync(&config, &[], &[first]).await.unwrap();
    assert!(
        report.to_string().contains(
            "serve 1 context of kind org careful\n    serve 2 contexts of kind user fast\n    \
             serve everybody else 60% fast and 40% careful by user key instead of disabled"
        ),
        "{report}"
    );
    let second = wanted(vec![list("careful", "user", &["b"])], split(60.0));
    let report = sync(&config, &[], std::slice::from_ref(&second))
        .await
        .unwrap();
    assert!(
        report.to_string().contains(
            "no longer serve 1 context of kind org careful\n    \
             no longer serve 2 contexts of kind user fast\n    serve 1 context of kind user careful"
        ),
        "{report}"
    );
    assert!(!format!("{report:?}").contains("\"b\""), "keys are counted");
    let again = sync(&config, &[], &[second]).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
}

#[tokio::test]
async fn a_segment_that_an_ai_config_targets_is_not_pruned() {
    let emulator = emulator().await;
    let usual = config(&emulator);
    let prune = builder(&emulator).prune(true).build().unwrap();
    let segments = ["beta", "staff"].map(listed);
    let both = [declared(&draft(vec![
        asking("beta", "careful"),
        asking("staff", "careful"),
    ]))];
    sync(&usual, &segments, &both).await.unwrap();

    // An AI Config that nobody declares any more keeps what it targets.
    let report = sync(&prune, &segments[..1], &[]).await.unwrap();
    assert!(
        report
            .to_string()
            .contains("kept staff, which is declared no more: used by AI Config assistant"),
        "{report}"
    );

    // One that is declared lets go first, and only then the segment goes.
    emulator.clear_requests();
    let fewer = [declared(&draft(vec![asking("beta", "careful")]))];
    emulator.inject(Fault::status(400).on("PATCH", "/targeting").times(2));
    let kept = sync(&prune, &segments[..1], &fewer).await.unwrap_err();
    let report = kept.report().unwrap();
    let Some(Outcome::Kept { used_by }) = report.outcome("staff") else {
        panic!("{kept}");
    };
    assert_eq!(*used_by, ["AI Config assistant"]);
    emulator.clear_faults();
    emulator.clear_requests();
    let report = sync(&prune, &segments[..1], &fewer).await.unwrap();
    assert!(
        matches!(report.outcome("staff"), Some(Outcome::Done(Action::Delete))),
        "{report}"
    );
    let methods: Vec<_> = writes(&emulator)
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["PATCH", "DELETE"]);
}

/// What cannot be known keeps the one segment that it matters for, and nothing else from being done.
#[tokio::test]
async fn where_ai_configs_cannot_be_read_nothing_is_pruned_and_the_rest_is_synced() {
    let emulator = emulator().await;
    let prune = builder(&emulator).prune(true).build().unwrap();
    let staff = listed("staff");
    sync(&config(&emulator), &[staff], &[]).await.unwrap();

    emulator.inject(Fault::status(403).on("GET", "/ai-configs"));
    let report = sync(&prune, &[listed("beta")], &[]).await.unwrap();
    assert!(
        matches!(
            report.outcome("beta"),
            Some(Outcome::Done(Action::Create { .. }))
        ),
        "{report}"
    );
    let said = report.to_string();
    let kept = "kept staff, which is declared no more: used by AI Configs or not, which cannot be told: \
                the access token may not do this (403";
    assert!(said.contains(kept), "{said}");

    emulator.clear_faults();
    let report = sync(&prune, &[listed("beta")], &[]).await.unwrap();
    assert!(
        matches!(report.outcome("staff"), Some(Outcome::Done(Action::Delete))),
        "{report}"
    );
}

#[tokio::test]
async fn steering_without_declaring_is_idempotent_and_adds_only() {
    let emulator = emulator().await;
    by_hand(&emulator, "production", "a@x.io").await;
    let config = config(&emulator);
    sync_definitions(&config, &[listed("beta")]).await.unwrap();
    let assistant = AiConfigKey::from_static("assistant");
    let steer = |variation: &'static str| {
        let segments = [SegmentKey::from_static("beta")];
        let (config, assistant) = (&config, &assistant);
        async move {
            let variation = VariationKey::from_static(variation);
            target_segments(config, assistant, &variation, segments).await
        }
    };
    let report = steer("careful").await.unwrap();
    assert_eq!(report.writes(), 1, "{report}");
    assert_eq!(steer("careful").await.unwrap().writes(), 0);
    let (rules, otherwise) = served(&emulator).await;
    assert_eq!(rules[1], ("[\"beta\"]".to_owned(), "careful".to_owned()));
    assert_eq!((rules.len(), otherwise.as_str()), (2, "disabled"));
    // Another variation is another word for the same rule.
    let ids = rule_ids(&emulator).await;
    steer("fast").await.unwrap();
    assert_eq!(rule_ids(&emulator).await, ids);
    assert_eq!(served(&emulator).await.0[1].1, "fast");
    let error = steer("slow").await.unwrap_err().to_string();
    assert!(error.contains("no variation `slow`"), "{error}");
}

#[tokio::test]
async fn flags_are_served_by_the_same_rules() {
    let emulator = Emulator::start().await.unwrap();
    let flag = json!({"key": "checkout", "name": "Checkout", "variations": [
        {"value": true}, {"value": false}, {"value": "x", "name": "Very new"}]});
    send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    emulator.clear_requests();
    let (config, segments) = (config(&emulator), [listed("beta")]);
    let targetings = [declared(&DraftTargeting {
        flag: true,
        key: "checkout".to_owned(),
        variations: ["true", "false", "very-new"].map(str::to_owned).into(),
        rules: Some(vec![asking("beta", "very-new")]),
        otherwise: Some(one("false")),
        ..DraftTargeting::default()
    })];
    let report = sync(&config, &segments, &targetings).await.unwrap();
    assert!(
        report.to_string().contains("adopted flag checkout"),
        "{report}"
    );
    let shown = send(
        &emulator,
        "GET",
        "/api/v2/flags/default/checkout",
        &Json::Null,
    )
    .await;
    let here = &shown["environments"]["production"];
    assert_eq!(here["rules"][0]["variation"], 2);
    assert_eq!(here["fallthrough"]["variation"], 1);
    assert_eq!(shown["tags"], json!(["targeted-by.shop.in.production"]));
    let again = sync(&config, &segments, &targetings).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
    // A flag that wants an approval answers 405.
    emulator.inject(Fault::status(405).on("PATCH", "/flags/"));
    let other = [declared(&DraftTargeting {
        otherwise: Some(one("true")),
        ..DraftTargeting::from(&targetings[0])
    })];
    let error = sync(&config, &segments, &other).await.unwrap_err();
    assert!(error.to_string().contains("needs an approval"), "{error}");
}

#[tokio::test]
async fn a_change_that_wants_an_approval_says_so_and_claims_nothing() {
    let emulator = emulator().await;
    emulator.inject(
        Fault::approval_required()
            .on("PATCH", "/targeting")
            .always(),
    );
    let targetings = [declared(&draft(vec![asking("beta", "careful")]))];
    let result = sync(&config(&emulator), &[listed("beta")], &targetings).await;
    let error = result.unwrap_err().to_string();
    assert!(error.contains("the change needs an approval"), "{error}");
    // Somebody else's rules may be approved first, so the mark of an owner waits.
    assert_eq!(targeting(&emulator).await["tags"], json!([]));
    assert_eq!(served(&emulator).await.1, "disabled");
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
        "AI Config assistant is declared twice; say in one place what it serves"
    );
    assert!(emulator.requests().is_empty());
}

/// Laws for random targetings: what is applied is there, and what is there needs nothing.
mod laws {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    fn serve() -> impl Strategy<Value = DraftServe> {
        let split = (1_u32..100, prop::option::of(Just("org"))).prop_map(|(fast, kind)| {
            let (fast, by) = (
                f64::from(fast),
                segments_model::draft::DraftBy {
                    kind: Some(kind.unwrap_or("user").to_owned()),
                    attribute: Some("key".to_owned()),
                },
            );
            DraftServe::Split(DraftSplit {
                shares: vec![
                    ("fast".to_owned(), fast),
                    ("careful".to_owned(), 100.0 - fast),
                ],
                by: Some(by),
            })
        });
        let one = prop::sample::select(vec!["fast", "careful"]).prop_map(one);
        prop_oneof![2 => one, 1 => split]
    }

    fn rules() -> impl Strategy<Value = Vec<DraftTargetingRule>> {
        let segments = prop::sample::subsequence(vec!["beta", "staff", "eu"], 1..=3);
        let rule = (segments, serve(), any::<bool>()).prop_map(|(segments, serve, negate)| {
            let clause = DraftClause {
                operator: Some(Operator::SegmentMatch),
                values: segments
                    .into_iter()
                    .map(|key| Some(key.to_owned().into()))
                    .collect(),
                negate,
                ..DraftClause::default()
            };
            DraftTargetingRule {
                when: DraftRule {
                    clauses: vec![clause],
                    ..DraftRule::default()
                },
                serve: Some(serve),
            }
        });
        prop::collection::vec(rule, 0..5)
    }

    fn targets() -> impl Strategy<Value = Vec<DraftTarget>> {
        let keys = || prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4);
        (keys(), prop::sample::select(vec!["user", "org"])).prop_map(|(fast, kind)| {
            let rest: Vec<&str> = ["a", "b", "c", "d"]
                .into_iter()
                .filter(|key| !fast.contains(key))
                .collect();
            let lists = [("fast", fast), ("careful", rest)];
            let lists = lists.into_iter().filter(|(_, keys)| !keys.is_empty());
            lists
                .map(|(variation, keys)| DraftTarget {
                    variation: Some(variation.to_owned()),
                    kind: DraftKind::Name(kind.to_owned()),
                    keys: keys.into_iter().map(str::to_owned).collect(),
                })
                .collect()
        })
    }

    #[test]
    fn what_was_applied_needs_nothing_more() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let emulator = runtime.block_on(super::emulator());
        let config = config(&emulator);
        let segments = ["beta", "staff", "eu"].map(listed);
        let wanted = (
            rules(),
            prop::option::of(targets()),
            prop::option::of(serve()),
        );
        let mut runner = TestRunner::new(Config::with_cases(40));
        let law = runner.run(&wanted, |(rules, targets, otherwise)| {
            let targeting = [declared(&DraftTargeting {
                targets,
                otherwise,
                ..draft(rules)
            })];
            runtime.block_on(async {
                let report = sync(&config, &segments, &targeting).await;
                prop_assert!(report.is_ok(), "{}", report.unwrap_err());
                let everything = Declared {
                    segments: &segments,
                    targetings: &targeting,
                };
                let again = plan(&config, everything).await.unwrap();
                prop_assert!(again.is_empty(), "{again}");
                Ok(())
            })
        });
        law.unwrap();
    }
}
