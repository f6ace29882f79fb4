//! What a declaration let go of is told, stays, and ends with one word; what is protected stays; what
//! is declared absent goes.

use crate::support::{
    builder, by_hand, clause, config, instruct, rule, segment, tagged, users, with_rules,
    with_targets,
};
use segments_emulator::Emulator;
use segments_model::{Definition, Lifecycle, Operator, Part, Targets, file};
use segments_runtime::sync::{
    Action, DeclaredPart, Extent, Outcome, Report, SyncConfig, SyncMode, plan, sync_definitions,
};
use serde_json::json;

fn staff() -> Definition {
    let email = clause("user", "email", Operator::EndsWith, ["@company.com"]);
    with_rules(segment("staff", "Staff"), vec![rule(vec![email])])
}

/// The segment of the week in which two users were included.
fn with_two_users() -> Definition {
    with_targets(staff(), users(&["wrong-1", "wrong-2"]), users(&[]))
}

async fn sync(config: &SyncConfig, definition: &Definition) -> Report {
    sync_definitions(config, std::slice::from_ref(definition))
        .await
        .unwrap()
}

fn included(emulator: &Emulator) -> Vec<String> {
    let segment = emulator.segment("default", "production", "staff").unwrap();
    segment.included
}

/// The parts of the first segment that were let go.
fn parts(report: &Report) -> Vec<Part> {
    let parts = report.segments[0].let_go.iter();
    parts
        .map(|let_go| match let_go.part {
            DeclaredPart::Segment(part) => part,
            DeclaredPart::Targeting(part) => panic!("{part:?}"),
        })
        .collect()
}

#[tokio::test]
async fn a_rollback_tells_what_it_does_not_roll_back() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &staff()).await.in_sync().unwrap();
    sync(&config, &with_two_users()).await.in_sync().unwrap();

    // Last week's declaration says nothing of the list.
    let last_week = [staff()];
    let shown = plan(&config, &last_week).await.unwrap();
    assert!(shown.is_empty());
    let told = "  staff\n    let go of included, where this stays: 2 contexts of kind user; write \
                `included = {}` (`include()`) to empty it, or `unmanaged = [\"included\"]` \
                (`unmanaged(include)`) to leave it to people\n";
    assert!(shown.to_string().starts_with(told), "{shown}");
    assert!(
        shown.headline().ends_with("1 unchanged, 1 let go"),
        "{shown}"
    );
    let report = shown.apply(&config).await.unwrap();
    assert_eq!(parts(&report), [Part::Included]);
    assert!(report.in_sync().is_err());

    let verify = config.with_mode(SyncMode::Verify);
    let report = sync_definitions(&verify, &last_week).await.unwrap();
    assert_eq!(parts(&report), [Part::Included]);
    assert!(report.in_sync().is_err());
    // It is told as long as nobody decides, and nothing is written.
    let report = sync(&config, &staff()).await;
    assert_eq!((parts(&report), report.writes()), (vec![Part::Included], 0));
    assert_eq!(included(&emulator).len(), 2);
}

#[tokio::test]
async fn one_word_decides() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &with_two_users()).await;
    // Left to people.
    let left = Definition {
        unmanaged: [Part::Included, Part::Excluded].into(),
        ..staff()
    };
    let report = sync(&config, &left).await.in_sync().unwrap();
    assert_eq!(included(&emulator).len(), 2);
    assert!(matches!(report.segments[0].outcome, Outcome::Applied(_)));
    // That it was declared once is forgotten.
    let report = sync(&config, &staff()).await.in_sync().unwrap();
    assert_eq!(report.writes(), 0);

    // Emptied.
    sync(&config, &with_two_users()).await;
    let emptied = with_targets(staff(), users(&[]), users(&[]));
    sync(&config, &emptied).await.in_sync().unwrap();
    assert!(included(&emulator).is_empty());
    // What is empty is not let go of.
    sync(&config, &staff()).await.in_sync().unwrap();
}

#[tokio::test]
async fn every_part_is_told() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let all = Definition {
        description: Some("Those who work here".to_owned()),
        ..tagged(
            with_targets(staff(), users(&["a"]), users(&["b"])),
            &["internal"],
        )
    };
    sync(&config, &all).await;
    let name_alone = segment("staff", "Staff");
    let report = sync(&config, &name_alone).await;
    assert_eq!(parts(&report), Part::ALL);
    let told = report.to_string();
    for stays in [
        "\"Those who work here\"",
        "internal",
        "1 context of kind user",
        "user email ends with \"@company.com\"",
    ] {
        assert!(told.contains(stays), "{told}");
    }
    assert!(!told.contains("manages."), "{told}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["segments"][0]["let_go"][2]["part"], "included");
}

/// `staff` that includes these at least.
fn at_least(keys: &[&str]) -> Definition {
    let Targets::Exactly(keys) = users(keys) else {
        unreachable!("`users` lists exactly")
    };
    with_targets(staff(), Targets::AtLeast(keys), Targets::Unmanaged)
}

async fn include_by_hand(emulator: &Emulator, keys: &[&str]) {
    let include = json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": keys}]);
    instruct(emulator, "staff", include).await;
}

const ONE_STAYS: &str = "let go of some of included, where this stays: 1 context of kind user; take it off \
                         the list, or write `unmanaged = [\"included\"]` (`unmanaged(include)`) to leave \
                         undeclared contexts to people";

#[tokio::test]
async fn a_context_that_is_declared_at_least_no_more_is_told() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &at_least(&["right", "wrong"])).await;
    include_by_hand(&emulator, &["theirs"]).await;
    sync(&config, &at_least(&["right", "wrong"]))
        .await
        .in_sync()
        .unwrap();

    // The one that people added is theirs.
    let fewer = [at_least(&["right"])];
    let shown = plan(&config, &fewer).await.unwrap();
    assert!(
        shown.is_empty() && shown.to_string().contains(ONE_STAYS),
        "{shown}"
    );
    let report = shown.apply(&config).await.unwrap();
    assert_eq!(report.segments[0].let_go[0].extent, Extent::Some);
    assert!(report.in_sync().is_err());
    let verify = config.with_mode(SyncMode::Verify);
    let report = sync_definitions(&verify, &fewer).await.unwrap();
    assert!(report.in_sync().is_err());
    // One more is declared, and what was let go is still remembered.
    let more = at_least(&["right", "new"]);
    let report = sync(&config, &more).await;
    assert!(report.to_string().contains(ONE_STAYS), "{report}");
    let report = sync(&config, &more).await;
    assert_eq!((parts(&report), report.writes()), (vec![Part::Included], 0));
    assert_eq!(included(&emulator).len(), 4);

    // Left to people, it is told no more, and those that are declared stay declared.
    let left = Definition {
        unmanaged: [Part::Included].into(),
        ..more.clone()
    };
    sync(&config, &left).await.in_sync().unwrap();
    sync(&config, &more).await.in_sync().unwrap();
    // What somebody took off the list does not stay, and is no reason to write.
    let take_off =
        json!([{"kind": "removeIncludedTargets", "contextKind": "user", "values": ["new"]}]);
    let gone = at_least(&["right"]);
    assert_eq!(parts(&sync(&config, &gone).await), [Part::Included]);
    instruct(&emulator, "staff", take_off).await;
    let report = sync(&config, &gone).await.in_sync().unwrap();
    assert_eq!(report.writes(), 0, "{report}");
    assert_eq!(included(&emulator).len(), 3);
}

#[tokio::test]
async fn a_list_that_was_exact_lets_go_of_what_it_had() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &with_two_users()).await;
    let one = at_least(&["wrong-1"]);
    let report = sync(&config, &one).await;
    assert!(report.to_string().contains(ONE_STAYS), "{report}");
    // Who comes by hand is not.
    include_by_hand(&emulator, &["theirs"]).await;
    let report = sync(&config, &one).await;
    assert!(report.to_string().contains(ONE_STAYS), "{report}");
    assert_eq!(report.writes(), 0);
    let strict = builder(&emulator).strict(true).build().unwrap();
    let failed = plan(&strict, &[one]).await.unwrap().into_report();
    assert!(failed.failures().next().is_some(), "{failed}");
    // The list as a whole: what it was is not forgotten meanwhile.
    assert_eq!(parts(&sync(&config, &staff()).await), [Part::Included]);
    let back = at_least(&["wrong-1", "wrong-2"]);
    sync(&config, &back).await.in_sync().unwrap();
}

#[tokio::test]
async fn of_a_long_list_it_is_told_that_some_went() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let keys: Vec<String> = (0..40).map(|key| format!("u-{key}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    sync(&config, &at_least(&keys[..39])).await;
    include_by_hand(&emulator, &["theirs"]).await;
    sync(&config, &at_least(&keys)).await.in_sync().unwrap();
    let fewer = [at_least(&keys[1..])];
    let shown = plan(&config, &fewer).await.unwrap();
    let told = "let go of some of included, but it is unknown which of these were declared: \
                2 contexts of kind user";
    assert!(shown.to_string().contains(told), "{shown}");
    let report = shown.apply(&config).await.unwrap();
    assert_eq!(report.segments[0].let_go[0].extent, Extent::Unknown);
    assert!(report.in_sync().is_err());
    assert_eq!(included(&emulator).len(), 41);
}

/// A tag stands for keys of members, so nothing that is kept or printed has it.
#[tokio::test]
async fn what_is_remembered_of_members_is_not_shown() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    sync(&config, &staff()).await;
    let shown = plan(&config, &[at_least(&["a", "b"])]).await.unwrap();
    let json = serde_json::to_string(&shown.clone().into_report()).unwrap();
    for text in [shown.to_string(), json] {
        assert!(text.contains("at-least.included"), "{text}");
        assert!(!text.contains("at-least.included."), "{text}");
    }
    shown.apply(&config).await.unwrap();
    let segment = emulator.segment("default", "production", "staff").unwrap();
    let remembered = segment
        .tags
        .iter()
        .filter(|tag| tag.starts_with("at-least.included."));
    assert_eq!(remembered.count(), 1, "{:?}", segment.tags);
}

#[tokio::test]
async fn a_renamed_attribute_is_warned_of() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let on = |attribute: &str| {
        let clause = clause("user", attribute, Operator::In, ["pro"]);
        with_rules(segment("paying", "Paying"), vec![rule(vec![clause])])
    };
    sync(&config, &on("plan")).await;
    let shown = plan(&config, &[on("tier")]).await.unwrap();
    let told = "warning: attribute plan of user becomes tier; programs that still send plan no longer match";
    assert!(shown.to_string().contains(told), "{shown}");
}

#[tokio::test]
async fn what_is_strict_says_it_or_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    sync(&config(&emulator), &with_two_users()).await;
    let strict = builder(&emulator).strict(true).build().unwrap();
    let shown = plan(&strict, &[staff()]).await.unwrap();
    assert!(shown.is_empty(), "{shown}");
    let failed = shown.into_report();
    assert!(failed.failures().next().is_some(), "{failed}");
    assert!(
        failed.to_string().contains("its declaration is strict"),
        "{failed}"
    );
    let left = Definition {
        unmanaged: [Part::Included].into(),
        ..staff()
    };
    sync(&strict, &left).await.in_sync().unwrap();
}

#[tokio::test]
async fn what_is_protected_is_neither_deleted_nor_emptied() {
    let emulator = Emulator::start().await.unwrap();
    let prune = builder(&emulator)
        .prune(true)
        .prune_grace(std::time::Duration::ZERO);
    let config = prune.build().unwrap();
    let protected = Definition {
        lifecycle: Lifecycle {
            protect: true,
            ..Lifecycle::default()
        },
        ..with_two_users()
    };
    let other = segment("other", "Other");
    sync_definitions(&config, &[protected.clone(), other.clone()])
        .await
        .unwrap();
    // Its type was removed.
    let report = sync_definitions(&config, std::slice::from_ref(&other))
        .await
        .unwrap();
    let kept = report.to_string();
    assert!(
        kept.contains("kept staff") && kept.contains("it is protected"),
        "{kept}"
    );
    // Somebody declares nobody by mistake.
    let nobody = with_rules(with_targets(protected, users(&[]), users(&[])), vec![]);
    let shown = plan(&config, &[nobody.clone(), other.clone()])
        .await
        .unwrap();
    assert!(
        shown.to_string().contains("failed staff: it is protected"),
        "{shown}"
    );
    assert_eq!(included(&emulator).len(), 2);
    // Taken back first, it may be emptied.
    let unprotected = Definition {
        lifecycle: Lifecycle::default(),
        ..nobody
    };
    sync_definitions(&config, &[unprotected, other])
        .await
        .unwrap();
    assert!(included(&emulator).is_empty());
}

#[tokio::test]
async fn a_segment_is_absent_where_its_file_says_so() {
    let text = "[contexts.user]\n[segments.staff]\nincluded = { user = ['u-1'] }\n\
                environments.production.absent = true\n";
    let read = file::read("segments.toml", text.as_bytes());
    let definition = read.file().unwrap().segments[0].definition.clone();
    let emulator = Emulator::start().await.unwrap();
    let patient = builder(&emulator).prune_grace(std::time::Duration::ZERO);
    let config = patient.build().unwrap();
    let report = sync(&config, &definition).await.in_sync().unwrap();
    assert!(report.segments.is_empty());
    assert!(emulator.segments("default", "production").is_empty());

    // It was there before this was said.
    sync(&config, &with_two_users()).await;
    let shown = plan(&config, std::slice::from_ref(&definition))
        .await
        .unwrap();
    assert!(shown.to_string().starts_with("- staff\n"), "{shown}");
    shown.apply(&config).await.unwrap();
    assert!(emulator.segments("default", "production").is_empty());

    // What somebody else made there is told, and stays.
    by_hand(
        &emulator,
        "POST",
        "",
        json!({"key": "staff", "name": "By hand"}),
    )
    .await;
    let report = sync(&config, &definition).await;
    assert!(report.to_string().contains("kept staff"), "{report}");
    // Elsewhere it exists.
    let test = config.with_environment(segments_model::EnvironmentKey::from_static("test"));
    let report = sync(&test, &definition).await;
    let made = &report.segments[0].outcome;
    assert!(
        matches!(made, Outcome::Applied(Action::Create { .. })),
        "{report}"
    );
}

#[tokio::test]
async fn one_percentage_stands_for_the_one_of_an_environment() {
    let text = "[contexts.user.attributes]\nplan = 'string'\n[segments.staff]\n\
                rules = [{ percent = 10, clauses = [{ attribute = 'plan', op = 'in', values = ['pro'] }] }]\n\
                environments.production.percent = 90\n";
    let read = file::read("segments.toml", text.as_bytes());
    let definition = read.file().unwrap().segments[0].definition.clone();
    let emulator = Emulator::start().await.unwrap();
    sync(&config(&emulator), &definition)
        .await
        .in_sync()
        .unwrap();
    let segment = emulator.segment("default", "production", "staff").unwrap();
    assert_eq!(segment.rules[0].weight, Some(90_000));
}

#[test]
fn what_a_file_cannot_mean_is_said() {
    for (text, message) in [
        (
            "[segments.a]\nincluded = { user = ['u'] }\nunmanaged = ['included']\n",
            "`included` is declared, and `unmanaged` leaves it to people",
        ),
        (
            "[segments.a]\nincluded = { user = ['u'] }\nunmanaged = ['includd']\n",
            "`includd` is not a part of a segment; did you mean `included`?",
        ),
        (
            "[segments.a]\nincluded = { user = [] }\n",
            "write `included = {}` for an empty list",
        ),
        (
            "[segments.a]\nincluded = { user = ['u'] }\nenvironments.test.percent = 5\n",
            "no rule has a percentage",
        ),
        (
            "[segments.a]\nincluded = { user = ['u'] }\nenvironments.test = { absent = true, rules = [] }\n",
            "`absent` contradicts the lists or rules",
        ),
    ] {
        let text = format!("[contexts.user]\n{text}");
        let report = file::read("segments.toml", text.as_bytes());
        let found = report.to_string();
        assert!(found.contains(message), "{text}: {found}");
        assert!(report.has_errors(), "{text}");
    }
    // A list that keeps others may leave them to people.
    let text = "[contexts.user]\n[segments.a]\nincluded_at_least = { user = ['u'] }\nunmanaged = ['included']\n";
    let report = file::read("segments.toml", text.as_bytes());
    assert!(!report.has_errors(), "{report}");
    let definition = &report.file().unwrap().segments[0].definition;
    assert!(definition.declared().contains(&Part::Included));
    assert_eq!(definition.unmanaged, [Part::Included].into());
    // What an environment says itself, it manages itself.
    let text = "[contexts.user]\n[segments.a]\nunmanaged = ['included', 'excluded']\n\
                environments.test.included = { user = ['u'] }\n";
    let report = file::read("segments.toml", text.as_bytes());
    assert!(!report.has_errors(), "{report}");
    let definition = &report.file().unwrap().segments[0].definition;
    let test = segments_model::EnvironmentKey::from_static("test");
    assert_eq!(
        definition.in_environment(&test).unmanaged,
        [Part::Excluded].into()
    );
}

mod in_rust {
    use segments_model::{EnvironmentKey, Part};
    use segments_runtime::{Context, Segment, segment};

    #[derive(Context)]
    #[context(kind = "user")]
    struct User {
        #[context(key)]
        id: String,
        plan: String,
    }

    /// All words.
    #[segment(
        rule(User::PLAN.is("pro")),
        rule(percent = 10, User::PLAN.is("free")),
        include(),
        unmanaged(exclude, tags),
        protect,
        environment("dev", absent),
        environment("staging", percent = 90, exclude(User = ["u-1"])),
        environment("test", no_rules, unmanaged(include))
    )]
    struct Everything;

    /// At least one user, and whom people add.
    #[segment(include(at_least, User = ["u-1"]), unmanaged(include))]
    struct AtLeast;

    #[test]
    fn a_list_that_keeps_others_may_leave_them_to_people() {
        let definition = AtLeast::definition();
        assert!(definition.declared().contains(&Part::Included));
        assert_eq!(definition.unmanaged, [Part::Included].into());
    }

    #[test]
    fn the_same_words() {
        let definition = Everything::definition();
        assert!(definition.lifecycle.protect);
        assert_eq!(definition.unmanaged, [Part::Excluded, Part::Tags].into());
        assert!(definition.included().is_empty());
        assert!(definition.declared().contains(&Part::Included));
        let there = |key| {
            let key = EnvironmentKey::from_static(key);
            definition.in_environment(&key).into_owned()
        };
        assert!(there("dev").absent && there("dev").rules().is_empty());
        let staging = there("staging");
        let weight = staging.rules()[1].rollout.as_ref().unwrap().weight;
        assert_eq!(weight.thousandths(), 90_000);
        assert_eq!(staging.unmanaged, [Part::Tags].into());
        let test = there("test");
        assert!(test.rules().is_empty() && test.declared().contains(&Part::Rules));
        assert_eq!(test.unmanaged, [Part::Included].into());
        assert!(!test.declared().contains(&Part::Included));
    }
}
