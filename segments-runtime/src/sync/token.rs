//! The access token.

use std::fmt::Write;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use segments_model::Visible;
use thiserror::Error;

/// An access token of LaunchDarkly's REST API: a personal one or, better for programs, one of a
/// service. It never shows in `Debug` output, logs or errors.
///
/// ```
/// use segments_runtime::sync::AccessToken;
///
/// let token = AccessToken::parse("api-0000").unwrap();
/// assert!(!format!("{token:?}").contains("0000"));
/// assert!(AccessToken::parse("sdk-0000").is_err(), "a key of an SDK opens nothing here");
/// ```
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

/// The reason why a text cannot be an access token. The text itself is not repeated.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidToken {
    /// The text is empty.
    #[error("the access token is empty; set LAUNCHDARKLY_ACCESS_TOKEN")]
    Empty,
    /// The text has a character that no header can carry, such as a line break in the middle.
    #[error(
        "the access token has a space, a control character or a non-ASCII character; copy it again: it is `api-` and a UUID"
    )]
    Character,
    /// The text is a key for SDKs.
    #[error(
        "this is an SDK key, which the REST API does not accept; create an access token under Account settings, Authorization"
    )]
    SdkKey,
    /// Quotation marks around the token.
    #[error("the access token has no quotation marks; write it without `{0}`")]
    Quoted(char),
    /// What an example or a shell has in the place of a token.
    #[error(
        "this is a placeholder, not an access token; set it to one of Account settings, Authorization: `api-` and a UUID"
    )]
    Placeholder,
    /// A scheme word before the token.
    #[error("the access token has no scheme; write it without `{0}`")]
    Scheme(&'static str),
}

segments_model::readable_debug! {
    enum InvalidToken {
        Empty,
        Character,
        SdkKey,
        Quoted(mark),
        Placeholder,
        Scheme(word),
    }
}

impl AccessToken {
    /// Parses a token; surrounding white space is ignored.
    ///
    /// # Errors
    ///
    /// If the text cannot be an access token. The first request shows whether the service accepts it.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidToken> {
        let text = text.into();
        let token = text.trim();
        if token.is_empty() {
            return Err(InvalidToken::Empty);
        }
        if let Some(mark) = token.chars().next().filter(|first| "\"'`".contains(*first)) {
            return Err(InvalidToken::Quoted(mark));
        }
        // No token begins like these.
        let stands_for_one =
            |ends: &(&str, &str)| token.starts_with(ends.0) && token.ends_with(ends.1);
        if [("$", ""), ("<", ">"), ("{", "}"), ("%", "%")]
            .iter()
            .any(stands_for_one)
        {
            return Err(InvalidToken::Placeholder);
        }
        for scheme in ["Bearer", "Token"] {
            let rest = token.strip_prefix(scheme);
            if rest.is_some_and(|rest| rest.starts_with(' ')) {
                return Err(InvalidToken::Scheme(scheme));
            }
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken::Character);
        }
        if token.starts_with("sdk-") || token.starts_with("mob-") {
            return Err(InvalidToken::SdkKey);
        }
        Ok(Self(token.into()))
    }

    /// A key of server-side SDKs, for data that only these receive; `None` if it is not such a key, for
    /// example because the service hides it.
    pub(crate) fn of_sdk(key: &str) -> Option<Self> {
        let key = key.trim();
        let is_header = key
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'*');
        (key.starts_with("sdk-") && is_header).then(|| Self(key.into()))
    }

    /// The value of the `Authorization` header: the token alone, marked so that HTTP libraries keep
    /// it out of their own logs.
    pub(crate) fn header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(self.0.expose_secret())
            .expect("visible ASCII only, as `parse` checks");
        value.set_sensitive(true);
        value
    }

    /// A text from outside, fit to be shown: without the token, should it be in there, without
    /// characters that steer a terminal, and not longer than people read.
    pub(crate) fn foreign(&self, text: &str) -> String {
        const LONGEST: usize = 2000;
        let text = text.replace(self.0.expose_secret(), "[token]");
        let mut shown = String::new();
        let (text, more) = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => (&text[..end], "…"),
            None => (text.as_str(), ""),
        };
        write!(Visible(&mut shown), "{text}{more}").expect("a `String` takes everything");
        shown
    }

    /// Distinguishes tokens without revealing them.
    pub(crate) fn fingerprint(&self) -> u64 {
        use std::hash::{BuildHasher, RandomState};
        use std::sync::OnceLock;
        static STATE: OnceLock<RandomState> = OnceLock::new();
        STATE
            .get_or_init(RandomState::new)
            .hash_one(self.0.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_token_does_not_count() {
        let token = AccessToken::parse(" api-1\n").unwrap();
        assert_eq!(token.header(), "api-1");
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_without_repeating_it() {
        for (text, error) in [
            ("", InvalidToken::Empty),
            (" \n", InvalidToken::Empty),
            ("api 1", InvalidToken::Character),
            ("api-\u{e9}", InvalidToken::Character),
            ("sdk-secret", InvalidToken::SdkKey),
            ("mob-secret", InvalidToken::SdkKey),
            ("Bearer api-secret", InvalidToken::Scheme("Bearer")),
            ("\"api-secret\"", InvalidToken::Quoted('"')),
            ("'api-secret", InvalidToken::Quoted('\'')),
            ("$SECRET", InvalidToken::Placeholder),
            ("${{ secrets.TOKEN }}", InvalidToken::Placeholder),
            ("<your-token>", InvalidToken::Placeholder),
            ("%secret%", InvalidToken::Placeholder),
        ] {
            let found = AccessToken::parse(text).unwrap_err();
            assert_eq!(found, error, "{text:?}");
            assert!(!found.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_text_from_outside_shows_no_token_and_steers_no_terminal() {
        let token = AccessToken::parse("api-1").unwrap();
        assert_eq!(token.foreign("no api-1 here"), "no [token] here");
        assert_eq!(token.foreign("a\x1b[2Jb\r\nc"), r"a\u{1b}[2Jb\u{d}\u{a}c");
        assert_eq!(token.foreign(&"é".repeat(3000)).chars().count(), 2001);
    }
}
