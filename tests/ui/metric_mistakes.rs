//! What the derive sees of metrics: one mistake in each.
mod contexts;

use contexts::*;
use segments_runtime::Metric;

#[derive(Metric)]
#[metric(kind = counts, by = User)]
struct KindMisspelt;

#[derive(Metric)]
#[metric(kind = "count", by = User)]
struct KindInQuotes;

#[derive(Metric)]
#[metric(by = User)]
struct WithoutKind;

#[derive(Metric)]
#[metric(kind = numeric, success = higher, by = User)]
struct NumericWithoutUnit;

#[derive(Metric)]
#[metric(kind = numeric, unit = "USD", by = User)]
struct NumericWithoutSuccess;

#[derive(Metric)]
#[metric(kind = count, unit = "USD", by = User)]
struct CountWithUnit;

#[derive(Metric)]
#[metric(kind = numeric, unit = "USD", success = up, by = User)]
struct SuccessUnknown;

#[derive(Metric)]
#[metric(kind = count)]
struct WithoutContext;

#[derive(Metric)]
#[metric(kind = count, by = User, key = "check out")]
struct KeyInvalid;

#[derive(Metric)]
#[metric(kind = count, by = User, event = "")]
struct EventEmpty;

#[derive(Metric)]
#[metric(kind = count, by = User, tags = ["my shop"])]
struct TagInvalid;

#[derive(Metric)]
#[metric(kind = count, by = User, unlt = "USD")]
struct KeyUnknown;

#[derive(Metric)]
#[metric(kind = count, kind = count, by = User)]
struct KeyTwice;

#[derive(Metric)]
#[metric(kind = count, by = User)]
struct WithFields {
    value: f64,
}

#[derive(Metric)]
#[metric(kind = count, by = User, name = " ")]
struct NameEmpty;

fn main() {}
