#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::{partition, segment};

/// Those who pay nothing.
#[segment(include(), exclude(), rule(User::PLAN.is(Plan::Free)))]
pub struct FreeUsers;

/// Those who pay.
#[segment(include(), exclude(), rule(User::PLAN.is(Plan::Pro)))]
pub struct PaidUsers;

/// Some of them.
#[segment(include(), exclude(), rule(percent = 10, User::PLAN.is(Plan::Pro)))]
pub struct Tenth;

#[partition(of = User)]
pub enum Tier {
    Free(FreeUsers),
    Tenth(Tenth),
    #[otherwise]
    Other,
}

fn main() {}
