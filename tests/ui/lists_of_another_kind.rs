mod contexts;

#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;
use segments_runtime::sync::{KeyOf, Lists, SyncConfig};

/// Those who try what is new.
#[segment(rule(User::BETA.is(true)))]
pub struct BetaTesters;

pub fn include(config: &SyncConfig, device: KeyOf<Device>) {
    let _ = BetaTesters::include(config, [device]);
}

fn main() {}
