//! Text from outside, made fit to be shown.

use std::fmt::{self, Write};

/// Writes text with everything escaped that would steer a terminal or an editor instead of being
/// seen: control characters, line breaks among them, and those that change the direction of
/// writing.
///
/// What a service or a file says ends up on terminals and in logs. There, an escape sequence could
/// hide a change of a plan, and a line break could forge a line of a log.
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
        let mut rest = text;
        while let Some((at, character)) = rest.char_indices().find(|(_, found)| steers(*found)) {
            self.0.write_str(&rest[..at])?;
            write!(self.0, "{}", character.escape_unicode())?;
            rest = &rest[at + character.len_utf8()..];
        }
        self.0.write_str(rest)
    }
}

/// Whether a character does something instead of looking like something. The second group is that
/// of "Trojan Source" (CVE-2021-42574), which rustc refuses in comments, too.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut shown = String::new();
        Visible(&mut shown).write_str(text).unwrap();
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
    }
}
