//! A worker with two questions about a job's customer. Which layout do invoices get? That is a flag,
//! which people turn in LaunchDarkly, so the official SDK answers. Does the job come first? That is
//! an audience, which the program declares, so it answers itself.

pub mod audiences;

use audiences::{Customer, Priority};
use launchdarkly_server_sdk::Client;
use segments_runtime::sdk;
use serde::Deserialize;

/// A job as it comes out of the queue.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    /// Its number.
    pub number: u64,
    /// Whom it is for.
    pub customer: Customer,
}

/// What is done with a job.
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
/// When the customer has an empty key, which no SDK takes.
pub fn handle(flags: &Client, job: &Job) -> Result<Handling, sdk::NoContext> {
    // One declaration serves both: the SDK's context is made of it, with `email` kept private.
    let context = sdk::context(&job.customer)?;
    Ok(Handling {
        first: Priority::contains(&job.customer),
        new_layout: flags.bool_variation(&context, "new-layout", false),
    })
}
