//! What a sync has to do with besides segments: context kinds, approvals, several environments,
//! members of big segments, and the runtimes that it runs in.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{builder, config, five, segment, writes};
use segments_emulator::{Emulator, Fault, Role, Token};
use segments_model::{Audience, ContextKind, Definition, EnvironmentKey, SegmentKey};
use segments_runtime::sync::{
    Approvals, BigSegment, ContextKinds, ImportStatus, ItemError, KindOutcome, Members,
    MembersError, Outcome, ProgressEvent, RequestError, SyncConfig, blocking, plan,
    sync_definitions, sync_environments,
};
use segments_runtime::{Context, Environment, Segment, segment as declare};
use serde_json::{Value as Json, json};
use tokio::sync::Notify;

/// A request of the administrator, which is not counted.
async fn send(emulator: &Emulator, method: &str, path: &str, body: Json) -> Json {
    let answer = reqwest::Client::new()
        .request(
            method.parse().unwrap(),
            format!("{}/api/v2/{path}", emulator.base_uri()),
        )
        .header("Authorization", emulator.access_token())
        .header("LD-API-Version", "beta")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.unwrap_or_default()
}

#[tokio::test]
async fn kinds_are_made_before_the_segments_that_need_them() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let plan = plan(&config, &five()).await.unwrap();
    let shown = plan.to_string();
    assert!(
        shown.contains("+ context kind device\n+ context kind organization"),
        "{shown}"
    );
    let report = plan.apply(&config).await.unwrap();
    assert_eq!(report.writes(), 2 + 2 * 5);
    assert_eq!(
        writes(&emulator)[0].path,
        "/api/v2/projects/default/context-kinds/device"
    );
    let again = sync_definitions(&config, &five()).await.unwrap();
    assert_eq!(again.requests(), 1, "{again}");
}

#[tokio::test]
async fn required_kinds_that_are_missing_are_named() {
    let emulator = Emulator::start().await.unwrap();
    let config = builder(&emulator)
        .context_kinds(ContextKinds::Require)
        .build()
        .unwrap();
    let error = sync_definitions(&config, &five()).await.unwrap_err();
    let report = error.report().unwrap();
    let failed: Vec<_> = report
        .failures()
        .map(|segment| segment.key.to_string())
        .collect();
    assert_eq!(failed, ["enterprise-customers", "established-staff"]);
    assert!(
        error.to_string().contains("context kind organization"),
        "{error}"
    );
    assert_eq!(emulator.segments("default", "production").len(), 3);

    let config = builder(&emulator)
        .context_kinds(ContextKinds::Ignore)
        .build()
        .unwrap();
    emulator.clear_requests();
    sync_definitions(&config, &five()).await.unwrap();
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.path.contains("context-kinds"))
    );
}

#[tokio::test]
async fn archived_kinds_are_reported() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"name": "device", "archived": true});
    send(
        &emulator,
        "PUT",
        "projects/default/context-kinds/device",
        body,
    )
    .await;
    let report = sync_definitions(&config(&emulator), &five()).await.unwrap();
    let device = report
        .kinds
        .iter()
        .find(|kind| kind.kind == "device")
        .unwrap();
    assert_eq!(device.outcome, KindOutcome::Archived);
}

async fn with_approvals() -> Emulator {
    let emulator = Emulator::builder()
        .token(Token::new("admin", "api-admin", Role::Writer))
        .start()
        .await
        .unwrap();
    let settings =
        json!({"environmentKey": "production", "resourceKind": "segment", "required": true});
    send(
        &emulator,
        "PATCH",
        "approval-requests/projects/default/settings",
        settings,
    )
    .await;
    emulator
}

#[tokio::test]
async fn a_change_that_needs_an_approval_says_so() {
    let emulator = with_approvals().await;
    let error = sync_definitions(&config(&emulator), &five()[..1])
        .await
        .unwrap_err();
    let outcome = error.report().unwrap().outcome("beta-testers").unwrap();
    let Outcome::Failed(ItemError::Request(failed)) = outcome else {
        panic!("{outcome:?}");
    };
    let RequestError::ApprovalRequired(refusal) = &failed.error else {
        panic!("{failed}");
    };
    assert_eq!(refusal.code.as_deref(), Some("forbidden"));
    // What could not be given its rules does not stay without them.
    assert!(emulator.segments("default", "production").is_empty());
}

#[tokio::test]
async fn an_approval_is_asked_for_once_and_the_change_is_there_when_it_is_given() {
    let emulator = with_approvals().await;
    let config = builder(&emulator)
        .approvals(Approvals::Request)
        .build()
        .unwrap();
    let first = sync_definitions(&config, &five()[..1]).await.unwrap();
    let Outcome::AwaitingApproval { approval } = &first.segments[0].outcome else {
        panic!("{first}");
    };
    let second = sync_definitions(&config, &five()[..1]).await.unwrap();
    assert!(
        matches!(&second.segments[0].outcome, Outcome::AwaitingApproval { approval: same } if same == approval),
        "{second}"
    );
    let review = json!({"kind": "approve"});
    send(
        &emulator,
        "POST",
        &format!("approval-requests/{approval}/reviews"),
        review,
    )
    .await;
    send(
        &emulator,
        "POST",
        &format!("approval-requests/{approval}/apply"),
        json!({}),
    )
    .await;
    let third = sync_definitions(&config, &five()[..1]).await.unwrap();
    assert!(
        matches!(third.segments[0].outcome, Outcome::Unchanged),
        "{third}"
    );
}

#[tokio::test]
async fn several_environments_have_what_is_declared_for_each() {
    let emulator = Emulator::start().await.unwrap();
    let environments = ["production", "test", "nowhere"].map(EnvironmentKey::from_static);
    let declared = |environment: &EnvironmentKey| match environment.as_str() {
        "production" => five(),
        _ => five()[..2].to_vec(),
    };
    let results = sync_environments(&config(&emulator), environments, declared).await;
    let fine: Vec<bool> = results.iter().map(|(_, result)| result.is_ok()).collect();
    assert_eq!(fine, [true, true, false]);
    assert_eq!(emulator.segments("default", "production").len(), 5);
    assert_eq!(emulator.segments("default", "test").len(), 2);
}

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    email: String,
}

#[derive(Environment, Clone, Copy)]
enum Stage {
    Production,
    #[environment(key = "test")]
    Trial,
}

/// Who sees new things first.
#[declare(
    include(User = ["u-1"]),
    rule(User::EMAIL.ends_with("@company.com")),
    environment(Stage::Production),
    environment(Stage::Trial, name = "Everyone", rule(everyone())),
)]
struct Pioneers;

#[tokio::test]
async fn a_segment_is_in_each_environment_what_it_says_for_it() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let declared = |_: &Stage| vec![Pioneers::definition()];
    for writes in [2, 0] {
        for (_, result) in sync_environments(&config, Stage::ALL, declared).await {
            assert_eq!(result.unwrap().writes(), writes);
        }
    }
    let found = |environment| {
        emulator
            .segment("default", environment, "pioneers")
            .unwrap()
    };
    let (production, trial) = (found("production"), found("test"));
    assert_eq!(
        (production.name, production.rules[0].clauses.len()),
        ("Pioneers".to_owned(), 1)
    );
    assert_eq!(
        (trial.name, trial.rules[0].clauses.len()),
        ("Everyone".to_owned(), 0)
    );
    assert_eq!(production.included, trial.included);
}

fn big(emulator: &Emulator) -> (SyncConfig, Definition, BigSegment) {
    let config = config(emulator);
    let definition = Definition {
        audience: Audience::Big {
            kind: ContextKind::USER,
        },
        ..segment("customers", "Customers")
    };
    let members = BigSegment::new(&config, SegmentKey::from_static("customers"));
    (config, definition, members)
}

async fn is_member(emulator: &Emulator, key: &str) -> bool {
    let path = format!("segments/default/production/customers/contexts/{key}");
    send(emulator, "GET", &path, Json::Null).await["included"] == json!(true)
}

#[tokio::test]
async fn members_of_a_big_segment_come_from_files_streams_and_calls() {
    let emulator = Emulator::start().await.unwrap();
    let (config, definition, members) = big(&emulator);
    sync_definitions(&config, std::slice::from_ref(&definition))
        .await
        .unwrap();
    let import = members
        .replace_from(Members::csv(&b"a,first\nb\n"[..]))
        .await
        .unwrap();
    assert_eq!(import.status, ImportStatus::Complete);
    assert!(is_member(&emulator, "a").await && !is_member(&emulator, "first").await);

    members.merge_from(Members::csv(&b"c\n"[..])).await.unwrap();
    assert!(is_member(&emulator, "a").await && is_member(&emulator, "c").await);

    let keys = || (0..5000).map(|number| format!("k{number}"));
    members.replace_from(Members::keys(keys)).await.unwrap();
    assert!(!is_member(&emulator, "a").await && is_member(&emulator, "k4999").await);

    emulator.clear_requests();
    assert_eq!(
        members
            .add((0..3001).map(|number| format!("n{number}")))
            .await
            .unwrap(),
        3001
    );
    assert_eq!(emulator.requests().len(), 3);
    members.remove(["k0".to_owned()]).await.unwrap();
    assert!(is_member(&emulator, "n3000").await && !is_member(&emulator, "k0").await);

    let again = sync_definitions(&config, &[definition]).await.unwrap();
    assert_eq!(again.requests(), 1, "{again}");
}

#[tokio::test]
async fn an_import_that_breaks_off_is_started_again_or_changes_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let (config, definition, members) = big(&emulator);
    sync_definitions(&config, &[definition]).await.unwrap();
    members.add(["before".to_owned()]).await.unwrap();

    let once = || Members::csv(&b"after\n"[..]);
    emulator.inject_fault(Fault::reset_before().on("POST", "/imports"));
    let error = members.replace_from(once()).await.unwrap_err();
    assert!(matches!(error, MembersError::Request(_)), "{error}");
    assert!(is_member(&emulator, "before").await);

    let again = || ["after".to_owned()].into_iter();
    for fault in [
        Fault::reset_before(),
        Fault::reset_after(),
        Fault::conflict(),
        Fault::status(503),
    ] {
        emulator.inject_fault(fault.on("POST", "/imports"));
        members.replace_from(Members::keys(again)).await.unwrap();
    }
    assert!(is_member(&emulator, "after").await && !is_member(&emulator, "before").await);

    let error = members
        .replace_from(Members::csv_file("no/such/file.csv"))
        .await
        .unwrap_err();
    assert!(matches!(error, MembersError::Source(_)), "{error}");
}

#[test]
fn a_program_without_a_runtime_can_sync() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let config = config(&emulator);
    let plan = blocking::plan(&config, &five()).unwrap();
    blocking::apply(plan, &config).unwrap();
    assert_eq!(
        blocking::sync_definitions(&config, &five())
            .unwrap()
            .writes(),
        0
    );
}

#[tokio::test]
async fn a_blocking_sync_inside_a_runtime_does_not_panic() {
    let emulator = Emulator::start().await.unwrap();
    assert!(blocking::sync_definitions(&config(&emulator), &five()).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_can_be_spawned_and_told_about() {
    let emulator = Emulator::start().await.unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let keep = told.clone();
    let config = builder(&emulator)
        .progress(move |event| {
            if let ProgressEvent::Settled {
                key, done, total, ..
            } = event
            {
                keep.lock().unwrap().push(format!("{key} {done}/{total}"));
            }
        })
        .build()
        .unwrap();
    let report = tokio::spawn(async move { sync_definitions(&config, &five()).await });
    let report = tokio::time::timeout(Duration::from_secs(30), report).await;
    report.unwrap().unwrap().unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 5);
    assert!(told[4].ends_with("5/5"), "{told:?}");
}

/// What is under way is finished and known; what was not begun is due, and a later apply does it.
#[tokio::test]
async fn an_apply_that_is_stopped_knows_what_it_did() {
    let emulator = Emulator::start().await.unwrap();
    let stop = Arc::new(Notify::new());
    let at_the_second = stop.clone();
    let config = builder(&emulator)
        .concurrency(1)
        .progress(move |event| {
            if let ProgressEvent::Settled { done: 2, .. } = event {
                at_the_second.notify_one();
            }
        })
        .build()
        .unwrap();
    let plan = plan(&config, &five()).await.unwrap();
    let report = plan.apply_until(&config, stop.notified()).await.unwrap();
    let there = emulator.segments("default", "production");
    assert!((2..=3).contains(&there.len()), "{}", there.len());
    assert_eq!(
        report.headline(),
        format!(
            "default/production: {} created, {} to create",
            there.len(),
            5 - there.len()
        )
    );
    for segment in &there {
        assert!(
            matches!(report.outcome(&segment.key), Some(Outcome::Applied(_))),
            "{}",
            segment.key
        );
        assert!(!segment.rules.is_empty(), "{} is half made", segment.key);
    }
    let report = sync_definitions(&config, &five()).await.unwrap();
    assert!(
        report
            .headline()
            .contains(&format!("{} unchanged", there.len()))
    );
}
