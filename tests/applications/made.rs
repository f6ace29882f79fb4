//! Contexts that tests make: near what segments look at, and at the bounds of one.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestError, TestRunner};
use segments_runtime::testing::{Boundaries, Boundary, Make, contexts};
use segments_runtime::{
    AttributeValue, Attributes, Context, Contexts, OneOrMany, Timestamp, registry, segment,
};

#[derive(Debug, Clone, Copy, PartialEq, AttributeValue)]
enum Plan {
    Free,
    Pro,
    #[attribute(name = "enterprise-plus")]
    Enterprise,
}

#[derive(Debug, Attributes)]
struct Address {
    city: String,
    geo: Option<Geo>,
}

#[derive(Debug, Attributes)]
struct Geo {
    #[attributes(name = "country-code")]
    country: Option<String>,
    zones: Vec<u8>,
}

/// Nobody can make one, and nobody has to.
#[derive(Debug, Default)]
struct Session;

/// Every type that a field may have.
#[derive(Debug, Context)]
#[context(kind = "player", rename_all = "camelCase")]
struct Player {
    #[context(key)]
    id: String,
    nick: Box<str>,
    clan: Arc<str>,
    team: Rc<str>,
    league: Cow<'static, str>,
    region: &'static str,
    email: Option<String>,
    beta: bool,
    age: u8,
    level: u32,
    balance: i64,
    seed: u64,
    rank: Option<i16>,
    ratio: f32,
    score: f64,
    client: semver::Version,
    joined: Timestamp,
    seen: Option<SystemTime>,
    plan: Plan,
    former: Option<Plan>,
    tags: Vec<String>,
    ports: Box<[u16]>,
    badges: BTreeSet<String>,
    friends: HashSet<u64>,
    place: [i8; 3],
    groups: OneOrMany<String>,
    plans: Vec<Plan>,
    address: Option<Address>,
    #[context(skip)]
    _session: Session,
}

/// Veterans, by numbers.
#[segment(rule(Player::AGE.gt(30), Player::LEVEL.ge(1000), Player::SCORE.lt(0.5)))]
struct Veterans;

/// Whoever has the mail address of the company, in the new client.
#[segment(
    key = "colleagues",
    rule(Player::EMAIL.ends_with("@company.com"), Player::CLIENT.gt("2.3.0"))
)]
struct Staff;

/// Those who joined before it was cool.
#[segment(exclude(Player = ["p-bot"]), rule(Player::JOINED.before("2020-01-01T00:00:00Z")))]
struct Early;

/// Those who have paid, here or there.
#[segment(
    key = "payers",
    rule(Player::PLAN.is_any_of([Plan::Pro, Plan::Enterprise])),
    rule(Player::TAGS.is("founder"), !Player::GROUPS.is("banned"))
)]
struct Paying;

/// By patterns and parts of texts.
#[segment(allow(pattern_line_breaks), rule(Player::NICK.matches("^bot-[0-9]{2}$"), Player::CLAN.starts_with("red"), Player::LEAGUE.contains("or")))]
struct Bots;

/// Deep inside.
#[segment(rule(Player::ADDRESS.geo.country.is("de"), Player::ADDRESS.city.is_any_of(["Berlin", "Bonn"])))]
struct Germans;

/// Those who pay and are early.
#[segment(rule(member_of!(Paying), !member_of!(Early)))]
struct LatePayers;

/// A share.
#[segment(rule(percent = 20, Player::BETA.is(true)))]
struct Share;

fn many(count: usize) -> Vec<Player> {
    let mut runner = TestRunner::deterministic();
    let players = contexts::<Player>();
    (0..count)
        .map(|_| players.new_tree(&mut runner).unwrap().current())
        .collect()
}

#[test]
fn rules_are_hit_and_missed() {
    let players = many(600);
    let members =
        |contains: fn(&Player) -> bool| players.iter().filter(|player| contains(player)).count();
    for (segment, members) in [
        ("veterans", members(|player| Veterans::contains(player))),
        ("colleagues", members(|player| Staff::contains(player))),
        ("early", members(|player| Early::contains(player))),
        ("payers", members(|player| Paying::contains(player))),
        ("bots", members(|player| Bots::contains(player))),
        ("germans", members(|player| Germans::contains(player))),
        (
            "late-payers",
            members(|player| LatePayers::contains(player)),
        ),
    ] {
        assert!((6..580).contains(&members), "{segment}: {members}");
    }
    // By one, too.
    assert!(players.iter().any(|player| player.age == 30));
    assert!(players.iter().any(|player| player.id == "p-bot"));
    assert!(players.iter().all(|player| !player.id.is_empty()));
}

/// What is typed, what is interpreted, and what the JSON of a context says, are the same.
#[test]
fn whatever_is_made_is_read_as_it_is_written() {
    let compiled = registry::compiled().unwrap();
    for player in many(60) {
        let json = player.to_json();
        let again = <Player as Make>::read(Some(&json)).unwrap();
        assert_eq!(again.friends, player.friends);
        // A set has no order.
        let without_friends = |player: &Player| {
            let mut json = player.to_json();
            json["friends"].take();
            json
        };
        assert_eq!(without_friends(&again), without_friends(&player));
        let instance = (&player).to_instance();
        for (key, typed) in [
            ("veterans", Veterans::contains(&player)),
            ("colleagues", Staff::contains(&player)),
            ("early", Early::contains(&player)),
            ("payers", Paying::contains(&player)),
            ("bots", Bots::contains(&player)),
            ("germans", Germans::contains(&player)),
        ] {
            assert_eq!(
                compiled.membership(key, &instance).known(),
                Some(typed),
                "{key}: {json}"
            );
        }
    }
}

#[test]
fn what_fails_shrinks_to_what_still_fails() {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let failed = runner.run(&contexts::<Player>(), |player| {
        prop_assert!(!Veterans::contains(&player));
        Ok(())
    });
    let Err(TestError::Fail(_, player)) = failed else {
        panic!("{failed:?}")
    };
    assert!(Veterans::contains(&player));
    // What plays no part is as little as can be.
    assert!(
        player.tags.is_empty() && player.email.is_none() && !player.beta,
        "{player:?}"
    );
}

/// Of each bound: where it is, and whether the context is a member.
fn shown(bounds: &[Boundary]) -> Vec<(String, Option<bool>)> {
    let shown = bounds.iter().map(|bound| {
        let text = bound.to_string();
        let at = text.split(": {").next().unwrap().to_owned();
        (at, bound.is_member())
    });
    shown.collect()
}

fn bounds(expected: &[(&str, bool)]) -> Vec<(String, Option<bool>)> {
    let expected = expected.iter();
    expected
        .map(|(at, member)| ((*at).to_owned(), Some(*member)))
        .collect()
}

#[test]
fn bounds_of_numbers_and_of_lists() {
    assert_eq!(
        shown(&Veterans::boundaries()),
        bounds(&[
            ("rule 1: player age is 29", false),
            ("rule 1: player age is 30", false),
            ("rule 1: player age is 31", true),
            ("rule 1: no player age", false),
            ("rule 1: player level is 999", false),
            ("rule 1: player level is 1000", true),
            ("rule 1: player level is 1001", true),
            ("rule 1: no player level", false),
            ("rule 1: player score is -0.5", true),
            ("rule 1: player score is 0.5", false),
            ("rule 1: player score is 1.5", false),
            ("rule 1: no player score", false),
        ])
    );
    let early = shown(&Early::boundaries());
    assert_eq!(early[0], ("excluded player".to_owned(), Some(false)));
    let members: Vec<Option<bool>> = early[1..].iter().map(|(_, member)| *member).collect();
    assert_eq!(
        members,
        [Some(true), Some(false), Some(false), Some(false)],
        "{early:?}"
    );
}

#[test]
fn each_bound_has_both_sides_and_types_agree() {
    type Case = (&'static str, Vec<Boundary>, fn(&Player) -> bool);
    let cases: [Case; 6] = [
        ("veterans", Veterans::boundaries(), |player| {
            Veterans::contains(player)
        }),
        ("colleagues", Staff::boundaries(), |player| {
            Staff::contains(player)
        }),
        ("payers", Paying::boundaries(), |player| {
            Paying::contains(player)
        }),
        ("bots", Bots::boundaries(), |player| Bots::contains(player)),
        ("germans", Germans::boundaries(), |player| {
            Germans::contains(player)
        }),
        ("late-payers", LatePayers::boundaries(), |player| {
            LatePayers::contains(player)
        }),
    ];
    let compiled = registry::compiled().unwrap();
    for (key, bounds, contains) in cases {
        for member in [true, false] {
            assert!(
                bounds.iter().any(|bound| bound.is_member() == Some(member)),
                "{key} {member}"
            );
        }
        let mut typed = 0;
        for bound in &bounds {
            let known = compiled.membership(key, &bound.to_instance()).known();
            assert_eq!(known, bound.is_member(), "{bound}");
            if let Some(player) = bound.context::<Player>() {
                typed += 1;
                assert_eq!(Some(contains(&player)), bound.is_member(), "{bound}");
            }
        }
        assert!(
            typed * 2 > bounds.len(),
            "{key}: {typed} of {} have a type",
            bounds.len()
        );
    }
}

#[test]
fn a_percentage_leaves_it_open_on_one_side() {
    let bounds = Share::boundaries();
    let members: BTreeSet<Option<bool>> = bounds.iter().map(Boundary::is_member).collect();
    assert_eq!(members, BTreeSet::from([None, Some(false)]));
}
