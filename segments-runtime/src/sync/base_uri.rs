//! Where the service is.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use thiserror::Error;

/// The service's address, to which paths are appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUri(Url);

/// Why an address cannot be used.
///
/// See the example of [`SyncConfig`](super::SyncConfig).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidBaseUri {
    /// It is no address.
    #[error(
        "`{text}` is not an address ({reason}); write one such as `https://app.launchdarkly.com`"
    )]
    Syntax {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Neither `https` nor `http`.
    #[error("`{0}` is not a scheme for the service; write `https://`")]
    Scheme(String),
    /// Plain `http` to another machine.
    #[error(
        "`http://{0}` would send the access token in clear; write `https://`, plain http is only for this machine"
    )]
    Insecure(String),
    /// A user name, a query or a fragment.
    #[error("the address has a user name, a query or a fragment; write scheme, host and port only")]
    Extra,
}

impl BaseUri {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidBaseUri> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|error| InvalidBaseUri::Syntax {
            text: text.to_owned(),
            reason: error.to_string(),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUri::Scheme(url.scheme().to_owned()));
        }
        // Before anything repeats the address: a password may be in it.
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(InvalidBaseUri::Extra);
        }
        let host = url.host_str().unwrap_or_default();
        if url.scheme() == "http" && !is_loopback(host) {
            return Err(InvalidBaseUri::Insecure(host.to_owned()));
        }
        Ok(Self(url))
    }

    /// The address of a path below this one.
    pub(crate) fn join(&self, path: &[&str], query: &[(&str, String)]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("an http address has a path")
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Default for BaseUri {
    fn default() -> Self {
        Self::parse("https://app.launchdarkly.com").expect("a constant address")
    }
}

impl fmt::Display for BaseUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1",
            "https://app.eu.launchdarkly.com",
        ] {
            assert!(BaseUri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://app.launchdarkly.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
        ] {
            assert!(
                matches!(BaseUri::parse(bad), Err(InvalidBaseUri::Insecure(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let parse = |text| BaseUri::parse(text).unwrap_err();
        assert!(matches!(
            parse("app.launchdarkly.com"),
            InvalidBaseUri::Syntax { .. }
        ));
        assert!(matches!(parse("ftp://x"), InvalidBaseUri::Scheme(_)));
        let secret = parse("https://me:secret@x");
        assert_eq!(secret, InvalidBaseUri::Extra);
        assert!(!secret.to_string().contains("secret"));
    }

    #[test]
    fn a_prefix_and_a_trailing_slash_do_no_harm() {
        let join = |base| {
            BaseUri::parse(base)
                .unwrap()
                .join(&["api", "v2", "a b"], &[])
                .to_string()
        };
        assert_eq!(join("https://proxy/ld/"), "https://proxy/ld/api/v2/a%20b");
        assert_eq!(join("https://proxy"), "https://proxy/api/v2/a%20b");
    }
}
