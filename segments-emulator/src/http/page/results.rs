//! The page at `/results`: what came of experiments, by variation and by segment, and the last events.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{STYLE, chosen, options, response, whole};
use crate::message::{Request, Response};
use crate::service::Service;
use crate::service::results::{Results, results};

/// As many events as are shown, the last first.
const EVENTS: usize = 50;

/// Brings the page again, so that events are seen as they come.
const AGAIN: u32 = 2;

/// The page.
pub(super) fn page(service: &Service, request: &Request) -> Response {
    let (project, environment) = chosen(service, request);
    let at = format!("{project}/{environment}");
    let all = results(service, &project, &environment);
    response(whole(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content=(AGAIN);
                title { "Results of " (at) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Results" }
                    form method="get" {
                        label for="at" { "Environment" }
                        select id="at" name="at" { (options(service, &project, &environment)) }
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
            }
        }
    }))
}

fn experiment(results: &Results) -> Markup {
    html! {
        section {
            h2 { "Experiment " code { (results.experiment) } ", " (results.status) }
            @if results.rows.is_empty() {
                p { "Nobody was served a treatment yet." }
            } @else {
                table {
                    thead {
                        tr {
                            @for head in ["Metric", "Segment", "Variation", "Contexts", "With an event", "Events", "Total"] {
                                th { (head) }
                            }
                        }
                    }
                    tbody {
                        @for row in &results.rows {
                            tr {
                                td { (row.metric) }
                                td { (row.segment.as_deref().unwrap_or("all")) }
                                td { (row.variation) }
                                td { (row.contexts) }
                                td { (row.converted) }
                                td { (row.events) }
                                td { (row.total) }
                            }
                        }
                    }
                }
            }
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
