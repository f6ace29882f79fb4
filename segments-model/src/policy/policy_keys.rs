//! Requires stable keys of contexts that are not personal data: mail addresses change hands, and the key
//! of a session or a timestamp never occurs again.

use super::subject::Subject;
use crate::code::code;
use crate::finding::Side;
use crate::{Code, Finding, Targets, date};

code! {
    /// Keys of contexts look like mail addresses, session ids or timestamps.
    /// Mail addresses are personal data and change hands; the key of a
    /// session or a timestamp never occurs again.
    ///
    /// ```toml,wrong
    /// [policy]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [segments.staff]
    /// included = { user = ["ann@company.com", "user-7"] }
    /// ```
    ///
    /// ```text
    /// warning[policy-keys]: keys here look like mail addresses (1 of 2); list contexts of kind `user` by stable keys, or test an attribute
    /// ```
    ///
    /// ```toml,right
    /// [policy]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [segments.staff]
    /// included = { user = ["user-3", "user-7"] }
    /// ```
    POLICY_KEYS = Warning "policy-keys";
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let definition = subject.definition;
    let mut found = of_list(Side::Included, definition.included());
    found.extend(of_list(Side::Excluded, definition.excluded()));
    found
}

/// One finding for each list, at the first of the keys: they are counted, and not repeated.
fn of_list(side: Side, targets: &Targets) -> Vec<Finding> {
    let mut found = Vec::new();
    for (list, (kind, keys)) in targets.lists().enumerate() {
        for (what, looks) in LOOKS {
            let mut offending = keys.iter().enumerate().filter(|(_, key)| looks(key));
            let Some((first, _)) = offending.next() else {
                continue;
            };
            let count = 1 + offending.count();
            let all = keys.len();
            let message = format!(
                "keys here look like {what} ({count} of {all}); list contexts of kind `{kind}` by stable keys, or test an attribute"
            );
            found.push(Finding::new(
                Code::POLICY_KEYS,
                side.at(list, Some(first)),
                message,
            ));
        }
    }
    found
}

type Looks = (&'static str, fn(&str) -> bool);

const LOOKS: [Looks; 3] = [
    ("mail addresses", is_mail),
    ("session ids", is_session),
    ("timestamps", is_timestamp),
];

fn is_mail(key: &str) -> bool {
    let parts = key.split_once('@');
    parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}

/// A token, or a long run of hexadecimal digits. A UUID, which has hyphens, is a key as good as any.
fn is_session(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let named = ["sess_", "sess-", "session_", "session-", "sid_", "sid-"];
    let is_hex = key.len() >= 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_token = key.starts_with("eyJ") && key.matches('.').count() == 2;
    is_hex || is_token || named.iter().any(|start| lower.starts_with(start))
}

/// A date, or the seconds or milliseconds of one of our days.
fn is_timestamp(key: &str) -> bool {
    let is_number = matches!(key.len(), 10 | 13) && key.bytes().all(|byte| byte.is_ascii_digit());
    let is_recent = is_number && ("1000000000".."4102444800").contains(&&key[..10]);
    is_recent || date::parse(key).is_ok() || date::parse(&format!("{key}T00:00:00Z")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_told_from_what_does_not() {
        for key in [
            "user-123",
            "4711",
            "0b8f2c1e-93b4-4d0e-8f3e-5f3b1b7a9c11",
            "ann",
            "2024",
            "a@b",
            "sidney",
        ] {
            assert!(LOOKS.iter().all(|(_, looks)| !looks(key)), "{key}");
        }
        assert!(is_mail("ann@example.com"));
        for key in [
            "sess_81",
            "0123456789abcdef0123456789abcdef",
            "eyJhbGciOi.J9.x",
        ] {
            assert!(is_session(key), "{key}");
        }
        for key in [
            "1760000000",
            "1760000000000",
            "2026-11-29",
            "2026-11-29T12:00:00Z",
        ] {
            assert!(is_timestamp(key), "{key}");
        }
    }
}
