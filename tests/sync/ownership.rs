//! Whose segments are whose: adopted, refused, skipped, superseded, deleted, and never touched.

use crate::support::{
    builder, by_hand, clause, config, five, instruct, lists, rule, segment, tagged, users,
    with_rules, with_targets, writes,
};
use segments_emulator::{Emulator, Fault};
use segments_model::{Definition, Operator, Targets};
use segments_runtime::sync::{
    Action, Adoption, ItemError, Outcome, RefusalReason, SyncError, plan, sync_definitions,
};
use serde_json::{Value as Json, json};

fn staff() -> Definition {
    let email = clause("user", "email", Operator::EndsWith, ["@x.io"]);
    with_rules(segment("staff", "Staff"), vec![rule(vec![email])])
}

fn outcome(result: Result<segments_runtime::sync::Report, SyncError>, key: &str) -> Outcome {
    let report = match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap().clone(),
    };
    report.outcome(key).unwrap().clone()
}

#[tokio::test]
async fn an_empty_segment_is_adopted_and_another_is_refused_with_what_differs() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "staff", "name": "Staff"}),
    )
    .await;
    let adopted = outcome(sync_definitions(&config, &[staff()]).await, "staff");
    assert!(
        matches!(adopted, Outcome::Applied(Action::Adopt { .. })),
        "{adopted:?}"
    );

    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "other", "name": "Other"}),
    )
    .await;
    instruct(
        &emulator,
        "other",
        json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u"]}]),
    )
    .await;
    emulator.clear_requests();
    let other = with_targets(segment("other", "Other"), users(&["v"]), Targets::Unmanaged);
    let refused = outcome(
        sync_definitions(&config, std::slice::from_ref(&other)).await,
        "other",
    );
    let Outcome::Refused { reason, changes } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((reason, changes.len()), (RefusalReason::Different, 2));
    assert!(writes(&emulator).is_empty());

    let skip = builder(&emulator).adoption(Adoption::Skip).build().unwrap();
    let skipped = sync_definitions(&skip, std::slice::from_ref(&other))
        .await
        .unwrap();
    assert!(matches!(skipped.segments[0].outcome, Outcome::Skipped));
    let always = builder(&emulator)
        .adoption(Adoption::Always)
        .build()
        .unwrap();
    sync_definitions(&always, &[other]).await.unwrap();
    let found = emulator.segment("default", "production", "other").unwrap();
    assert_eq!(found.included, ["v"]);
    assert_eq!(found.tags, ["managed-by.shop", "manages.included"]);
}

#[tokio::test]
async fn one_that_is_as_declared_is_adopted_with_its_tag_alone() {
    let emulator = Emulator::start().await.unwrap();
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "staff", "name": "Staff", "tags": ["mine"]}),
    )
    .await;
    instruct(
        &emulator,
        "staff",
        json!([{"kind": "addRule", "clauses": [
        {"attribute": "email", "op": "endsWith", "values": ["@x.io"], "negate": false}]}]),
    )
    .await;
    let before = emulator.segment("default", "production", "staff").unwrap();
    emulator.clear_requests();
    sync_definitions(&config(&emulator), &[staff()])
        .await
        .unwrap();
    let body = writes(&emulator)[0].body.clone().unwrap();
    assert_eq!(
        body["instructions"],
        json!([{"kind": "addTags", "values": ["managed-by.shop", "manages.rules"]}])
    );
    let after = emulator.segment("default", "production", "staff").unwrap();
    assert_eq!(before.rules, after.rules);
    assert_eq!(after.tags, ["mine", "managed-by.shop", "manages.rules"]);
}

#[tokio::test]
async fn another_owners_segment_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    sync_definitions(&config(&emulator), &[staff()])
        .await
        .unwrap();
    let other = builder(&emulator).owner("billing").build().unwrap();
    let refused = outcome(sync_definitions(&other, &[staff()]).await, "staff");
    let Outcome::Refused { reason, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        reason.to_string(),
        "it belongs to `shop`; if both programs declare it, give them one owner \
         (`segments_runtime::owner!(\"shop\")` where it is declared, or `--owner shop`); if this is the former name \
         of this program, set `formerly(\"shop\")` (`--formerly shop`)"
    );
}

#[tokio::test]
async fn what_is_not_declared_is_not_touched() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync_definitions(&config, &[staff()]).await.unwrap();
    instruct(
        &emulator,
        "staff",
        json!([
            {"kind": "addIncludedTargets", "contextKind": "user", "values": ["u"]},
            {"kind": "addExcludedTargets", "contextKind": "org", "values": ["o"]},
            {"kind": "addTags", "values": ["theirs", "rev.x"]},
        ]),
    )
    .await;
    by_hand(
        &emulator,
        "PATCH",
        "staff",
        json!([{"op": "add", "path": "/description", "value": "theirs"}]),
    )
    .await;
    let before = emulator.segment("default", "production", "staff").unwrap();
    let report = sync_definitions(&config, &[staff()]).await.unwrap();
    assert_eq!(report.writes(), 0, "{report}");
    assert_eq!(
        emulator.segment("default", "production", "staff").unwrap(),
        before
    );

    // Each of them becomes managed by being declared.
    let all = with_targets(tagged(staff(), &["ours"]), users(&[]), users(&[]));
    let all = Definition {
        description: Some(String::new()),
        ..all
    };
    sync_definitions(&config, &[all]).await.unwrap();
    let after = emulator.segment("default", "production", "staff").unwrap();
    assert!(
        after.included.is_empty()
            && after
                .excluded_contexts
                .iter()
                .all(|list| list.values.is_empty())
    );
    assert_eq!(after.description.unwrap_or_default(), "");
    assert!(
        !after.tags.contains(&"theirs".to_owned()),
        "{:?}",
        after.tags
    );
}

#[tokio::test]
async fn at_least_keeps_what_others_added() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let wanted = with_targets(
        segment("s", "S"),
        Targets::AtLeast(lists("user", &["a"])),
        Targets::Unmanaged,
    );
    sync_definitions(&config, std::slice::from_ref(&wanted))
        .await
        .unwrap();
    instruct(
        &emulator,
        "s",
        json!([
            {"kind": "addIncludedTargets", "contextKind": "user", "values": ["b"]},
            {"kind": "removeIncludedTargets", "contextKind": "user", "values": ["a"]},
        ]),
    )
    .await;
    sync_definitions(&config, &[wanted]).await.unwrap();
    assert_eq!(
        emulator
            .segment("default", "production", "s")
            .unwrap()
            .included,
        ["b", "a"]
    );
}

#[tokio::test]
async fn a_foreign_edit_between_plan_and_apply_survives() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync_definitions(&config, &[staff()]).await.unwrap();
    let changed = Definition {
        description: Some("Everyone who works here".to_owned()),
        ..segment("staff", "All staff")
    };
    let plan = plan(&config, &[changed]).await.unwrap();
    instruct(
        &emulator,
        "staff",
        json!([
            {"kind": "addIncludedTargets", "contextKind": "user", "values": ["theirs"]},
            {"kind": "addTags", "values": ["theirs"]},
        ]),
    )
    .await;
    plan.apply(&config).await.unwrap();
    let found = emulator.segment("default", "production", "staff").unwrap();
    assert_eq!(found.name, "All staff");
    assert_eq!(
        found.description.as_deref(),
        Some("Everyone who works here")
    );
    assert_eq!(found.included, ["theirs"]);
    assert!(found.tags.contains(&"theirs".to_owned()));
}

#[tokio::test]
async fn an_older_revision_leaves_a_newer_audience_alone() {
    let emulator = Emulator::start().await.unwrap();
    let revision = |n| builder(&emulator).revision(n).build().unwrap();
    let newer = Definition {
        name: "Newer".to_owned(),
        ..staff()
    };
    sync_definitions(&revision(2), &[newer]).await.unwrap();
    let report = sync_definitions(&revision(1), &[staff()]).await.unwrap();
    assert!(matches!(
        report.segments[0].outcome,
        Outcome::Superseded { revision: 2 }
    ));
    assert_eq!(report.writes(), 0);
    let found = emulator.segment("default", "production", "staff").unwrap();
    assert_eq!(found.name.as_str(), "Newer");
    let marked = |tags: &[String], revision: &str| {
        let [owner, parts, mark] = tags else {
            panic!("{tags:?}");
        };
        assert_eq!(
            (owner.as_str(), parts.as_str()),
            ("managed-by.shop", "manages.rules")
        );
        assert!(mark.starts_with(revision), "{tags:?}");
    };
    marked(&found.tags, "rev.2.");
    sync_definitions(&revision(3), &[staff()]).await.unwrap();
    let found = emulator.segment("default", "production", "staff").unwrap();
    marked(&found.tags, "rev.3.");
}

#[tokio::test]
async fn an_older_program_that_is_just_writing_does_not_win() {
    let emulator = Emulator::start().await.unwrap();
    let revision = |n| builder(&emulator).revision(n).build().unwrap();
    sync_definitions(&revision(1), &[staff()]).await.unwrap();
    let older = Definition {
        name: "Older".to_owned(),
        ..staff()
    };
    let newer = Definition {
        name: "Newer".to_owned(),
        ..staff()
    };
    let late = plan(&revision(2), &[older]).await.unwrap();
    sync_definitions(&revision(3), &[newer]).await.unwrap();
    let report = late.apply(&revision(2)).await.unwrap();
    assert!(
        matches!(
            report.segments[0].outcome,
            Outcome::Superseded { revision: 3 }
        ),
        "{report}"
    );
    assert_eq!(
        emulator
            .segment("default", "production", "staff")
            .unwrap()
            .name,
        "Newer"
    );
}

#[tokio::test]
async fn long_lists_go_in_pieces_and_removals_go_first() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let keys =
        |from: usize, to: usize| -> Vec<String> { (from..to).map(|n| format!("k{n}")).collect() };
    let listed = |keys: &[String]| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        users(&keys)
    };
    let first = with_targets(segment("s", "S"), listed(&keys(0, 2000)), users(&[]));
    sync_definitions(&config, &[first]).await.unwrap();
    emulator.clear_requests();
    // A thousand of them change sides.
    let second = with_targets(
        segment("s", "S"),
        listed(&keys(1000, 2000)),
        listed(&keys(0, 1000)),
    );
    sync_definitions(&config, &[second]).await.unwrap();
    let sizes: Vec<Vec<(String, usize)>> = writes(&emulator)
        .iter()
        .map(|request| {
            let instructions = request.body.as_ref().unwrap()["instructions"]
                .as_array()
                .unwrap()
                .clone();
            let of = |i: &Json| {
                (
                    i["kind"].as_str().unwrap().to_owned(),
                    i["values"].as_array().unwrap().len(),
                )
            };
            instructions.iter().map(of).collect()
        })
        .collect();
    let size = |kind: &str, size| (kind.to_owned(), size);
    assert_eq!(
        sizes,
        [
            vec![
                size("removeIncludedTargets", 1000),
                size("addExcludedTargets", 500)
            ],
            vec![size("addExcludedTargets", 500)],
        ]
    );

    let many = with_targets(segment("s", "S"), listed(&keys(0, 15_001)), users(&[]));
    let failed = outcome(sync_definitions(&config, &[many]).await, "s");
    let Outcome::Failed(error @ ItemError::TooManyTargets { count: 15_001, .. }) = failed else {
        panic!("{failed:?}");
    };
    assert!(error.to_string().contains("big segment"), "{error}");
}

#[tokio::test]
async fn one_segments_failure_does_not_stop_the_others() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(400).on("PATCH", "/eu-power-users").always());
    let error = sync_definitions(&config(&emulator), &five())
        .await
        .unwrap_err();
    let report = error.report().unwrap();
    let failed: Vec<_> = report
        .failures()
        .map(|segment| segment.key.to_string())
        .collect();
    assert_eq!(failed, ["eu-power-users"]);
    // Without its rules it does not stay either.
    assert_eq!(emulator.segments("default", "production").len(), 4);
    emulator.clear_faults();
    let report = sync_definitions(&config(&emulator), &five()).await.unwrap();
    assert_eq!(report.writes(), 2, "{report}");
}

#[tokio::test]
async fn a_segment_that_was_imported_is_taken_over_with_its_first_change_unless_it_moved() {
    let emulator = Emulator::start().await.unwrap();
    let clauses = json!([{"contextKind": "user", "attribute": "email", "op": "endsWith",
        "values": ["@x.io"], "negate": false}]);
    for key in ["staff", "moved"] {
        let new = json!({"key": key, "name": "Staff", "description": "People who work here"});
        by_hand(&emulator, "POST", "", new).await;
        let add = json!([{"kind": "addRule", "clauses": clauses}]);
        instruct(&emulator, key, add).await;
    }
    let seen = emulator.segments("default", "production");
    let versions = seen.iter().map(|seen| (seen.key.as_str(), seen.version));
    let config = config(&emulator).with_imported(versions);
    let declared = |domain: &'static str| {
        ["staff", "moved"].map(|key| {
            let email = clause("user", "email", Operator::EndsWith, [domain]);
            Definition {
                description: Some("Whoever works here".to_owned()),
                ..with_rules(segment(key, "Staff"), vec![rule(vec![email])])
            }
        })
    };
    let mut equal = declared("@x.io");
    for definition in &mut equal {
        definition.description = None;
    }
    assert!(plan(&config, &equal).await.unwrap().is_empty());

    instruct(
        &emulator,
        "moved",
        json!([{"kind": "updateName", "value": "Moved"}]),
    )
    .await;
    let report = sync_definitions(&config, &declared("@y.io")).await;
    let report = report.unwrap_err().report().unwrap().clone();
    // Two patches, because descriptions have no instruction.
    assert!(
        matches!(
            report.outcome("staff"),
            Some(Outcome::Applied(Action::Adopt { .. }))
        ),
        "{report}"
    );
    let reason = match report.outcome("moved") {
        Some(Outcome::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(*reason, RefusalReason::Different);
}
