//! The service's address.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;

/// The service's address, to which paths are appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUri(Uri);

/// The characters that need no encoding in a path and a query (RFC 3986, *unreserved characters*).
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The domains in which LaunchDarkly answers. In each, `app` is the REST API, and others are for SDKs.
const DOMAINS: [&str; 3] = ["launchdarkly.com", "eu.launchdarkly.com", "launchdarkly.us"];

/// The reason why an address cannot be used. Only the host is repeated, and only if it cannot contain a
/// password: people mistype addresses with passwords.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidBaseUri {
    /// The text is not an address.
    #[error(
        "this is not an address ({0}); write one such as `https://app.launchdarkly.com`, without a user name and a password"
    )]
    Syntax(&'static str),
    /// Neither `https` nor `http`.
    #[error("the address begins with neither `https://` nor `http://`; write `https://`")]
    Scheme,
    /// Plain `http` to another machine.
    #[error(
        "`http://{0}` would send the access token unencrypted; write `https://`, because plain http is only for this machine"
    )]
    Insecure(String),
    /// A user name, a query or a fragment.
    #[error("the address has a user name, a query or a fragment; write scheme, host and port only")]
    Extra,
    /// The address includes the path that requests append.
    #[error("the address ends in `/api/v2`, which every request appends; remove it")]
    ApiPath,
    /// An address of LaunchDarkly that is not that of the REST API.
    #[error("this is a page, or an address for SDKs, on `{host}`; write `https://{api}`")]
    NotTheApi {
        /// The host.
        host: String,
        /// The host of the REST API.
        api: String,
    },
    /// An `https` address in a build without TLS.
    #[error(
        "this program was built without `https`; build it with the feature `tls` of `segments-runtime`"
    )]
    NoTls,
}

segments_model::readable_debug! {
    enum InvalidBaseUri {
        Syntax(reason),
        Scheme,
        Insecure(host),
        Extra,
        ApiPath,
        NotTheApi { host, api },
        NoTls,
    }
}

impl BaseUri {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidBaseUri> {
        let text = text.trim();
        // Before anything repeats the address: a password may be in it. One that has a slash makes
        // what follows look like a path.
        if text.contains(['@', '?', '#']) {
            return Err(InvalidBaseUri::Extra);
        }
        let Some((scheme, _)) = text.split_once("://") else {
            return Err(InvalidBaseUri::Syntax("there is no `https://`"));
        };
        let scheme = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => Scheme::HTTPS,
            _ if scheme.eq_ignore_ascii_case("http") => Scheme::HTTP,
            _ => return Err(InvalidBaseUri::Scheme),
        };
        let address = Self::of(text, scheme)?;
        let path = address.0.path().trim_end_matches('/');
        if let Some((first, rest)) = address.host().split_once('.') {
            // A page has a path.
            if DOMAINS.contains(&rest) && (first != "app" || !path.is_empty()) {
                return Err(InvalidBaseUri::NotTheApi {
                    host: address.host().to_owned(),
                    api: format!("app.{rest}"),
                });
            }
        }
        if !address.is_https() && !address.is_this_machine() {
            return Err(InvalidBaseUri::Insecure(address.host().to_owned()));
        }
        Ok(address)
    }

    /// Two writings of one address are one address.
    fn of(text: &str, scheme: Scheme) -> Result<Self, InvalidBaseUri> {
        let unreadable = InvalidBaseUri::Syntax("it cannot be read");
        let uri: Uri = text.parse().map_err(|_| unreadable.clone())?;
        let authority = uri.authority().ok_or(unreadable.clone())?;
        if authority.host().is_empty() {
            return Err(InvalidBaseUri::Syntax("there is no host"));
        }
        let digits = authority.as_str().rsplit_once(':').map(|(_, port)| port);
        let is_port = |port: &str| port.ends_with(']') || port.parse::<u16>().is_ok();
        if !digits.is_none_or(is_port) {
            let problem = "the port is not a number up to 65535";
            return Err(InvalidBaseUri::Syntax(problem));
        }
        let path = uri.path().trim_end_matches('/');
        if path.ends_with("/api/v2") {
            return Err(InvalidBaseUri::ApiPath);
        }
        let built = Uri::builder()
            .scheme(scheme)
            .authority(authority.as_str().to_ascii_lowercase())
            .path_and_query(if path.is_empty() { "/" } else { path });
        built.build().map(Self).map_err(|_| unreadable)
    }

    /// The same address on another host and port, whatever answers there.
    pub(super) fn on(&self, authority: &str) -> Option<Self> {
        let scheme = self.0.scheme()?.clone();
        Self::of(&format!("{scheme}://{authority}"), scheme).ok()
    }

    /// Returns whether this build can talk to the address.
    pub(crate) fn spoken(self) -> Result<Self, InvalidBaseUri> {
        self.spoken_by(cfg!(any(feature = "tls", feature = "tls-aws-lc-rs")))
    }

    fn spoken_by(self, tls: bool) -> Result<Self, InvalidBaseUri> {
        if tls || !self.is_https() {
            Ok(self)
        } else {
            Err(InvalidBaseUri::NoTls)
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// Returns whether what is sent there never leaves this machine.
    pub(crate) fn is_this_machine(&self) -> bool {
        let host = self.host();
        let ip = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    pub(crate) fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    /// As HTTP libraries want it.
    #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    /// The address of a path below this one.
    pub(crate) fn join(&self, path: &[&str], query: &[(&str, String)]) -> String {
        let mut text = self.to_string();
        for part in path {
            text.push('/');
            if part.bytes().all(|byte| byte == b'.') {
                // These would lead elsewhere.
                text.push_str(&part.replace('.', "%2E"));
            } else {
                text.extend(utf8_percent_encode(part, &ENCODED));
            }
        }
        for (index, (name, value)) in query.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.extend(utf8_percent_encode(value, &ENCODED));
        }
        text
    }
}

/// An address of others, fit to be shown: without what opens it, which stands before the host or
/// behind the path.
pub(crate) fn without_secrets(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (shown, rest) = address.split_at(end);
    let start = shown.find("//").map_or(0, |start| start + 2);
    let (scheme, place) = shown.split_at(start);
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let more = if rest.is_empty() { "" } else { "…" };
    format!("{scheme}{place}{more}")
}

impl Default for BaseUri {
    fn default() -> Self {
        Self::parse("https://app.launchdarkly.com").expect("a constant address")
    }
}

impl fmt::Display for BaseUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_string().trim_end_matches('/'))
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
            "https://proxy.example/launchdarkly",
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
    fn pages_and_addresses_for_sdks_are_refused() {
        for (bad, instead) in [
            (
                "https://sdk.launchdarkly.com",
                "https://app.launchdarkly.com",
            ),
            (
                "https://stream.launchdarkly.com/all",
                "https://app.launchdarkly.com",
            ),
            (
                "https://clientsdk.eu.launchdarkly.com",
                "https://app.eu.launchdarkly.com",
            ),
            (
                "https://APP.launchdarkly.com/default/production/segments",
                "https://app.launchdarkly.com",
            ),
        ] {
            let error = BaseUri::parse(bad).unwrap_err();
            assert!(
                matches!(error, InvalidBaseUri::NotTheApi { .. }),
                "{bad}: {error}"
            );
            let error = error.to_string();
            assert!(error.ends_with(&format!("write `{instead}`")), "{error}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let parse = |text| BaseUri::parse(text).unwrap_err();
        assert!(matches!(
            parse("app.launchdarkly.com"),
            InvalidBaseUri::Syntax { .. }
        ));
        for address in [
            "https://",
            "https://:443",
            "https://x:port",
            "https://x:65536",
            "https://x:",
            "https://x y",
            "https://[::1",
            "https://b\u{fc}cher.example",
            "",
        ] {
            let error = parse(address);
            assert!(
                matches!(error, InvalidBaseUri::Syntax(_)),
                "{address}: {error}"
            );
        }
        assert_eq!(parse("ftp://x"), InvalidBaseUri::Scheme);
        assert_eq!(parse("https://me:word@x"), InvalidBaseUri::Extra);
        assert_eq!(parse("https://x/api/v2/"), InvalidBaseUri::ApiPath);
    }

    /// Whatever a person mistypes, the password is not repeated.
    #[test]
    fn no_mistyped_address_repeats_its_password() {
        const SECRET: &str = "canary-5d8e";
        for mistyped in [
            "https://me:SECRET@x",
            "https://me:SECRET@",
            "https://me:SECRET",
            "https://SECRET@x",
            "https://me:SECRET@x:port",
            "https://me:SECRET@x y",
            "https:me:SECRET@x",
            "https:///me:SECRET@x",
            "https//me:SECRET@x",
            "htps://me:SECRET@x",
            "//me:SECRET@x",
            "me:SECRET@x",
            "SECRET:me@x",
            "SECRET://x",
            "SECRET",
            "https://me:1/SECRET@x",
            "https://me/SECRET@x",
            "https://me:p/SECRET@x",
            "https://me:p?SECRET@x",
            "https://me:p#SECRET@x",
            "https://me%3ASECRET%40x",
            "https://me:SECRET%40x",
            "https://[me:SECRET@x]",
            "http://me:SECRET@10.0.0.1",
            "http://me:SECRET@localhost",
            "https://x?key=SECRET",
            "https://x#SECRET",
            "\u{7}https://me:SECRET@x",
        ] {
            let error = BaseUri::parse(&mistyped.replace("SECRET", SECRET)).unwrap_err();
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(
                    !shown.to_lowercase().contains(SECRET),
                    "{mistyped}: {shown}"
                );
            }
        }
    }

    #[test]
    fn a_build_without_tls_says_what_to_build() {
        let error = BaseUri::default().spoken_by(false).unwrap_err();
        assert!(error.to_string().contains("feature `tls`"), "{error}");
        let loopback = BaseUri::parse("http://[::1]:1").unwrap();
        assert!(loopback.spoken_by(false).is_ok());
        assert!(BaseUri::default().spoken_by(true).is_ok());
    }

    #[test]
    fn what_is_put_into_an_address_stays_in_its_place() {
        let base = BaseUri::parse("http://127.0.0.1:1").unwrap();
        assert_eq!(
            base.join(
                &["a/b?c#d", "..", "\u{e4}"],
                &[("x", "a&b=c d".to_owned()), ("y", "+".to_owned())]
            ),
            "http://127.0.0.1:1/a%2Fb%3Fc%23d/%2E%2E/%C3%A4?x=a%26b%3Dc%20d&y=%2B"
        );
    }

    #[test]
    fn addresses_of_others_are_shown_without_what_opens_them() {
        for (address, shown) in [
            ("https://x/login", "https://x/login"),
            ("https://me:word@x/login?key=1#2", "https://x/login…"),
            ("//me:wo/rd@x/", "//x/"),
            ("/login?key=1", "/login…"),
            ("me:word@x", "x"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(address), shown);
        }
    }

    #[test]
    fn a_prefix_and_a_trailing_slash_do_no_harm() {
        let join = |base| {
            BaseUri::parse(base)
                .unwrap()
                .join(&["api", "v2", "a b"], &[])
        };
        assert_eq!(join("https://proxy/ld/"), "https://proxy/ld/api/v2/a%20b");
        assert_eq!(join("https://proxy"), "https://proxy/api/v2/a%20b");
        assert_eq!(
            join("HTTPS://Proxy:443/LD"),
            "https://proxy:443/LD/api/v2/a%20b"
        );
    }
}
