//! Imported from LaunchDarkly by `cargo segments import`. Parts that a segment leaves out (lists, rules,
//! tags, a description) are not managed: they stay as they are. LaunchDarkly does not store whether an
//! attribute holds one value or several; if you know, write `Option<T>` or `Vec<T>`.

use segments_runtime::{Attributes, Context, OneOrMany, Timestamp, segment};

#[derive(Context)]
#[context(kind = "2d")]
pub struct Kind2d {
    #[context(key)]
    pub key: String,
    pub os: Option<OneOrMany<String>>,
}

#[derive(Attributes)]
pub struct DeviceAddress {
    pub city: Option<OneOrMany<String>>,
}

#[derive(Context)]
#[context(kind = "device")]
pub struct Device {
    #[context(key)]
    pub key: String,
    pub address: Option<DeviceAddress>,
    pub age: Option<OneOrMany<f64>>,
    pub beta: Option<OneOrMany<bool>>,
    pub created: Option<OneOrMany<Timestamp>>,
    pub email: Option<OneOrMany<String>>,
    pub rate: Option<OneOrMany<f64>>,
    pub version: Option<OneOrMany<semver::Version>>,
}

#[derive(Context)]
#[context(kind = "my-org")]
pub struct MyOrg {
    #[context(key)]
    pub key: String,
    pub plan: Option<OneOrMany<String>>,
}

#[derive(Context)]
#[context(kind = "my.org")]
pub struct MyOrgKind2 {
    #[context(key)]
    pub key: String,
    pub plan: Option<OneOrMany<String>>,
}

#[derive(Attributes)]
pub struct OrgAddress {
    pub city: Option<OneOrMany<String>>,
}

#[derive(Context)]
#[context(kind = "org")]
pub struct Org {
    #[context(key)]
    pub key: String,
    pub address: Option<OrgAddress>,
    pub age: Option<OneOrMany<f64>>,
    pub beta: Option<OneOrMany<bool>>,
    pub created: Option<OneOrMany<Timestamp>>,
    pub email: Option<OneOrMany<String>>,
    pub rate: Option<OneOrMany<f64>>,
    pub version: Option<OneOrMany<semver::Version>>,
}

#[derive(Context)]
#[context(kind = "string")]
pub struct KindString {
    #[context(key)]
    pub key: String,
    pub os: Option<OneOrMany<String>>,
}

#[derive(Attributes)]
pub struct UserABCD {
    pub e: Option<OneOrMany<String>>,
}

#[derive(Attributes)]
pub struct UserAB {
    #[attributes(name = "c~d")]
    pub c_d: Option<UserABCD>,
}

#[derive(Attributes)]
pub struct UserAddress {
    pub city: Option<OneOrMany<String>>,
    pub zip: Option<OneOrMany<String>>,
}

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub key: String,
    #[context(name = "2fa")]
    pub attribute_2fa: Option<OneOrMany<bool>>,
    #[context(name = "Größe")]
    pub gr_e: Option<OneOrMany<f64>>,
    pub a: Option<OneOrMany<String>>,
    #[context(name = "a/b")]
    pub a_b: Option<UserAB>,
    #[context(name = "account-age")]
    pub account_age: Option<OneOrMany<f64>>,
    #[context(name = "accountAge")]
    pub account_age_: Option<OneOrMany<f64>>,
    pub address: Option<UserAddress>,
    pub age: Option<OneOrMany<f64>>,
    pub anonymous: Option<bool>,
    pub at: Option<OneOrMany<Timestamp>>,
    pub before1970: Option<OneOrMany<Timestamp>>,
    pub beta: Option<OneOrMany<bool>>,
    pub created: Option<OneOrMany<Timestamp>>,
    pub email: Option<OneOrMany<String>>,
    pub groups: Option<OneOrMany<String>>,
    pub key_: Option<OneOrMany<String>>,
    pub m: Option<OneOrMany<f64>>,
    pub n: Option<OneOrMany<f64>>,
    pub name: Option<String>,
    pub rate: Option<OneOrMany<f64>>,
    #[context(name = "self")]
    pub self_: Option<OneOrMany<String>>,
    #[context(name = "type")]
    pub r#type: Option<OneOrMany<String>>,
    pub version: Option<OneOrMany<semver::Version>>,
}

#[segment(
    key = "1st",
    name = "1st",
    nobody(),
)]
pub struct Segment1st;

#[segment(
    key = "address-as-object",
    name = "address-as-object",
    rule(User::ADDRESS.city.is("Bern")),
)]
pub struct AddressAsObject;

#[segment(
    key = "built-in",
    name = "built-in",
    rule(
        User::KEY.starts_with("test-"),
        User::NAME.contains("\u{202e}\\\"{}\n"),
        User::ANONYMOUS.is(true),
    ),
)]
pub struct BuiltIn;

#[segment(
    key = "context",
    name = "context",
    nobody(),
)]
pub struct SegmentContext;

#[segment(
    key = "eu-power-users",
    name = "eu-power-users",
    nobody(),
)]
pub struct EuPowerUsers;

#[segment(
    key = "eu-power.users",
    name = "eu-power.users",
    nobody(),
)]
pub struct EuPowerUsersSegment2;

#[segment(
    key = "everyone",
    name = "everyone",
    rule(everyone()),
)]
pub struct Everyone;

#[segment(
    key = "kind",
    name = "kind",
    rule(has_kind!(Device, Org)),
)]
pub struct Kind;

#[segment(
    key = "kinds",
    name = "kinds",
    rule(
        MyOrgKind2::PLAN.is("pro"),
        MyOrg::PLAN.is("pro"),
        KindString::OS.is("linux"),
        Kind2d::OS.is("linux"),
    ),
)]
pub struct Kinds;

#[segment(
    key = "listed-twice",
    name = "listed-twice",
    include(User = ["u"]),
    rule(User::A.is("b")),
)]
pub struct ListedTwice;

#[segment(
    key = "many",
    name = "Many",
    big,
    of = Device,
)]
pub struct Many;

#[segment(
    key = "name-with-slash",
    name = "name-with-slash",
    rule(User::EMAIL.is("a")),
)]
pub struct NameWithSlash;

#[segment(
    key = "not-beta-or-eu",
    name = "N",
    rule(!User::GROUPS.is("beta")),
    rule(User::GROUPS.is("eu")),
)]
pub struct NotBetaOrEu;

#[segment(
    key = "numbers",
    name = "numbers",
    rule(
        User::N.is_any_of([-1.0, 0.0, 1.5, 1000000000000000.0]),
        User::M.gt(9007199254740991.0),
        User::AT.after("2024-05-03T10:00:00.5+02:00"),
        User::BEFORE1970.before(-1),
    ),
)]
pub struct Numbers;

#[segment(
    key = "revised",
    name = "revised",
    tags = ["rev.07", "rev.x"],
    rule(User::A.is("b")),
)]
pub struct Revised;

/// Whom "it" is for
#[segment(
    key = "segment-0",
    name = "The \"segment-0\"\n\u{7f}",
    tags = ["one"],
    exclude(Org = ["o-1"]),
    rule(!Device::RATE.le(0.125)),
)]
pub struct Segment0;

/// Whom "it" is for
#[segment(
    key = "segment-1",
    name = "The \"segment-1\"\n\u{7f}",
    tags = ["one", "two"],
    rule(!Org::BETA.is(true)),
)]
pub struct Segment1;

/// Whom "it" is for
#[segment(
    key = "segment-10",
    name = "The \"segment-10\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        Org::CREATED.before(1704067200000),
        !User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        User::RATE.le(0.125),
    ),
)]
pub struct Segment10;

/// Whom "it" is for
#[segment(
    key = "segment-11",
    name = "The \"segment-11\"\n\u{7f}",
    tags = ["one", "two"],
    exclude(Org = ["o-1"]),
)]
pub struct Segment11;

#[segment(
    key = "segment-12",
    name = "The \"segment-12\"\n\u{7f}",
    tags = ["one"],
    rule(
        description = "a rule\nof two lines",
        percent = 84.002,
        by = Device::KEY,
        !Org::EMAIL.matches("^a.*b$"),
        User::EMAIL.matches("^a.*b$"),
    ),
    rule(
        description = "a rule\nof two lines",
        Device::RATE.le(0.125),
    ),
)]
pub struct Segment12;

#[segment(
    key = "segment-13",
    name = "The \"segment-13\"\n\u{7f}",
    tags = ["one", "two"],
    rule(Org::RATE.le(0.125)),
)]
pub struct Segment13;

/// Whom "it" is for
#[segment(
    key = "segment-14",
    name = "The \"segment-14\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    rule(
        Device::CREATED.before(1704067200000),
        !Device::RATE.le(0.125),
    ),
    rule(
        description = "a rule\nof two lines",
        !Device::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        !Org::BETA.is(true),
        Org::EMAIL.matches("^a.*b$"),
    ),
    rule(
        Device::AGE.gt(98),
        !Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        !User::CREATED.before(1704067200000),
    ),
)]
pub struct Segment14;

#[segment(
    key = "segment-15",
    name = "The \"segment-15\"\n\u{7f}",
    tags = ["one", "two"],
    exclude(Org = ["o-1"]),
)]
pub struct Segment15;

/// Whom "it" is for
#[segment(
    key = "segment-16",
    name = "The \"segment-16\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        description = "a rule\nof two lines",
        User::VERSION.lt("2.0.0"),
    ),
    rule(
        description = "a rule\nof two lines",
        Org::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        member_of!(Segment12),
    ),
)]
pub struct Segment16;

#[segment(
    key = "segment-17",
    name = "The \"segment-17\"\n\u{7f}",
    tags = ["one", "two"],
    rule(
        description = "a rule\nof two lines",
        Device::RATE.le(0.125),
    ),
)]
pub struct Segment17;

#[segment(
    key = "segment-18",
    name = "The \"segment-18\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(User::RATE.le(0.125)),
    rule(
        !Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        User::BETA.is(true),
    ),
)]
pub struct Segment18;

#[segment(
    key = "segment-19",
    name = "The \"segment-19\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
)]
pub struct Segment19;

/// Whom "it" is for
#[segment(
    key = "segment-2",
    name = "The \"segment-2\"\n\u{7f}",
    tags = ["one"],
    exclude(Org = ["o-1"]),
)]
pub struct Segment2;

#[segment(
    key = "segment-20",
    name = "The \"segment-20\"\n\u{7f}",
    tags = ["one"],
    rule(
        description = "a rule\nof two lines",
        Device::EMAIL.matches("^a.*b$"),
        Device::RATE.le(0.125),
        Org::AGE.gt(34),
    ),
)]
pub struct Segment20;

#[segment(
    key = "segment-21",
    name = "The \"segment-21\"\n\u{7f}",
    tags = ["one", "two"],
    exclude(Org = ["o-1"]),
    rule(
        description = "a rule\nof two lines",
        User::BETA.is(true),
    ),
    rule(member_of!(Segment6)),
    rule(
        percent = 45.868,
        by = Device::KEY,
        Device::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
)]
pub struct Segment21;

#[segment(
    key = "segment-22",
    name = "The \"segment-22\"\n\u{7f}",
    tags = ["one"],
    rule(
        description = "a rule\nof two lines",
        !Device::RATE.le(0.125),
    ),
    rule(
        description = "a rule\nof two lines",
        Device::AGE.gt(90),
    ),
    rule(
        percent = 16.602,
        by = Device::KEY,
        Org::AGE.gt(0),
        User::BETA.is(true),
        User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
)]
pub struct Segment22;

#[segment(
    key = "segment-23",
    name = "The \"segment-23\"\n\u{7f}",
    tags = ["one", "two"],
    rule(
        percent = 50.712,
        by = Device::KEY,
        Org::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        Org::VERSION.lt("2.0.0"),
        member_of!(Segment7),
    ),
    rule(
        Device::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        !User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
    rule(
        description = "a rule\nof two lines",
        Org::CREATED.before(1704067200000),
    ),
)]
pub struct Segment23;

#[segment(
    key = "segment-24",
    name = "The \"segment-24\"\n\u{7f}",
    tags = ["one"],
    rule(
        Org::BETA.is(true),
        User::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
    ),
)]
pub struct Segment24;

/// Whom "it" is for
#[segment(
    key = "segment-25",
    name = "The \"segment-25\"\n\u{7f}",
    tags = ["one", "two"],
    nobody(),
)]
pub struct Segment25;

/// Whom "it" is for
#[segment(
    key = "segment-26",
    name = "The \"segment-26\"\n\u{7f}",
    tags = ["one"],
    nobody(),
)]
pub struct Segment26;

#[segment(
    key = "segment-27",
    name = "The \"segment-27\"\n\u{7f}",
    tags = ["one", "two"],
    rule(
        description = "a rule\nof two lines",
        User::AGE.gt(21),
    ),
)]
pub struct Segment27;

#[segment(
    key = "segment-28",
    name = "The \"segment-28\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    rule(member_of!(Segment10)),
)]
pub struct Segment28;

/// Whom "it" is for
#[segment(
    key = "segment-29",
    name = "The \"segment-29\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    rule(
        description = "a rule\nof two lines",
        !Org::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        Org::AGE.gt(80),
        !Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
)]
pub struct Segment29;

#[segment(
    key = "segment-3",
    name = "The \"segment-3\"\n\u{7f}",
    tags = ["one", "two"],
    nobody(),
)]
pub struct Segment3;

#[segment(
    key = "segment-30",
    name = "The \"segment-30\"\n\u{7f}",
    tags = ["one"],
    nobody(),
)]
pub struct Segment30;

#[segment(
    key = "segment-31",
    name = "The \"segment-31\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    rule(
        Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        User::AGE.gt(84),
        User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
    rule(
        description = "a rule\nof two lines",
        User::BETA.is(true),
    ),
)]
pub struct Segment31;

#[segment(
    key = "segment-32",
    name = "The \"segment-32\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
)]
pub struct Segment32;

#[segment(
    key = "segment-33",
    name = "The \"segment-33\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        description = "a rule\nof two lines",
        percent = 95.304,
        by = Device::KEY,
        Device::AGE.gt(34),
        User::CREATED.before(1704067200000),
        User::VERSION.lt("2.0.0"),
    ),
)]
pub struct Segment33;

/// Whom "it" is for
#[segment(
    key = "segment-34",
    name = "The \"segment-34\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        !Org::CREATED.before(1704067200000),
        Org::EMAIL.matches("^a.*b$"),
        member_of!(Segment33),
    ),
    rule(
        percent = 56.693,
        by = Device::KEY,
        !Device::VERSION.lt("2.0.0"),
        User::EMAIL.matches("^a.*b$"),
    ),
    rule(
        percent = 97.072,
        by = Device::KEY,
        User::CREATED.before(1704067200000),
    ),
)]
pub struct Segment34;

/// Whom "it" is for
#[segment(
    key = "segment-35",
    name = "The \"segment-35\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    rule(
        Org::RATE.le(0.125),
        member_of!(Segment15),
        member_of!(Segment31),
    ),
    rule(!Device::ADDRESS.city.is_any_of(["Zürich", "Łódź"])),
    rule(
        description = "a rule\nof two lines",
        Device::CREATED.before(1704067200000),
        Org::CREATED.before(1704067200000),
        !User::EMAIL.matches("^a.*b$"),
    ),
)]
pub struct Segment35;

#[segment(
    key = "segment-36",
    name = "The \"segment-36\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        !Device::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        Device::CREATED.before(1704067200000),
        !Device::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
    rule(!member_of!(Segment11)),
)]
pub struct Segment36;

/// Whom "it" is for
#[segment(
    key = "segment-37",
    name = "The \"segment-37\"\n\u{7f}",
    tags = ["one", "two"],
    exclude(Org = ["o-1"]),
    rule(Device::AGE.gt(19)),
    rule(
        description = "a rule\nof two lines",
        Org::EMAIL.matches("^a.*b$"),
        User::CREATED.before(1704067200000),
        User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
)]
pub struct Segment37;

#[segment(
    key = "segment-38",
    name = "The \"segment-38\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    rule(
        !Device::RATE.le(0.125),
        User::ADDRESS.city.is_any_of(["Zürich", "Łódź"]),
        User::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
    ),
)]
pub struct Segment38;

#[segment(
    key = "segment-39",
    name = "The \"segment-39\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        percent = 12.753,
        by = Device::KEY,
        Device::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        Org::VERSION.lt("2.0.0"),
        !User::BETA.is(true),
    ),
    rule(
        Device::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        member_of!(Segment8),
    ),
    rule(!Device::ADDRESS.city.is_any_of(["Zürich", "Łódź"])),
)]
pub struct Segment39;

#[segment(
    key = "segment-4",
    name = "The \"segment-4\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    rule(
        description = "a rule\nof two lines",
        percent = 74.061,
        by = Device::KEY,
        !Device::BETA.is(true),
        !Org::EMAIL.matches("^a.*b$"),
    ),
)]
pub struct Segment4;

/// Whom "it" is for
#[segment(
    key = "segment-5",
    name = "The \"segment-5\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    rule(
        description = "a rule\nof two lines",
        !Device::AGE.gt(74),
        Device::CREATED.before(1704067200000),
        User::RATE.le(0.125),
    ),
    rule(
        description = "a rule\nof two lines",
        Device::AGE.gt(23),
        !Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        User::RATE.le(0.125),
    ),
)]
pub struct Segment5;

/// Whom "it" is for
#[segment(
    key = "segment-6",
    name = "The \"segment-6\"\n\u{7f}",
    tags = ["one"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(
        description = "a rule\nof two lines",
        Device::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        Org::AGE.gt(67),
        User::BETA.is(true),
    ),
    rule(
        description = "a rule\nof two lines",
        User::VERSION.lt("2.0.0"),
        member_of!(Segment2),
    ),
    rule(
        description = "a rule\nof two lines",
        Org::VERSION.lt("2.0.0"),
        User::RATE.le(0.125),
    ),
)]
pub struct Segment6;

#[segment(
    key = "segment-7",
    name = "The \"segment-7\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    rule(
        Org::AGE.gt(27),
        !Org::BETA.is(true),
        Org::VERSION.lt("2.0.0"),
    ),
)]
pub struct Segment7;

#[segment(
    key = "segment-8",
    name = "The \"segment-8\"\n\u{7f}",
    tags = ["one"],
    exclude(Org = ["o-1"]),
    rule(
        description = "a rule\nof two lines",
        User::VERSION.lt("2.0.0"),
    ),
)]
pub struct Segment8;

/// Whom "it" is for
#[segment(
    key = "segment-9",
    name = "The \"segment-9\"\n\u{7f}",
    tags = ["one", "two"],
    include(User = ["u 2", "u-1"]),
    exclude(Org = ["o-1"]),
    rule(User::BETA.is(true)),
    rule(
        description = "a rule\nof two lines",
        Org::EMAIL.ends_with(["@x.io", "\"quoted\"\\\u{7f}"]),
        member_of!(Segment1),
    ),
)]
pub struct Segment9;

#[segment(
    key = "self",
    name = "self",
    nobody(),
)]
pub struct SegmentSelf;

#[segment(
    key = "shares",
    name = "shares",
    rule(
        percent = 0.001,
        by = User::ADDRESS.zip,
        everyone(),
    ),
    rule(
        percent = 99.999,
        by = MyOrg::KEY,
        everyone(),
    ),
)]
pub struct Shares;

#[segment(
    key = "slash-anonymous",
    name = "slash-anonymous",
    rule(User::ANONYMOUS.is(true)),
)]
pub struct SlashAnonymous;

#[segment(
    key = "slash-email",
    name = "slash-email",
    rule(User::EMAIL.ends_with("@x.io")),
)]
pub struct SlashEmail;

#[segment(
    key = "slash-key",
    name = "slash-key",
    rule(User::KEY.starts_with("u-")),
)]
pub struct SlashKey;

#[segment(
    key = "slash-kind",
    name = "slash-kind",
    rule(!has_kind!(Device)),
)]
pub struct SlashKind;

#[segment(
    key = "some",
    name = "some",
    nobody(),
)]
pub struct SegmentSome;

#[segment(
    key = "split-by-anonymous",
    name = "split-by-anonymous",
    rule(
        percent = 10.0,
        by = User::ANONYMOUS,
        everyone(),
    ),
)]
pub struct SplitByAnonymous;

#[segment(
    key = "split-by-kind",
    name = "split-by-kind",
    rule(
        percent = 10.0,
        by = User::KIND,
        everyone(),
    ),
)]
pub struct SplitByKind;

#[segment(
    key = "split-by-slash-key",
    name = "split-by-slash-key",
    rule(
        percent = 10.0,
        by = User::KEY,
        everyone(),
    ),
)]
pub struct SplitBySlashKey;

#[segment(
    key = "twice",
    name = "twice",
    rule(User::A.is_any_of(["b", "c"])),
)]
pub struct Twice;

#[segment(
    key = "two-groups",
    name = "two-groups",
    rule(
        User::GROUPS.is("admin"),
        User::GROUPS.is("eu"),
    ),
)]
pub struct TwoGroups;

#[segment(
    key = "user",
    name = "user",
    nobody(),
)]
pub struct UserSegment2;

#[segment(
    key = "weight-of-all",
    name = "weight-of-all",
    rule(
        percent = 100.0,
        by = User::KEY,
        everyone(),
    ),
)]
pub struct WeightOfAll;

#[segment(
    key = "words",
    name = "words",
    rule(
        User::TYPE.is("a"),
        User::SELF_.is("a"),
        User::KEY_.is("a"),
        User::ATTRIBUTE_2FA.is(true),
        User::ACCOUNT_AGE.lt(1),
        User::ACCOUNT_AGE_.lt(1),
        User::GR_E.lt(1),
        User::A_B.c_d.e.is("a"),
    ),
)]
pub struct Words;
