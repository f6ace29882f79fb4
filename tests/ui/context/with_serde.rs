#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

use segments_runtime::Context;
use serde::Serialize;

#[derive(Context, Serialize)]
#[context(kind = "user")]
pub struct Visitor {
    #[context(key)]
    id: String,
    #[serde(rename = "accountAge")]
    account_age: u32,
    #[serde(rename = "plan")]
    #[context(name = "plan")]
    chosen_plan: String,
}

fn main() {}
