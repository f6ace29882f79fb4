//! TLS by rustls, which trusts the system's certificates, through the proxy that environment variables
//! name, if any.

use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::sync::base_uri::BaseUri;
use crate::sync::config::ConfigError;

/// Connections to the service itself.
pub(super) type Direct = HttpsConnector<HttpConnector>;

/// Connections through a proxy, which may itself speak https.
pub(super) type Tunneled = HttpsConnector<Tunnel<Direct>>;

pub(super) fn direct(connector: HttpConnector) -> Result<Direct, ConfigError> {
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(settings()?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector))
}

pub(super) fn tunneled(direct: Direct, proxy: &Intercept) -> Result<Tunneled, ConfigError> {
    let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
    if let Some(auth) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(auth.clone());
    }
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(settings()?)
        .https_only()
        .enable_http1()
        .wrap_connector(tunnel))
}

/// The proxy for an address: `HTTPS_PROXY` or `ALL_PROXY`, unless `NO_PROXY` names the host. Nothing
/// that stays on this machine goes through one.
pub(super) fn proxy(base_uri: &BaseUri) -> Result<Option<Intercept>, ConfigError> {
    through(&Matcher::from_env(), base_uri)
}

fn through(proxies: &Matcher, base_uri: &BaseUri) -> Result<Option<Intercept>, ConfigError> {
    if base_uri.is_this_machine() {
        return Ok(None);
    }
    match proxies.intercept(base_uri.uri()) {
        Some(proxy) if !matches!(proxy.uri().scheme_str(), Some("http" | "https")) => {
            Err(ConfigError::Proxy)
        }
        proxy => Ok(proxy),
    }
}

fn settings() -> Result<ClientConfig, ConfigError> {
    let build = || -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?;
        Ok(builder.with_no_client_auth())
    };
    build().map_err(|error| ConfigError::HttpClient(error.into()))
}

/// The cryptography that the program has chosen for all of its libraries, if it has; such as one
/// that is validated for FIPS.
fn provider() -> Arc<CryptoProvider> {
    match CryptoProvider::get_default() {
        Some(chosen) => chosen.clone(),
        #[cfg(feature = "tls-aws-lc-rs")]
        None => Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        #[cfg(not(feature = "tls-aws-lc-rs"))]
        None => Arc::new(rustls::crypto::ring::default_provider()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Matcher {
        let proxy = "http://me:word@proxy.example:3128";
        Matcher::builder().all(proxy).no("spared.example").build()
    }

    #[test]
    fn only_https_to_other_machines_goes_through_a_proxy() {
        for (address, is_proxied) in [
            ("https://app.launchdarkly.com", true),
            ("https://spared.example", false),
            ("https://localhost", false),
            ("https://127.0.0.1:8443", false),
            ("https://[::1]:8443", false),
            ("http://127.0.0.1:8030", false),
        ] {
            let proxy = through(&proxies(), &BaseUri::parse(address).unwrap()).unwrap();
            assert_eq!(proxy.is_some(), is_proxied, "{address}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_talked_to_is_not_passed_by() {
        let socks = Matcher::builder()
            .all("socks5://me:word@proxy.example")
            .build();
        let error = through(&socks, &BaseUri::default()).unwrap_err();
        assert!(matches!(error, ConfigError::Proxy));
        assert!(!format!("{error} {error:?}").contains("word"));
    }
}
