#![allow(unused)]
use segments_runtime::ai::EventClient;
use segments_runtime::{Context, Metric};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
}

/// A question that was answered.
#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
struct Resolved;

/// What a checkout was worth.
#[derive(Metric)]
#[metric(kind = numeric, unit = "USD", success = higher, by = User)]
struct CheckoutTotal;

fn shop(client: &impl EventClient, user: User, device: &Device) {
    Resolved::track(client, device);
}

fn main() {}
