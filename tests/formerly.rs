//! An attribute that was renamed is sent and matched under both names for a while: programs that know one
//! of them alone are in the same audiences.

mod support;

use segments_emulator::Emulator;
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{Definition, file, wire};
use segments_runtime::sync::{plan, sync_definitions};
use segments_runtime::{Attributes, Context, Segment, flag_targeting, segment};
use serde_json::{Value as Json, json};

#[derive(Attributes)]
struct Address {
    #[attributes(formerly = "town")]
    city: String,
}

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    #[context(formerly = "plan", private)]
    tier: Option<String>,
    #[context(formerly = "home")]
    address: Option<Address>,
    seats: u32,
}

/// Those who pay.
#[segment(
    rule(User::TIER.is("pro"), User::SEATS.gt(1)),
    rule(User::SEATS.gt(100)),
    allow(style_key)
)]
struct Paying;

/// Those who live in Berlin and do not pay, a half of them.
#[segment(rule(
    percent = 50,
    by = User::TIER,
    User::ADDRESS.city.is("Berlin"),
    !User::TIER.is("pro")
), allow(style_key))]
struct Berliners;

/// The new page.
#[flag_targeting(
    variations(old, new),
    rule(User::TIER.is("pro") => new),
    rule(User::SEATS.gt(1) => old),
    fallthrough = old,
)]
struct NewPage;

/// The attributes that the clauses of each rule ask for.
fn asked(definition: &Definition) -> Vec<Vec<&str>> {
    let rules = definition.rules().iter();
    let clauses = rules.map(|rule| {
        let clauses = rule.clauses.iter();
        clauses.map(|clause| clause.attribute.as_str()).collect()
    });
    clauses.collect()
}

fn user(tier: Option<&str>) -> User {
    User {
        id: "u".to_owned(),
        tier: tier.map(str::to_owned),
        address: Some(Address {
            city: "Berlin".to_owned(),
        }),
        seats: 5,
    }
}

#[test]
fn both_names_are_sent_and_both_are_private() {
    assert_eq!(
        user(Some("pro")).to_json(),
        json!({"kind": "user", "key": "u", "tier": "pro", "plan": "pro", "seats": 5,
            "address": {"city": "Berlin", "town": "Berlin"}, "home": {"city": "Berlin", "town": "Berlin"},
            "_meta": {"privateAttributes": ["tier", "plan"]}})
    );
    let absent = user(None).to_json();
    assert!(absent.get("tier").is_none() && absent.get("plan").is_none());
}

#[test]
fn both_names_are_matched() {
    let paying = Paying::definition();
    assert_eq!(
        asked(&paying),
        [vec!["tier", "seats"], vec!["seats"], vec!["plan", "seats"]]
    );
    let berliners = Berliners::definition();
    assert_eq!(
        asked(&berliners),
        [vec!["/address/city", "tier"], vec!["/home/town", "plan"]]
    );
    // Contexts without the attribute would be in every share, so the name decides that all of them send.
    for rule in berliners.rules() {
        assert_eq!(rule.rollout.as_ref().unwrap().by.as_str(), "plan");
    }
}

/// The first rule that holds decides, so a twin stands right behind its rule.
#[test]
fn what_is_served_is_served_by_both_names() {
    let targetings = segments_runtime::registry::targetings().unwrap();
    let rules = targetings[0].rules.as_ref().unwrap().iter();
    let asked: Vec<_> = rules
        .map(|rule| rule.clauses[0].attribute.as_str())
        .collect();
    assert_eq!(asked, ["tier", "plan", "seats"]);
    assert_eq!(
        NewPage::variation(&user(Some("pro"))).known(),
        Some(&NewPageVariation::New)
    );
}

/// The answer of this program is that of LaunchDarkly for what it sends, for what it sent before, and for
/// what it will send.
#[test]
fn the_local_answer_is_that_for_either_name() {
    let compiled = CompiledSegments::from_wire([wire::Segment::from(&Paying::definition())]);
    let membership = |context: &Json| {
        let context = ContextInstance::from_json(&context.to_string()).unwrap();
        compiled.membership("paying", &context)
    };
    let context = |names: &[&str], tier: &str| {
        let mut json = json!({"kind": "user", "key": "u", "seats": 5});
        for name in names {
            json[name] = Json::from(tier);
        }
        json
    };
    for tier in ["pro", "free"] {
        let here = Paying::contains(&user(Some(tier)));
        assert_eq!(here, tier == "pro");
        for names in [&["tier"][..], &["plan"], &["tier", "plan"]] {
            let context = context(names, tier);
            let there = membership(&context);
            assert_eq!(there.known(), Some(here), "{context}");
        }
        let sent = user(Some(tier)).to_json();
        assert_eq!(membership(&sent).known(), Some(here));
    }
}

mod included {
    segments_runtime::include_segments!("toml/formerly.toml");
}

/// The file says the same to the program as to the command line.
#[test]
fn a_file_says_the_same() {
    let text = include_bytes!("toml/formerly.toml");
    let report = file::read("formerly.toml", text);
    assert!(!report.has_errors(), "{report}");
    let file = report.readable_part();
    let mut declared: Vec<_> = file
        .segments
        .iter()
        .map(|it| it.definition.clone())
        .collect();
    let former = file.former_names();
    for definition in &mut declared {
        former.add_to(definition);
    }
    let included = [
        included::Paying::definition(),
        included::Berliners::definition(),
    ];
    assert_eq!(declared, included);
    // What a person wrote comes back.
    for (declared, written) in declared.iter_mut().zip(&file.segments) {
        former.remove_from(declared);
        assert_eq!(*declared, written.definition);
    }
    assert_eq!(
        asked(&included[1]),
        [
            vec!["/address/city", "tier"],
            vec!["seats"],
            vec!["/address/town", "plan"]
        ]
    );
    let user = included::User::new("u").tier("pro").seats(2.0);
    assert!(included::Paying::contains(&user));
    assert_eq!(user.to_json()["plan"], "pro");
}

/// A renaming keeps everybody in: the plan only adds, and its end only takes the old name away.
#[tokio::test]
async fn the_renaming_of_an_attribute_loses_nobody() {
    let file = |attribute: &str| {
        let name = attribute.split(' ').next().unwrap();
        let text = format!(
            "[contexts.user.attributes]\n{attribute}\n[segments.paying]\ndescription = \"Those who pay.\"\n\
            rules = [{{ clauses = [{{ attribute = \"{name}\", op = \"in\", values = [\"pro\"] }}] }}]\n"
        );
        let report = file::read("segments.toml", text.as_bytes());
        assert!(!report.has_errors(), "{report}");
        let mut definition = report.readable_part().segments[0].definition.clone();
        let former = report.readable_part().former_names();
        former.add_to(&mut definition);
        [definition]
    };
    let emulator = Emulator::start().await.unwrap();
    let config = support::config(&emulator);
    sync_definitions(&config, &file("plan = \"string\""))
        .await
        .unwrap();

    let at_once = plan(&config, &file("tier = \"string\"")).await.unwrap();
    let warned = at_once.settled().next().unwrap().renamed_attributes();
    assert!(
        warned[0].to_string().contains("formerly = \"plan\""),
        "{warned:?}"
    );

    let both = file("tier = { type = \"string\", formerly = \"plan\" }");
    let planned = plan(&config, &both).await.unwrap();
    let shown = planned.to_string();
    assert!(shown.contains("add rule: user tier is \"pro\""), "{shown}");
    assert!(!shown.contains("remove"), "{shown}");
    assert!(
        planned
            .settled()
            .next()
            .unwrap()
            .renamed_attributes()
            .is_empty(),
        "{shown}"
    );
    planned.apply(&config).await.unwrap();
    assert!(plan(&config, &both).await.unwrap().is_empty());

    let ended = plan(&config, &file("tier = \"string\"")).await.unwrap();
    let shown = ended.to_string();
    assert!(shown.contains("user plan is \"pro\""), "{shown}");
    assert!(
        ended
            .settled()
            .next()
            .unwrap()
            .renamed_attributes()
            .is_empty(),
        "{shown}"
    );
}

#[test]
fn a_former_name_that_is_taken_is_an_error() {
    let messages = |attributes: &str| {
        let text = format!(
            "[contexts.user.attributes]\n{attributes}\n[segments.none]\ndescription = \"None.\"\nnobody = true\n"
        );
        let report = file::read("f.toml", text.as_bytes());
        let found = report.diagnostics().iter();
        found.map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    for (attributes, expected) in [
        (
            "tier = { type = \"string\", formerly = \"plan\" }\nplan = \"string\"",
            "`plan` is the name of `plan`",
        ),
        (
            "a = { type = \"string\", formerly = \"x\" }\nb = { type = \"string\", formerly = \"x\" }",
            "`x` is the name of `a`",
        ),
        (
            "tier = { type = \"string\", formerly = \"tier\" }",
            "is its current name",
        ),
        (
            "tier = { type = \"string\", formerly = \"key\" }",
            "every context has a `key`",
        ),
        (
            "tier = { type = \"string\", formerly = \"/a/b\" }",
            "not in the same object",
        ),
        (
            "tier = { type = \"string\", formerly = \"/a//b\" }",
            "has an empty part",
        ),
        (
            "tier = { type = \"string\", formerly = \"\" }",
            "is not empty",
        ),
    ] {
        let found = messages(attributes);
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{attributes}: {found:?}"
        );
    }
}
