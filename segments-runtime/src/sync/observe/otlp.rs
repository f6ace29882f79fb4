//! The metrics as OTLP's JSON (OpenTelemetry protocol 1.x, *JSON Protobuf encoding*), which collectors
//! accept at `/v1/metrics`.

use serde_json::{Value as Json, json};

use super::Metrics;

/// Sums count from the start of the program.
const CUMULATIVE: u8 = 2;

impl Metrics<'_> {
    /// Returns the body of a POST to a collector's `/v1/metrics`.
    ///
    /// ```
    /// use segments_runtime::sync::{LookCounts, Metrics};
    ///
    /// let body = Metrics { observations: &[], looks: &LookCounts::default(), since: 0 }.otlp();
    /// let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
    /// let names: Vec<_> = metrics.iter().map(|metric| metric["name"].as_str().unwrap()).collect();
    /// assert_eq!(names, ["segments.size", "segments.drift", "segments.sync.outcome"]);
    /// ```
    #[must_use]
    pub fn otlp(&self) -> Json {
        let now = self.observations.iter().map(|it| it.at).max();
        let now = now.unwrap_or_else(|| super::milliseconds(std::time::SystemTime::now()));
        let sizes = self.observations.iter().flat_map(|seen| {
            let numbers = seen.numbers();
            numbers.map(|(labels, count)| point(&labels, count, seen.at))
        });
        let drift = self.observations.iter();
        let drift = drift.map(|seen| point(&seen.labels(), seen.drifted.len() as u64, seen.at));
        let looks = self.looks.each().map(|(labels, count)| {
            let mut point = point(&labels, count, now);
            point["startTimeUnixNano"] = nanoseconds(self.since);
            point
        });
        let metrics = json!([
            {
                "name": "segments.size", "unit": "1",
                "description": "Contexts that a segment lists, and its rules.",
                "gauge": { "dataPoints": sizes.collect::<Vec<_>>() },
            },
            {
                "name": "segments.drift", "unit": "1",
                "description": "Segments, AI Configs and flags that are not as declared.",
                "gauge": { "dataPoints": drift.collect::<Vec<_>>() },
            },
            {
                "name": "segments.sync.outcome", "unit": "1",
                "description": "Checks of an environment, by outcome.",
                "sum": {
                    "aggregationTemporality": CUMULATIVE, "isMonotonic": true,
                    "dataPoints": looks.collect::<Vec<_>>(),
                },
            },
        ]);
        json!({ "resourceMetrics": [{
            "resource": { "attributes": [attribute("service.name", "segments")] },
            "scopeMetrics": [{
                "scope": { "name": "segments-runtime", "version": env!("CARGO_PKG_VERSION") },
                "metrics": metrics,
            }],
        }] })
    }
}

/// Whole numbers of 64 bits are texts in this encoding.
fn point(labels: &[(&'static str, &str)], value: u64, at: u64) -> Json {
    let attributes: Vec<Json> = labels
        .iter()
        .map(|(name, value)| attribute(name, value))
        .collect();
    json!({ "attributes": attributes, "timeUnixNano": nanoseconds(at), "asInt": value.to_string() })
}

fn attribute(name: &str, value: &str) -> Json {
    json!({ "key": name, "value": { "stringValue": value } })
}

fn nanoseconds(milliseconds: u64) -> Json {
    (u128::from(milliseconds) * 1_000_000).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::observe::tests::{looks, observation};

    #[test]
    fn numbers_are_texts_and_times_nanoseconds() {
        let metrics = Metrics {
            observations: &[observation()],
            looks: &looks(),
            since: 7,
        };
        let body = metrics.otlp();
        let metrics = &body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
        let included = &metrics[0]["gauge"]["dataPoints"][0];
        assert_eq!(included["asInt"], "2");
        assert_eq!(included["timeUnixNano"], "1000000000");
        assert_eq!(included["attributes"][2]["value"]["stringValue"], "staff");
        let looks = &metrics[2]["sum"]["dataPoints"][0];
        assert_eq!(looks["startTimeUnixNano"], "7000000");
        assert_eq!(looks["asInt"], "2");
    }
}
