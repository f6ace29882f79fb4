//! The budget of a proof.

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Solution<T> {
    /// There is one.
    Found(T),
    /// It is proved that there is none.
    None,
    /// The budget was used up first, or something cannot be determined here.
    Unknown,
}

/// The steps that are left. A step is a comparison, or a move of an automaton; no step takes long, so
/// that the end of the budget bounds the time, and counts the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Budget(u64);

/// The budget has ended.
#[derive(Debug)]
pub(crate) struct Exhausted;

impl Budget {
    pub(crate) const fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Returns how many steps are left.
    pub(crate) const fn left(&self) -> u64 {
        self.0
    }

    /// Takes steps from the budget.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Exhausted> {
        let steps = steps as u64;
        if steps > self.0 {
            self.0 = 0;
            return Err(Exhausted);
        }
        self.0 -= steps;
        Ok(())
    }
}
