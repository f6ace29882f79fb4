//! `watch`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::connection::{Address, Connection};
use super::files::Files;

/// The interval of checks, and the destinations of reports.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The interval, such as `30s`, `5m` or `1h`
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = every)]
    pub(crate) every: Duration,
    /// Check once, report, and exit: with 0 if everything is as declared, else with 1
    #[arg(long)]
    pub(crate) once: bool,
    /// Serve metrics for Prometheus at this address; other machines that can reach it see the keys of
    /// segments
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:9464")]
    pub(crate) listen: SocketAddr,
    /// Do not serve metrics
    #[arg(long, conflicts_with = "listen")]
    pub(crate) no_listen: bool,
    /// Send metrics to an OpenTelemetry collector: the address of OTLP over HTTP, such as <http://127.0.0.1:4318>
    // The help would repeat a password in it.
    #[arg(
        long,
        value_name = "URI",
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        hide_env_values = true
    )]
    pub(crate) otlp: Option<Address>,
    /// Post a sentence to a webhook when something differs, and when it is as declared again; the
    /// webhook's address is in this file, which only its owner can read, or on standard input (-)
    /// [default: `SEGMENTS_WEBHOOK`]
    #[arg(long, value_name = "FILE")]
    pub(crate) webhook_file: Option<PathBuf>,
    /// Owner of the segments [default: the owner in the definitions, else segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// A time with its unit. Less than a second would use up LaunchDarkly's rate limit.
fn every(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time of a second or more, such as `30s`, `5m` or `1h`".to_owned();
    let digits = text.trim_end_matches(|last: char| last.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let unit = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    let seconds = number.checked_mul(unit).filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(every("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(every("5m"), Ok(Duration::from_mins(5)));
        for wrong in [
            "5",
            "0s",
            "m",
            "-1s",
            "1.5h",
            "1d",
            "99999999999999999999h",
            "18446744073709551615h",
            "",
        ] {
            assert!(every(wrong).is_err(), "{wrong}");
        }
    }
}
