//! The output of a tool: visible, without secrets, and no longer than an agent reads.

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};

use crate::failure::Failure;
use crate::output::Text;

/// The longest answer, in bytes. Clients cut longer ones themselves, and not at the end of a line.
pub(super) const LONGEST: usize = 64 << 10;

/// What a tool says, and whether it could do what it was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    text: String,
    is_error: bool,
}

impl Answer {
    pub(super) fn done(text: &Text) -> Self {
        Self::new(text, 0, false)
    }

    pub(super) fn failed(text: impl Into<Text>) -> Self {
        Self::new(&text.into(), 0, true)
    }

    /// A text behind which so many more lines were not read.
    pub(super) fn new(text: &Text, more: usize, is_error: bool) -> Self {
        let text = shortened(text.told(), more);
        Self { text, is_error }
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self::new(&failure.text(), 0, true)
    }
}

impl From<Answer> for CallToolResponse {
    fn from(answer: Answer) -> Self {
        let content = vec![ContentBlock::text(answer.text)];
        let result = if answer.is_error {
            CallToolResult::error(content)
        } else {
            CallToolResult::success(content)
        };
        result.into()
    }
}

/// The lines that fit, and how many do not.
fn shortened(text: String, more: usize) -> String {
    if text.len() <= LONGEST && more == 0 {
        return text;
    }
    let cut = text.floor_char_boundary(LONGEST);
    let end = text[..cut].rfind('\n').unwrap_or(cut);
    let left_out = text[end..].trim_start().lines().count() + more;
    let s = if left_out == 1 { "" } else { "s" };
    format!(
        "{}\n... {left_out} more line{s}; ask about less",
        &text[..end]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_with_a_line_and_says_what_is_left_out() {
        assert_eq!(shortened("one\ntwo".to_owned(), 0), "one\ntwo");
        let line = "x".repeat(1023);
        let text = vec![line.as_str(); 100].join("\n");
        let short = shortened(text, 0);
        assert!(short.len() < LONGEST + 100);
        assert!(
            short.ends_with("x\n... 36 more lines; ask about less"),
            "{}",
            &short[short.len() - 50..]
        );
        let endless = shortened("é".repeat(LONGEST), 0);
        assert!(endless.ends_with("é\n... 1 more line; ask about less"));
    }
}
