//! Typed segments: every operator on every type of attribute that it fits, over three kinds of
//! contexts, two of which a request may lack.

use fastrand::Rng;
use segments_runtime::{AttributeValue, Attributes, Context, Timestamp, segment};
use semver::Version;

use crate::world::pick;

#[derive(AttributeValue, Clone, Copy)]
pub(crate) enum Plan {
    Free,
    Pro,
    #[attribute(name = "enterprise-plus")]
    EnterprisePlus,
}

#[derive(Attributes)]
pub(crate) struct Address {
    city: String,
    zip: Option<u32>,
}

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub(crate) struct User {
    #[context(key)]
    id: String,
    email: Option<String>,
    plan: Plan,
    account_age: u32,
    ratio: f64,
    balance: i64,
    beta: bool,
    version: Version,
    created: Timestamp,
    groups: Vec<String>,
    scores: Option<Vec<f64>>,
    address: Option<Address>,
    #[context(name = "a/b")]
    slashed: Option<bool>,
}

#[derive(Context)]
#[context(kind = "org")]
pub(crate) struct Org {
    #[context(key)]
    id: String,
    plan: String,
    seats: Option<u64>,
}

#[derive(Context)]
#[context(kind = "device")]
pub(crate) struct Device {
    #[context(key)]
    id: String,
    os: String,
    version: Option<Version>,
}

/// What one request knows.
pub(crate) struct Request {
    pub(crate) user: User,
    pub(crate) org: Option<Org>,
    pub(crate) device: Option<Device>,
}

impl Request {
    pub(crate) fn contexts(&self) -> (&User, Option<&Org>, Option<&Device>) {
        (&self.user, self.org.as_ref(), self.device.as_ref())
    }

    /// Values at the boundaries of the clauses below, mostly.
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let user = User {
            id: text(rng, &["u-1", "u-2", "u-3", "ключ"]),
            email: rng.bool().then(|| {
                text(
                    rng,
                    &[
                        "ann@company.com",
                        "@company.com",
                        "ann@COMPANY.com",
                        "b+spam@x.io",
                        "",
                        "42@x.io",
                    ],
                )
            }),
            plan: *pick(rng, &[Plan::Free, Plan::Pro, Plan::EnterprisePlus]),
            account_age: *pick(rng, &[0, 29, 30, 31, u32::MAX]),
            ratio: *pick(
                rng,
                &[
                    0.0,
                    -0.0,
                    0.1,
                    0.1_f64.next_down(),
                    0.1_f64.next_up(),
                    -1.5,
                    f64::NAN,
                    f64::INFINITY,
                    1e300,
                ],
            ),
            balance: *pick(rng, &[0, -1, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1]),
            beta: rng.bool(),
            version: version(rng),
            created: Timestamp::from_millis(*pick(
                rng,
                &[
                    0,
                    1,
                    -1,
                    1_704_067_199_999,
                    1_704_067_200_000,
                    1_704_067_200_001,
                    i64::MAX,
                    i64::MIN,
                    8_210_266_876_799_999,
                    8_210_266_876_800_000,
                ],
            )),
            groups: (0..rng.usize(..3))
                .map(|_| text(rng, &["ops", "dev", "qa", ""]))
                .collect(),
            scores: rng.bool().then(|| {
                (0..rng.usize(..3))
                    .map(|_| *pick(rng, &[0.5, 1.0, 9.0, 9.5]))
                    .collect()
            }),
            address: rng.bool().then(|| Address {
                city: text(rng, &["Berlin", "berlin", "Paris"]),
                zip: rng.bool().then(|| *pick(rng, &[10_114, 10_115, 10_116])),
            }),
            slashed: rng.bool().then(|| rng.bool()),
        };
        let org = rng.bool().then(|| Org {
            id: text(rng, &["o-1", "o-2"]),
            plan: text(rng, &["free", "pro"]),
            seats: rng.bool().then(|| *pick(rng, &[0, 9, 10, 11, u64::MAX])),
        });
        let device = rng.bool().then(|| Device {
            id: text(rng, &["d-1", "d-2"]),
            os: text(rng, &["linux", "macos"]),
            version: rng.bool().then(|| version(rng)),
        });
        Self { user, org, device }
    }
}

fn text(rng: &mut Rng, from: &[&str]) -> String {
    (*pick(rng, from)).to_owned()
}

fn version(rng: &mut Rng) -> Version {
    let versions = [
        "2.0.0",
        "2.0.0+linux",
        "2.0.0-rc.1",
        "2.0.0-rc.10",
        "1.9.9",
        "2.0.1",
        "10.0.0",
    ];
    Version::parse(&text(rng, &versions)).expect("these are versions")
}

macro_rules! segments {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        $(#[$attribute])*
        /// One of the segments that are compared.
        pub(crate) struct $name;
    )*};
}

segments! {
    #[segment(rule(User::EMAIL.is("ann@company.com")))] EmailIs;
    #[segment(rule(!User::EMAIL.is_any_of(["ann@company.com", "42@x.io"])))] EmailIsNot;
    #[segment(rule(User::EMAIL.starts_with("ann")))] EmailStarts;
    #[segment(rule(User::EMAIL.ends_with("@company.com")))] EmailEnds;
    #[segment(rule(!User::EMAIL.contains("+spam")))] EmailContainsNot;
    #[segment(rule(User::EMAIL.matches("^[0-9]+@")), allow(pattern_line_breaks))] EmailMatches;
    #[segment(rule(!User::EMAIL.matches(["[cC]ompany", "[io]o$"])), allow(pattern_line_breaks))] EmailMatchesNot;
    #[segment(rule(User::PLAN.is_any_of([Plan::Pro, Plan::EnterprisePlus])))] PlanIs;
    #[segment(rule(!User::PLAN.is(Plan::Free)))] PlanIsNot;
    #[segment(rule(User::ACCOUNT_AGE.lt(30)))] AgeLess;
    #[segment(rule(User::ACCOUNT_AGE.le(30)))] AgeAtMost;
    #[segment(rule(User::ACCOUNT_AGE.gt(30)))] AgeGreater;
    #[segment(rule(!User::ACCOUNT_AGE.ge(30)))] AgeNotAtLeast;
    #[segment(rule(User::RATIO.is(0)))] RatioIsZero;
    #[segment(rule(User::RATIO.le(0.1)))] RatioAtMost;
    #[segment(rule(!User::RATIO.gt(0.1)))] RatioNotGreater;
    #[segment(rule(User::BALANCE.ge(9_007_199_254_740_992_i64)))] BalanceAtLeast;
    #[segment(rule(User::BETA.is(true)))] BetaIs;
    #[segment(rule(!User::SLASHED.is(true)))] SlashedIsNot;
    #[segment(rule(User::VERSION.is("2.0.0")))] VersionIs;
    #[segment(rule(User::VERSION.lt("2.0.0-rc.10")))] VersionLess;
    #[segment(rule(!User::VERSION.gt("2.0.0")))] VersionNotGreater;
    #[segment(rule(User::CREATED.before("2024-01-01T00:00:00Z")))] CreatedBefore;
    #[segment(rule(User::CREATED.after(1_704_067_200_000_i64)))] CreatedAfter;
    #[segment(rule(!User::CREATED.before("2024-01-01T01:00:00.000+01:00")))] CreatedNotBefore;
    #[segment(rule(User::GROUPS.is("ops")))] GroupsHave;
    #[segment(rule(!User::GROUPS.is_any_of(["ops", "dev"])))] GroupsLack;
    #[segment(rule(User::SCORES.gt(9), User::SCORES.lt(1)))] ScoresSpread;
    #[segment(rule(User::ADDRESS.city.is("Berlin"), !User::ADDRESS.zip.is(10_115)))] Nested;
    #[segment(rule(Org::PLAN.is("pro"), Device::OS.is("linux")))] TwoKinds;
    #[segment(rule(!Org::SEATS.gt(10)), rule(!Device::VERSION.is("2.0.0")))] AbsentKinds;
    #[segment(rule(has_kind!(Device)))] HasDevice;
    #[segment(rule(!has_kind!(Device, Org), User::BETA.is(true)))] UserAlone;
    #[segment(rule(has_kind!(Org), member_of!(UserAlone)), rule(!has_kind!(Org)))] KindsAndSegments;
    #[segment(
        include(User = ["u-1"], Org = ["o-1"]),
        exclude(User = ["u-2"], Device = ["d-1"]),
        rule(everyone()),
    )] Lists;
    #[segment(rule(member_of!(EmailEnds), !member_of!(Lists)), rule(member_of!(GroupsLack), User::BETA.is(true)))] Asks;
    #[segment(exclude(User = ["u-3"]), rule(!member_of!(Asks)))] AsksAgain;
    #[segment(rule(percent = 30.0, User::BETA.is(true)), rule(User::ACCOUNT_AGE.gt(30)))] Share;
    #[segment(include(User = ["u-1"]), rule(percent = 50.0, by = User::ACCOUNT_AGE, User::PLAN.is(Plan::Pro)))] ShareByNumber;
    #[segment(rule(percent = 40.0, by = Org::KIND, has_kind!(Org)))] ShareByKind;
    #[segment(rule(percent = 60.0, by = Org::ID, User::BETA.is(true)), allow(split_kind_optional))] ShareOfOrgs;
    #[segment(rule(member_of!(Share), User::EMAIL.contains("@")), rule(!member_of!(ShareOfOrgs), User::BETA.is(false)))] AsksShares;
}
