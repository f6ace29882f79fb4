//! The page at `/`, for people: the segments, membership with reasons, and the last requests. Everything
//! is rendered here; a few lines of script only refresh the list of requests.

mod first_steps;
mod frame;
mod results;

use hyper::header::WWW_AUTHENTICATE;
use hyper::{Method, StatusCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use segments_model::evaluate::ContextInstance;
use segments_model::wire::{Clause, Rule, Segment};
use segments_model::{AttributeRef, Operator, date};

use crate::api::call::Answer;
use crate::api::evaluate::{Answered, Question};
use crate::message::{ApiError, Body, RecordedRequest, Request, Response};
use crate::service::Service;
use crate::state::{Environment, StoredSegment};

use first_steps::first_steps;
use frame::{STYLE, chosen, options, response, whole};

const SCRIPT: &str = include_str!("refresh.js");

/// As many requests as are shown.
const SHOWN: usize = 20;

/// As many keys of a list as are shown.
const KEYS: usize = 10;

/// As many segments as are listed.
const LISTED: usize = 200;

/// Up to so many segments are shown in full at once.
const FEW: usize = 5;

/// Returns whether a path belongs to the page.
pub(crate) fn is_path(request: &Request) -> bool {
    matches!(request.path.as_str(), "/" | "/requests" | "/results")
}

/// Answers a browser.
pub(crate) fn route(service: &Service, request: &Request) -> Answer {
    if request.method != Method::GET {
        return Err(ApiError::method_not_allowed("the page is only read"));
    }
    if let Some(refusal) = refuse(service, request) {
        return Ok(refusal);
    }
    if request.path == "/requests" {
        return Ok(response(whole(requests(service))));
    }
    if request.path == "/results" {
        return Ok(results::page(service, request));
    }
    Ok(View::new(service, request).response())
}

/// On loopback the page is open to who sits at the machine; elsewhere the browser asks for an access
/// token.
fn refuse(service: &Service, request: &Request) -> Option<Response> {
    if service.hosts.loopback {
        return None;
    }
    let sent = request.header("authorization").unwrap_or_default();
    if service
        .tokens
        .iter()
        .any(|token| token.is_password_of(sent))
    {
        return None;
    }
    let mut refusal = Response::empty(StatusCode::UNAUTHORIZED);
    refusal.set(
        WWW_AUTHENTICATE,
        "Basic realm=\"access token as the password\"",
    );
    Some(refusal)
}

/// The content of the page. All of it except the evaluations, which can take long, is read while the lock
/// is held.
struct View {
    project: String,
    environment: String,
    /// The environments to choose from.
    options: Markup,
    /// The text of the context that was asked about.
    context: Option<String>,
    /// The context in question, or what is wrong with it.
    question: Option<Result<Question, String>>,
    /// The segments, or instructions for creating some; `None` if there is no such environment.
    segments: Option<Markup>,
    requests: Markup,
}

impl View {
    fn new(service: &Service, request: &Request) -> Self {
        let (project, environment) = chosen(service, request);
        let found = service.state.environment(&project, &environment).ok();
        let context = request.parameter("context").map(str::to_owned);
        let question = context.as_deref().zip(found).map(|(context, found)| {
            ContextInstance::from_json(context)
                .map(|context| Question::new(found, context))
                .map_err(|error| error.to_string())
        });
        Self {
            options: options(service, &project, &environment),
            segments: found.map(|found| {
                if found.segments.is_empty() {
                    first_steps(request, &project, &environment)
                } else {
                    segments(found)
                }
            }),
            requests: requests(service),
            context,
            question,
            project,
            environment,
        }
    }

    fn response(self) -> Response {
        response(if matches!(self.question, Some(Ok(_))) {
            Body::Later(Box::new(|| self.render().into_string().into()))
        } else {
            whole(self.render())
        })
    }

    fn render(self) -> Markup {
        let Self {
            project,
            environment,
            ..
        } = &self;
        let at = format!("{project}/{environment}");
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "Segments of " (at) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { "Segments" }
                        form method="get" {
                            label for="at" { "Environment" }
                            select id="at" name="at" { (self.options) }
                            button { "Show" }
                        }
                    }
                    main {
                        @match &self.segments {
                            Some(segments) => {
                                (question(&at, self.context.as_deref(), self.question))
                                (segments)
                            }
                            None => p { "There is no environment " code { (at) } "." }
                        }
                        section {
                            h2 { "Last requests" }
                            div id="requests" aria-live="polite" { (self.requests) }
                        }
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }
}

/// The form that asks which segments a context is in, and its answer.
fn question(at: &str, context: Option<&str>, asked: Option<Result<Question, String>>) -> Markup {
    html! {
        section {
            h2 { "Who is in what?" }
            form method="get" {
                input type="hidden" name="at" value=(at);
                label for="context" { "A context, as JSON" }
                textarea id="context" name="context" rows="3" spellcheck="false" {
                    (context.unwrap_or("{\"kind\": \"user\", \"key\": \"u-1\"}"))
                }
                button { "Ask" }
            }
            @match asked {
                Some(Ok(question)) => (answers(&question.answers())),
                Some(Err(error)) => p.wrong role="alert" { (error) },
                None => {}
            }
        }
    }
}

fn answers(answers: &[Answered]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Segment" } th scope="col" { "Member" } th scope="col" { "Why" } } }
            tbody {
                @for answer in answers {
                    tr {
                        th scope="row" { (answer.segment.name) " " code { (answer.segment.key) } }
                        td.yes[answer.member].no[!answer.member] { (if answer.member { "yes" } else { "no" }) }
                        td { (why(answer)) }
                    }
                }
            }
        }
    }
}

fn why(answer: &Answered) -> String {
    match &answer.membership {
        Some(membership) => membership.to_string(),
        None => "by the list of the big segment".to_owned(),
    }
}

fn segments(found: &Environment) -> Markup {
    let mut all: Vec<&StoredSegment> = found.segments.values().collect();
    all.sort_by_key(|stored| std::cmp::Reverse(stored.serial));
    html! {
        section {
            h2 { (all.len()) " segments" }
            @let few = all.len() <= FEW;
            @for stored in all.iter().take(LISTED) { (segment(found, stored, few)) }
            @if all.len() > LISTED { p { "The newest " (LISTED) " are shown." } }
        }
    }
}

fn segment(found: &Environment, stored: &StoredSegment, open: bool) -> Markup {
    let it = &stored.segment;
    html! {
        details open[open] {
            summary {
                strong { (it.name) } " " code { (it.key) }
                @for tag in &it.tags { " " span.tag { (tag) } }
            }
            @if let Some(description) = &it.description { p { (description) } }
            p.small {
                "version " (it.version) ", changed " (date::format(it.last_modified_date))
            }
            @if it.unbounded {
                @let members = found.big.get(&it.key).map_or(0, |big| big.included.len());
                p { "A big segment of kind " code { (it.unbounded_context_kind.as_deref().unwrap_or("user")) } " with " (members) " members." }
            } @else {
                (targets("Included", it, true))
                (targets("Excluded", it, false))
                @if it.rules.is_empty() { p { "No rules." } }
                @else { ol { @for rule in &it.rules { li { (in_words(rule)) } } } }
            }
        }
    }
}

fn targets(title: &str, segment: &Segment, included: bool) -> Markup {
    let (users, contexts) = if included {
        (&segment.included, &segment.included_contexts)
    } else {
        (&segment.excluded, &segment.excluded_contexts)
    };
    let kinds = contexts
        .iter()
        .map(|targets| (targets.context_kind.as_str(), &targets.values));
    let all = std::iter::once(("user", users)).chain(kinds);
    html! {
        @for (kind, keys) in all.filter(|(_, keys)| !keys.is_empty()) {
            p {
                (title) " " code { (kind) } ": "
                @for key in keys.iter().take(KEYS) { code { (key) } " " }
                @if keys.len() > KEYS { "and " (keys.len() - KEYS) " more" }
            }
        }
    }
}

/// A rule read aloud; the service may hold rules that the model of this crate refuses, so this
/// reads them as they are.
fn in_words(rule: &Rule) -> String {
    let clauses: Vec<String> = rule.clauses.iter().map(clause_in_words).collect();
    let mut words = if clauses.is_empty() {
        "everyone".to_owned()
    } else {
        clauses.join(" and ")
    };
    if let Some(weight) = rule.weight {
        let by = rule.bucket_by.as_deref().unwrap_or("key");
        let kind = rule.rollout_context_kind.as_deref().unwrap_or("user");
        #[allow(clippy::cast_precision_loss, reason = "a weight is at most 100000")]
        let percent = weight as f64 / 1000.0;
        words = format!("{percent}% by {kind} {by} of {words}");
    }
    match &rule.description {
        Some(description) => format!("{description}: {words}"),
        None => words,
    }
}

fn clause_in_words(clause: &Clause) -> String {
    let operator = Operator::from_wire(&clause.op);
    let phrase = match operator {
        Some(operator) if clause.negate => operator.row().negated_phrase,
        Some(operator) => operator.row().phrase,
        None => clause.op.as_str(),
    };
    let values: Vec<String> = clause.values.iter().map(ToString::to_string).collect();
    let values = values.join(" or ");
    if operator == Some(Operator::SegmentMatch) {
        return format!("{phrase} {values}");
    }
    if clause.attribute_ref() == Ok(AttributeRef::KIND) {
        return format!("kind {phrase} {values}");
    }
    let kind = clause.context_kind.as_deref().unwrap_or("user");
    format!("{kind} {} {phrase} {values}", clause.attribute)
}

fn requests(service: &Service) -> Markup {
    let all = service.requests.all();
    html! {
        @if all.is_empty() { p { "None yet." } }
        @else {
            table {
                thead { tr { th scope="col" { "When" } th scope="col" { "Request" } th scope="col" { "Status" } } }
                tbody { @for request in all.iter().rev().take(SHOWN) { (line(request)) } }
            }
        }
    }
}

fn line(request: &RecordedRequest) -> Markup {
    let refused = request.status.is_none_or(|status| status >= 400);
    html! {
        tr {
            td { (date::format(request.received)) }
            td { code { (request.method) " " (request.path) } }
            td.no[refused] { @match request.status { Some(status) => (status), None => "none" } }
        }
    }
}
