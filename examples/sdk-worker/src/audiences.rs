//! The worker's customers.

use segments_runtime::{Context, segment};
use serde::Deserialize;

/// The customer that a job belongs to.
#[derive(Debug, Clone, Context, Deserialize)]
#[context(kind = "user")]
pub struct Customer {
    #[context(key)]
    pub id: String,
    pub plan: String,
    /// Never sent to LaunchDarkly by the SDK.
    #[context(private)]
    pub email: Option<String>,
    /// Invoices of the last twelve months.
    #[serde(default)]
    pub invoices: u32,
}

/// Customers whose jobs come first.
#[segment(
    tags = ["worker"],
    rule(Customer::PLAN.is("enterprise")),
    rule(Customer::PLAN.is("team"), Customer::INVOICES.ge(100)),
)]
pub struct Priority;
