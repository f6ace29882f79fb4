//! Nothing is deleted that is used, or not ours, or that nobody knows about.

use std::time::Duration;

use crate::support::{builder, by_hand, client, config, instruct, rule, segment, with_rules};
use segments_emulator::{Behavior, Emulator, Fault};
use segments_model::{Clause, Definition, Lifecycle, SegmentKey};
use segments_runtime::sync::{
    Action, Approvals, Keep, Outcome, Report, SyncConfig, SyncError, SyncMode, plan,
    sync_definitions,
};
use serde_json::{Value as Json, json};

const LIST: &str = "/api/v2/segments/default/production";
/// Something that is wrong with an answer.
type Change = fn(&mut Json);

const AI_CONFIGS: &str = "/api/v2/projects/default/ai-configs";

fn pruning(emulator: &Emulator) -> SyncConfig {
    builder(emulator)
        .prune(true)
        .prune_grace(Duration::ZERO)
        .build()
        .unwrap()
}

fn asking(key: &str, asked: &'static str) -> Definition {
    let asked = SegmentKey::from_static(asked);
    with_rules(
        segment(key, key),
        vec![rule(vec![Clause::segment_match([asked])])],
    )
}

/// An account in which `gone` is no longer declared, beside `kept`.
async fn account() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let all = [segment("kept", "kept"), segment("gone", "gone")];
    sync_definitions(&config(&emulator), &all).await.unwrap();
    emulator
}

fn report(result: Result<Report, SyncError>) -> Report {
    match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap().clone(),
    }
}

fn reasons(report: &Report, key: &str) -> String {
    match report.outcome(key) {
        Some(Outcome::InUse { because }) => {
            let because: Vec<_> = because.iter().map(ToString::to_string).collect();
            because.join("; ")
        }
        other => panic!("{key}: {other:?}\n{report}"),
    }
}

fn exists(emulator: &Emulator, key: &str) -> bool {
    emulator.segment("default", "production", key).is_some()
}

/// Prunes, and finds `gone` kept for this reason and in its place.
async fn keeps_gone(emulator: &Emulator, declared: &[Definition], because: &str) {
    let report = report(sync_definitions(&pruning(emulator), declared).await);
    let reasons = reasons(&report, "gone");
    assert!(reasons.contains(because), "{reasons} instead of {because}");
    assert!(exists(emulator, "gone"), "{because}");
}

async fn get(emulator: &Emulator, path: &str) -> Json {
    let answer = client()
        .get(format!("{}{path}", emulator.base_uri()))
        .header("Authorization", emulator.access_token())
        .header("LD-API-Version", "beta")
        .send()
        .await
        .unwrap();
    let body = answer.json().await.unwrap();
    emulator.clear_requests();
    body
}

/// From now on the service answers this, changed, whenever it is asked for a path that contains it.
async fn lie(emulator: &Emulator, path: &str, change: impl FnOnce(&mut Json)) {
    let mut body = get(emulator, path).await;
    change(&mut body);
    emulator.inject_fault(Fault::wrong_body(body.to_string()).on("GET", path).always());
}

#[tokio::test]
async fn what_is_proved_unused_and_ours_goes_and_nothing_else() {
    let emulator = account().await;
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "foreign", "name": "F"}),
    )
    .await;
    let report = sync_definitions(&pruning(&emulator), &[segment("kept", "kept")])
        .await
        .unwrap();
    assert!(
        matches!(
            report.outcome("gone"),
            Some(Outcome::Applied(Action::Delete { .. }))
        ),
        "{report}"
    );
    assert!(!exists(&emulator, "gone") && exists(&emulator, "foreign"));
}

#[tokio::test]
async fn who_asks_goes_first_and_who_stays_keeps_what_it_asks() {
    let emulator = Emulator::start().await.unwrap();
    let all = [
        segment("c", "c"),
        asking("b", "c"),
        asking("a", "b"),
        segment("kept", "kept"),
    ];
    sync_definitions(&config(&emulator), &all).await.unwrap();
    let prune = builder(&emulator).prune(true).prune_grace(Duration::ZERO);
    let prune = prune.max_deletions(3).build().unwrap();
    let kept = [segment("kept", "kept")];

    // A failure in the middle leaves nothing that asks what is gone.
    emulator.inject_fault(Fault::status(400).on("DELETE", "/production/b").always());
    let failed = report(sync_definitions(&prune, &kept).await);
    assert!(
        matches!(failed.outcome("b"), Some(Outcome::Failed(_))),
        "{failed}"
    );
    assert_eq!(reasons(&failed, "c"), "used by segment b");
    assert!(!exists(&emulator, "a") && exists(&emulator, "b") && exists(&emulator, "c"));

    emulator.clear_faults();
    emulator.clear_requests();
    sync_definitions(&prune, &kept).await.unwrap();
    let deleted = emulator.requests().into_iter();
    let deleted = deleted.filter(|request| request.method == "DELETE");
    let deleted: Vec<_> = deleted.map(|request| request.path).collect();
    assert_eq!(deleted, [format!("{LIST}/b"), format!("{LIST}/c")]);
}

/// How often all segments were listed.
fn listed(emulator: &Emulator) -> usize {
    let requests = emulator.requests().into_iter();
    let lists = requests.filter(|it| it.method == "GET" && it.path == LIST);
    lists.count()
}

#[tokio::test]
async fn who_uses_what_is_looked_up_once_for_everything_that_goes() {
    let emulator = Emulator::start().await.unwrap();
    let all = [
        segment("c", "c"),
        asking("b", "c"),
        segment("one", "one"),
        segment("two", "two"),
        asking("kept", "one"),
    ];
    sync_definitions(&config(&emulator), &all).await.unwrap();
    emulator.clear_requests();
    let moved = |key: &'static str, from: &'static str| Definition {
        lifecycle: Lifecycle {
            moved_from: Some(SegmentKey::from_static(from)),
            ..Lifecycle::default()
        },
        ..segment(key, key)
    };
    let declared = [
        moved("first", "one"),
        moved("second", "two"),
        asking("kept", "first"),
    ];
    let prune = builder(&emulator).prune(true).prune_grace(Duration::ZERO);
    let prune = prune.max_deletions(2).build().unwrap();
    let plan = segments_runtime::sync::plan(&prune, &declared)
        .await
        .unwrap();
    // One page to compare them; and to find out who uses what, one more that shows that it is the last.
    assert_eq!(listed(&emulator), 1 + 2, "{plan}");
    let report = plan.apply(&prune).await.unwrap();
    assert_eq!(listed(&emulator), 1 + 2 + 2, "{report}");
    let mut left: Vec<String> = emulator
        .segments("default", "production")
        .into_iter()
        .map(|it| it.key)
        .collect();
    left.sort();
    assert_eq!(left, ["first", "kept", "second"], "{report}");
}

#[tokio::test]
async fn segments_that_ask_it_keep_it_whoever_they_are() {
    // A declared segment whose rules are not managed.
    let emulator = account().await;
    let asks = json!([{"kind": "addRule", "clauses": [{"attribute": "", "op": "segmentMatch",
        "values": ["gone"], "negate": false}]}]);
    instruct(&emulator, "kept", asks.clone()).await;
    keeps_gone(
        &emulator,
        &[segment("kept", "kept")],
        "used by segment kept",
    )
    .await;

    // An orphan that is kept itself, by a flag.
    let emulator = Emulator::start().await.unwrap();
    let all = [
        segment("gone", "gone"),
        asking("orphan", "gone"),
        segment("kept", "kept"),
    ];
    sync_definitions(&config(&emulator), &all).await.unwrap();
    lie(&emulator, &format!("{LIST}/orphan"), |orphan| {
        orphan["_flags"] = json!([{"key": "new-page", "name": "New page"}]);
    })
    .await;
    keeps_gone(
        &emulator,
        &[segment("kept", "kept")],
        "used by segment orphan",
    )
    .await;

    // A declared segment that is another owner's.
    let emulator = account().await;
    let billing = builder(&emulator).owner("billing").build().unwrap();
    sync_definitions(&billing, &[asking("theirs", "gone")])
        .await
        .unwrap();
    let declared = [segment("kept", "kept"), segment("theirs", "theirs")];
    keeps_gone(&emulator, &declared, "used by segment theirs").await;

    // One that would let go, and waits for an approval.
    let emulator = Emulator::start().await.unwrap();
    let all = [
        segment("gone", "gone"),
        asking("asking", "gone"),
        segment("kept", "kept"),
    ];
    sync_definitions(&config(&emulator), &all).await.unwrap();
    let released = [
        with_rules(segment("asking", "asking"), vec![]),
        segment("kept", "kept"),
    ];
    let planned = plan(&pruning(&emulator), &released).await.unwrap();
    assert!(planned.to_string().contains("- gone"), "{planned}");
    emulator.inject_fault(Fault::approval_required().on("PATCH", "/asking").always());
    for approvals in [Approvals::Report, Approvals::Request] {
        let prune = builder(&emulator).prune(true).prune_grace(Duration::ZERO);
        let prune = prune.approvals(approvals).build().unwrap();
        let waits = report(sync_definitions(&prune, &released).await);
        assert_eq!(reasons(&waits, "gone"), "used by segment asking");
    }
    // Once it is done, nothing speaks for the segment any more.
    emulator.clear_faults();
    sync_definitions(&pruning(&emulator), &released)
        .await
        .unwrap();
    assert!(!exists(&emulator, "gone"));
}

#[tokio::test]
async fn a_list_that_is_not_known_to_be_whole_keeps_everything() {
    let lists: [(&str, Change, &str); 7] = [
        (
            "no count",
            |list| drop(list.as_object_mut().unwrap().remove("totalCount")),
            "does not say how long it is",
        ),
        (
            "too small",
            |list| list["totalCount"] = json!(1),
            "says that it has 1 items, and shows 2",
        ),
        (
            "too large",
            |list| list["totalCount"] = json!(9),
            "it is unknown whether segments use it",
        ),
        (
            "no rules",
            |list| drop(list["items"][0].as_object_mut().unwrap().remove("rules")),
            "it is unknown whether segments use it",
        ),
        (
            "no tags",
            |list| drop(list["items"][1].as_object_mut().unwrap().remove("tags")),
            "it is unknown whether segments use it",
        ),
        (
            "rules of another type",
            |list| list["items"][1]["rules"] = json!({"all": []}),
            "it is unknown whether segments use it",
        ),
        (
            "values of another type",
            |list| {
                list["items"][0]["rules"] =
                    json!([{"clauses": [{"op": "segmentMatch", "values": "gone"}]}]);
            },
            "it is unknown whether segments use it",
        ),
    ];
    for (name, change, because) in lists {
        let emulator = account().await;
        // Single segments are answered as ever.
        for key in ["gone", "kept"] {
            lie(&emulator, &format!("{LIST}/{key}"), |_| {}).await;
        }
        lie(&emulator, LIST, change).await;
        println!("{name}");
        keeps_gone(&emulator, &[segment("kept", "kept")], because).await;
    }
}

#[tokio::test]
async fn a_list_that_shifts_while_it_is_read_keeps_everything() {
    // Whatever page it happens before: with pages of three that overlap by one, there are four.
    for page in 0..8 {
        let emulator = Emulator::builder()
            .behavior(Behavior {
                page_limit: 3,
                ..Behavior::default()
            })
            .start()
            .await
            .unwrap();
        by_hand(&emulator, "POST", "", json!({"key": "first", "name": "F"})).await;
        let asked = ["s1", "s2", "s3", "s4"].map(|key| segment(key, key));
        let all: Vec<_> = asked
            .iter()
            .cloned()
            .chain([segment("gone", "gone"), asking("using", "gone")])
            .collect();
        sync_definitions(&config(&emulator), &all).await.unwrap();
        let shift = Fault::meanwhile_deleted("default", "production", "first");
        emulator.inject_fault(shift.on("GET", LIST).after(page));
        let unmanaged = segment("using", "using");
        let declared: Vec<_> = asked.into_iter().chain([unmanaged]).collect();
        report(sync_definitions(&pruning(&emulator), &declared).await);
        assert!(exists(&emulator, "gone"), "page {page}");
    }
}

#[tokio::test]
async fn ai_configs_that_cannot_be_told_keep_everything() {
    let with_config = async || {
        let emulator = account().await;
        let body = json!({"key": "assistant", "name": "A"});
        let answer = client()
            .post(format!("{}{AI_CONFIGS}", emulator.base_uri()))
            .header("Authorization", emulator.access_token())
            .header("LD-API-Version", "beta")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
        emulator
    };
    let declared = [segment("kept", "kept")];
    let emulator = with_config().await;
    emulator.inject_fault(Fault::status(404).on("GET", "/ai-configs").always());
    keeps_gone(
        &emulator,
        &declared,
        "it is unknown whether AI Configs use it: cannot list the AI Configs",
    )
    .await;

    let emulator = with_config().await;
    emulator.inject_fault(Fault::status(404).on("GET", "/targeting").always());
    keeps_gone(
        &emulator,
        &declared,
        "it is unknown whether AI Configs use it",
    )
    .await;

    let targeting = format!("{AI_CONFIGS}/assistant/targeting");
    let changes: [(&str, Change, &str); 4] = [
        (
            AI_CONFIGS,
            |list| drop(list.as_object_mut().unwrap().remove("totalCount")),
            "does not say how long it is",
        ),
        (
            AI_CONFIGS,
            |list| list["totalCount"] = json!(0),
            "says that it has 0 items, and shows 1",
        ),
        (
            &targeting,
            |it| {
                drop(
                    it["environments"]
                        .as_object_mut()
                        .unwrap()
                        .remove("production"),
                );
            },
            "does not contain this environment",
        ),
        (
            &targeting,
            |it| {
                drop(
                    it["environments"]["production"]
                        .as_object_mut()
                        .unwrap()
                        .remove("rules"),
                );
            },
            "it is unknown whether AI Configs use it",
        ),
    ];
    for (path, change, because) in changes {
        let emulator = with_config().await;
        if path == AI_CONFIGS {
            lie(&emulator, &targeting, |_| {}).await;
        }
        lie(&emulator, path, change).await;
        keeps_gone(&emulator, &declared, because).await;
    }
}

#[tokio::test]
async fn what_the_answer_right_before_says_decides() {
    let changes: [(Change, &str); 6] = [
        (
            |it| drop(it.as_object_mut().unwrap().remove("_flags")),
            "does not list its flags",
        ),
        (
            |it| it["_flags"] = json!([{"key": "new-page"}]),
            "used by flag new-page",
        ),
        (
            |it| it["tags"] = json!(["managed-by.billing"]),
            "carries the owner's tag of `billing`",
        ),
        (
            |it| it["tags"] = json!(["managed-by.shop", "managed-by.billing"]),
            "`shop` and `billing`",
        ),
        (
            |it| it["tags"] = json!([]),
            "no longer carries the owner's tag",
        ),
        (
            |it| it["version"] = json!(7),
            "it changed since it was read (version 1, now 7)",
        ),
    ];
    for (change, because) in changes {
        let emulator = account().await;
        let declared = [segment("kept", "kept")];
        let config = pruning(&emulator);
        let planned = plan(&config, &declared).await.unwrap();
        assert!(planned.to_string().contains("- gone"), "{planned}");
        lie(&emulator, &format!("{LIST}/gone"), change).await;
        let report = report(planned.apply(&config).await);
        let reasons = reasons(&report, "gone");
        assert!(reasons.contains(because), "{reasons} instead of {because}");
        assert!(exists(&emulator, "gone"), "{because}");
        // The same where the plan sees it.
        if !because.contains("version") {
            keeps_gone(&emulator, &declared, because).await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_right_before_stays() {
    let emulator = account().await;
    let declared = [segment("kept", "kept")];
    lie(&emulator, &format!("{LIST}/gone"), |it| {
        it["rules"] = json!(7);
    })
    .await;
    // The plan keeps it, and so does one that was made before.
    keeps_gone(&emulator, &declared, "of another type than documented").await;
    emulator.clear_faults();
    let config = pruning(&emulator);
    let planned = plan(&config, &declared).await.unwrap();
    lie(&emulator, &format!("{LIST}/gone"), |it| {
        it["rules"] = json!(7);
    })
    .await;
    let report = report(planned.apply(&config).await);
    let failed = report.outcome("gone");
    assert!(matches!(failed, Some(Outcome::Failed(_))), "{report}");
    assert!(exists(&emulator, "gone"));
}

#[tokio::test]
async fn a_segment_of_two_owners_is_taken_over_by_neither() {
    let emulator = account().await;
    let both = json!([{"kind": "addTags", "values": ["managed-by.billing"]}]);
    instruct(&emulator, "kept", both).await;
    let renamed = [segment("kept", "Renamed"), segment("gone", "gone")];
    let error = sync_definitions(&config(&emulator), &renamed)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("several owners (shop, managed-by.billing)")
            || error.to_string().contains("several owners (shop, billing)"),
        "{error}"
    );
    let kept = emulator.segment("default", "production", "kept").unwrap();
    assert_eq!((kept.name.as_str(), kept.tags.len()), ("kept", 2));
}

#[tokio::test]
async fn an_empty_declaration_too_many_at_once_and_what_is_young_stay() {
    let emulator = Emulator::start().await.unwrap();
    let all: Vec<_> = (0..8).map(|n| segment(&format!("s{n}"), "S")).collect();
    sync_definitions(&config(&emulator), &all).await.unwrap();
    let count = || emulator.segments("default", "production").len();

    let empty = report(sync_definitions(&pruning(&emulator), &[]).await);
    assert!(
        reasons(&empty, "s0").contains("no segment is declared"),
        "{empty}"
    );
    assert_eq!((empty.writes(), count()), (0, 8));

    let most = report(sync_definitions(&pruning(&emulator), &all[..1]).await);
    let Some(Outcome::InUse { because }) = most.outcome("s1") else {
        panic!("{most}");
    };
    let expected = [Keep::TooMany {
        count: 7,
        of: 8,
        limit: 2,
        how: "",
    }];
    assert_eq!(because.len(), 1);
    assert_eq!(json!(because), json!(expected));
    assert_eq!((most.writes(), count()), (0, 8));

    let builder = || builder(&emulator).prune(true);
    let young = report(sync_definitions(&builder().build().unwrap(), &all[..7]).await);
    assert!(
        reasons(&young, "s7").contains("less than 1 h ago"),
        "{young}"
    );
    assert_eq!((young.writes(), count()), (0, 8));

    let willing = builder().prune_grace(Duration::ZERO).prune_at_most(90);
    sync_definitions(&willing.build().unwrap(), &all[..1])
        .await
        .unwrap();
    assert_eq!(count(), 1);
}

#[tokio::test]
async fn what_is_declared_no_more_is_told_without_pruning_and_in_a_verification() {
    let emulator = account().await;
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "foreign", "name": "F"}),
    )
    .await;
    let verify = config(&emulator).with_mode(SyncMode::Verify);
    for config in [config(&emulator), verify] {
        let report = sync_definitions(&config, &[segment("kept", "kept")])
            .await
            .unwrap();
        assert!(
            matches!(report.outcome("gone"), Some(Outcome::Undeclared)),
            "{report}"
        );
        assert!(report.outcome("foreign").is_none(), "{report}");
        assert!(
            report.headline().contains("1 no longer declared"),
            "{report}"
        );
        assert_eq!(report.writes(), 0);
    }
}
