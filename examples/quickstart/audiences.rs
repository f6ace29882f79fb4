//! The contexts that the application sends, and its audiences.

use segments_runtime::{Context, Timestamp, segment};

/// A person who uses the application.
#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub struct User {
    #[context(key)]
    pub id: String,
    /// Confirmed mail address.
    pub email: Option<String>,
    /// Set in the account's preferences.
    #[context(name = "beta_opted_in")]
    pub beta_opted_in: bool,
    #[context(name = "beta_tester")]
    pub beta_tester: bool,
    /// Days since the account was created.
    pub account_age: u32,
    pub account_created: Timestamp,
    /// The region of the user's data.
    pub region: Option<String>,
    /// Requests in the last 30 days.
    pub monthly_usage: u64,
}

/// A company that pays for the application.
#[derive(Context)]
#[context(kind = "organization", rename_all = "camelCase")]
pub struct Organization {
    #[context(key)]
    pub id: String,
    pub plan: String,
    /// Monthly recurring revenue in dollars.
    pub mrr: f64,
    pub custom_contract: bool,
}

/// The device of the application.
#[derive(Context)]
#[context(kind = "device")]
pub struct Device {
    #[context(key)]
    pub id: String,
    pub version: semver::Version,
}

/// People who opted into new features.
#[segment(
    tags = ["beta", "testing"],
    include(User = ["user-123", "user-456", "user-789"]),
    exclude(User = ["user-999"]),
    rule(User::BETA_OPTED_IN.is(true)),
)]
pub struct BetaTesters;

/// Beta testers who know the product well enough to judge its AI features.
#[segment(
    key = "ai-beta-testers",
    name = "AI beta testers",
    tags = ["beta", "ai-configs", "testing"],
    rule(User::BETA_TESTER.is(true), User::ACCOUNT_AGE.gt(30)),
)]
pub struct AiBetaTesters;

/// Organizations with enterprise features.
#[segment(
    tags = ["enterprise", "premium", "ai-configs"],
    rule(Organization::PLAN.is_any_of(["enterprise", "enterprise-plus"])),
    rule(Organization::MRR.gt(10_000)),
    rule(Organization::CUSTOM_CONTRACT.is(true)),
)]
pub struct EnterpriseCustomers;

/// Heavy users whose data is in Europe.
#[segment(
    name = "EU power users",
    tags = ["regional", "eu", "power-users"],
    rule(
        User::REGION.is_any_of(["eu-west", "eu-central", "eu-north"]),
        User::MONTHLY_USAGE.gt(1000),
    ),
)]
pub struct EuPowerUsers;

/// Early employees on a current device.
#[segment(rule(
    User::EMAIL.ends_with("@company.com"),
    User::ACCOUNT_CREATED.before(1_704_067_200_000),
    Device::VERSION.gt("2.0.0"),
))]
pub struct EstablishedStaff;
