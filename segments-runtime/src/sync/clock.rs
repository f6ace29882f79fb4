//! The time of day, and randomness.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Longer than anybody waits.
const NEVER: Duration = Duration::from_hours(30 * 365 * 24);

/// The moment that is this much later. Waits come from people and from servers, who can name one
/// that ends beyond what a clock can tell; it ends in some decades then.
pub(crate) fn after(start: Instant, wait: Duration) -> Instant {
    start + wait.min(NEVER)
}

/// The source of the time of day and of randomness. Waits use the runtime's clock, which does not jump;
/// the time of day is only used to interpret times that the service names.
///
/// ```
/// use segments_runtime::sync::Clock;
///
/// let noon = std::time::UNIX_EPOCH + std::time::Duration::from_secs(43_200);
/// let clock = Clock::new(move || noon).seeded(7);
/// # let _ = clock;
/// ```
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    chance: Arc<Mutex<fastrand::Rng>>,
}

impl Clock {
    /// Creates a clock from a function.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            chance: Arc::new(Mutex::new(fastrand::Rng::new())),
        }
    }

    /// Makes randomness repeatable.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.chance = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
        self
    }

    /// The time of day.
    pub(crate) fn now(&self) -> SystemTime {
        (self.now)()
    }

    /// How long it is until a moment given in milliseconds since 1970; nothing if it has passed.
    pub(crate) fn until(&self, moment: u64) -> Duration {
        let now = (self.now)().duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_millis(moment).saturating_sub(now)
    }

    /// A time between nothing and `longest`.
    pub(crate) fn up_to(&self, longest: Duration) -> Duration {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        longest.mul_f64(chance.f64())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_the_past_are_no_wait() {
        let clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(100));
        assert_eq!(clock.until(90_000), Duration::ZERO);
        assert_eq!(clock.until(100_250), Duration::from_millis(250));
    }

    #[test]
    fn a_seed_repeats() {
        let draw = |seed| {
            let clock = Clock::default().seeded(seed);
            [(); 5].map(|()| clock.up_to(Duration::from_secs(1)))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
