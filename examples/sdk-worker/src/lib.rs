//! A worker that makes two decisions about a job's customer. The layout of invoices is a flag,
//! which people control in LaunchDarkly, so the official SDK evaluates it. The priority of the job is
//! an audience, which the program declares and evaluates itself.

pub mod audiences;

use audiences::{Customer, Priority};
use launchdarkly_server_sdk::Client;
use segments_runtime::sdk;
use serde::Deserialize;

/// A job from the queue.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    /// Its number.
    pub number: u64,
    /// The customer.
    pub customer: Customer,
}

/// The decisions about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handling {
    /// Whether it comes before others.
    pub first: bool,
    /// Whether the new layout is used.
    pub new_layout: bool,
}

/// Decides about a job.
///
/// # Errors
///
/// If the customer has an empty key, which no SDK accepts.
pub fn handle(flags: &Client, job: &Job) -> Result<Handling, sdk::NoContext> {
    // One declaration serves both: the SDK's context is created from it, with `email` private.
    let context = sdk::context(&job.customer)?;
    Ok(Handling {
        first: Priority::contains(&job.customer),
        new_layout: flags.bool_variation(&context, "new-layout", false),
    })
}
