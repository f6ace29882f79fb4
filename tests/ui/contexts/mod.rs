//! The contexts that the mistakes are made with.
#![allow(dead_code)]

use segments_runtime::{AttributeValue, Attributes, Context, Timestamp};

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
pub struct User {
    #[context(key)]
    pub id: String,
    /// Confirmed mail address.
    pub email: Option<String>,
    pub plan: Plan,
    pub account_age: u32,
    pub account_created: Timestamp,
    pub beta: bool,
    pub version: semver::Version,
    pub groups: Vec<String>,
    pub address: Option<Address>,
}

#[derive(Attributes)]
pub struct Address {
    pub city: String,
}

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    Pro,
}

#[derive(Context)]
#[context(kind = "device")]
pub struct Device {
    #[context(key)]
    pub id: String,
    pub version: semver::Version,
}
