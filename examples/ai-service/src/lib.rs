//! A support page that answers with a model. LaunchDarkly says which model, how it is asked and what is said to
//! it; segments say who is served which variation; every answer is tracked; an experiment compares the variations.

pub mod model;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use launchdarkly_server_sdk::Client;
use segments_runtime::ai::{AiClient, Feedback};
use segments_runtime::{Context, Metric, ai_config, experiment, sdk, segment};
use serde::Deserialize;
use serde_json::{Value, json};

/// Who asks. The contexts that LaunchDarkly sees list the segments that hold them, so that results are sliced by
/// segment.
#[derive(Context, Deserialize)]
#[context(kind = "user", rename_all = "camelCase", segments)]
#[serde(rename_all = "camelCase")]
pub struct User {
    #[context(key)]
    id: String,
    plan: String,
    account_age: u32,
}

/// Users testing new AI features.
#[segment(rule(User::ACCOUNT_AGE.gt(30), User::PLAN.is("pro")))]
pub struct AiBetaTesters;

/// Users in their first year.
#[segment(rule(User::ACCOUNT_AGE.lt(365)))]
pub struct Newcomers;

/// Users who know their way around.
#[segment(rule(User::ACCOUNT_AGE.ge(365)))]
pub struct Regulars;

/// How the assistant talks.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// In few words.
    Brief,
    /// In kind words.
    Friendly,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    params(temperature: f64 = 0.5, max_tokens: Option<u32>, custom(tone: Tone = Tone::Brief)),
    variables(question: &str),
    fallback(model = "local-small", provider = "local", user = "{{{question}}}"),
    rule(member_of!(AiBetaTesters) => careful),
    fallthrough = fast,
)]
pub struct SupportAssistant;

/// A question that needs no person any more.
#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
pub struct Resolved;

/// How many stars an answer is given.
#[derive(Metric)]
#[metric(kind = numeric, unit = "stars", success = higher, by = User)]
pub struct Rating;

/// Whether careful answers resolve more questions than fast ones.
#[experiment(
    hypothesis = "careful answers resolve more questions",
    on = SupportAssistant,
    rule = AiBetaTesters,
    metrics(primary = Resolved, Rating),
    baseline = fast,
    split(fast = 50, careful = 50),
    by = User,
    traffic = 80,
)]
pub struct CarefulAnswers;

/// What a question brings.
#[derive(Deserialize)]
pub struct Question {
    user: User,
    #[serde(rename = "question")]
    text: String,
}

/// What a person says of an answer, now or a day later.
#[derive(Deserialize)]
pub struct Opinion {
    user: User,
    /// The token of the run that answered.
    run: String,
    helpful: bool,
    stars: u8,
}

struct Service {
    ai: AiClient,
    client: Arc<Client>,
}

/// The routes.
pub fn router(client: Arc<Client>) -> Router {
    let service = Service {
        ai: AiClient::new(client.clone()),
        client,
    };
    Router::new()
        .route("/ask", post(ask))
        .route("/feedback", post(feedback))
        .with_state(Arc::new(service))
}

async fn ask(
    State(service): State<Arc<Service>>,
    Json(asked): Json<Question>,
) -> Result<Json<Value>, StatusCode> {
    let variables = SupportAssistantVariables {
        question: &asked.text,
    };
    let config = SupportAssistant::config(&service.ai, &asked.user, &variables);
    // Whatever does not fit was logged; `config` is right either way.
    let Some(model) = config.model.as_ref().filter(|_| config.enabled) else {
        return Ok(Json(json!({"answer": "A person will answer you."})));
    };
    let request = model::Request {
        model: &model.name,
        temperature: model.parameters.temperature,
        max_tokens: model.parameters.max_tokens.unwrap_or(100),
        messages: config.messages(),
    };
    let answered = config.track().of(model::complete(request)).await;
    let (answer, told) = answered.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(Json(json!({
        "answer": answer["choices"][0]["message"]["content"],
        "variation": config.variation.map(|it| it.to_string()),
        "tone": format!("{:?}", model.custom.tone),
        "run": told.resumption_token(),
    })))
}

async fn feedback(
    State(service): State<Arc<Service>>,
    Json(said): Json<Opinion>,
) -> Result<StatusCode, StatusCode> {
    let context = sdk::context(&said.user).map_err(|_| StatusCode::BAD_REQUEST)?;
    let told = service.ai.resume(&said.run, context);
    let mut told = told.map_err(|_| StatusCode::BAD_REQUEST)?;
    if said.helpful {
        told.feedback(Feedback::Positive);
        Resolved::track(&service.client, &said.user);
    } else {
        told.feedback(Feedback::Negative);
    }
    Rating::track(&service.client, &said.user, said.stars.into());
    Ok(StatusCode::NO_CONTENT)
}
