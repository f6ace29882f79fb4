//! The context to evaluate, in several notations.

use std::path::Path;

use segments_model::ContextKind;
use serde_json::json;

use crate::failure::Failure;
use crate::file;

/// The JSON of a context: from a file, from standard input, as it is, or of a kind and a key.
pub(super) fn json(written: &str) -> Result<String, Failure> {
    if written
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        return Ok(written.to_owned());
    }
    let path = Path::new(written);
    if written == "-" || path.exists() {
        return file::read(path);
    }
    kind_and_key(written).ok_or_else(|| match written.strip_suffix(':') {
        Some(kind) if ContextKind::parse(kind).is_ok() => Failure::EmptyKey(written.to_owned()),
        _ => Failure::NoContext(written.to_owned()),
    })
}

fn kind_and_key(written: &str) -> Option<String> {
    let (kind, key) = written.split_once(':')?;
    let kind = ContextKind::parse(kind).ok()?;
    (!key.is_empty()).then(|| json!({ "kind": kind.as_str(), "key": key }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_missing_behind_its_kind_is_asked_for() {
        assert_eq!(
            json("user:").unwrap_err().to_string(),
            "the key of the context `user:` is empty; write it behind the colon, as in `user:user-1`"
        );
    }

    #[test]
    fn a_kind_and_a_key_are_a_context() {
        let user = kind_and_key("user:user-1").unwrap();
        assert_eq!(user, r#"{"key":"user-1","kind":"user"}"#);
        assert!(kind_and_key("org:a:b").unwrap().contains("a:b"));
        for no_context in ["user-1", "user:", ":key", "multi:x", "no kind:x"] {
            assert_eq!(kind_and_key(no_context), None, "{no_context}");
        }
        let error = json("user-1").unwrap_err().to_string();
        assert!(error.contains("`user:user-1`"), "{error}");
    }
}
