//! Requests as values: for handlers, and recorded for tests.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::error::ApiError;

/// How deep a body may be nested: deeper than any body of the service, and so much less deep than
/// what readers of JSON put up with that the state, in which bodies lie, can be read again.
const DEEPEST: usize = 64;

/// As many items as a body may have: room for a million keys. A body of 64 MB can be read into a
/// hundred times its length, since an empty item takes as much memory as any.
const MOST_ITEMS: usize = 4_000_000;

/// An object takes the memory of so many items.
const ITEMS_OF_OBJECT: usize = 16;

/// As many bytes as an item takes in memory.
const BYTES_OF_ITEM: usize = 40;

/// The longest body that is remembered.
const LONGEST_REMEMBERED: usize = 1024 * 1024;

/// A request, read completely.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The method, after `X-HTTP-Method-Override`.
    pub(crate) method: Method,
    /// The path as it was sent.
    pub(crate) path: String,
    /// The parts of the path, decoded.
    pub(crate) parts: Vec<String>,
    /// The parameters, decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The host in the request line, which a client of a proxy sends.
    authority: Option<String>,
}

impl Request {
    /// Takes apart what came over the wire. A part of the path that is not UTF-8 names nothing that
    /// exists, so it is kept with replacement characters and ends in a 404.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let path = uri.path().to_owned();
        let parts = path
            .strip_prefix('/')
            .unwrap_or(&path)
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        // LaunchDarkly lets clients that know only GET and POST name the real method in a header.
        let tunnelled = headers
            .get("x-http-method-override")
            .filter(|_| method == Method::POST)
            .and_then(|name| Method::from_bytes(name.as_bytes()).ok())
            .filter(|name| matches!(*name, Method::PATCH | Method::PUT | Method::DELETE));
        Self {
            method: tunnelled.unwrap_or(method),
            path,
            parts,
            query,
            headers,
            body,
            authority: uri.authority().map(ToString::to_string),
        }
    }

    /// Every host that the request names; `None` for one that is missing or no text.
    pub(crate) fn hosts(&self) -> Vec<Option<&str>> {
        let sent = self.headers.get_all(HOST).iter();
        let mut hosts: Vec<_> = sent.map(|host| host.to_str().ok()).collect();
        if hosts.is_empty() {
            hosts.push(None);
        }
        hosts.extend(self.authority.as_deref().map(Some));
        hosts
    }

    /// Returns whether it goes to the REST API, where faults, limits and the record apply.
    pub(crate) fn is_rest(&self) -> bool {
        self.parts.first().is_some_and(|part| part == "api")
    }

    /// Returns whether it goes to what the emulator offers beyond the service.
    pub(crate) fn is_admin(&self) -> bool {
        self.parts.first().is_some_and(|part| part == "_emulator")
    }

    /// A parameter of the query; the first, if it is given twice.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns whether the client asks for a part that is shown only then.
    pub(crate) fn expands(&self, part: &str) -> bool {
        let expand = self.parameter("expand").unwrap_or_default();
        expand.split(',').any(|asked| asked == part)
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The program that asks, as it names itself.
    pub(crate) fn application(&self) -> &str {
        let names = ["x-launchdarkly-user-agent", "user-agent"];
        let name = names.into_iter().find_map(|name| self.header(name));
        name.unwrap_or_default()
    }

    /// Returns whether the body is a semantic patch, which a parameter of its media type says.
    pub(crate) fn is_semantic_patch(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(is_semantic)
    }

    /// As many bytes as the body takes in memory once it is read as JSON.
    pub(crate) fn memory(&self) -> usize {
        self.body.len() + Extent::of(&self.body).items.saturating_mul(BYTES_OF_ITEM)
    }

    /// The comment of a change.
    pub(crate) fn comment(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Commented {
            comment: Option<String>,
        }
        let body: Commented = serde_json::from_slice(&self.body).ok()?;
        body.comment.filter(|comment| !comment.is_empty())
    }

    /// The body as JSON of this shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let Extent { depth, items } = Extent::of(&self.body);
        if depth > DEEPEST {
            return Err(ApiError::invalid(format!(
                "invalid request body: it is nested more than {DEEPEST} deep"
            )));
        }
        if items > MOST_ITEMS {
            return Err(ApiError::invalid(format!(
                "invalid request body: it has more than {MOST_ITEMS} items"
            )));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::invalid(format!("invalid request body: {error}")))
    }
}

/// Returns whether a media type has the parameter of semantic patches.
fn is_semantic(content_type: &str) -> bool {
    content_type.split(';').skip(1).any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("domain-model")
            && value.trim().trim_matches('"') == "launchdarkly.semanticpatch"
    })
}

/// A recorded request, with the response. The access token is not recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedRequest {
    /// `GET`, `POST`, `PATCH`, `PUT` or `DELETE`, after `X-HTTP-Method-Override`.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The parameters of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `LD-API-Version` header.
    pub api_version: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The body, if it is JSON of at most a mebibyte and a hundred thousand items.
    pub body: Option<Json>,
    /// The status of the response; `None` before the response, and if the connection was cut instead.
    pub status: Option<u16>,
    /// The time of arrival, in milliseconds since 1970, by the emulator's clock.
    pub received: i64,
}

impl RecordedRequest {
    pub(crate) fn new(request: &Request, received: i64) -> Self {
        let header = |name| request.header(name).map(str::to_owned);
        Self {
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            content_type: header(CONTENT_TYPE.as_str()),
            api_version: header("ld-api-version"),
            user_agent: header("user-agent"),
            body: remembered(&request.body),
            status: None,
            received,
        }
    }

    /// Returns whether the request could have changed something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD" && self.method != "OPTIONS"
    }
}

fn remembered(body: &[u8]) -> Option<Json> {
    let is_short = body.len() <= LONGEST_REMEMBERED;
    let extent = is_short.then(|| Extent::of(body))?;
    let is_plain =
        extent.depth <= DEEPEST && extent.items <= LONGEST_REMEMBERED / BYTES_OF_ITEM * 4;
    is_plain
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
}

/// The depth of nested JSON, and its number of items, where objects count by their weight. Text that is
/// not JSON has an extent, too.
#[derive(Debug, Default, PartialEq)]
struct Extent {
    depth: usize,
    items: usize,
}

impl Extent {
    fn of(json: &[u8]) -> Self {
        let (mut open, mut quoted, mut escaped) = (0_usize, false, false);
        let mut extent = Self::default();
        for byte in json {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'[' | b'{' if !quoted => {
                    open += 1;
                    extent.depth = extent.depth.max(open);
                    extent.items += if *byte == b'{' { ITEMS_OF_OBJECT } else { 1 };
                }
                b']' | b'}' if !quoted => open = open.saturating_sub(1),
                b',' if !quoted => extent.items += 1,
                _ => {}
            }
        }
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extent_counts_what_is_outside_of_texts() {
        for (json, depth, items) in [
            ("7", 0, 0),
            ("{}", 1, 16),
            ("[1, 2, 3]", 1, 3),
            (r#"{"a": [1, {"b": []}], "c": [[]]}"#, 4, 38),
            (r#""[[[,""#, 0, 0),
            (r#"["\"[[", []]"#, 2, 3),
            ("]]]", 0, 0),
        ] {
            assert_eq!(
                Extent::of(json.as_bytes()),
                Extent { depth, items },
                "{json}"
            );
        }
    }
}
