//! The segments and the AI Config, as an application declares them, and the users that they are about.

use segments_runtime::{Context, ai_config, segment};
use semver::Version;

/// A user, as an application holds one.
#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub(crate) struct User {
    #[context(key)]
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) plan: String,
    pub(crate) country: String,
    pub(crate) account_age: u32,
    pub(crate) logins: u32,
    pub(crate) beta_opted_in: bool,
    pub(crate) version: Version,
}

/// Customers on one plan.
#[segment(rule(User::PLAN.is("pro")))]
pub(crate) struct ProPlan;

/// Customers who know their way, or staff that is often there.
#[segment(
    rule(User::ACCOUNT_AGE.gt(30), User::COUNTRY.is("DE")),
    rule(User::LOGINS.ge(100), User::EMAIL.ends_with("@company.com")),
)]
pub(crate) struct Regulars;

/// People with a personal address at one of two companies.
#[segment(rule(User::EMAIL.matches(r"^[a-z]+\.[a-z]+@(company|example)\.com$")), allow(pattern_line_breaks))]
pub(crate) struct PersonalAddresses;

/// Users of a new version.
#[segment(rule(User::VERSION.gt("2.1.0")))]
pub(crate) struct NewVersions;

/// The assistant: another variation for those who know their way, and for one plan in one country.
#[ai_config(
    variations(fast, careful, bold),
    rule(member_of!(Regulars) => careful),
    rule(User::PLAN.is("pro"), User::COUNTRY.is("FR") => bold),
    fallthrough = fast,
)]
pub(crate) struct Assistant;

include!(concat!(env!("OUT_DIR"), "/listed_users.rs"));

impl User {
    /// The user of this number. Users differ in everything that some segment looks at.
    pub(crate) fn new(number: u32) -> Self {
        let domain = ["company.com", "example.com", "mail.example.org"][number as usize % 3];
        // Every second one is among the listed users.
        let listed = number * 3 + number % 2 * 20_000;
        Self {
            id: format!("user-{:08x}", listed.wrapping_mul(2_654_435_761)),
            email: format!(
                "first.last{}@{domain}",
                if number.is_multiple_of(4) { "7" } else { "" }
            ),
            plan: ["free", "pro", "enterprise"][number as usize / 2 % 3].to_owned(),
            country: ["DE", "FR", "US", "JP"][number as usize / 3 % 4].to_owned(),
            account_age: number * 7 % 60,
            logins: number * 37 % 200,
            beta_opted_in: number.is_multiple_of(5),
            version: Version::new((number % 4).into(), (number % 3).into(), number.into()),
        }
    }
}
