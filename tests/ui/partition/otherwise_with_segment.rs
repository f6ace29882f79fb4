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

#[partition(of = User)]
pub enum Tier {
    Free(FreeUsers),
    #[otherwise]
    Paid(PaidUsers),
}

fn main() {}
