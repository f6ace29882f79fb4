//! What rustc knows of experiments: which rules, variations and metrics there are.
mod contexts;

use contexts::*;
use segments_runtime::{Metric, ai_config, experiment, segment};

/// Who tries what is new.
#[segment(rule(User::BETA.is(true)))]
struct Testers;

/// Who pays.
#[segment(rule(User::PLAN.is(Plan::Pro)))]
struct Customers;

/// The assistant.
#[ai_config(variations(fast, careful), rule(member_of!(Testers) => fast))]
struct Assistant;

#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
struct Resolved;

#[derive(Metric)]
#[metric(kind = count, by = Device)]
struct Restarts;

#[experiment(on = Assistant, rule = Customers, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct RuleUnknown;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct WithoutFallthrough;

#[experiment(on = Assistant, rule = Testers, metrics(primary = Resolved), baseline = fast, split(fast = 50, slow = 50), by = User)]
struct VariationUnknown;

#[experiment(on = Testers, rule = Customers, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct OnASegment;

mod other {
    use super::*;

    #[experiment(on = Assistant, rule = Testers, metrics(primary = Restarts), baseline = fast, split(fast = 50, careful = 50), by = User)]
    struct MetricOfDevices;
}

mod again {
    use super::*;

    #[experiment(on = Assistant, rule = Testers, metrics(primary = Testers), baseline = fast, split(fast = 50, careful = 50), by = User)]
    struct MetricUnknown;
}

fn main() {}
