//! Untrusted text, escaped for display.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Escapes every character that would control a terminal or an editor instead of being visible: control
/// characters, including line breaks, characters that change the direction of writing, and invisible
/// characters.
///
/// Text from a service or a file ends up on terminals and in logs. There, an escape sequence could hide a
/// change of a plan, a line break could forge a log line, and a key with an invisible letter could pass
/// for another.
///
/// ```
/// use std::fmt::Write;
/// use segments_model::Visible;
///
/// let mut text = String::new();
/// write!(Visible(&mut text), "rename to \"{}\"", "Staff\x1b[2K\n")?;
/// assert_eq!(text, r#"rename to "Staff\u{1b}[2K\u{a}""#);
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct Visible<W>(pub W);

impl<W: Write> Write for Visible<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(text, |_| false, |part| self.0.write_str(part))
    }
}

/// Returns the text with all invisible characters escaped. See [`Visible`].
///
/// ```
/// assert_eq!(segments_model::visible("ad\u{200b}min"), r"ad\u{200b}min");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// Returns a text of several lines with all other invisible characters escaped. See [`Visible`].
///
/// ```
/// assert_eq!(segments_model::visible_lines("a\n\u{202e}b"), "a\n\\u{202e}b");
/// ```
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character == '\n')
}

fn escaped(text: &str, is_kept: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(|character| steers(character) && !is_kept(character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let written = escape(text, is_kept, |part| {
        shown.push_str(part);
        Ok(())
    });
    written.expect("a `String` takes everything");
    Cow::Owned(shown)
}

/// Hands a text on in parts, with everything escaped that is not seen, but for what is kept.
fn escape(
    text: &str,
    is_kept: fn(char) -> bool,
    mut part: impl FnMut(&str) -> fmt::Result,
) -> fmt::Result {
    let mut from = 0;
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let after = characters.peek().map(|(_, after)| *after);
        let is_joined = character == JOINER
            && before.is_some_and(is_pictogram)
            && after.is_some_and(is_pictogram);
        if steers(character) && !is_kept(character) && !is_joined {
            part(&text[from..at])?;
            part(&character.escape_unicode().to_string())?;
            from = at + character.len_utf8();
        }
        before = Some(character);
    }
    part(&text[from..])
}

/// Makes one picture of two, such as a family of three people.
const JOINER: char = '\u{200d}';

fn is_pictogram(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns whether a character has an effect instead of a visible form: controls, direction marks
/// ("Trojan Source", CVE-2021-42574), line and paragraph breaks, and zero-width characters.
///
/// ```
/// use segments_model::steers;
///
/// assert!(steers('\u{1b}') && steers('\u{202e}') && steers('\u{200b}'));
/// assert!(!steers('é') && !steers(' '));
/// ```
#[must_use]
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut shown = String::new();
        Visible(&mut shown).write_str(text).unwrap();
        assert_eq!(visible(text), shown);
        shown
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "",
            "Zoë & Łukasz",
            "日本語",
            "a\u{301}",
            "👩‍💻",
            "❤️‍🔥",
            r"back\slash",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_steers_is_escaped() {
        assert_eq!(shown("a\x1b]0;x\x07b"), r"a\u{1b}]0;x\u{7}b");
        assert_eq!(shown("\u{202e}txt.exe"), r"\u{202e}txt.exe");
        assert_eq!(shown("\u{9b}1m\u{85}"), r"\u{9b}1m\u{85}");
        assert_eq!(shown("ad\u{200d}min"), r"ad\u{200d}min");
        assert_eq!(visible_lines("a\r\nb\x1b"), "a\\u{d}\nb\\u{1b}");
    }

    #[test]
    fn every_character_that_nobody_sees_is_escaped() {
        let ranges = [
            '\u{0}'..='\u{1f}',
            '\u{7f}'..='\u{9f}',
            '\u{61c}'..='\u{61c}',
            '\u{200b}'..='\u{200f}',
            '\u{2028}'..='\u{202e}',
            '\u{2060}'..='\u{206f}',
            '\u{feff}'..='\u{feff}',
        ];
        for character in ranges.into_iter().flatten() {
            let escape = character.escape_unicode().to_string();
            assert_eq!(shown(&format!("a{character}b")), format!("a{escape}b"));
        }
    }
}
