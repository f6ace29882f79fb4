//! The text format of Prometheus (version 0.0.4).

use std::fmt::Write;

use super::Metrics;

impl Metrics<'_> {
    /// Returns the metrics in the format of Prometheus.
    ///
    /// Example: [`observe`](super::observe).
    #[must_use]
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        head(
            &mut text,
            "segments_size",
            "gauge",
            "Contexts that a segment lists, and its rules.",
        );
        for observation in self.observations {
            for (labels, count) in observation.numbers() {
                line(&mut text, "segments_size", &labels, count);
            }
        }
        head(
            &mut text,
            "segments_drift",
            "gauge",
            "Segments, AI Configs and flags that are not as declared.",
        );
        for observation in self.observations {
            let count = observation.drifted.len() as u64;
            line(&mut text, "segments_drift", &observation.labels(), count);
        }
        let name = "segments_sync_outcome_total";
        head(
            &mut text,
            name,
            "counter",
            "Checks of an environment, by outcome.",
        );
        for (labels, count) in self.looks.each() {
            line(&mut text, name, &labels, count);
        }
        text
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &[(&'static str, &str)], value: u64) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    let _ = writeln!(text, "{name}{{{}}} {value}", labels.join(","));
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::observe::tests::{looks, observation};

    #[test]
    fn each_number_has_its_labels() {
        let metrics = Metrics {
            observations: &[observation()],
            looks: &looks(),
            since: 0,
        };
        let text = metrics.prometheus();
        for line in [
            r#"segments_size{project="shop",environment="production",segment="staff",part="included"} 2"#,
            r#"segments_size{project="shop",environment="production",segment="staff",part="rules"} 1"#,
            r#"segments_drift{project="shop",environment="production"} 1"#,
            r#"segments_sync_outcome_total{project="default",environment="production",outcome="drift"} 2"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
