//! The result of a response: a value, a refusal, or neither.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use segments_model::wire::{ErrorBody, TooMuch, bounded};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use super::base_uri::without_secrets;
use super::request_error::{RequestError, ServiceError};
use super::token::AccessToken;
use super::transport::Answer;

impl Answer {
    /// Its value.
    pub(crate) fn json<T: DeserializeOwned>(&self, token: &AccessToken) -> Result<T, RequestError> {
        let status = self.status;
        bounded(&self.body).map_err(|_| RequestError::ResponseTooLarge { status })?;
        serde_json::from_slice(&self.body).map_err(|error| {
            if error.to_string().starts_with(&TooMuch.to_string()) {
                return RequestError::ResponseTooLarge { status };
            }
            self.not_json(token, &error)
        })
    }

    /// Checks that the request was carried out, without using the body. A proxy answers with a page, and
    /// has not passed the request on.
    pub(crate) fn done(&self, token: &AccessToken) -> Result<(), RequestError> {
        if self.body.trim_ascii().is_empty() {
            return Ok(());
        }
        serde_json::from_slice::<IgnoredAny>(&self.body)
            .map(|_| ())
            .map_err(|error| self.not_json(token, &error))
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The parser's message may repeat a value of the response, such as the key of a member, so the error
    /// contains only what was missing and where.
    fn not_json(&self, token: &AccessToken, error: &serde_json::Error) -> RequestError {
        let words = error.to_string();
        let cause = match error.classify() {
            Category::Data if !words.starts_with("missing field") => format!(
                "a value of another type than documented at line {} column {}",
                error.line(),
                error.column()
            ),
            _ => words,
        };
        let content_type = self.header(&CONTENT_TYPE).unwrap_or("of no stated type");
        RequestError::UnexpectedResponse {
            status: self.status,
            content_type: token.foreign(content_type),
            cause: token.foreign(&cause),
        }
    }

    pub(crate) fn redirect(&self, token: &AccessToken) -> RequestError {
        let location = self.header(&LOCATION).unwrap_or_default();
        RequestError::Redirect {
            status: self.status,
            location: token.foreign(&without_secrets(location)),
        }
    }

    /// Returns whether the body is a page or a text, which is what a proxy on the way says, and never
    /// LaunchDarkly.
    fn is_from_a_proxy(&self) -> bool {
        let content_type = self.header(&CONTENT_TYPE).unwrap_or_default();
        let page = self.body.trim_ascii_start().starts_with(b"<");
        page || (content_type.starts_with("text/") && !self.body.is_empty())
    }

    /// The body may be empty or not JSON; then the status has to do.
    pub(crate) fn refusal(&self, token: &AccessToken, wait: Option<Duration>) -> RequestError {
        let body: ErrorBody = match serde_json::from_slice(&self.body) {
            Ok(body) => body,
            // A status of these would mean the token, the role or the definition.
            Err(error) if self.status < 429 && self.is_from_a_proxy() => {
                return self.not_json(token, &error);
            }
            Err(_) => ErrorBody::default(),
        };
        let foreign = |text: Option<String>| text.map(|text| token.foreign(&text));
        let refusal = ServiceError {
            status: self.status,
            code: foreign(body.code),
            message: foreign(body.message),
            id: foreign(body.id),
        };
        RequestError::from_refusal(refusal, wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that answers a deletion with 200 and a page has deleted nothing.
    #[test]
    fn a_page_is_not_done() {
        let token = AccessToken::parse("api-canary-5d8e").unwrap();
        let done = |body: &str| {
            let answer = Answer {
                status: 200,
                headers: http::HeaderMap::new(),
                body: body.into(),
            };
            answer.done(&token)
        };
        for body in ["", " \n", "{}", "{\"status\":\"success\"}"] {
            assert!(done(body).is_ok(), "{body}");
        }
        for body in ["<html>Sign in</html>", "OK", "{\"items\":"] {
            let error = done(body).unwrap_err();
            let is_unexpected = matches!(error, RequestError::UnexpectedResponse { .. });
            assert!(is_unexpected, "{body}: {error}");
        }
    }
}
