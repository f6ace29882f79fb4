//! Markdown with untrusted text escaped.

use segments_model::visible;

/// A text without markup, mentions and new lines, regardless of its author.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_others_is_markup() {
        let text = escaped("a|b `c` <img src=x> @team\n# x [l](http://x) \u{1b}[2K");
        assert_eq!(
            text,
            "a\\|b \\`c\\` &lt;img src=x&gt; &#64;team\\\\u{a}\\# x \\[l\\](http://x) \\\\u{1b}\\[2K"
        );
    }
}
