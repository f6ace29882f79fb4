//! The question to a judge, and its answer.

use serde_json::{Value as Json, json};
use thiserror::Error;

use crate::config::{Config, Declared};
use crate::mode::Judge;
pub use crate::score::{JudgeResult, Score};

/// The reason why a judge's answer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JudgeError {
    /// The AI Config of the judge names no metric.
    #[error("AI Config `{0}` is a judge without a metric; set its evaluation metric")]
    NoMetric(String),
    /// The answer has no score from 0 to 1.
    #[error("the judge's answer has no score from 0 to 1; request the form of `judge::schema()`")]
    NoScore,
    /// The answer has no reason.
    #[error("the judge's answer has no reasoning; request the form of `judge::schema()`")]
    NoReasoning,
}

/// Returns the JSON Schema of a judge's answer, as in the official SDKs.
#[must_use]
pub fn schema() -> Json {
    json!({
        "title": "EvaluationResponse",
        "description": "Response containing an evaluation (score and reasoning).",
        "type": "object",
        "properties": {
            "score": {
                "type": "number", "minimum": 0, "maximum": 1,
                "description": "Score between 0.0 and 1.0.",
            },
            "reasoning": {"type": "string", "description": "Reasoning behind the score."},
        },
        "required": ["score", "reasoning"],
        "additionalProperties": false,
    })
}

/// Returns the question to a judge, as in the official SDKs.
#[must_use]
pub fn question(history: &str, answer: &str) -> String {
    format!("MESSAGE HISTORY:\n{history}\n\nRESPONSE TO EVALUATE:\n{answer}")
}

impl<C: Declared<Mode = Judge>> Config<C> {
    /// Reads a judge's answer, in the form of [`schema`].
    ///
    /// # Errors
    ///
    /// If the answer has another form, or the AI Config names no metric.
    pub fn judged(&self, answer: &Json) -> Result<JudgeResult, JudgeError> {
        let metric = self.metric();
        let metric = metric.ok_or_else(|| JudgeError::NoMetric(self.key().to_owned()))?;
        let score = answer
            .get("score")
            .and_then(Json::as_f64)
            .and_then(Score::new);
        let reasoning = answer.get("reasoning").and_then(Json::as_str);
        Ok(JudgeResult {
            judge: Some(self.key().to_owned()),
            metric: metric.to_owned(),
            score: score.ok_or(JudgeError::NoScore)?,
            reasoning: reasoning.ok_or(JudgeError::NoReasoning)?.to_owned(),
        })
    }
}
