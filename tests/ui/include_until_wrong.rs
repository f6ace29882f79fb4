mod contexts;

#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Those who try what is new until a day that does not exist.
#[segment(include(User = ["u-1"], until = "2027-02-30"))]
struct NoDay;

/// Those who try what is new until some time.
#[segment(include(User = ["u-1"], until = 2027))]
struct NoText;

/// Those who try what is new until two days.
#[segment(include(User = ["u-1"], until = "2027-01-31", until = "2027-02-28"))]
struct TwoDays;

/// Nobody, until a day.
#[segment(include(until = "2027-01-31"))]
struct Nobody;

/// Those who are let in by two lists, of which one keeps others.
#[segment(
    include(at_least, User = ["u-1"]),
    include(User = ["u-2"], until = "2027-01-31")
)]
struct AtLeast;

fn main() {}
