//! What is measured, and what the goals are.

use std::collections::HashSet;
use std::sync::LazyLock;

use launchdarkly_server_sdk_evaluation::Context as OfficialContext;
use regex::Regex;
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{Definition, wire};
use segments_runtime::{Context, Salts, Segment, Targeted};
use semver::Version;
use serde_json::json;

use crate::measure::Contestant;
use crate::official::Official;
use crate::segments::{
    Assistant, AssistantVariation, ListedUsers, NewVersions, PersonalAddresses, ProPlan, Regulars,
    User,
};

/// The same users three times, each as its reader wants them.
pub(crate) struct Users {
    typed: Vec<User>,
    instances: Vec<ContextInstance>,
    official: Vec<OfficialContext>,
}

/// One kind of question.
pub(crate) struct Case<'a> {
    pub(crate) name: &'static str,
    /// Hand-written, typed, interpreter, official.
    pub(crate) contestants: [Contestant<'a>; 4],
    /// How much of hand-written Rust's time the typed path may take.
    pub(crate) of_hand_written: f64,
    /// How much faster than the official evaluator the typed path has to be.
    pub(crate) of_official: f64,
}

impl Users {
    pub(crate) fn new() -> Self {
        let typed: Vec<User> = (0..64).map(User::new).collect();
        let json: Vec<String> = typed
            .iter()
            .map(|user| user.to_json().to_string())
            .collect();
        let wrong = "a user is a context";
        Self {
            instances: json
                .iter()
                .map(|json| ContextInstance::from_json(json).expect(wrong))
                .collect(),
            official: json
                .iter()
                .map(|json| serde_json::from_str(json).expect(wrong))
                .collect(),
            typed,
        }
    }
}

pub(crate) fn all(users: &Users) -> Vec<Case<'_>> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[a-z]+\.[a-z]+@(company|example)\.com$").expect("it is a pattern")
    });
    static KEYS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let definition = ListedUsers::definition();
        let lists = definition.included().lists();
        lists.flat_map(|(_, keys)| keys.clone()).collect()
    });
    const BOUND: Version = Version::new(2, 1, 0);
    vec![
        Case {
            name: "one `is` clause",
            contestants: contestants(
                users,
                &ProPlan::definition(),
                |user| user.plan == "pro",
                |user| ProPlan::contains(user),
            ),
            of_hand_written: 1.2,
            of_official: 50.0,
        },
        Case {
            name: "two rules of two clauses",
            contestants: contestants(
                users,
                &Regulars::definition(),
                |user| {
                    (user.account_age > 30 && user.country == "DE")
                        || (user.logins >= 100 && user.email.ends_with("@company.com"))
                },
                |user| Regulars::contains(user),
            ),
            of_hand_written: 1.3,
            of_official: 50.0,
        },
        Case {
            name: "one regex clause",
            contestants: contestants(
                users,
                &PersonalAddresses::definition(),
                |user| PATTERN.is_match(&user.email),
                |user| PersonalAddresses::contains(user),
            ),
            of_hand_written: 1.2,
            of_official: 100.0,
        },
        Case {
            name: "one version clause",
            contestants: contestants(
                users,
                &NewVersions::definition(),
                |user| user.version > BOUND,
                |user| NewVersions::contains(user),
            ),
            of_hand_written: 1.2,
            of_official: 20.0,
        },
        Case {
            name: "15,000 included keys, hits and misses",
            contestants: contestants(
                users,
                &ListedUsers::definition(),
                |user| KEYS.contains(&user.id),
                |user| ListedUsers::contains(user),
            ),
            of_hand_written: 1.2,
            of_official: 1000.0,
        },
    ]
}

/// Who is served the careful variation: hand-written, `variation`, `variation_with`, official.
pub(crate) fn assistant(users: &Users) -> [Contestant<'_>; 4] {
    let served = |user: &User| {
        if (user.account_age > 30 && user.country == "DE")
            || (user.logins >= 100 && user.email.ends_with("@company.com"))
        {
            AssistantVariation::Careful
        } else if user.plan == "pro" && user.country == "FR" {
            AssistantVariation::Bold
        } else {
            AssistantVariation::Fast
        }
    };
    let salts = Salts::new().with(Regulars::KEY, "salty");
    let official = Official::of_targeting(&Assistant::targeting(), &[Regulars::definition()]);
    let careful = AssistantVariation::Careful;
    [
        Contestant::new("hand-written", &users.typed, move |user| {
            served(user) == careful
        }),
        Contestant::new("variation", &users.typed, move |user| {
            Assistant::variation(user).known() == Some(&careful)
        }),
        Contestant::new("variation_with", &users.typed, move |user| {
            Assistant::variation_with(user, &salts).known() == Some(&careful)
        }),
        Contestant::new("official", &users.official, move |user| {
            official.serves(user, "careful")
        }),
    ]
}

fn contestants<'a>(
    users: &'a Users,
    definition: &Definition,
    hand_written: impl Fn(&User) -> bool + 'a,
    typed: impl Fn(&User) -> bool + 'a,
) -> [Contestant<'a>; 4] {
    let key = definition.key.to_string();
    let compiled = CompiledSegments::from_definitions([definition]);
    let mut json = serde_json::to_value(wire::Segment::from(definition)).expect("it is JSON");
    json["salt"] = json!("salty");
    let official = Official::new(&json);
    [
        Contestant::new("hand-written", &users.typed, hand_written),
        Contestant::new("typed", &users.typed, typed),
        Contestant::new("interpreter", &users.instances, move |user| {
            let segment = compiled.get(&key).expect("it was compiled");
            segment.contains(user).expect("nothing is in doubt")
        }),
        Contestant::new("official", &users.official, move |user| {
            official.contains(user)
        }),
    ]
}
