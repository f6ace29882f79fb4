//! A result of a judge.

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    /// Creates a score, if the number is from 0 to 1.
    #[must_use]
    pub fn new(number: f64) -> Option<Self> {
        (0.0..=1.0).contains(&number).then_some(Self(number))
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// A judge's result for an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeResult {
    /// The key of the judge's AI Config.
    pub judge: Option<String>,
    /// The key of the metric.
    pub metric: String,
    /// The score.
    pub score: Score,
    /// The reason.
    pub reasoning: String,
}
