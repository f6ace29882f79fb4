//! Of two programs, which one's declarations are in force: each cell of the table in docs/reference/sync.md.

use std::time::Duration;

use crate::support::{by_hand, instruct, segment};
use segments_emulator::Emulator;
use segments_model::targeting::DraftTargeting;
use segments_model::{Definition, Resource, ResourceKind, Targeting};
use segments_runtime::sync::{
    Action, End, Outcome, Report, SyncConfig, SyncError, SyncMode, sync_definitions,
};
use serde_json::json;

/// Who comes second to an account that the first has synced.
struct Row {
    words: &'static str,
    first: Option<u64>,
    second: Option<u64>,
    /// Whether both say the same about `staff`.
    same: bool,
    /// Whether the second declares anything.
    empty: bool,
}

const ROWS: [Row; 8] = [
    row("newer (7 after 6)", Some(6), Some(7), false),
    row("older (6 after 7)", Some(7), Some(6), false),
    row(
        "the same (7 after 7, same contents, edited by hand)",
        Some(7),
        Some(7),
        true,
    ),
    row("the same number, other contents", Some(7), Some(7), false),
    row("without a number after 7", Some(7), None, false),
    row("7 after one without a number", None, Some(7), false),
    row("both without a number", None, None, false),
    Row {
        empty: true,
        ..row("nothing declared", None, None, false)
    },
];

const fn row(words: &'static str, first: Option<u64>, second: Option<u64>, same: bool) -> Row {
    Row {
        words,
        first,
        second,
        same,
        empty: false,
    }
}

fn config(emulator: &Emulator, revision: Option<u64>) -> SyncConfig {
    let builder = crate::support::builder(emulator)
        .prune(true)
        .prune_grace(Duration::ZERO);
    match revision {
        Some(revision) => builder.revision(revision).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

/// An account after the first program, and what the second declares.
async fn account(row: &Row) -> (Emulator, SyncConfig, Vec<Definition>) {
    let emulator = Emulator::start().await.unwrap();
    let first = [segment("staff", "Staff"), segment("gone", "Gone")];
    sync_definitions(&config(&emulator, row.first), &first)
        .await
        .unwrap();
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "free", "name": "Free"}),
    )
    .await;
    let name = if row.same { "Staff" } else { "Other staff" };
    if row.same {
        let edit = json!([{"kind": "updateName", "value": "By hand"}]);
        instruct(&emulator, "staff", edit).await;
    }
    let second = vec![
        segment("staff", name),
        segment("new", "New"),
        segment("free", "Free"),
    ];
    let second = if row.empty { Vec::new() } else { second };
    let config = config(&emulator, row.second);
    emulator.clear_requests();
    (emulator, config, second)
}

fn report(result: Result<Report, SyncError>) -> Report {
    match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap().clone(),
    }
}

fn word(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        None => "-",
        Some(Outcome::Unchanged) => "unchanged",
        Some(Outcome::Applied(Action::Create { .. })) => "created",
        Some(Outcome::Applied(Action::Update { .. })) => "updated",
        Some(Outcome::Applied(Action::Adopt { .. })) => "adopted",
        Some(Outcome::Applied(Action::Delete { .. })) => "deleted",
        Some(Outcome::Planned(_)) => "differs",
        Some(Outcome::Superseded { .. }) => "superseded",
        Some(Outcome::Conflict { .. }) => "conflict",
        Some(Outcome::InUse { .. }) => "kept",
        Some(Outcome::Undeclared) => "no longer declared",
        Some(other) => panic!("{other:?}"),
    }
}

async fn cells(row: &Row) -> String {
    let (emulator, config, second) = account(row).await;
    let verified = sync_definitions(&config.with_mode(SyncMode::Verify), &second).await;
    let verified = report(verified);
    assert_eq!(verified.writes(), 0, "{}", row.words);
    let before = emulator.segments("default", "production");
    let done = report(sync_definitions(&config, &second).await);
    let word = |key| word(done.outcome(key));
    // What is not done leaves no trace.
    for key in ["staff", "gone", "free", "new"] {
        let was = before.iter().find(|segment| segment.key == key).cloned();
        let is = emulator.segment("default", "production", key);
        let wrote = matches!(done.outcome(key), Some(Outcome::Applied(_)));
        assert_eq!(was != is, wrote, "{}: {key}: {done}", row.words);
    }
    let verify = if row.empty { "gone" } else { "staff" };
    let verify = self::word(verified.outcome(verify));
    format!(
        "| {} | {} | {} | {} | {} | {verify} |",
        row.words,
        word("new"),
        word("staff"),
        word("free"),
        word("gone"),
    )
}

#[tokio::test]
async fn the_table_in_the_documentation_is_what_happens() {
    let mut table = vec![
        "| the second program is | creates | updates | adopts | prunes | verifies |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for row in &ROWS {
        table.push(Box::pin(cells(row)).await);
    }
    let table = table.join("\n");
    let page = include_str!("../../docs/reference/sync.md");
    assert!(
        page.contains(&table),
        "docs/reference/sync.md needs this table:\n{table}"
    );
}

/// The AI Configs or flags `page`, `free` and `gone`, and what they serve everybody.
async fn make(emulator: &Emulator, flags: bool) {
    for key in ["page", "free", "gone"] {
        if flags {
            let flag = json!({"key": key, "name": key,
                "variations": [{"value": "old"}, {"value": "new"}]});
            crate::world::send(emulator, "POST", "/api/v2/flags/default", &flag).await;
            continue;
        }
        let config = json!({"key": key, "name": key});
        crate::world::send(emulator, "POST", crate::world::CONFIGS, &config).await;
        for variation in ["old", "new"] {
            let path = format!("{}/{key}/variations", crate::world::CONFIGS);
            let variation =
                json!({"key": variation, "name": variation, "model": {"modelName": "m"}});
            crate::world::send(emulator, "POST", &path, &variation).await;
        }
    }
}

fn serving(flags: bool, key: &str, everybody: &str) -> Targeting {
    crate::world::declared(&DraftTargeting {
        kind: if flags {
            ResourceKind::Flag
        } else {
            ResourceKind::AiConfig
        },
        key: key.to_owned(),
        variations: ["old", "new"].map(str::to_owned).into(),
        fallthrough: Some(crate::world::one(everybody)),
        ..DraftTargeting::default()
    })
}

async fn cells_of_served(row: &Row, flags: bool) -> String {
    let emulator = Emulator::start().await.unwrap();
    make(&emulator, flags).await;
    let first = ["page", "gone"].map(|key| serving(flags, key, "old"));
    crate::world::sync(&config(&emulator, row.first), &[], &first)
        .await
        .unwrap();
    let everybody = if row.same { "old" } else { "new" };
    if row.same {
        let shown = crate::world::send(&emulator, "GET", &page(flags), &json!(null)).await;
        let id = &shown["variations"].as_array().unwrap().last().unwrap()["_id"];
        let edit = json!({"environmentKey": "production", "instructions": [
            {"kind": "updateFallthroughVariationOrRollout", "variationId": id}]});
        crate::world::send(&emulator, "PATCH", &page(flags), &edit).await;
    }
    let second = ["page", "free"].map(|key| serving(flags, key, everybody));
    let second: &[Targeting] = if row.empty { &[] } else { &second };
    let config = config(&emulator, row.second);
    let verified = crate::world::sync(&config.with_mode(SyncMode::Verify), &[], second).await;
    let verified = report(verified);
    let gone = if flags { "flag/gone" } else { "ai-config/gone" };
    let ending =
        crate::support::builder(&emulator).end(Resource::parse(gone).unwrap(), End::Retire);
    let ending = match row.second {
        Some(revision) => ending.revision(revision),
        None => ending,
    };
    let done = report(crate::world::sync(&ending.build().unwrap(), &[], second).await);
    let find = |report: &Report, key: &str| {
        let mut all = report.targetings.iter();
        let found = all.find(|it| it.resource.key() == key);
        word(found.map(|it| &it.outcome))
    };
    let retired = match find(&done, "gone") {
        "updated" => "retired",
        other => other,
    };
    format!(
        "| {} | {} | {} | {retired} | {} |",
        row.words,
        find(&done, "page"),
        find(&done, "free"),
        find(&verified, "page"),
    )
}

fn page(flags: bool) -> String {
    if flags {
        "/api/v2/flags/default/page".to_owned()
    } else {
        format!("{}/page/targeting", crate::world::CONFIGS)
    }
}

#[tokio::test]
async fn what_is_served_is_decided_alike() {
    let mut table = vec![
        "| the second program is | updates | adopts | retires | verifies |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for row in &ROWS {
        let flag = Box::pin(cells_of_served(row, true)).await;
        assert_eq!(
            flag,
            Box::pin(cells_of_served(row, false)).await,
            "an AI Config"
        );
        table.push(flag);
    }
    let table = table.join("\n");
    let page = include_str!("../../docs/reference/sync.md");
    assert!(
        page.contains(&table),
        "docs/reference/sync.md needs this table:\n{table}"
    );
}

/// One program at every start of a rolling deployment, the other at every start of a rollback.
#[tokio::test]
async fn a_rolling_deployment_with_pruning_flaps_nowhere() {
    let emulator = Emulator::start().await.unwrap();
    let older = [segment("staff", "Staff"), segment("gone", "Gone")];
    let newer = [segment("staff", "All staff"), segment("added", "Added")];
    let (six, seven) = (config(&emulator, Some(6)), config(&emulator, Some(7)));
    sync_definitions(&six, &older).await.unwrap();
    sync_definitions(&seven, &newer).await.unwrap();
    let hand = json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u"]}]);
    instruct(&emulator, "added", hand).await;
    let there = emulator.segments("default", "production");
    for _ in 0..3 {
        let report = sync_definitions(&six, &older).await.unwrap();
        assert_eq!(report.writes(), 0, "{report}");
        let report = sync_definitions(&seven, &newer).await.unwrap();
        assert_eq!(report.writes(), 0, "{report}");
    }
    assert_eq!(emulator.segments("default", "production"), there);
    assert_eq!(there.len(), 2);
}

/// Two services that link one crate of audiences: neither takes from the other, whatever they say.
#[tokio::test]
async fn two_services_that_share_a_crate_do_not_swap_tags() {
    let emulator = Emulator::start().await.unwrap();
    let declared = [segment("staff", "Staff")];
    let service = |name: &str| {
        let builder = crate::support::builder(&emulator).program(name, "1.0.0");
        let always = segments_runtime::sync::Adoption::Always;
        builder.adoption(always).build().unwrap()
    };
    sync_definitions(&service("shop"), &declared).await.unwrap();
    let error = sync_definitions(&service("billing"), &declared)
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(said.contains("owner!(\"shop\")"), "{said}");
    assert!(!said.contains("Always"), "{said}");
    let tags = emulator
        .segment("default", "production", "staff")
        .unwrap()
        .tags;
    assert_eq!(tags, ["managed-by.shop"]);
}

/// The first program of a team has no name yet; later it has one, and another one still.
#[tokio::test]
async fn a_program_that_gets_a_name_keeps_its_segments() {
    let emulator = Emulator::start().await.unwrap();
    let declared = [segment("staff", "Staff")];
    let nameless = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .build()
        .unwrap();
    sync_definitions(&nameless, &declared).await.unwrap();
    let tags = || {
        emulator
            .segment("default", "production", "staff")
            .unwrap()
            .tags
    };
    assert_eq!(tags(), ["managed-by.segments-as-code"]);
    let shop = crate::support::config(&emulator);
    sync_definitions(&shop, &declared).await.unwrap();
    assert_eq!(tags(), ["managed-by.shop"]);
    // The way back is closed.
    let refused = sync_definitions(&nameless, &declared).await.unwrap_err();
    assert!(
        refused.to_string().contains("it belongs to `shop`"),
        "{refused}"
    );
    let renamed = crate::support::builder(&emulator).program("store", "2.0.0");
    let refused = sync_definitions(&renamed.clone().build().unwrap(), &declared).await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("formerly(\"shop\")")
    );
    let renamed = renamed.formerly("shop").build().unwrap();
    sync_definitions(&renamed, &declared).await.unwrap();
    assert_eq!(tags(), ["managed-by.store"]);
}
