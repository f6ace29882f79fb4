//! How much is compared, so that the time a file takes grows with its size and no faster.

/// How many pairs of values are compared within one segment.
const MOST_OF_SEGMENT: usize = 2_000_000;

/// How many pairs of values are compared in all.
const MOST: usize = 50_000_000;

/// How many pairs of values preparing a regular expression takes the time of.
pub(super) const PATTERN: usize = 1_000;

/// What is left of the pairs. Once they are used up, nothing more is concluded.
#[derive(Debug)]
pub(super) struct Effort {
    all: usize,
    of_segment: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            all: MOST,
            of_segment: 0,
        }
    }
}

impl Effort {
    /// Begins with the next segment.
    pub(super) fn next_segment(&mut self) {
        self.of_segment = MOST_OF_SEGMENT.min(self.all);
    }

    /// Returns whether this many pairs may still be compared; then they count as compared.
    pub(super) fn spend(&mut self, pairs: usize) -> bool {
        let enough = pairs <= self.of_segment;
        let spent = if enough { pairs } else { self.of_segment };
        self.of_segment -= spent;
        self.all -= spent;
        enough
    }
}
