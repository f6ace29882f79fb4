//! Token usage in the answers of providers.

use serde_json::Value as Json;

/// Tokens that a model used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The sum.
    pub total: u64,
    /// The tokens of the prompt.
    pub input: u64,
    /// The tokens of the answer.
    pub output: u64,
}

impl Tokens {
    /// Creates usage from the tokens of the prompt and of the answer.
    #[must_use]
    pub const fn new(input: u64, output: u64) -> Self {
        Self {
            total: input.saturating_add(output),
            input,
            output,
        }
    }
}

/// An answer that reports its usage.
pub trait Measured {
    /// Returns the tokens used, if the answer reports them.
    fn tokens(&self) -> Option<Tokens>;

    /// Returns the tools that the model called.
    fn tools(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An answer that says nothing about tokens.
impl Measured for String {
    fn tokens(&self) -> Option<Tokens> {
        None
    }
}

/// An answer, and what it cost.
impl<T> Measured for (T, Tokens) {
    fn tokens(&self) -> Option<Tokens> {
        Some(self.1)
    }
}

/// The JSON of `OpenAI`, and of all that speak its language (`usage.prompt_tokens`), of Anthropic
/// (`usage.input_tokens`), and of Bedrock's Converse API (`usage.inputTokens`).
///
/// ```
/// use segments_ai::{Measured, Tokens};
/// use serde_json::json;
///
/// let openai = json!({"usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}});
/// assert_eq!(openai.tokens(), Some(Tokens::new(9, 3)));
/// let anthropic = json!({"usage": {"input_tokens": 9, "output_tokens": 3},
///     "content": [{"type": "tool_use", "name": "get-order", "input": {}}]});
/// assert_eq!(anthropic.tokens(), Some(Tokens::new(9, 3)));
/// assert_eq!(anthropic.tools(), ["get-order"]);
/// ```
impl Measured for Json {
    fn tokens(&self) -> Option<Tokens> {
        let usage = self.get("usage")?.as_object()?;
        let count = |names: [&str; 3]| names.iter().find_map(|name| usage.get(*name)?.as_u64());
        let input = count(["prompt_tokens", "input_tokens", "inputTokens"]);
        let output = count(["completion_tokens", "output_tokens", "outputTokens"]);
        let total = count(["total_tokens", "totalTokens", "totalTokenCount"]);
        if input.is_none() && output.is_none() && total.is_none() {
            return None;
        }
        let tokens = Tokens::new(input.unwrap_or(0), output.unwrap_or(0));
        Some(Tokens {
            total: total.unwrap_or(tokens.total),
            ..tokens
        })
    }

    fn tools(&self) -> Vec<String> {
        let list = |path: &str| {
            self.pointer(path)
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
        };
        let openai = list("/choices/0/message/tool_calls").map(|call| &call["function"]["name"]);
        let responses = list("/output").filter(|it| it["type"] == "function_call");
        let anthropic = list("/content").filter(|it| it["type"] == "tool_use");
        let bedrock = list("/output/message/content").map(|it| &it["toolUse"]["name"]);
        openai
            .chain(responses.map(|it| &it["name"]))
            .chain(anthropic.map(|it| &it["name"]))
            .chain(bedrock)
            .filter_map(Json::as_str)
            .map(str::to_owned)
            .collect()
    }
}
