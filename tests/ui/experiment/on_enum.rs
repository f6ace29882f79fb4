#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::{Metric, ai_config, experiment, segment};

/// Users testing new features.
#[segment(rule(User::BETA.is(true)))]
struct Testers;

/// Paying users.
#[segment(rule(User::PLAN.is(Plan::Pro)))]
struct Customers;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(member_of!(Testers) => fast),
    fallthrough = fast,
)]
struct Assistant;

/// A question that was answered.
#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
struct Resolved;

/// A restart of a device.
#[derive(Metric)]
#[metric(kind = count, by = Device)]
struct Restarts;

/// Whether careful answers resolve more.
#[experiment(
    on = Assistant,
    rule = Testers,
    metrics(primary = Resolved),
    baseline = fast,
    split(fast = 50, careful = 50),
    by = User,
    traffic = 80,
)]
enum CarefulAnswers {}

fn main() {}
