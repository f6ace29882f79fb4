//! Contexts that are listed one by one, and splits.

use segments_model::draft::{DraftBy, DraftKind};
use segments_model::targeting::{DraftServe, DraftSplit, DraftTarget, DraftTargeting};
use segments_model::{MAX_PATCH_TARGETS, Targeting};
use serde_json::Value as Json;

use crate::support::{config, writes};
use crate::world::{declared, draft, emulator, one, sync, targeting};

fn list<K: Into<String>>(
    variation: &str,
    kind: &str,
    keys: impl IntoIterator<Item = K>,
) -> DraftTarget {
    DraftTarget {
        variation: Some(variation.to_owned()),
        kind: DraftKind::Name(kind.to_owned()),
        keys: keys.into_iter().map(Into::into).collect(),
    }
}

fn wanted(targets: Vec<DraftTarget>, fallthrough: DraftServe) -> Targeting {
    declared(&DraftTargeting {
        targets: Some(targets),
        rules: None,
        fallthrough: Some(fallthrough),
        ..draft(Vec::new())
    })
}

#[tokio::test]
async fn listed_contexts_and_splits_are_served() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let split = |fast: f64| {
        DraftServe::Split(DraftSplit {
            shares: vec![
                ("fast".to_owned(), fast),
                ("careful".to_owned(), 100.0 - fast),
            ],
            by: Some(DraftBy {
                kind: Some("user".to_owned()),
                attribute: Some("key".to_owned()),
                ..DraftBy::default()
            }),
        })
    };
    let first = wanted(
        vec![
            list("fast", "user", ["a", "b"]),
            list("careful", "org", ["o"]),
        ],
        split(60.0),
    );
    let report = sync(&config, &[], &[first]).await.unwrap();
    assert!(
        report.to_string().contains(
            "serve 1 context of kind org careful\n    serve 2 contexts of kind user fast\n    \
             serve the fallthrough 60% fast and 40% careful by user key instead of disabled"
        ),
        "{report}"
    );
    let second = wanted(vec![list("careful", "user", ["b"])], split(60.0));
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

/// A patch names no more contexts than the service takes, and a context leaves one list before it
/// joins the other.
#[tokio::test]
async fn long_lists_are_sent_in_portions() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let everybody = || (0..2_000).map(|n| format!("u-{n:04}"));
    let named = || -> Vec<usize> {
        let patches = writes(&emulator)
            .into_iter()
            .filter(|it| it.path.ends_with("/targeting"));
        let keys = |instruction: &Json| instruction["values"].as_array().map_or(0, Vec::len);
        let patches = patches.filter_map(|it| it.body);
        patches
            .map(|body| {
                body["instructions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(keys)
                    .sum()
            })
            .collect()
    };
    let first = wanted(vec![list("fast", "user", everybody())], one("fast"));
    sync(&config, &[], &[first]).await.unwrap();
    assert_eq!(named(), [MAX_PATCH_TARGETS, 500]);

    emulator.clear_requests();
    let moved = [wanted(
        vec![list("careful", "user", everybody())],
        one("fast"),
    )];
    sync(&config, &[], &moved).await.unwrap();
    assert_eq!(named(), [MAX_PATCH_TARGETS, MAX_PATCH_TARGETS, 1_000]);
    let targeting = targeting(&emulator).await;
    let targets = targeting["environments"]["production"]["targets"]
        .as_array()
        .unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0]["values"].as_array().unwrap().len(), 2_000);
    let again = sync(&config, &[], &moved).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
}
