//! Limits for foreign data.

use thiserror::Error;

/// The most items of a list, which are all segments of an environment and more. Each may be written
/// in two bytes and take some hundred.
pub(crate) const MOST_ITEMS: usize = 50_000;

/// The most objects, each of which takes some hundred bytes. The most that are due in an answer are
/// 50 segments, each with thousands of rules and their clauses.
const MOST_OBJECTS: usize = 1_000_000;

/// The most values, objects included. The most that are due in an answer are 50 segments, each with
/// the 15,000 contexts that the service lets it list, and the values of their clauses.
const MOST_VALUES: usize = 4_000_000;

/// Why a text of JSON is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "it has more than {MOST_ITEMS} items, {MOST_OBJECTS} objects or {MOST_VALUES} values, more than LaunchDarkly ever sends"
)]
pub struct TooMuch;

/// Checks that JSON text can be parsed without exhausting memory: an object takes up to two hundred times
/// the bytes of its text, because an empty segment is written as `{}`. Nothing is kept, so the check only
/// reads each byte.
///
/// ```
/// use segments_model::wire::{TooMuch, bounded};
///
/// assert_eq!(bounded(br#"{"items": [{"key": "a"}]}"#), Ok(()));
/// assert_eq!(bounded("{},".repeat(2_000_000).as_bytes()), Err(TooMuch));
/// ```
///
/// # Errors
///
/// If the text has too many values.
pub fn bounded(json: &[u8]) -> Result<(), TooMuch> {
    let (mut values, mut objects) = (0_usize, 0_usize);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' => objects += 1,
            b'[' | b',' => values += 1,
            _ => {}
        }
        if objects > MOST_OBJECTS || values + objects > MOST_VALUES {
            return Err(TooMuch);
        }
    }
    Ok(())
}

/// Goes on behind the quote that ends a string.
fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thorough::is_thorough;

    fn list(item: &str, times: usize) -> String {
        format!("[{}]", vec![item; times].join(","))
    }

    fn is_bounded(json: &str) -> bool {
        bounded(json.as_bytes()).is_ok()
    }

    /// Of each kind all items under `SEGMENTS_THOROUGH`, else one: a debug build takes long to read millions.
    #[test]
    fn more_than_can_be_meant_is_seen_before_it_is_made() {
        let some = if is_thorough() { usize::MAX } else { 1 };
        for item in ["{}", "{\"a\":{}}", "[{}]"].into_iter().take(some) {
            assert!(is_bounded(&list(item, MOST_OBJECTS / 2)), "{item}");
            assert!(!is_bounded(&list(item, MOST_OBJECTS + 1)), "{item}");
        }
        let values = ["0", "\"\"", "null", "[]", "\"\\\"\""];
        for item in values.into_iter().take(some) {
            assert!(is_bounded(&list(item, MOST_VALUES / 2 - 1)), "{item}");
            assert!(!is_bounded(&list(item, MOST_VALUES + 1)), "{item}");
        }
    }

    /// The longest answer that the service gives.
    #[test]
    fn a_page_of_the_longest_lists_is_read() {
        let keys = list("\"0b7c3d0e-6a4c-4a0e-9d3f-2f1f0a5d8e11\"", 15_000);
        let rule =
            r#"{"_id":"r","clauses":[{"_id":"c","attribute":"a","op":"in","values":["x"]}]}"#;
        let segment = format!("[{keys},{}]", list(rule, 2_000));
        assert!(is_bounded(&list(&segment, 50)));
    }

    #[test]
    fn what_stands_in_a_string_is_no_value() {
        assert!(is_bounded(&format!(
            "\"{}\"",
            "{[,\\\"".repeat(MOST_VALUES)
        )));
    }
}
