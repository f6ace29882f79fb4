mod contexts;

#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;
use segments_runtime::sync::{KeyOf, Lists, SyncConfig};

/// Those who try what is new.
#[segment(include(User = ["user-1"]), exclude(at_least, User = ["user-2"]))]
pub struct BetaTesters;

pub fn include(config: &SyncConfig, user: KeyOf<User>) {
    let _ = BetaTesters::include(config, [user.clone()]);
    let _ = BetaTesters::exclude(config, [user]);
}

fn main() {}
