mod contexts;

#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Those who try what is new.
#[segment(
    include(User = ["u-1"]),
    include(User = ["u-1", "u-2"], until = "2027-01-31"),
    exclude(User = ["u-3"], until = "2027-01-31"),
    exclude(User = ["u-3"], until = "2027-02-28")
)]
struct Trial;

/// Those who are listed twice.
#[segment(include(User = ["u-1"]), include(User = ["u-2"]))]
struct Twice;

fn main() {}
