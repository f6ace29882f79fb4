//! Context kinds that only an AI Config or a flag uses.

use segments_model::draft::{DraftBy, DraftClause, DraftKind, DraftRule};
use segments_model::targeting::{
    DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule,
};
use segments_model::{Operator, Targeting};
use segments_runtime::sync::{ContextKinds, ItemError, KindOutcome, Outcome};

use crate::support::{builder, config, writes};
use crate::world::{declared, draft, emulator, one, outcome, sync};

/// Lists an `org`, compares an attribute of a `device`, and splits by a `team`.
fn of_three_kinds() -> Targeting {
    let clause = DraftClause {
        kind: Some("device".to_owned()),
        attribute: Some("model".to_owned()),
        operator: Some(Operator::In),
        values: vec![Some("x".into())],
        ..DraftClause::default()
    };
    let split = DraftSplit {
        shares: vec![("fast".to_owned(), 50.0), ("careful".to_owned(), 50.0)],
        by: Some(DraftBy {
            kind: Some("team".to_owned()),
            attribute: Some("key".to_owned()),
            ..DraftBy::default()
        }),
    };
    let when = DraftRule {
        clauses: vec![clause],
        ..DraftRule::default()
    };
    declared(&DraftTargeting {
        targets: Some(vec![DraftTarget {
            variation: Some("fast".to_owned()),
            kind: DraftKind::Name("org".to_owned()),
            keys: vec!["o-1".to_owned()],
        }]),
        fallthrough: Some(DraftServe::Split(split)),
        ..draft(vec![DraftTargetingRule {
            when,
            serve: Some(one("careful")),
        }])
    })
}

#[tokio::test]
async fn kinds_of_targets_clauses_and_splits_are_made() {
    let emulator = emulator().await;
    let (config, targetings) = (config(&emulator), [of_three_kinds()]);
    let report = sync(&config, &[], &targetings).await.unwrap();
    let kinds = report.kinds.iter();
    let made: Vec<_> = kinds
        .map(|kind| (kind.kind.as_str(), &kind.outcome))
        .collect();
    let expected = ["device", "org", "team"].map(|kind| (kind, &KindOutcome::Created));
    assert_eq!(made, expected);
    let paths: Vec<_> = writes(&emulator).into_iter().map(|it| it.path).collect();
    assert_eq!(paths[0], "/api/v2/projects/default/context-kinds/device");
    let again = sync(&config, &[], &targetings).await.unwrap();
    assert_eq!((again.kinds.len(), again.writes()), (0, 0), "{again}");
}

#[tokio::test]
async fn where_kinds_are_required_their_lack_is_a_failure() {
    let emulator = emulator().await;
    let config = builder(&emulator)
        .context_kinds(ContextKinds::Require)
        .build()
        .unwrap();
    let result = sync(&config, &[], &[of_three_kinds()]).await;
    let Outcome::Failed(ItemError::MissingKinds { kinds }) = outcome(&result) else {
        panic!("{result:?}");
    };
    assert_eq!(*kinds, ["device", "org", "team"]);
    assert!(writes(&emulator).is_empty());
}
