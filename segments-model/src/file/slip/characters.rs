//! Characters that TOML does not know, and that look like those that it does, or like nothing.

/// Quotes of word processors and other languages, with those that close them.
pub(super) const QUOTES: &[(&str, &[&str])] = &[
    ("“", &["”", "“", "\""]),
    ("”", &["”", "“", "\""]),
    ("„", &["“", "”", "\""]),
    ("«", &["»"]),
    ("‘", &["’", "‘", "'"]),
    ("’", &["’", "'"]),
    ("`", &["`"]),
];

/// Characters that nobody sees, and that no text needs outside of strings.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Spaces that TOML does not know.
pub(super) fn is_other_space(letter: char) -> bool {
    letter.is_whitespace() && !letter.is_ascii()
}
