//! The time of day, by which listed contexts expire.

use std::sync::OnceLock;
use std::time::SystemTime;

use segments_model::Expiry;
use thiserror::Error;

static CLOCK: OnceLock<fn() -> SystemTime> = OnceLock::new();

/// A clock is set already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the clock of this program is set already; call `set_clock` once, at the start")]
#[non_exhaustive]
pub struct ClockIsSet;

/// Sets the clock by which contexts that are listed `until` a date leave their lists, once for the program. Without it,
/// that is the system's.
///
/// `wasm32-unknown-unknown` has no clock: contexts stay on their lists until one is set that passes the date. In a browser
/// or in Node, `|| UNIX_EPOCH + Duration::from_millis(js_sys::Date::now() as u64)` is one.
///
/// ```standalone_crate
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use segments_runtime::{Context, Segment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// /// Those who test it until the end of January.
/// #[segment(include(User = ["u-1"], until = "2030-01-31"))]
/// struct Testers;
///
/// // The first of February.
/// segments_runtime::set_clock(|| UNIX_EPOCH + Duration::from_secs(1_896_134_400))?;
/// assert!(!Testers::contains(&User { id: "u-1".into() }));
/// # Ok::<(), segments_runtime::ClockIsSet>(())
/// ```
///
/// # Errors
///
/// If a clock is set already.
pub fn set_clock(clock: fn() -> SystemTime) -> Result<(), ClockIsSet> {
    CLOCK.set(clock).map_err(|_| ClockIsSet)
}

/// The time of day, in milliseconds since 1970.
#[cold]
pub(crate) fn now() -> i64 {
    match CLOCK.get() {
        Some(clock) => Expiry::from(clock()).milliseconds(),
        None => system(),
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn system() -> i64 {
    Expiry::from(SystemTime::now()).milliseconds()
}

/// The system's clock panics here; before all dates, nothing has expired.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
const fn system() -> i64 {
    i64::MIN
}
