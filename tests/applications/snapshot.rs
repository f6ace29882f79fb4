//! Typed segments and variations, answered from an environment as it was pulled.

use segments_emulator::Emulator;
use segments_model::evaluate::{Protocol, Snapshot as About};
use segments_runtime::sync::{Adoption, Definitions, SyncConfig, sdk_data, sync_definitions};
use segments_runtime::testing::{Snapshot, SnapshotError};
use segments_runtime::{
    Context, Evaluation, Salts, Targeted, ai_config, assert_member, assert_not_member,
    flag_targeting, segment,
};

use crate::lists::User;
use crate::support::builder;

/// Those who work here.
#[segment(include(User = ["canary-5d8e-1"]), rule(User::PLAN.is("staff")))]
struct Staff;

/// A tenth of them.
#[segment(rule(percent = 10, User::PLAN.is("pro")))]
struct Tenth;

/// Nobody made it.
#[segment(rule(User::PLAN.is("pro")))]
struct Testers;

#[flag_targeting(key = "new-page", variations(old, new), rule(member_of!(Staff) => new), fallthrough = old)]
struct NewPage;

#[flag_targeting(key = "half", variations(on, off), fallthrough = percent(on = 50, off = 50, by = User::ID))]
struct Half;

#[ai_config(variations(fast, careful), rule(member_of!(Staff) => careful), fallthrough = fast)]
struct Assistant;

/// Declares fewer variations than there are.
#[ai_config(key = "assistant", variations(fast), fallthrough = fast)]
struct OldAssistant;

#[flag_targeting(key = "new-pages", variations(old, new), fallthrough = old)]
struct NewPages;

const WORLD: &str = r#"{"projects": {"default": {
    "environments": {"production": {"segments": [
        {"key": "staff", "name": "Staff", "included": ["canary-5d8e-1"], "rules": [{"clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["staff"]}]}]},
        {"key": "tenth", "name": "Tenth", "rules": [{"weight": 10000, "rolloutContextKind": "user", "clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]}]}]}},
    "flags": [
        {"key": "new-page", "name": "New page", "variations": [{"value": "old"}, {"value": "new"}],
            "instructions": {"production": [{"kind": "turnFlagOn"}, {"kind": "addRule", "variation": 1, "clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]},
                {"kind": "updateFallthroughVariationOrRollout", "variation": 0}]}},
        {"key": "half", "name": "Half", "variations": [{"value": "on"}, {"value": "off"}],
            "instructions": {"production": [{"kind": "turnFlagOn"}]}}],
    "aiConfigs": [{"key": "assistant", "name": "Assistant",
        "variations": [{"key": "fast", "name": "Fast"}, {"key": "careful", "name": "Careful"}],
        "instructions": {"production": [{"kind": "addRule", "variation": 2, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]
}}}"#;

fn user(id: &str, plan: &str) -> User {
    User {
        id: id.to_owned(),
        plan: plan.to_owned(),
    }
}

/// What `cargo segments pull` writes.
async fn pulled(config: &SyncConfig, protocol: Protocol, with_members: bool) -> String {
    let data = sdk_data(config, protocol, None).await.unwrap();
    let about = About::new("default", "production", "2026-11-30T09:00:00Z", protocol);
    about.around(data, with_members).to_string()
}

async fn filled() -> (Emulator, SyncConfig) {
    let emulator = Emulator::start().await.unwrap();
    emulator.fill(WORLD).unwrap();
    let config = builder(&emulator)
        .adoption(Adoption::Always)
        .build()
        .unwrap();
    let declared = Definitions {
        segments: &[],
        targetings: &[Half::targeting()],
        ..Definitions::default()
    };
    sync_definitions(&config, declared).await.unwrap();
    (emulator, config)
}

fn served<V>(evaluation: Evaluation<V>) -> Option<V> {
    match evaluation {
        Evaluation::Served { variation, .. } => Some(variation),
        Evaluation::Unknown { .. } => None,
    }
}

#[tokio::test]
async fn types_are_answered_from_what_was_pulled_in_both_protocols() {
    let (_emulator, config) = filled().await;
    for protocol in [Protocol::Fdv1, Protocol::Fdv2] {
        let text = pulled(&config, protocol, true).await;
        let production = Snapshot::parse(&text).unwrap();
        let production = production.of("default", "production").unwrap();
        assert_member!(Staff, &user("canary-5d8e-1", "free"), in production);
        assert_not_member!(Staff, &user("u-1", "free"), in production);

        // The share is drawn with the salt that was pulled: as LaunchDarkly does, and as the declaration does
        // that is given the same salt.
        let salts = production.salts();
        let mut members = 0;
        for number in 0..200 {
            let user = user(&format!("u-{number}"), "pro");
            let membership = production.membership::<Tenth>(&user).unwrap();
            assert_eq!(
                Tenth::contains_with(&user, salts),
                membership.known(),
                "{protocol:?}"
            );
            members += usize::from(membership.known() == Some(true));
            let half = served(production.variation::<Half>(&user).unwrap());
            assert!(half.is_some());
            assert_eq!(
                served(Half::variation_with(&user, salts)),
                half,
                "{protocol:?}"
            );
        }
        assert!((5..60).contains(&members), "{members}");

        let staff = user("canary-5d8e-1", "free");
        let page = production.variation::<NewPage>(&staff).unwrap();
        assert_eq!(page.to_string(), "new: rule 1 holds");
        let page = production
            .variation::<NewPage>(&user("u-1", "pro"))
            .unwrap();
        assert_eq!(page.to_string(), "old: no rule holds");
        let assistant = production.variation::<Assistant>(&staff).unwrap();
        assert_eq!(assistant.to_string(), "careful: rule 1 holds");
        assert!(!format!("{production:?}").contains("5d8e"));
        assert!(!production.sdk_segments().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_depends_on_keys_that_were_left_out_is_unknown() {
    let (_emulator, config) = filled().await;
    let text = pulled(&config, Protocol::Fdv1, false).await;
    assert!(!text.contains("5d8e"));
    let production = Snapshot::parse(&text).unwrap();
    let known = |user| production.membership::<Staff>(&user).unwrap().known();
    assert_eq!(known(user("u-1", "free")), None);
    // Whoever is in by a rule is in, listed or not.
    assert_eq!(known(user("u-1", "staff")), Some(true));
    let page = |of: &Snapshot| of.variation::<NewPage>(&user("u-1", "free")).unwrap();
    assert_eq!(page(&production).known(), None);
    let refused = production.sdk_flags().unwrap_err();
    assert!(matches!(refused, SnapshotError::LeftOut), "{refused}");
    // Whoever tests rules only can do without.
    let production = production.with_empty_lists();
    assert_member!(Staff, &user("u-1", "staff"), in production);
    assert_eq!(page(&production).to_string(), "old: no rule holds");
    assert_eq!(production.sdk_flags().unwrap().len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_is_one_clear_error() {
    let (_emulator, config) = filled().await;
    let text = pulled(&config, Protocol::Fdv1, true).await;
    let production = Snapshot::parse(&text).unwrap();
    let staff = user("canary-5d8e-1", "free");
    let refused = [
        production.clone().of("default", "test").unwrap_err(),
        production.clone().of("shop", "production").unwrap_err(),
        production.membership::<Testers>(&staff).unwrap_err(),
        production
            .variation::<NewPages>(&staff)
            .map(drop)
            .unwrap_err(),
        production
            .variation::<OldAssistant>(&staff)
            .map(drop)
            .unwrap_err(),
        Snapshot::parse(&text[..text.len() / 2]).unwrap_err(),
        Snapshot::parse(&text.replace("\"format\":1", "\"format\":2")).unwrap_err(),
        Snapshot::parse(r#"{"segments": {}, "flags": {}}"#).unwrap_err(),
        Snapshot::open("no-such-file.json").unwrap_err(),
    ];
    let says = refused.map(|error| {
        assert!(!format!("{error:#?}").contains("5d8e"), "{error:#?}");
        error.to_string()
    });
    assert_eq!(
        says[..8],
        [
            "the snapshot is of default/production, not of default/test; create one of default/test",
            "the snapshot is of default/production, not of shop/production; create one of shop/production",
            "the snapshot of default/production has no segment `testers`",
            "the snapshot of default/production has no flag new-pages; did you mean `new-page`?",
            "AI Config assistant serves `careful` there, which this program does not declare; add it to `variations(...)`",
            "it is cut off in line 1; take it again",
            "it is a snapshot of format 2, and this version reads format 1; take it again",
            "it does not name its environment; create a snapshot with `cargo segments pull`",
        ]
    );
    assert!(
        says[8].starts_with("cannot read `no-such-file.json`: "),
        "{}",
        says[8]
    );
}

#[test]
#[should_panic(expected = "the snapshot of default/production has no segment `testers`")]
fn an_assertion_about_nothing_fails() {
    let text = r#"{"snapshot": {"format": 1, "project": "default", "environment": "production",
        "taken": "2026-11-30T09:00:00Z", "protocol": "fdv1"}, "flags": {}, "segments": {}}"#;
    let production = Snapshot::parse(text).unwrap();
    assert_not_member!(Testers, &user("u-1", "pro"), in production);
}

#[test]
fn salts_of_the_second_protocol_have_splits_too() {
    let data = r#"{"events": [{"event": "server-intent", "data": {"payloads": [{"intentCode": "xfer-full"}]}},
        {"event": "put-object", "data": {"kind": "flag", "key": "half", "version": 1, "object":
            {"key": "half", "version": 1, "salt": "s", "variations": ["on", "off"]}}}]}"#;
    let salts = Salts::from_json(data).unwrap();
    assert_eq!(salts.split("half").unwrap().order, ["on", "off"]);
}

#[test]
fn keys_are_those_of_the_declarations() {
    assert_eq!(
        (Staff::KEY.as_str(), Assistant::targeting().resource.key()),
        ("staff", "assistant")
    );
    let _ = user("u-1", "free").key();
}
