//! AI Configs and flags that are no longer declared are told, and end when somebody says how.

use segments_emulator::Emulator;
use segments_model::draft::DraftKind;
use segments_model::targeting::{DraftTarget, DraftTargeting};
use segments_model::{Definition, Resource, Targeting};
use segments_runtime::sync::{Definitions, End, Outcome, Plan, SyncConfig, SyncMode, plan};
use serde_json::{Value as Json, json};

use crate::support::{builder, config};
use crate::world::{
    asking, by_hand, declared, draft, emulator, listed, one, rule_ids, send, served, sync,
    targeting,
};

const FLAG: &str = "/api/v2/flags/default/new-page";

fn flag() -> Targeting {
    declared(&DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "new-page".to_owned(),
        variations: ["old", "new"].map(str::to_owned).into(),
        rules: Some(vec![asking("staff", "new")]),
        fallthrough: Some(one("old")),
        ..DraftTargeting::default()
    })
}

/// An account in which a flag and an AI Config ask one segment.
async fn account() -> (Emulator, [Definition; 1]) {
    let emulator = emulator().await;
    let body = json!({"key": "new-page", "name": "New page",
        "variations": [{"value": "old"}, {"value": "new"}]});
    send(&emulator, "POST", "/api/v2/flags/default", &body).await;
    let segments = [listed("staff")];
    let assistant = declared(&draft(vec![asking("staff", "careful")]));
    sync(&config(&emulator), &segments, &[assistant, flag()])
        .await
        .unwrap();
    (emulator, segments)
}

async fn planned(config: &SyncConfig, segments: &[Definition], declared: &[Targeting]) -> Plan {
    let declared = Definitions {
        segments,
        targetings: declared,
        ..Definitions::default()
    };
    plan(config, declared).await.unwrap()
}

async fn flag_now(emulator: &Emulator) -> Json {
    send(emulator, "GET", FLAG, &Json::Null).await
}

/// Nothing is deleted by these lists, so that their end need not be made sure of.
#[tokio::test]
async fn a_plan_reads_each_list_once() {
    let (emulator, segments) = account().await;
    let assistant = declared(&draft(vec![asking("staff", "careful")]));
    emulator.clear_requests();
    planned(&config(&emulator), &segments, &[assistant, flag()]).await;
    let mut paths: Vec<String> = emulator.requests().into_iter().map(|it| it.path).collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/api/v2/flags/default",
            FLAG,
            "/api/v2/projects/default/ai-configs",
            "/api/v2/projects/default/ai-configs/assistant/targeting",
            "/api/v2/segments/default/production",
        ]
    );
}

#[tokio::test]
async fn what_is_declared_no_more_is_named_in_each_plan() {
    let (emulator, segments) = account().await;
    let usual = config(&emulator);
    // With one that is declared, they are looked for.
    let assistant = declared(&draft(vec![asking("staff", "careful")]));
    let shown = planned(&usual, &segments, &[assistant]).await;
    assert!(shown.is_empty());
    let told = "left flag new-page as it is: it is no longer declared; `--retire flag/new-page` removes \
                its rules and targets, and `--let-go flag/new-page` leaves them to people";
    assert!(shown.to_string().contains(told), "{shown}");
    // Without any, they are where that is asked for.
    let shown = planned(&usual, &segments, &[]).await;
    assert!(!shown.to_string().contains("new-page"), "{shown}");
    let thorough = builder(&emulator).look_for_former(true);
    let thorough = thorough.build().unwrap();
    let shown = planned(&thorough, &segments, &[]).await;
    assert!(shown.to_string().contains(told), "{shown}");
    assert!(
        shown
            .to_string()
            .contains("left AI Config assistant as it is"),
        "{shown}"
    );
    // Those of others are theirs.
    let other = builder(&emulator).owner("billing").look_for_former(true);
    let shown = planned(&other.build().unwrap(), &[], &[]).await;
    assert!(!shown.to_string().contains("new-page"), "{shown}");
}

#[tokio::test]
async fn it_ends_by_going_or_by_being_left() {
    let (emulator, segments) = account().await;
    let flag_resource = Resource::parse("flag/new-page").unwrap();
    let assistant = Resource::parse("ai-config/assistant").unwrap();
    let config = builder(&emulator)
        .end(flag_resource, End::Retire)
        .end(assistant, End::LetGo)
        .build()
        .unwrap();
    let shown = planned(&config, &segments, &[]).await;
    let text = shown.to_string();
    assert!(
        text.contains("~ flag new-page\n    remove rule 1: "),
        "{text}"
    );
    assert!(
        text.contains("~ AI Config assistant\n    remove tag"),
        "{text}"
    );
    let rules = rule_ids(&emulator).await;
    let report = shown.apply(&config).await.unwrap();
    assert!(
        report
            .targetings
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Applied(_))),
        "{report}"
    );
    let now = flag_now(&emulator).await;
    let here = &now["environments"]["production"];
    assert_eq!((&here["rules"], &now["tags"]), (&json!([]), &json!([])));
    assert_eq!(
        here["fallthrough"]["variation"], 0,
        "what everybody is served stays"
    );
    assert_eq!(rule_ids(&emulator).await, rules, "they are left to people");
    let tags = targeting(&emulator).await["tags"].to_string();
    assert!(!tags.contains("targeted-by"), "{tags}");
    // It has ended, and ending it again does nothing.
    let again = planned(&config, &segments, &[]).await;
    assert!(
        again.is_empty()
            && again
                .targetings()
                .iter()
                .all(|it| matches!(it.outcome, Outcome::Unchanged))
    );
}

#[tokio::test]
async fn a_retired_flag_lets_go_of_its_segment_first() {
    let (emulator, _) = account().await;
    let config = builder(&emulator)
        .prune(true)
        .prune_grace(std::time::Duration::ZERO)
        .end(Resource::parse("flag/new-page").unwrap(), End::Retire)
        .end(Resource::parse("ai-config/assistant").unwrap(), End::Retire)
        .build()
        .unwrap();
    let other = [listed("other")];
    let report = planned(&config, &other, &[])
        .await
        .apply(&config)
        .await
        .unwrap();
    assert!(
        emulator.segment("default", "production", "staff").is_none(),
        "{report}"
    );
}

#[tokio::test]
async fn what_is_declared_does_not_end() {
    let (emulator, segments) = account().await;
    let config = builder(&emulator)
        .end(Resource::parse("flag/new-page").unwrap(), End::Retire)
        .mode(SyncMode::Verify)
        .build()
        .unwrap();
    let declared = Definitions {
        segments: &segments,
        targetings: &[flag()],
        ..Definitions::default()
    };
    let error = plan(&config, declared).await.unwrap_err();
    assert!(
        error.to_string().contains("flag new-page is declared"),
        "{error}"
    );
}

#[tokio::test]
async fn a_plan_may_be_of_some_only() {
    let (emulator, segments) = account().await;
    let changed = Definition {
        name: "Other name".to_owned(),
        ..segments[0].clone()
    };
    let both = [changed, listed("new")];
    let only = |key: &str| builder(&emulator).only(key).build().unwrap();
    let new = only("new");
    let shown = planned(&new, &both, &[flag()]).await;
    assert!(shown.to_string().starts_with("+ new\n"), "{shown}");
    assert_eq!((shown.segments().len(), shown.targetings().len()), (1, 0));
    let report = shown.apply(&new).await.unwrap();
    assert!(report.in_sync().is_ok());
    let now = emulator.segment("default", "production", "staff").unwrap();
    assert_ne!(now.name, "Other name");
    let flag_only = only("flag/new-page");
    let shown = planned(&flag_only, &both, &[flag()]).await;
    assert_eq!((shown.segments().len(), shown.targetings().len()), (0, 1));

    // What asks a segment that is not made with it cannot be made.
    let asking_new = declared(&draft(vec![asking("newer", "careful")]));
    let all = [both[0].clone(), both[1].clone(), listed("newer")];
    let assistant = only("ai-config/assistant");
    let shown = planned(&assistant, &all, &[asking_new]).await;
    assert!(
        shown.is_empty() && shown.to_string().contains("`newer`"),
        "{shown}"
    );

    // Nor can what asks it through another one.
    let asks = |key: &str, asked: &'static str| {
        let built = Definition::builder(key).rule(segments_model::member_of([asked]));
        built.build().unwrap()
    };
    let chain = [
        asks("outer", "middle"),
        asks("middle", "inner"),
        listed("inner"),
    ];
    let some = builder(&emulator)
        .only("outer")
        .only("middle")
        .build()
        .unwrap();
    let shown = planned(&some, &chain, &[]).await;
    assert!(shown.is_empty(), "{shown}");
    assert!(shown.to_string().contains("`middle`"), "{shown}");

    let definitions = Definitions::from(&both);
    let error = plan(&only("nev"), definitions).await.unwrap_err();
    assert!(error.to_string().contains("did you mean `new`?"), "{error}");
}

#[tokio::test]
async fn one_segment_may_be_adopted_and_no_other() {
    let emulator = emulator().await;
    for key in ["one", "two"] {
        let body = json!({"key": key, "name": "By hand"});
        send(
            &emulator,
            "POST",
            "/api/v2/segments/default/production",
            &body,
        )
        .await;
        let include = json!({"environmentKey": "production", "instructions": [
            {"kind": "addIncludedTargets", "contextKind": "user", "values": ["x"]}]});
        let path = format!("/api/v2/segments/default/production/{key}");
        send(&emulator, "PATCH", &path, &include).await;
    }
    let config = builder(&emulator).adopt("one").build().unwrap();
    let shown = planned(&config, &["one", "two"].map(listed), &[]).await;
    let text = shown.to_string();
    assert!(
        text.contains("~ adopt one\n") && text.contains("refused two: "),
        "{text}"
    );
}

/// What a declaration says no more of, it told once: it stays, is told, and fails a verification.
#[tokio::test]
async fn parts_that_are_declared_no_more_are_told_until_somebody_decides() {
    let (emulator, segments) = account().await;
    let usual = config(&emulator);
    let whole = flag();
    let tags = flag_now(&emulator).await["tags"].clone();
    assert!(
        tags.to_string()
            .contains("targeted.rules.fallthrough.in.production"),
        "{tags}"
    );
    let without = Targeting {
        rules: None,
        ..whole.clone()
    };
    let shown = planned(&usual, &segments, std::slice::from_ref(&without)).await;
    assert!(shown.is_empty(), "{shown}");
    let told = "let go of rules, where this stays: is in segment `staff` => new; write `rules = []` \
                (`no_rules`) to empty it, or apply with `--let-go flag/new-page` to leave it to people";
    assert!(shown.to_string().contains(told), "{shown}");
    let declared = Definitions {
        segments: &segments,
        targetings: std::slice::from_ref(&without),
        ..Definitions::default()
    };
    let verify = builder(&emulator).mode(SyncMode::Verify).build().unwrap();
    let report = segments_runtime::sync::sync_definitions(&verify, declared)
        .await
        .unwrap();
    assert!(report.clone().in_sync().is_err(), "{report}");

    // A strict declaration has to decide.
    let strict = builder(&emulator).strict(true).build().unwrap();
    let refused = planned(&strict, &segments, std::slice::from_ref(&without)).await;
    assert!(
        refused.to_string().contains("its declaration is strict"),
        "{refused}"
    );

    // Declared as nothing, they go.
    let nothing = Targeting {
        rules: Some(Vec::new()),
        ..whole.clone()
    };
    let shown = planned(&usual, &segments, &[nothing]).await;
    assert!(shown.to_string().contains("remove rule 1"), "{shown}");

    // Left to people, they stay and are told no more.
    let resource = Resource::parse("flag/new-page").unwrap();
    let left = builder(&emulator)
        .end(resource, End::LetGo)
        .build()
        .unwrap();
    let shown = planned(&left, &segments, std::slice::from_ref(&without)).await;
    assert!(!shown.to_string().contains("let go of"), "{shown}");
    shown.apply(&left).await.unwrap();
    let shown = planned(&usual, &segments, std::slice::from_ref(&without)).await;
    assert!(
        shown.is_empty() && !shown.to_string().contains("let go"),
        "{shown}"
    );
    let now = flag_now(&emulator).await;
    let rules = now["environments"]["production"]["rules"].as_array();
    assert_eq!(rules.map(Vec::len), Some(1), "{now}");

    // What everybody else is served has no word for nothing.
    let none = Targeting {
        fallthrough: None,
        ..whole
    };
    planned(&usual, &segments, &[flag()])
        .await
        .apply(&usual)
        .await
        .unwrap();
    let shown = planned(&usual, &segments, &[none]).await;
    let told = "let go of fallthrough, where this stays: everybody else => old; write `fallthrough` to \
                declare it";
    assert!(shown.to_string().contains(told), "{shown}");
}

/// Of what keeps the rules and targets of others, single ones are told.
#[tokio::test]
async fn what_is_declared_at_least_no_more_is_told_until_somebody_decides() {
    let emulator = emulator().await;
    let usual = config(&emulator);
    let segments = ["beta", "staff"].map(listed);
    let wanted = |rules: &[(&str, &str)], keys: &[&str]| {
        let rules = rules.iter().map(|(segment, serve)| asking(segment, serve));
        let target = DraftTarget {
            variation: Some("fast".to_owned()),
            kind: DraftKind::Name("user".to_owned()),
            keys: keys.iter().map(ToString::to_string).collect(),
        };
        declared(&DraftTargeting {
            at_least: true,
            targets: Some(vec![target]),
            ..draft(rules.collect())
        })
    };
    let first = wanted(&[("beta", "careful"), ("staff", "fast")], &["a", "b"]);
    sync(&usual, &segments, &[first]).await.unwrap();
    by_hand(&emulator, "production", "a@x.io").await;

    // A rule that asks another segment is another rule.
    let second = wanted(&[("beta", "careful")], &["a"]);
    let shown = planned(&usual, &segments, std::slice::from_ref(&second)).await;
    assert!(shown.is_empty(), "{shown}");
    for told in [
        "let go of some of targets, where this stays: 1 context of kind user => fast; remove it in \
         LaunchDarkly, or apply with `--let-go ai-config/assistant` to leave it to people",
        "let go of some of rules, where this stays: is in segment `staff` => fast; remove it in",
    ] {
        assert!(shown.to_string().contains(told), "{shown}");
    }
    assert!(!shown.to_string().contains("a@x.io"), "{shown}");
    let verify = builder(&emulator).mode(SyncMode::Verify).build().unwrap();
    let report = sync(&verify, &segments, std::slice::from_ref(&second)).await;
    assert!(report.unwrap().in_sync().is_err());

    // It is served something else now, so the old rule is no more.
    let third = wanted(&[("beta", "fast")], &["a"]);
    let report = sync(&usual, &segments, std::slice::from_ref(&third))
        .await
        .unwrap();
    assert!(
        report
            .to_string()
            .contains("is in segment `staff` => fast; remove"),
        "{report}"
    );
    assert!(
        !report.to_string().contains("`beta` => careful; remove"),
        "{report}"
    );
    let again = sync(&usual, &segments, std::slice::from_ref(&third))
        .await
        .unwrap();
    assert_eq!(again.writes(), 0, "{again}");

    let resource = Resource::parse("ai-config/assistant").unwrap();
    let left = builder(&emulator)
        .end(resource, End::LetGo)
        .build()
        .unwrap();
    sync(&left, &segments, std::slice::from_ref(&third))
        .await
        .unwrap();
    let report = sync(&usual, &segments, &[third]).await.unwrap();
    report.in_sync().unwrap();
    assert_eq!(served(&emulator).await.0.len(), 3);
}

/// Another owner may declare what this one does no more, so it is told with both.
#[tokio::test]
async fn what_two_owners_mark_is_told_once_one_declares_it_no_more() {
    let (emulator, segments) = account().await;
    let tag = json!({"instructions": [{"kind": "addTags", "values": ["targeted-by.billing.in.production"]}]});
    send(&emulator, "PATCH", FLAG, &tag).await;
    let looks = builder(&emulator).look_for_former(true);
    let shown = planned(&looks.build().unwrap(), &segments, &[]).await;
    let told = shown.to_string();
    assert!(
        told.contains("kept flag new-page, which is no longer declared"),
        "{told}"
    );
    assert!(told.contains("`shop` and `billing`"), "{told}");
    assert!(shown.is_empty(), "{told}");
}
