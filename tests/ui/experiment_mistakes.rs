//! What the attribute sees of experiments: one mistake in each.
mod contexts;

use contexts::*;
use segments_runtime::{Metric, ai_config, experiment, segment};

/// Who tries what is new.
#[segment(rule(User::BETA.is(true)))]
struct Testers;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(member_of!(Testers) => fast),
    fallthrough = fast,
)]
struct Assistant;

#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
struct Resolved;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 40), by = User)]
struct SharesLacking;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 60), by = User)]
struct SharesOver;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 100), by = User)]
struct OneTreatment;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, fast = 50), by = User)]
struct TreatmentTwice;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = slow, split(fast = 50, careful = 50), by = User)]
struct BaselineUnknown;

#[experiment(on = Assistant, metrics(primary = Resolved), split(fast = 50, careful = 50), by = User)]
struct WithoutBaseline;

#[experiment(on = Assistant, metrics(Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct NoMetricDecides;

#[experiment(on = Assistant, metrics(primary = Resolved, primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct TwoDecide;

#[experiment(on = Assistant, metrics(primary = Resolved, Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct MetricTwice;

#[experiment(on = Assistant, metrics(primary = Resolved, "resolved"), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct MetricInQuotes;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User, traffic = 0)]
struct NobodyTakesPart;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User, traffic = 120)]
struct TooMuchTraffic;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = -5, careful = 105), by = User)]
struct ShareNegative;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = "half", careful = 50), by = User)]
struct ShareInWords;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50))]
struct WithoutUnit;

#[experiment(metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct OnNothing;

#[experiment(on = Assistant, metric(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
struct KeyMisspelt;

#[experiment(on = Assistant, metrics = Resolved, baseline = fast, split(fast = 50, careful = 50), by = User)]
struct MetricsAsValue;

#[experiment(on = Assistant, metrics(primary = Resolved), baseline = fast, split(fast = 50, careful = 50), by = User)]
enum NoStruct {}

fn main() {}
