#![deny(warnings)]

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

use segments_runtime::{AttributeValue, Attributes, Context, Timestamp, segment};

#[derive(AttributeValue, PartialEq, Eq, Hash)]
pub enum Plan {
    Free,
    Pro,
}

#[derive(Attributes)]
pub struct Country {
    pub code: String,
}

#[derive(Attributes)]
pub struct Address {
    pub city: Option<String>,
    #[attributes(private)]
    pub country: Country,
}

#[derive(Context)]
#[context(rename_all = "camelCase")]
pub struct User {
    #[context(key)]
    pub id: Arc<str>,
    pub owned: String,
    pub boxed: Box<str>,
    pub borrowed: Cow<'static, str>,
    pub fixed: &'static str,
    pub small: u8,
    pub large: i64,
    pub float: f64,
    pub flag: bool,
    pub version: semver::Version,
    pub at: Timestamp,
    pub since: SystemTime,
    pub plan: Option<Plan>,
    pub plans: HashSet<Plan>,
    pub many: Vec<String>,
    pub sorted: BTreeSet<u32>,
    pub address: Option<Address>,
    #[context(private)]
    pub secret: String,
    #[context(skip)]
    pub session: u64,
}

/// Somebody.
#[segment(
    allow(pattern_line_breaks, value_covered),
    rule(User::OWNED.contains("a"), User::BOXED.starts_with(["a", "b"]), User::BORROWED.ends_with("c"), User::FIXED.matches("^[a-c]+$")),
    rule(User::SMALL.lt(3), User::LARGE.le(3), User::FLOAT.gt(0.5)),
    rule(User::LARGE.gt(9), User::FLOAT.ge(1)),
    rule(User::FLAG.is(true), !User::VERSION.is("1.0.0"), User::VERSION.lt("2"), User::VERSION.gt(["0.1", "0.2-rc"])),
    rule(User::AT.before("2024-05-03T00:00:00Z"), User::SINCE.after(Timestamp::from_millis(0))),
    rule(User::FLAG.is(false), User::AT.is(5)),
    rule(User::PLAN.is_any_of([Plan::Free, Plan::Pro]), !User::PLANS.is(Plan::Free)),
    rule(User::MANY.is("x"), User::SORTED.gt(3)),
    rule(User::ADDRESS.city.is("Berlin"), User::ADDRESS.country.code.is_any_of(["DE", "AT"])),
)]
pub struct Staff;

fn main() {
    let mut user = User {
        id: "u".into(),
        owned: "x".into(),
        boxed: "x".into(),
        borrowed: "x".into(),
        fixed: "x",
        small: 9,
        large: 9,
        float: 9.5,
        flag: false,
        version: semver::Version::new(3, 0, 0),
        at: Timestamp::from_millis(i64::MAX),
        since: SystemTime::UNIX_EPOCH,
        plan: None,
        plans: HashSet::from([Plan::Free]),
        many: vec![],
        sorted: BTreeSet::from([1, 2]),
        address: None,
        secret: "s".into(),
        session: 1,
    };
    assert!(!Staff::contains(&user));
    user.address = Some(Address {
        city: Some("Berlin".into()),
        country: Country { code: "DE".into() },
    });
    assert!(Staff::contains(&user));
    assert_eq!(Staff::explain(&user).membership.known(), Some(true));

    let json = user.to_json();
    assert_eq!(json["address"]["country"]["code"], "DE");
    assert_eq!(
        json["_meta"]["privateAttributes"],
        serde_json::json!(["/address/country/code", "secret"])
    );
    assert!(json.get("session").is_none() && json.get("plan").is_none());
}
