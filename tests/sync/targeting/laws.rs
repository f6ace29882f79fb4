//! Laws for random targetings: what is applied is there, and what is there needs nothing.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use segments_model::Operator;
use segments_model::draft::{DraftClause, DraftKind, DraftRule};
use segments_model::targeting::{
    DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule,
};
use segments_runtime::sync::{Definitions, plan};

use crate::support::config;
use crate::world::{self, declared, draft, listed, one, sync};

fn serve() -> impl Strategy<Value = DraftServe> {
    let split = (1_u32..100, prop::option::of(Just("org"))).prop_map(|(fast, kind)| {
        let (fast, by) = (
            f64::from(fast),
            segments_model::draft::DraftBy {
                kind: Some(kind.unwrap_or("user").to_owned()),
                attribute: Some("key".to_owned()),
                ..segments_model::draft::DraftBy::default()
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
    let emulator = runtime.block_on(world::emulator());
    let config = config(&emulator);
    let segments = ["beta", "staff", "eu"].map(listed);
    let wanted = (
        rules(),
        prop::option::of(targets()),
        prop::option::of(serve()),
    );
    let mut runner = TestRunner::new(Config::with_cases(40));
    let law = runner.run(&wanted, |(rules, targets, fallthrough)| {
        let targeting = [declared(&DraftTargeting {
            targets,
            fallthrough,
            ..draft(rules)
        })];
        runtime.block_on(async {
            let report = sync(&config, &segments, &targeting).await;
            prop_assert!(report.is_ok(), "{}", report.unwrap_err());
            let everything = Definitions {
                segments: &segments,
                targetings: &targeting,
                ..Definitions::default()
            };
            let again = plan(&config, everything).await.unwrap();
            prop_assert!(again.is_empty(), "{again}");
            Ok(())
        })
    });
    law.unwrap();
}
