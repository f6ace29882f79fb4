//! Lists that are changed at run time, by type, and taken back.

use std::time::{Duration, SystemTime};

use segments_emulator::{Emulator, Fault};
use segments_runtime::model::{ContextKind, SegmentKey};
use segments_runtime::sync::{
    Clock, KeyOf, ListChange, ListEdit, ListError, ListUndo, Lists, SyncConfig, sync_definitions,
};
use segments_runtime::{Context, Segment, segment};
use serde_json::{Value as Json, json};

use crate::support::{builder, config, writes};

#[derive(Context)]
#[context(kind = "user")]
pub(crate) struct User {
    #[context(key)]
    pub(crate) id: String,
    pub(crate) plan: String,
}

type UserKey = KeyOf<User>;

/// Those who try what is new.
#[segment(rule(User::PLAN.is("beta")), unmanaged(include, exclude))]
struct BetaTesters;

/// Those who are always let in, and others whom support lets in.
#[segment(include(at_least, User = ["u-declared"]), rule(User::PLAN.is("team")))]
struct Guests;

/// Those who pay.
#[segment(big, of = User)]
struct Paying;

/// Left to people, but for production.
#[segment(
    rule(User::PLAN.is("pro")),
    environment("production", include(User = ["u-declared"]))
)]
struct Declared;

async fn world() -> Result<(Emulator, SyncConfig), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let config = config(&emulator);
    let definitions = [
        BetaTesters::definition(),
        Guests::definition(),
        Paying::definition(),
        Declared::definition(),
    ];
    sync_definitions(&config, &definitions).await?;
    emulator.clear_requests();
    Ok((emulator, config))
}

fn keys(keys: impl IntoIterator<Item = impl Into<String>>) -> Vec<UserKey> {
    keys.into_iter().map(UserKey::new).collect()
}

/// Both lists of a segment.
fn lists(emulator: &Emulator, key: &str) -> [Vec<String>; 2] {
    let segment = emulator.segment("default", "production", key).unwrap();
    [segment.included, segment.excluded]
}

/// Until when contexts stay, by list and key.
pub(crate) async fn expiries(emulator: &Emulator, key: &str) -> Vec<(String, String, i64)> {
    let address = format!(
        "{}/api/v2/segments/default/{key}/expiring-targets/production",
        emulator.base_uri().trim_end_matches('/')
    );
    let asked = reqwest::Client::new().get(address);
    let asked = asked.header("Authorization", emulator.access_token());
    let shown: Json = asked.send().await.unwrap().json().await.unwrap();
    let text = |item: &Json, name: &str| item[name].as_str().unwrap().to_owned();
    let items = shown["items"].as_array().unwrap().iter().map(|item| {
        let moment = item["expirationDate"].as_i64().unwrap();
        (text(item, "targetType"), text(item, "contextKey"), moment)
    });
    items.collect()
}

const DAY: Duration = Duration::from_hours(24);

fn in_days(days: u32) -> SystemTime {
    // Whole seconds, as expiries are told.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH + Duration::from_secs(now.unwrap().as_secs()) + DAY * days
}

fn millis(moment: SystemTime) -> i64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[tokio::test]
async fn a_change_is_previewed_applied_once_and_taken_back() {
    let (emulator, config) = world().await.unwrap();
    BetaTesters::exclude(&config, keys(["u-1"]))
        .apply()
        .await
        .unwrap();
    let change = BetaTesters::include(&config, keys(["u-1", "u-2"])).at_most(2);
    let words = "include 2 contexts of kind user, no longer exclude 1 context of kind user";
    assert_eq!(change.preview().await.unwrap().to_string(), words);
    let (preview, undo) = change.apply_with_undo().await.unwrap();
    assert_eq!(preview.to_string(), words);
    let after = [vec!["u-1".to_owned(), "u-2".to_owned()], vec![]];
    assert_eq!(lists(&emulator, "beta-testers"), after);
    // Twice is the same as once, and then there is nothing to take back.
    emulator.clear_requests();
    let (again, nothing) = change.apply_with_undo().await.unwrap();
    assert!(again.is_empty() && nothing.is_empty() && writes(&emulator).is_empty());
    nothing.apply(&config).await.unwrap();
    assert_eq!(lists(&emulator, "beta-testers"), after);

    // It can be kept, and does not show whom it is about.
    assert!(!format!("{undo:?} {undo:#?}").contains("u-1"));
    let undo: ListUndo = serde_json::from_value(serde_json::to_value(&undo).unwrap()).unwrap();
    let words = "exclude 1 context of kind user, no longer include 2 contexts of kind user";
    assert_eq!(undo.preview(&config).await.unwrap().to_string(), words);
    undo.apply(&config).await.unwrap();
    assert_eq!(
        lists(&emulator, "beta-testers"),
        [vec![], vec!["u-1".to_owned()]]
    );
    emulator.clear_requests();
    assert!(undo.apply(&config).await.unwrap().is_empty());
    assert!(writes(&emulator).is_empty());
}

#[tokio::test]
async fn expiries_come_back_too() {
    let (emulator, config) = world().await.unwrap();
    let (soon, later) = (in_days(1), in_days(30));
    let key = || keys(["u-1"]);
    let include = || BetaTesters::include(&config, key());
    include().until(soon).apply().await.unwrap();
    let listed = |moment| vec![("included".to_owned(), "u-1".to_owned(), millis(moment))];
    assert_eq!(expiries(&emulator, "beta-testers").await, listed(soon));

    let (preview, to_soon) = include().until(later).apply_with_undo().await.unwrap();
    assert!(
        preview
            .to_string()
            .starts_with("set the expiry of 1 context of kind user to ")
    );
    assert_eq!(expiries(&emulator, "beta-testers").await, listed(later));
    to_soon.apply(&config).await.unwrap();
    assert_eq!(expiries(&emulator, "beta-testers").await, listed(soon));

    // Without an expiry it is for good.
    let (preview, to_soon) = include().apply_with_undo().await.unwrap();
    assert_eq!(
        preview.to_string(),
        "remove the expiry of 1 context of kind user"
    );
    assert_eq!(expiries(&emulator, "beta-testers").await, []);
    to_soon.apply(&config).await.unwrap();
    assert_eq!(expiries(&emulator, "beta-testers").await, listed(soon));

    let (_, to_soon) = BetaTesters::remove_from_lists(&config, key())
        .apply_with_undo()
        .await
        .unwrap();
    assert_eq!(
        lists(&emulator, "beta-testers"),
        [Vec::<String>::new(), vec![]]
    );
    to_soon.apply(&config).await.unwrap();
    assert_eq!(expiries(&emulator, "beta-testers").await, listed(soon));

    // Who would be gone by now is not brought back.
    let (_, to_soon) = BetaTesters::remove_from_lists(&config, key())
        .apply_with_undo()
        .await
        .unwrap();
    emulator.advance(DAY * 2);
    let clock = Clock::new(|| SystemTime::now() + DAY * 2);
    let in_two_days = builder(&emulator).clock(clock).build().unwrap();
    assert!(to_soon.apply(&in_two_days).await.unwrap().is_empty());
    assert_eq!(
        lists(&emulator, "beta-testers"),
        [Vec::<String>::new(), vec![]]
    );
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_not_taken_back() {
    let (emulator, config) = world().await.unwrap();
    let change = BetaTesters::include(&config, keys(["u-1", "u-2"]));
    let (_, undo) = change.apply_with_undo().await.unwrap();
    BetaTesters::exclude(&config, keys(["u-2"]))
        .apply()
        .await
        .unwrap();
    emulator.clear_requests();
    let refused = undo.apply(&config).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "1 of the contexts were changed since on the lists of `beta-testers`; check the lists, and make a new change"
    );
    assert!(writes(&emulator).is_empty());
    // Others than those that were changed are nobody's business.
    BetaTesters::include(&config, keys(["u-2", "u-3"]))
        .apply()
        .await
        .unwrap();
    undo.apply(&config).await.unwrap();
    assert_eq!(
        lists(&emulator, "beta-testers"),
        [vec!["u-3".to_owned()], vec![]]
    );

    // Neither is what a declaration has taken over, nor what was changed somewhere else.
    let (_, undo) = BetaTesters::include(&config, keys(["u-1"]))
        .apply_with_undo()
        .await
        .unwrap();
    let test = builder(&emulator).environment("test").build().unwrap();
    let refused = undo.apply(&test).await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "the change was made in default/production, and the undo is applied to default/test; use the configuration of the change"
    );
    let mut declared = BetaTesters::definition();
    declared.unmanaged.clear();
    if let segments_model::Audience::Standard { included, .. } = &mut declared.audience {
        *included = crate::support::users(&["u-1"]);
    }
    sync_definitions(&config, &[declared]).await.unwrap();
    let refused = undo.apply(&config).await.unwrap_err();
    assert!(matches!(refused, ListError::Declared { .. }), "{refused}");
}

#[tokio::test]
async fn contexts_that_others_keep_are_refused_and_nothing_is_sent() {
    let (emulator, config) = world().await.unwrap();
    // One of many is declared.
    let remove = Guests::remove_from_lists(&config, keys(["u-1", "u-declared"]));
    let refused = remove.apply().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the included list of `guests` is declared, so the next sync would undo this; change the declaration"
    );
    let until = Guests::include(&config, keys(["u-declared"])).until(in_days(3));
    until.apply().await.unwrap_err();
    // In one environment it is declared, in the others it is not.
    let refused = Declared::include(&config, keys(["u-1"]))
        .apply()
        .await
        .unwrap_err();
    assert!(matches!(refused, ListError::Declared { .. }), "{refused}");
    assert!(writes(&emulator).is_empty());
    Guests::include(&config, keys(["u-1"]))
        .apply()
        .await
        .unwrap();
    assert_eq!(lists(&emulator, "guests")[0], ["u-declared", "u-1"]);
}

#[tokio::test]
async fn what_cannot_be_is_one_clear_error_and_nothing_is_sent() {
    let (emulator, config) = world().await.unwrap();
    let include = |keys| BetaTesters::include(&config, keys);
    let hundred_thousand = || (0..100_000).map(|n| UserKey::new(n.to_string())).collect();
    let device = ContextKind::parse("spaceship").unwrap();
    let beta = SegmentKey::parse("beta-testers").unwrap();
    let of_nobody = ListChange::new(&config, beta, ListEdit::Include, device, ["s-1".to_owned()]);
    for (change, says) in [
        (
            include(keys([""])),
            "a key is empty; name each context by its key",
        ),
        (
            include(keys(["u-1", " \t"])),
            "a key is empty; name each context by its key",
        ),
        (include(vec![]), "no context is named; name at least one"),
        (
            include(keys(["u-1", "u-2", "u-3"])).at_most(2),
            "3 contexts are named, but at most 2 are allowed at once; raise `at_most`, or name fewer",
        ),
        (
            include(hundred_thousand()),
            "`beta-testers` would list 100000 contexts, but at most 15000 are allowed; use a big segment",
        ),
        (
            include(keys(["u-1"])).until(SystemTime::UNIX_EPOCH + DAY),
            "the expiry 1970-01-02T00:00:00Z has passed; name a later one",
        ),
        (
            BetaTesters::remove_from_lists(&config, keys(["u-1"])).until(in_days(1)),
            "contexts that are on no list have no expiry; remove the expiry",
        ),
        (
            Paying::include(&config, keys(["u-1"])).until(in_days(1)),
            "`paying` is a big segment, where contexts do not expire; remove the expiry",
        ),
        (
            of_nobody,
            "the project `default` has no context kind `spaceship`, so no context can have it; a sync that uses the kind creates it",
        ),
    ] {
        assert_eq!(change.preview().await.unwrap_err().to_string(), says);
        assert_eq!(change.apply().await.unwrap_err().to_string(), says);
        assert_eq!(
            change.apply_with_undo().await.unwrap_err().to_string(),
            says
        );
    }
    assert!(writes(&emulator).is_empty());
}

#[tokio::test]
async fn a_change_that_stops_midway_can_be_taken_back_or_made_again() {
    let (emulator, config) = world().await.unwrap();
    let many = || (0..3_001).map(|n| UserKey::new(format!("canary-5d8e-{n}")));
    let change = BetaTesters::include(&config, many());
    let fault = Fault::status(403)
        .on("PATCH", "beta-testers")
        .after(2)
        .always();
    emulator.inject_fault(fault);
    let stopped = change.apply().await.unwrap_err();
    let shown = format!("{stopped} {stopped:#?}");
    assert!(
        shown.contains("some contexts were already changed") && !shown.contains("5d8e"),
        "{shown}"
    );
    let ListError::Partly { undo, .. } = stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(lists(&emulator, "beta-testers")[0].len(), 3_000);
    emulator.clear_faults();
    undo.apply(&config).await.unwrap();
    assert_eq!(lists(&emulator, "beta-testers")[0].len(), 0);
    emulator.clear_requests();
    change.apply().await.unwrap();
    let sizes: Vec<usize> = writes(&emulator)
        .iter()
        .map(|request| {
            let body = request.body.clone().unwrap();
            body["instructions"][0]["values"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [1_500, 1_500, 1]);
}

#[tokio::test]
async fn big_segments_are_changed_alike() {
    let (emulator, config) = world().await.unwrap();
    let change = Paying::include(&config, keys(["u-1", "u-2"]));
    let (preview, undo) = change.apply_with_undo().await.unwrap();
    assert_eq!(preview.to_string(), "include 2 contexts of kind user");
    assert!(change.preview().await.unwrap().is_empty());
    let (preview, to_included) = Paying::exclude(&config, keys(["u-1"]))
        .apply_with_undo()
        .await
        .unwrap();
    assert_eq!(
        preview.to_string(),
        "exclude 1 context of kind user, no longer include 1 context of kind user"
    );
    undo.apply(&config).await.unwrap_err();
    to_included.apply(&config).await.unwrap();
    undo.apply(&config).await.unwrap();
    assert!(
        Paying::remove_from_lists(&config, keys(["u-1", "u-2"]))
            .preview()
            .await
            .unwrap()
            .is_empty()
    );

    // So many are not looked up one by one.
    let many = || (0..3_001).map(|n| UserKey::new(format!("u-{n}")));
    emulator.clear_requests();
    let change = Paying::include(&config, many());
    let preview = change.apply().await.unwrap();
    assert!(
        preview
            .to_string()
            .starts_with("include up to 3001 contexts of kind user"),
        "{preview}"
    );
    let sizes: Vec<Json> = writes(&emulator)
        .iter()
        .map(|request| {
            let body = request.body.clone().unwrap();
            let count = |list: &str, way: &str| body[list][way].as_array().map_or(0, Vec::len);
            json!([count("included", "add"), count("excluded", "remove")])
        })
        .collect();
    let expected = [[0, 1500], [0, 1500], [0, 1], [1500, 0], [1500, 0], [1, 0]];
    assert_eq!(sizes, expected.map(|it| json!(it)));
    let refused = change.apply_with_undo().await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("undo covers at most 1500 contexts at once")
    );
}
