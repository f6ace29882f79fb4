//! Metrics and experiments: made as declared, left alone while they run, deleted only if nobody uses them.

use std::time::Duration;

use segments_emulator::{Emulator, Fault};
use segments_model::draft::DraftKind;
use segments_model::experiment::DraftExperiment;
use segments_model::metric::DraftMetric;
use segments_model::{Definition, Experiment, ExperimentKey, Metric, Targeting, VariationKey};
use segments_runtime::sync::{
    self, Action, Definitions, Measured, Outcome, Report, SyncConfig, SyncError, SyncMode, observe,
    plan, start_experiment, stop_experiment, sync_definitions,
};
use serde_json::{Value as Json, json};

use crate::support::builder;
use crate::world::{asking, declared, draft, emulator, listed, send, served};

const METRICS: &str = "/api/v2/metrics/default";
const EXPERIMENT: &str =
    "/api/v2/projects/default/environments/production/experiments/careful-answers";

fn metric(key: &str, edit: impl FnOnce(&mut DraftMetric)) -> Metric {
    let mut draft = DraftMetric {
        key: key.into(),
        kind: Some("occurrence".into()),
        ..DraftMetric::default()
    };
    edit(&mut draft);
    draft.parse().unwrap().0
}

fn numeric(draft: &mut DraftMetric) {
    draft.kind = Some("numeric".into());
    draft.unit = Some("USD".into());
    draft.success = Some("higher".into());
}

fn experiment(edit: impl FnOnce(&mut DraftExperiment)) -> Experiment {
    let mut draft = DraftExperiment {
        key: "careful-answers".into(),
        hypothesis: Some("careful answers resolve more".into()),
        on: "ai-config/assistant".into(),
        rule: Some("beta".into()),
        primary: Some("resolved".into()),
        secondary: vec!["checkout-total".into()],
        baseline: Some("fast".into()),
        split: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
        traffic: 80.0,
        ..DraftExperiment::default()
    };
    edit(&mut draft);
    draft.parse().unwrap().0
}

/// Everything that a program declares.
struct World {
    segments: Vec<Definition>,
    targetings: Vec<Targeting>,
    metrics: Vec<Metric>,
    experiments: Vec<Experiment>,
}

impl World {
    fn new() -> Self {
        Self {
            segments: vec![listed("beta")],
            targetings: vec![declared(&draft(vec![asking("beta", "fast")]))],
            metrics: vec![
                metric("resolved", |_| {}),
                metric("checkout-total", numeric),
            ],
            experiments: vec![experiment(|_| {})],
        }
    }

    fn declared(&self) -> Definitions<'_> {
        Definitions {
            segments: &self.segments,
            targetings: &self.targetings,
            metrics: &self.metrics,
            experiments: &self.experiments,
        }
    }

    async fn sync(&self, config: &SyncConfig) -> Result<Report, SyncError> {
        sync_definitions(config, self.declared()).await
    }
}

fn config(emulator: &Emulator) -> SyncConfig {
    builder(emulator).build().unwrap()
}

async fn get(emulator: &Emulator, path: &str) -> Json {
    send(emulator, "GET", path, &Json::Null).await
}

/// What came of each, in words.
fn told(result: &Result<Report, SyncError>) -> Vec<String> {
    let report = match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap(),
    };
    report.measured.iter().map(ToString::to_string).collect()
}

fn key() -> ExperimentKey {
    ExperimentKey::from_static("careful-answers")
}

#[tokio::test]
async fn what_is_measured_is_made_once_and_not_started() {
    let emulator = emulator().await;
    let (world, config) = (World::new(), config(&emulator));
    let planned = plan(&config, world.declared()).await.unwrap();
    let shown = planned.to_string();
    for line in [
        "+ metric resolved",
        "+ metric checkout-total",
        "+ experiment careful-answers",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let report = planned.apply(&config).await.unwrap();
    assert_eq!(
        told(&Ok(report)),
        [
            "created metric resolved",
            "created metric checkout-total",
            "created experiment careful-answers"
        ]
    );
    let total = get(&emulator, &format!("{METRICS}/checkout-total")).await;
    assert_eq!(total["isNumeric"], true);
    assert_eq!(
        (&total["unit"], &total["eventKey"]),
        (&json!("USD"), &json!("checkout-total"))
    );
    assert_eq!(total["analysisUnits"], json!(["user"]));
    assert_eq!(total["tags"], json!(["managed-by.shop"]));
    let made = get(
        &emulator,
        &format!("{EXPERIMENT}?expand=treatments,secondaryMetrics"),
    )
    .await;
    let iteration = &made["currentIteration"];
    assert_eq!(iteration["status"], "not_started");
    assert_eq!(iteration["canReshuffleTraffic"], false);
    assert_eq!(iteration["primarySingleMetric"]["key"], "resolved");
    let shares: Vec<_> = iteration["treatments"].as_array().unwrap().iter().collect();
    assert!(
        shares.iter().all(|it| it["allocationPercent"] == "40"),
        "{made}"
    );
    // Nobody is served anything else yet.
    assert_eq!(
        served(&emulator).await.0,
        [("[\"beta\"]".to_owned(), "fast".to_owned())]
    );

    emulator.clear_requests();
    let again = world.sync(&config).await.unwrap();
    again.clone().in_sync().unwrap();
    assert_eq!(again.writes(), 0, "{again}");
}

#[tokio::test]
async fn what_differs_is_changed_and_told() {
    let emulator = emulator().await;
    let (mut world, config) = (World::new(), config(&emulator));
    world.sync(&config).await.unwrap();
    world.metrics[1] = metric("checkout-total", |draft| {
        numeric(draft);
        draft.unit = Some("EUR".into());
        draft.description = Some("What a checkout was worth".into());
        draft.tags = Some(vec!["shop".into()]);
    });
    world.experiments[0] = experiment(|draft| {
        draft.name = Some("Careful".into());
        draft.split = vec![("fast".into(), 25.0), ("careful".into(), 75.0)];
    });
    let due = told(&Ok(plan(&config, world.declared())
        .await
        .unwrap()
        .into_report()));
    assert!(due[1].contains("unit: USD → EUR"), "{due:?}");
    assert!(due[1].contains("add tag shop"), "{due:?}");
    assert!(
        due[2].contains("rename \"Careful answers\" to \"Careful\""),
        "{due:?}"
    );
    let treatments =
        "treatments: careful 40%, fast 40% (baseline) → careful 60%, fast 20% (baseline)";
    assert!(due[2].contains(treatments), "{due:?}");
    let verifying = builder(&emulator).mode(SyncMode::Verify).build().unwrap();
    let drift = world.sync(&verifying).await.unwrap().in_sync().unwrap_err();
    assert!(matches!(drift, SyncError::Drift(_)), "{drift}");
    world.sync(&config).await.unwrap();
    world.sync(&verifying).await.unwrap().in_sync().unwrap();
    let total = get(&emulator, &format!("{METRICS}/checkout-total")).await;
    assert_eq!(
        (&total["unit"], &total["_version"]),
        (&json!("EUR"), &json!(2))
    );
}

#[tokio::test]
async fn what_runs_is_left_alone_until_somebody_stops_it() {
    let emulator = emulator().await;
    let (mut world, config) = (World::new(), config(&emulator));
    world.sync(&config).await.unwrap();
    start_experiment(&config, &key(), Some("ready"))
        .await
        .unwrap();
    // As declared, it is none of the sync's business.
    let report = world.sync(&config).await.unwrap();
    let last = report.measured.last().unwrap();
    assert!(matches!(last.outcome, Outcome::Unchanged), "{report}");
    world.experiments[0] = experiment(|draft| draft.traffic = 100.0);
    let report = world.sync(&config).await.unwrap();
    let last = report.measured.last().unwrap();
    let Outcome::Busy { rules } = &last.outcome else {
        panic!("{report}")
    };
    assert_eq!(
        rules[0].to_string(),
        "experiment `careful-answers` runs on rule 1 of `assistant`"
    );
    let winner = VariationKey::from_static("careful");
    stop_experiment(&config, &key(), Some(&winner), None)
        .await
        .unwrap();
    assert_eq!(served(&emulator).await.0[0].1, "careful");
    // The next iteration waits for somebody to start it.
    world.targetings = vec![declared(&draft(vec![asking("beta", "careful")]))];
    world.sync(&config).await.unwrap();
    let shown = get(
        &emulator,
        &format!("{EXPERIMENT}?expand=draftIteration,treatments"),
    )
    .await;
    assert_eq!(shown["currentIteration"]["status"], "stopped");
    assert_eq!(shown["draftIteration"]["status"], "not_started");
    assert_eq!(
        shown["draftIteration"]["treatments"][0]["allocationPercent"],
        "50"
    );
}

#[tokio::test]
async fn what_others_own_is_refused() {
    let emulator = emulator().await;
    let (world, config) = (World::new(), config(&emulator));
    let body = json!({"key": "resolved", "kind": "custom", "eventKey": "resolved", "isNumeric": false,
        "tags": ["managed-by.billing"]});
    send(&emulator, "POST", METRICS, &body).await;
    let result = world.sync(&config).await;
    assert!(
        told(&result)[0].contains("it belongs to `billing`"),
        "{:?}",
        told(&result)
    );

    let body = json!({"key": "clicked", "kind": "click", "selector": "a", "tags": []});
    send(&emulator, "POST", METRICS, &body).await;
    let mut world = World::new();
    world.metrics = vec![metric("clicked", |_| {})];
    world.experiments.clear();
    let result = world.sync(&config).await;
    assert!(
        told(&result)[0].contains("a metric of kind `click`"),
        "{:?}",
        told(&result)
    );
}

#[tokio::test]
async fn a_metric_goes_only_if_nobody_uses_it() {
    let emulator = emulator().await;
    let (mut world, config) = (World::new(), config(&emulator));
    world.metrics.push(metric("spare", |_| {}));
    world.sync(&config).await.unwrap();
    world
        .metrics
        .retain(|metric| metric.key.as_str() == "resolved");
    // The experiment still measures one of those that are no longer declared.
    world.experiments = vec![experiment(|draft| draft.secondary.clear())];
    let told_of = |report: &Report, key: &str| {
        let mut measured = report.measured.iter();
        let found = measured.find(|it| it.measured.key() == key).unwrap();
        found.outcome.clone()
    };
    let report = plan(&config, world.declared()).await.unwrap().into_report();
    assert!(
        matches!(told_of(&report, "spare"), Outcome::Undeclared),
        "{report}"
    );
    let pruning = builder(&emulator).prune(true).build().unwrap();
    let kept = world.sync(&pruning).await.unwrap();
    assert!(kept.to_string().contains("less than 1 h ago"), "{kept}");
    let pruning = builder(&emulator).prune(true).prune_grace(Duration::ZERO);
    let pruning = pruning.build().unwrap();
    let report = world.sync(&pruning).await.unwrap();
    let gone = told_of(&report, "spare");
    assert!(
        matches!(gone, Outcome::Applied(Action::Delete { .. })),
        "{report}"
    );
    let left = get(&emulator, METRICS).await;
    let left: Vec<_> = left["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["key"])
        .collect();
    assert!(
        left.contains(&&json!("resolved")) && !left.contains(&&json!("spare")),
        "{left:?}"
    );
}

#[tokio::test]
async fn an_experiment_without_its_rule_waits() {
    let emulator = emulator().await;
    let (mut world, config) = (World::new(), config(&emulator));
    world.targetings.clear();
    let result = world.sync(&config).await;
    let told = told(&result);
    let lacks = "there is no rule for segment `beta` of AI Config assistant to run on";
    assert!(told[2].contains(lacks), "{told:?}");
    let error = start_experiment(&config, &key(), None).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no experiment `careful-answers`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_unit_that_the_project_lacks_is_made_before() {
    let emulator = emulator().await;
    let mut world = World::new();
    world.metrics = vec![metric("seen", |draft| {
        draft.by = DraftKind::Name("device".into());
    })];
    world.experiments.clear();
    let config = builder(&emulator)
        .context_kinds(sync::ContextKinds::Create)
        .build()
        .unwrap();
    let report = world.sync(&config).await.unwrap();
    assert_eq!(
        report.measured[0].measured,
        Measured::Metric(world.metrics[0].key.clone())
    );
    assert_eq!(told(&Ok(report)), ["created metric seen"]);
}

#[tokio::test]
async fn what_is_measured_is_declared_once() {
    let emulator = emulator().await;
    for (metrics, experiments, name) in [
        (2, 1, "metric resolved"),
        (1, 2, "experiment careful-answers"),
    ] {
        let mut world = World::new();
        world.metrics = vec![metric("resolved", |_| {}); metrics];
        world.experiments = vec![experiment(|draft| draft.secondary.clear()); experiments];
        let error = world.sync(&config(&emulator)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{name}` is declared twice; declare it once")
        );
    }
    assert!(emulator.requests().is_empty());
}

/// A start reads what is declared. Who else made metrics and experiments is for plans to tell.
#[tokio::test]
async fn a_start_lists_no_metrics_and_no_experiments() {
    let emulator = emulator().await;
    let (world, config) = (World::new(), config(&emulator));
    world.sync(&config).await.unwrap();
    let lists = || {
        let requests = emulator.requests().into_iter().map(|it| it.path);
        let lists = requests.filter(|path| path.ends_with("/experiments") || path == METRICS);
        lists.count()
    };
    emulator.clear_requests();
    world.sync(&config).await.unwrap().in_sync().unwrap();
    assert_eq!(lists(), 0);
    plan(&config, world.declared()).await.unwrap();
    assert_eq!(lists(), 2);
    // Where none is declared, they are looked for if that is asked for.
    let looks = builder(&emulator).look_for_former(true).build().unwrap();
    let declared = Definitions::from(&world.segments);
    let left = plan(&looks, declared).await.unwrap().into_report();
    assert_eq!(left.measured.len(), 3, "{left}");
}

/// What a person does, right before the next request of a program.
fn meanwhile(emulator: &Emulator, path: &str, body: Json) {
    emulator.inject_fault(Fault::meanwhile("PATCH", path, body));
}

#[tokio::test]
async fn drift_is_told_by_what_it_is_and_not_only_by_its_key() {
    let emulator = emulator().await;
    let (mut world, config) = (World::new(), config(&emulator));
    // A segment that is called like a metric.
    world.segments.push(listed("resolved"));
    world.sync(&config).await.unwrap();
    let seen = observe(&config, world.declared()).await.unwrap();
    assert_eq!((seen.drifted.len(), seen.sizes.len()), (0, 2));
    let patch = json!([{"op": "replace", "path": "/eventKey", "value": "paid"}]);
    meanwhile(&emulator, &format!("{METRICS}/resolved"), patch);
    get(&emulator, METRICS).await;
    let renamed = json!({"instructions": [{"kind": "updateExperimentFields",
        "value": {"name": {"operation": "update", "value": "Other"}}}]});
    meanwhile(&emulator, EXPERIMENT, renamed);
    get(&emulator, METRICS).await;
    emulator.clear_requests();
    let seen = observe(&config, world.declared()).await.unwrap();
    let told: Vec<_> = seen
        .drifted
        .iter()
        .map(|it| (&*it.what, it.to_string()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "metric/resolved",
                "`metric/resolved` was changed by hand: its event is \"paid\"".to_owned()
            ),
            (
                "experiment/careful-answers",
                "`experiment/careful-answers` was changed by hand: it is called \"Other\""
                    .to_owned()
            ),
        ]
    );
    // One look reads the segments once.
    let requests = emulator.requests().into_iter();
    let listed = requests.filter(|it| it.path == "/api/v2/segments/default/production");
    assert_eq!(listed.count(), 1);
    // A change that this program has not made yet is not told to be somebody's.
    world.sync(&config).await.unwrap();
    world.metrics[0] = metric("resolved", |draft| draft.event = Some("answered".into()));
    let seen = observe(&config, world.declared()).await.unwrap();
    assert_eq!(
        seen.drifted[0].to_string(),
        "`metric/resolved` differs from its declaration: its event is \"resolved\""
    );
    let what: Vec<String> = plan(&config, world.declared())
        .await
        .unwrap()
        .sightings()
        .keys()
        .cloned()
        .collect();
    assert!(what.contains(&"metric resolved".to_owned()), "{what:?}");
}

#[tokio::test]
async fn an_older_program_makes_no_metric_that_the_newest_does_not_declare() {
    let emulator = emulator().await;
    let mut world = World::new();
    (world.segments, world.targetings, world.experiments) = <_>::default();
    world.metrics = vec![metric("resolved", |_| {})];
    let of = |revision| builder(&emulator).revision(revision).build().unwrap();
    world.sync(&of(7)).await.unwrap();
    world.metrics.push(metric("abandoned", |_| {}));
    for mode in [SyncMode::Verify, SyncMode::Apply] {
        let older = builder(&emulator).revision(6).mode(mode).build().unwrap();
        let report = world.sync(&older).await.unwrap();
        let mut measured = report.measured.iter().map(|it| &it.outcome);
        assert!(
            measured.all(|it| matches!(it, Outcome::Superseded { revision: 7 })),
            "{report}"
        );
    }
    let there = get(&emulator, METRICS).await.to_string();
    assert!(!there.contains("abandoned"), "{there}");
}
