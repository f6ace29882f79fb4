//! Names as TOML writes them.

/// A key as TOML writes it.
pub(crate) fn key_text(name: &str, quote: Option<char>) -> String {
    let is_bare = |found: char| found.is_ascii_alphanumeric() || matches!(found, '-' | '_');
    if quote.is_none() && !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    text(name, quote)
}

/// A string as TOML writes it.
pub(crate) fn text(name: &str, quote: Option<char>) -> String {
    if quote == Some('\'') && !name.contains('\'') && !name.contains(char::is_control) {
        return format!("'{name}'");
    }
    toml_edit::Value::from(name).to_string().trim().to_owned()
}

/// A word for another name, quoted as it was.
pub(crate) fn rewritten(raw: &str, name: &str, is_key: bool) -> String {
    let quote = raw.chars().next();
    let quote = quote.filter(|first| matches!(first, '"' | '\''));
    match quote {
        _ if is_key => key_text(name, quote),
        Some(_) => text(name, quote),
        // A part of a longer text.
        None => name.to_owned(),
    }
}

/// Returns whether a word is a key: in a header, or in front of `=` or a point.
pub(crate) fn is_key(text: &str, span: &std::ops::Range<usize>) -> bool {
    let line = &text[text[..span.start].rfind('\n').map_or(0, |end| end + 1)..span.start];
    let after = text[span.end..].trim_start_matches([' ', '\t']);
    let in_header = line.trim_start().starts_with('[') && !line.contains(['=', '"', ',']);
    in_header || after.starts_with(['=', '.'])
}
