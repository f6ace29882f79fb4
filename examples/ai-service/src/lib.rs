//! A support page that answers with a model. LaunchDarkly says which model, how it is asked and what is said to
//! it; segments say who is served which variation; every answer is tracked.

pub mod model;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use segments_runtime::ai::{AiClient, Feedback};
use segments_runtime::{Context, ai_config, segment};
use serde::Deserialize;
use serde_json::{Value, json};

/// Who asks.
#[derive(Context, Deserialize)]
#[context(kind = "user", rename_all = "camelCase")]
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

/// What a request brings.
#[derive(Deserialize)]
pub struct Question {
    user: User,
    #[serde(rename = "question")]
    text: String,
    /// What the person thought of the answer, which a real page would send later, with
    /// [`resumption_token`](segments_runtime::ai::Told::resumption_token).
    #[serde(default)]
    helpful: Option<bool>,
}

/// The routes.
pub fn router(client: AiClient) -> Router {
    Router::new()
        .route("/ask", post(ask))
        .with_state(Arc::new(client))
}

async fn ask(
    State(client): State<Arc<AiClient>>,
    Json(asked): Json<Question>,
) -> Result<Json<Value>, StatusCode> {
    let variables = SupportAssistantVariables {
        question: &asked.text,
    };
    let config = SupportAssistant::config(&client, &asked.user, &variables);
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
    let (answer, mut told) = answered.map_err(|_| StatusCode::BAD_GATEWAY)?;
    if let Some(helpful) = asked.helpful {
        told.feedback(if helpful {
            Feedback::Positive
        } else {
            Feedback::Negative
        });
    }
    Ok(Json(json!({
        "answer": answer["choices"][0]["message"]["content"],
        "variation": config.variation.map(|it| it.to_string()),
        "tone": format!("{:?}", model.custom.tone),
    })))
}
