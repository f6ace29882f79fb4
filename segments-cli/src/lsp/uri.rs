//! Addresses of files.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The characters that every address has to encode.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path of a file on this machine; none for anything else, such as what has never been saved.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = percent_decode_str(rest).decode_utf8().ok()?;
    if !decoded.starts_with('/') {
        return None;
    }
    // `/c:/work` on Windows.
    let drive = decoded.as_bytes().get(2) == Some(&b':');
    let path = if drive && cfg!(windows) {
        &decoded[1..]
    } else {
        &decoded
    };
    Some(PathBuf::from(path))
}

/// The address of a file.
pub(super) fn of_path(path: &Path) -> Uri {
    let text = path
        .to_string_lossy()
        .replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let encoded = utf8_percent_encode(&text, RESERVED);
    let slash = if text.starts_with('/') { "" } else { "/" };
    Uri(format!("file://{slash}{encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_paths() {
        for (uri, expected) in [
            (
                "file:///a/b%20c/segments.toml",
                Some("/a/b c/segments.toml"),
            ),
            ("file://localhost/a", Some("/a")),
            ("file:///gr%C3%B6%C3%9Fe", Some("/größe")),
            ("untitled:Untitled-1", None),
            ("file://server/share", None),
        ] {
            assert_eq!(path(&Uri(uri.into())), expected.map(PathBuf::from), "{uri}");
        }
        let odd = Path::new("/a b/#1/größe?%[x].toml");
        assert_eq!(path(&of_path(odd)).as_deref(), Some(odd));
    }
}
