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
        Self::new(text, false)
    }

    pub(super) fn failed(text: impl Into<Text>) -> Self {
        Self::new(&text.into(), true)
    }

    fn new(text: &Text, is_error: bool) -> Self {
        let text = shortened(text.told(), 0, LONGEST);
        Self { text, is_error }
    }

    /// The data of a command, as far as its messages leave room, and these; each with how many more lines were not
    /// read.
    pub(super) fn of_command(
        (data, more): (&Text, usize),
        (messages, more_messages): (&Text, usize),
        is_error: bool,
    ) -> Self {
        let messages = shortened(messages.told(), more_messages, LONGEST);
        let room = LONGEST.saturating_sub(messages.len());
        let mut text = shortened(data.told(), more, room);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text += &messages;
        text.truncate(text.trim_end().len());
        Self { text, is_error }
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self::new(&failure.text(), true)
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
fn shortened(text: String, more: usize, room: usize) -> String {
    if text.len() <= room && more == 0 {
        return text;
    }
    let cut = text.floor_char_boundary(room);
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
        assert_eq!(shortened("one\ntwo".to_owned(), 0, LONGEST), "one\ntwo");
        let line = "x".repeat(1023);
        let text = vec![line.as_str(); 100].join("\n");
        let short = shortened(text, 0, LONGEST);
        assert!(short.len() < LONGEST + 100);
        assert!(
            short.ends_with("x\n... 36 more lines; ask about less"),
            "{}",
            &short[short.len() - 50..]
        );
        let endless = shortened("é".repeat(LONGEST), 0, LONGEST);
        assert!(endless.ends_with("é\n... 1 more line; ask about less"));
    }

    #[test]
    fn what_a_command_says_of_its_data_is_not_left_out() {
        let answered = |data: &str, messages: &str| {
            let (data, messages) = (Text::drawn(data), Text::drawn(messages));
            Answer::of_command((&data, 0), (&messages, 0), false).text
        };
        assert_eq!(answered("one\n", "two\n"), "one\ntwo");
        assert_eq!(answered("", "two\n"), "two");
        assert_eq!(answered("one\n", ""), "one");
        let long = answered(&"x\n".repeat(LONGEST), "1 error\n");
        assert!(long.len() < LONGEST + 100);
        assert!(long.starts_with("x\nx\n"));
        assert!(long.ends_with(" more lines; ask about less\n1 error"));
        let both = answered(&"x\n".repeat(LONGEST), &"y\n".repeat(LONGEST));
        assert!(both.len() < LONGEST + 100);
    }
}
