//! Contexts that are declared until a date: LaunchDarkly takes them off the list, and no sync brings them back.

use std::time::Duration;

use segments_emulator::{Emulator, Fault};
use segments_model::{Definition, Expiry, Lifecycle, Targets, clause};
use segments_runtime::sync::{
    Action, ItemError, Outcome, Report, SyncConfig, SyncError, SyncMode, plan, sync_definitions,
};
use segments_runtime::{Segment, segment};
use serde_json::{Value as Json, json};

use super::lists::{User, expiries};
use crate::support::{builder, by_hand, config, instruct, writes};

/// Those who try what is new, some of them for a while.
#[segment(
    include(User = ["u-1"]),
    include(User = ["u-2", "u-3"], until = "2999-01-31"),
    exclude(User = ["u-9"], until = "2999-01-31T18:00:00Z")
)]
struct Trial;

/// Those whose time has come.
#[segment(include(User = ["u-1"], until = "2020-01-31"))]
struct Over;

/// Those whose time has not come.
#[segment(exclude(User = ["u-1"], until = "2999-01-31"), rule(everyone()))]
struct Banned;

/// Those who are declared until a date in staging only.
#[segment(
    include(User = ["u-1"]),
    environment("staging", include(User = ["u-1"], until = "2020-01-31"))
)]
struct Staged;

const KEY: &str = "trial";
const EXPIRING: &str = "/api/v2/segments/default/trial/expiring-targets/production";
const FAR: &str = "2999-01-31";

fn trial() -> Definition {
    Trial::definition()
}

/// Keys, each with its expiry.
type Keys = &'static [(&'static str, Option<&'static str>)];

/// A segment with these included users, each with its expiry.
fn including(keys: &[(&str, Option<&str>)]) -> Definition {
    let mut builder = Definition::builder(KEY);
    for (key, until) in keys {
        let keys = [(*key).to_owned()];
        builder = match until {
            None => builder.include("user", keys),
            Some(until) => builder.include_until("user", keys, Expiry::parse(until).unwrap()),
        };
    }
    builder.build().unwrap()
}

async fn sync(config: &SyncConfig, definition: &Definition) -> Report {
    let report = sync_definitions(config, std::slice::from_ref(definition)).await;
    report.unwrap().in_sync().unwrap()
}

/// The report of a sync that does not settle everything.
async fn left(config: &SyncConfig, definition: &Definition) -> Report {
    match sync_definitions(config, std::slice::from_ref(definition)).await {
        Err(SyncError::Incomplete(report)) => *report,
        other => panic!("{other:?}"),
    }
}

fn included(emulator: &Emulator) -> Vec<String> {
    let segment = emulator.segment("default", "production", KEY).unwrap();
    segment.included
}

/// The included users of the segment that expire, each with its day.
async fn until(emulator: &Emulator) -> Vec<(String, String)> {
    let all = expiries(emulator, KEY).await.into_iter();
    let included = all.filter(|(list, ..)| list == "included");
    let mut days: Vec<_> = included
        .map(|(_, key, moment)| (key, Expiry::from_milliseconds(moment).to_string()))
        .collect();
    days.sort();
    days
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, day)| ((*key).to_owned(), (*day).to_owned()))
        .collect()
}

/// Changes expiries by hand.
async fn expire(emulator: &Emulator, instructions: Json) {
    let url = format!(
        "{}/api/v2/segments/default/{KEY}/expiring-targets/production",
        emulator.base_uri().trim_end_matches('/')
    );
    let answer = reqwest::Client::new()
        .patch(url)
        .header("Authorization", emulator.access_token())
        .header(
            "Content-Type",
            "application/json; domain-model=launchdarkly.semanticpatch",
        )
        .body(json!({ "instructions": instructions }).to_string())
        .send()
        .await
        .unwrap();
    let shown: Json = answer.json().await.unwrap();
    assert_eq!(shown["failedInstructions"], 0, "{shown}");
}

fn target(kind: &str, key: &str) -> Json {
    json!({"kind": kind, "targetType": "included", "contextKind": "user", "contextKey": key})
}

fn words(report: &Report) -> Vec<String> {
    match &report.segments[0].outcome {
        Outcome::Applied(action) | Outcome::Planned(action) => {
            action.changes().iter().map(ToString::to_string).collect()
        }
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn who_has_expired_is_no_member() {
    let user = |id: &str| User {
        id: id.to_owned(),
        plan: String::new(),
    };
    assert!(Trial::contains(&user("u-1")) && Trial::contains(&user("u-2")));
    assert!(!Over::contains(&user("u-1")));
    assert!(!Banned::contains(&user("u-1")) && Banned::contains(&user("u-2")));
    let excluded = Trial::membership(&user("u-9")).to_string();
    assert_eq!(
        excluded,
        "not in the segment: the user is on its excluded list"
    );
    // What is declared stays, whatever the day.
    let Targets::Exactly(lists) = Over::definition().included().clone() else {
        panic!("{:?}", Over::definition());
    };
    let until = lists.values().next().and_then(|keys| keys.until("u-1"));
    assert_eq!(until, Expiry::parse("2020-01-31").ok());
}

#[test]
fn every_way_to_ask_goes_by_the_day() {
    use segments_runtime::registry;
    let user = |id: &str| User {
        id: id.to_owned(),
        plan: String::new(),
    };
    let explained = Over::explain(&user("u-1")).membership.known();
    assert_eq!(explained, Some(false));
    assert_eq!(Trial::explain(&user("u-2")).membership.known(), Some(true));
    let compiled = registry::compiled().unwrap();
    let context =
        segments_model::evaluate::ContextInstance::from_json(r#"{"kind": "user", "key": "u-1"}"#);
    let context = context.unwrap();
    let holds = |key: &str| compiled.membership(key, &context).known();
    assert_eq!((holds("over"), holds("trial")), (Some(false), Some(true)));
}

#[test]
fn an_environment_has_expiries_of_its_own() {
    let definition = Staged::definition();
    let staging = definition.environments.keys().next().unwrap();
    assert!(definition.in_environment(staging).expires() && !definition.expires());
}

#[tokio::test]
async fn what_is_declared_is_listed_with_its_expiry_once() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let shown = plan(&config, &[trial()]).await.unwrap();
    let text = shown.to_string();
    for line in [
        "include 1 context of kind user\n",
        "include 2 contexts of kind user until 2999-01-31\n",
        "exclude 1 context of kind user until 2999-01-31T18:00:00Z\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(!text.contains("u-2"), "{text}");
    // Exactly what was shown is done, and told once.
    let report = shown.apply(&config).await.unwrap();
    assert_eq!(
        words(&report)
            .iter()
            .filter(|it| it.contains("until"))
            .count(),
        2
    );
    assert_eq!(included(&emulator), ["u-1", "u-2", "u-3"]);
    let expected = pairs(&[("u-2", FAR), ("u-3", FAR)]);
    assert_eq!(until(&emulator).await, expected);
    assert_eq!(expiries(&emulator, KEY).await.len(), 3);

    emulator.clear_requests();
    let report = sync(&config, &trial()).await;
    assert!(matches!(report.segments[0].outcome, Outcome::Unchanged));
    assert!(writes(&emulator).is_empty());
    let asked = emulator.requests();
    let asked = asked
        .iter()
        .filter(|it| it.path.contains("expiring-targets"));
    assert_eq!(asked.count(), 1);
}

#[tokio::test]
async fn who_left_when_the_time_came_is_not_brought_back() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let declared = including(&[("u-1", None), ("u-2", Some(FAR))]);
    sync(&config, &declared).await;
    // A thousand years, by the clock of the service alone.
    emulator.advance(Duration::from_hours(1000 * 366 * 24));
    emulator.clear_requests();
    for _ in 0..2 {
        let report = sync(&config, &declared).await;
        assert!(matches!(report.segments[0].outcome, Outcome::Unchanged));
    }
    assert!(writes(&emulator).is_empty());
    assert_eq!(included(&emulator), ["u-1"]);
    let verify = config.with_mode(SyncMode::Verify);
    let report = sync_definitions(&verify, std::slice::from_ref(&declared)).await;
    report.unwrap().in_sync().unwrap();

    // Who is declared for good by now comes back.
    sync(&config, &including(&[("u-1", None), ("u-2", None)])).await;
    assert_eq!(included(&emulator), ["u-1", "u-2"]);
    assert_eq!(until(&emulator).await, []);
}

#[tokio::test]
async fn who_has_expired_before_the_first_sync_is_never_listed() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let declared = including(&[("u-1", None), ("u-2", Some("2020-01-31"))]);
    sync(&config, &declared).await;
    assert_eq!(included(&emulator), ["u-1"]);
    assert_eq!(until(&emulator).await, []);
    // Who is on the list by hand is on it against the declaration.
    let values = json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-2"]}]);
    instruct(&emulator, KEY, values).await;
    let report = sync(&config, &declared).await;
    assert_eq!(words(&report), ["no longer include 1 context of kind user"]);
    assert_eq!(included(&emulator), ["u-1"]);
}

#[tokio::test]
async fn a_date_changes_comes_and_goes() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let steps: &[(Keys, &[&str])] = &[
        (
            &[("u-1", None), ("u-2", Some(FAR))],
            &[
                "include 1 context of kind user",
                "include 1 context of kind user until 2999-01-31",
            ],
        ),
        (
            &[("u-1", Some("2998-01-31")), ("u-2", Some("2998-01-31"))],
            &[
                "include 1 context of kind user until 2998-01-31 instead of for good",
                "include 1 context of kind user until 2998-01-31 instead of until 2999-01-31",
            ],
        ),
        (
            &[
                ("u-1", Some("2998-01-31")),
                ("u-2", None),
                ("u-3", Some("2998-01-31")),
            ],
            &[
                "include 1 context of kind user until 2998-01-31",
                "include 1 context of kind user for good instead of until 2998-01-31",
            ],
        ),
        // Nothing expires any more: that it did is known by a tag.
        (
            &[("u-1", None), ("u-2", None), ("u-3", None)],
            &["include 2 contexts of kind user for good instead of until 2998-01-31"],
        ),
    ];
    for (keys, expected) in steps {
        let declared = including(keys);
        let shown = plan(&config, std::slice::from_ref(&declared))
            .await
            .unwrap();
        let report = shown.apply(&config).await.unwrap();
        let words = words(&report);
        for expected in *expected {
            assert!(words.iter().any(|it| it == expected), "{words:?}");
        }
        let expected: Vec<_> = keys
            .iter()
            .filter_map(|(key, day)| Some((*key, (*day)?)))
            .collect();
        assert_eq!(until(&emulator).await, pairs(&expected));
        emulator.clear_requests();
        sync(&config, &declared).await;
        assert!(writes(&emulator).is_empty());
    }
    // Then expiries are nobody's business, and nobody asks for them.
    expire(
        &emulator,
        json!([{"value": 32_472_144_000_000_i64, "kind": "addExpiringTarget",
        "targetType": "included", "contextKind": "user", "contextKey": "u-1"}]),
    )
    .await;
    emulator.clear_requests();
    sync(
        &config,
        &including(&[("u-1", None), ("u-2", None), ("u-3", None)]),
    )
    .await;
    let asked = emulator.requests();
    assert!(asked.iter().all(|it| !it.path.contains("expiring-targets")));
    assert_eq!(until(&emulator).await.len(), 1);
}

#[tokio::test]
async fn an_expiry_that_was_changed_by_hand_is_drift() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let declared = including(&[("u-1", None), ("u-2", Some(FAR))]);
    sync(&config, &declared).await;
    let mut add = target("addExpiringTarget", "u-1");
    add["value"] = Expiry::parse("2997-01-31").unwrap().milliseconds().into();
    expire(
        &emulator,
        json!([target("removeExpiringTarget", "u-2"), add]),
    )
    .await;
    let verify = config.with_mode(SyncMode::Verify);
    let report = sync_definitions(&verify, std::slice::from_ref(&declared)).await;
    let report = report.unwrap();
    let expected = [
        "include 1 context of kind user until 2999-01-31 instead of for good",
        "include 1 context of kind user for good instead of until 2997-01-31",
    ];
    assert_eq!(words(&report), expected);
    assert!(report.in_sync().is_err());
    assert_eq!(words(&sync(&config, &declared).await), expected);
    assert_eq!(until(&emulator).await, pairs(&[("u-2", FAR)]));
}

#[tokio::test]
async fn contexts_of_others_keep_their_expiries() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let mut declared = including(&[("u-1", Some(FAR))]);
    let Targets::Exactly(lists) = declared.included().clone() else {
        panic!("{declared:?}");
    };
    declared = crate::support::with_targets(declared, Targets::AtLeast(lists), Targets::Unmanaged);
    sync(&config, &declared).await;
    let values = json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-5"]}]);
    instruct(&emulator, KEY, values).await;
    let mut add = target("addExpiringTarget", "u-5");
    add["value"] = Expiry::parse("2998-01-31").unwrap().milliseconds().into();
    expire(&emulator, json!([add])).await;
    emulator.clear_requests();
    sync(&config, &declared).await;
    assert!(writes(&emulator).is_empty());
    assert_eq!(
        until(&emulator).await,
        pairs(&[("u-1", FAR), ("u-5", "2998-01-31")])
    );
    // A list that is left to people is theirs with its expiries.
    let left = Definition {
        unmanaged: [segments_model::Part::Included].into(),
        ..crate::support::with_targets(declared, Targets::Unmanaged, Targets::Unmanaged)
    };
    sync(&config, &left).await;
    assert_eq!(until(&emulator).await.len(), 2);
}

#[tokio::test]
async fn an_expiry_is_set_whatever_befalls_the_request() {
    for fault in [
        Fault::conflict(),
        Fault::reset_before(),
        Fault::reset_after(),
        Fault::truncated(),
        Fault::status(503),
    ] {
        let emulator = Emulator::start().await.unwrap();
        let config = config(&emulator);
        emulator.inject_fault(fault.clone().on("PATCH", EXPIRING));
        sync(&config, &including(&[("u-1", Some(FAR))])).await;
        assert_eq!(until(&emulator).await, pairs(&[("u-1", FAR)]), "{fault:?}");
    }
}

#[tokio::test]
async fn what_another_process_did_meanwhile_is_no_failure() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    // It took effect, and the answer says that it could not: another process was faster.
    let body = r#"{"errors": [{"instructionIndex": 0, "message": "canary-5d8e"}]}"#;
    emulator.inject_fault(Fault::wrong_body(body).on("PATCH", EXPIRING));
    sync(&config, &including(&[("u-1", Some(FAR))])).await;
    assert_eq!(until(&emulator).await, pairs(&[("u-1", FAR)]));
}

#[tokio::test]
async fn replicas_set_an_expiry_once() {
    let emulator = Emulator::start().await.unwrap();
    let configs: Vec<SyncConfig> = (0..4)
        .map(|_| builder(&emulator).build().unwrap())
        .collect();
    let declared = trial();
    let syncs = configs.iter().map(|config| sync(config, &declared));
    futures_util::future::join_all(syncs).await;
    assert_eq!(until(&emulator).await, pairs(&[("u-2", FAR), ("u-3", FAR)]));
    assert_eq!(included(&emulator), ["u-1", "u-2", "u-3"]);
}

#[tokio::test]
async fn who_stays_for_longer_makes_a_segment_wider() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &including(&[("u-1", Some("2998-01-31"))])).await;
    let longer = Definition {
        lifecycle: Lifecycle {
            never_wider: true,
            ..Lifecycle::default()
        },
        ..including(&[("u-1", Some(FAR))])
    };
    let report = left(&config, &longer).await;
    let Outcome::Failed(error @ ItemError::NeverWider { .. }) = &report.segments[0].outcome else {
        panic!("{report}");
    };
    assert!(error.to_string().contains("from 2998-01-31 on"), "{error}");
    let shorter = Definition {
        lifecycle: Lifecycle {
            never_wider: true,
            ..Lifecycle::default()
        },
        ..including(&[("u-1", Some("2997-01-31"))])
    };
    let shown = plan(&config, std::slice::from_ref(&shorter)).await.unwrap();
    let text = shown.to_string();
    let line = "narrower: no longer lets in, for example, a listed context of kind user from 2997-01-31 on";
    assert!(text.contains(line), "{text}");
    sync(&config, &shorter).await;
}

#[tokio::test]
async fn a_segment_that_moves_takes_declared_expiries_along() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let former = including(&[("u-1", Some(FAR)), ("u-2", Some(FAR)), ("u-3", None)]);
    sync(&config, &former).await;
    let expiry = Expiry::parse("2998-01-31").unwrap();
    let moved = Definition::builder("trials")
        .moved_from(KEY)
        .include("user", ["u-2".to_owned(), "u-3".to_owned()])
        .include_until("user", ["u-1".to_owned()], expiry)
        .build()
        .unwrap();
    sync(&config, &moved).await;
    let left = expiries(&emulator, "trials").await;
    let expected = (
        "included".to_owned(),
        "u-1".to_owned(),
        expiry.milliseconds(),
    );
    assert_eq!(left, [expected]);
    emulator.clear_requests();
    sync(&config, &moved).await;
    assert!(writes(&emulator).is_empty());
}

#[tokio::test]
async fn rules_go_with_contexts_that_expire() {
    let emulator = Emulator::start().await.unwrap();
    let config = builder(&emulator).revision(7).build().unwrap();
    let declared = Definition::builder(KEY)
        .description("Those who try")
        .rule(clause("user", "plan").is("beta"))
        .include_until("user", ["u-1".to_owned()], Expiry::parse(FAR).unwrap())
        .build()
        .unwrap();
    let report = sync(&config, &declared).await;
    assert!(matches!(
        &report.segments[0].outcome,
        Outcome::Applied(Action::Create { .. })
    ));
    assert_eq!(until(&emulator).await, pairs(&[("u-1", FAR)]));
    // Another expiry is another declaration, which needs a revision of its own.
    let other = Definition::builder(KEY)
        .description("Those who try")
        .rule(clause("user", "plan").is("beta"))
        .include("user", ["u-1".to_owned()])
        .build()
        .unwrap();
    let report = left(&config, &other).await;
    assert!(matches!(
        report.segments[0].outcome,
        Outcome::Conflict { revision: 7 }
    ));
    // Gone by hand, whatever becomes of it.
    by_hand(&emulator, "DELETE", KEY, json!({})).await;
    sync(&config, &declared).await;
    assert_eq!(until(&emulator).await, pairs(&[("u-1", FAR)]));
}
