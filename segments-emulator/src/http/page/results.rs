//! The page at `/results`: results of experiments, by variation and by segment, and the last events.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::frame::{STYLE, chosen, options, response, whole};
use crate::message::{Request, Response};
use crate::service::Service;
use crate::service::results::{ExperimentResults, ResultRow, SEGMENTS, results};

/// As many events as are shown, the last first.
const EVENTS: usize = 50;

/// Brings what is shown again, so that events are seen as they come.
const SCRIPT: &str = include_str!("again.js");

/// The page.
pub(super) fn page(service: &Service, request: &Request) -> Response {
    let (project, environment) = chosen(service, request);
    let at = format!("{project}/{environment}");
    let attribute = request.parameter("segments").unwrap_or(SEGMENTS);
    let all = results(service, &project, &environment, attribute);
    response(whole(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Results of " (at) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Results" }
                    form method="get" {
                        label for="at" { "Environment" }
                        select id="at" name="at" { (options(service, &project, &environment)) }
                        label for="segments" { "Attribute that lists segments" }
                        input id="segments" name="segments" value=(attribute);
                        button { "Show" }
                    }
                }
                main {
                    @if all.is_empty() {
                        p { "There is no experiment in " code { (at) } "." }
                    }
                    @for one in &all { (experiment(one)) }
                    section {
                        h2 { "Last events" }
                        (events(service, &project, &environment))
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }))
}

/// What a row is about.
const ABOUT: [&str; 3] = ["Metric", "Segment", "Variation"];

/// What was counted.
const COUNTED: [&str; 5] = ["Contexts", "With an event", "Share", "Events", "Total"];

fn experiment(results: &ExperimentResults) -> Markup {
    html! {
        section {
            h2 { "Experiment " code { (results.experiment) } ", " (results.status.name()) }
            @if results.rows.is_empty() {
                p { "Nobody was served a treatment yet." }
            } @else {
                table id=(results.experiment) {
                    thead {
                        tr {
                            @for head in ABOUT { th scope="col" { (head) } }
                            @for head in COUNTED { th.number scope="col" { (head) } }
                        }
                    }
                    tbody { @for row in &results.rows { (line(row)) } }
                }
            }
        }
    }
}

fn line(row: &ResultRow) -> Markup {
    // A row has a context at least.
    let share = 100 * row.converted / row.contexts.max(1);
    html! {
        tr {
            td { (row.metric) }
            td { @match &row.segment { Some(key) => code { (key) }, None => "everybody" } }
            td { (row.variation) }
            td.number { (row.contexts) }
            td.number { (row.converted) }
            td.number { (share) " %" }
            td.number { (row.events) }
            td.number { (row.total) }
        }
    }
}

fn events(service: &Service, project: &str, environment: &str) -> Markup {
    let tracked: Vec<_> = service.tracked.events().collect();
    let here = tracked
        .into_iter()
        .rev()
        .filter(|it| it.project == project && it.environment == environment);
    html! {
        table {
            thead { tr { @for head in ["Kind", "Key", "Value"] { th { (head) } } } }
            tbody {
                @for it in here.take(EVENTS) {
                    tr {
                        td { (it.event["kind"].as_str().unwrap_or_default()) }
                        td { (it.event["key"].as_str().unwrap_or_default()) }
                        td { @if let Some(value) = it.event["metricValue"].as_f64() { (value) } }
                    }
                }
            }
        }
    }
}
