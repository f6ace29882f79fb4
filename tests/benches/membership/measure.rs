//! Time per question, measured so that neighbours on the machine disturb little.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Times are taken in turns, and the best of them counts: whatever else runs on the machine only
/// ever makes a round slower.
const ROUNDS: usize = 40;
/// Long enough for the clock, short enough to slip between interruptions.
const ROUND: Duration = Duration::from_millis(4);

/// One way to answer, over contexts that were made before.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'static str,
    /// What it answers, in the order of the contexts.
    pub(crate) answers: Vec<bool>,
    /// Asks about every context so many times.
    run: Box<dyn Fn(u32) -> Duration + 'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new<T>(
        name: &'static str,
        contexts: &'a [T],
        contains: impl Fn(&T) -> bool + 'a,
    ) -> Self {
        Self {
            name,
            answers: contexts.iter().map(&contains).collect(),
            run: Box::new(move |times| {
                let start = Instant::now();
                for _ in 0..times {
                    for context in contexts {
                        black_box(contains(black_box(context)));
                    }
                }
                start.elapsed()
            }),
        }
    }
}

/// Nanoseconds per question, for each contestant.
pub(crate) fn race<const N: usize>(contestants: &[Contestant<'_>; N]) -> [f64; N] {
    let times = contestants.each_ref().map(calibrate);
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for ((contestant, times), best) in contestants.iter().zip(times).zip(&mut best) {
            let questions = f64::from(times) * contestant.answers.len() as f64;
            let nanoseconds = (contestant.run)(times).as_nanos() as f64;
            *best = best.min(nanoseconds / questions);
        }
    }
    best
}

/// How often the contexts are gone through in one round.
fn calibrate(contestant: &Contestant<'_>) -> u32 {
    let mut times = 1;
    while (contestant.run)(times) < ROUND && times < 1 << 20 {
        times *= 2;
    }
    times
}
