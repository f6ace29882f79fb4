#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::{Environment, segment};

#[derive(Environment)]
pub enum Stage {
    Staging,
    Production,
}

#[derive(Environment)]
pub enum Region {
    #[environment(ky = "eu")]
    Eu,
    #[environment(key = "e u")]
    Us,
    Staging(u8),
}

/// A key of the whole segment, one twice, one that is none, and one for whom nobody is left.
#[segment(
    include(User = ["u-1"]),
    environment("staging", key = "x", rule(User::ACCOUNT_AGE.gt(30))),
    environment("staging"),
    environment("pre prod"),
    environment(Stage::Staging),
    environment(),
    environment("test", exclude(User = ["u-1"])),
)]
pub struct Staff;

/// One is forgotten.
#[segment(rule(User::BETA.is(true)), environment(Stage::Staging, nobody()))]
pub struct Testers;

fn main() {}
