//! The names under which clients may reach an emulator on loopback, and the pages that may send requests.
//!
//! Every program on this machine can connect to loopback, including a browser with any page. A page can
//! reach the emulator under its own host name if that name points to this machine (DNS rebinding); the
//! browser then takes the emulator for the page's own server. `Host` still contains the name, so names
//! other than this machine's are refused.

use std::net::IpAddr;

use crate::message::{ApiError, Request};

/// Which hosts and origins are served.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// Whether only this machine can connect; elsewhere the token alone decides.
    pub(crate) loopback: bool,
    /// Whether pages of every origin may ask, as with LaunchDarkly: the tokens are secrets.
    pub(crate) any_origin: bool,
    /// Names beside those of this machine, in lower case.
    pub(crate) named: Vec<String>,
}

impl Hosts {
    /// Refuses a request that a page from elsewhere could have made.
    pub(crate) fn check(&self, request: &Request) -> Result<(), ApiError> {
        if !self.loopback {
            return Ok(());
        }
        for host in request.hosts() {
            if !host.is_some_and(|host| self.knows(host)) {
                return Err(refusal("host", host.unwrap_or_default()));
            }
        }
        match request.header("origin") {
            Some(origin) if !self.allows_origin(origin) => Err(refusal("origin", origin)),
            _ => Ok(()),
        }
    }

    /// Returns whether the page of an origin may ask and read.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        let host = origin.split_once("://").map(|(_, host)| host);
        self.any_origin || host.is_some_and(|host| self.knows(host))
    }

    /// Returns whether a host, perhaps with a port, is this machine or was named.
    pub(crate) fn knows(&self, host: &str) -> bool {
        let name = name_of(host);
        is_local(&name) || self.named.contains(&name)
    }
}

fn refusal(what: &str, value: &str) -> ApiError {
    let value: String = value.chars().take(100).collect();
    ApiError::forbidden(format!(
        "{what} `{value}` is not this machine; name its host when the emulator starts: `--host`, or `Builder::host`"
    ))
}

/// The name of a host without its port, in the form in which names are compared.
pub(crate) fn name_of(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.to_ascii_lowercase()
}

fn is_local(name: &str) -> bool {
    let address = name.parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts {
            loopback: true,
            any_origin: false,
            named: vec![name_of("Dev.Example")],
        }
    }

    #[test]
    fn only_names_of_this_machine_and_named_ones_are_known() {
        for (host, expected) in [
            ("localhost", true),
            ("LOCALHOST.:3000", true),
            ("127.0.0.1:80", true),
            ("127.7.7.7", true),
            ("[::1]:80", true),
            ("dev.example:80", true),
            ("127.0.0.1.example", false),
            ("localhost.example", false),
            ("a.dev.example", false),
            ("example:80", false),
            ("localhost@example", false),
            ("[::1", false),
            ("", false),
        ] {
            assert_eq!(hosts().knows(host), expected, "{host}");
        }
    }

    #[test]
    fn only_pages_of_known_hosts_may_ask() {
        for (origin, expected) in [
            ("http://localhost:3000", true),
            ("https://dev.example", true),
            ("https://evil.example", false),
            ("null", false),
            ("localhost", false),
        ] {
            assert_eq!(hosts().allows_origin(origin), expected, "{origin}");
        }
    }
}
