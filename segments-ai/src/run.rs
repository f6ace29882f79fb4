//! Runs: the results of model calls, tracked once.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use launchdarkly_server_sdk::Context;

use crate::client::AiClient;
use crate::event::{Data, RunData};
use crate::measured::{Measured, Tokens};
use crate::score::JudgeResult;
use crate::token::{Token, TokenError};

/// The subject of a run.
#[derive(Clone)]
pub(crate) struct About {
    pub(crate) client: AiClient,
    /// Without one, nothing can be tracked.
    pub(crate) context: Option<Context>,
    pub(crate) run: String,
    pub(crate) config: Cow<'static, str>,
    pub(crate) variation: String,
    pub(crate) version: i64,
    pub(crate) model: String,
    pub(crate) provider: String,
}

impl About {
    fn data(&self) -> RunData<'_> {
        RunData {
            run_id: &self.run,
            config_key: &self.config,
            version: self.version,
            model_name: &self.model,
            provider_name: &self.provider,
            variation_key: &self.variation,
            tool_key: None,
            judge_config_key: None,
        }
    }

    fn track(&self, event: &str, value: f64) {
        self.track_data(event, value, self.data());
    }

    fn track_data(&self, event: &str, value: f64, data: RunData<'_>) {
        if let Some(context) = &self.context {
            let data = Data::Run(data);
            self.client.track(event, context.clone(), value, &data);
        }
    }

    fn resumption_token(&self) -> String {
        let token = Token {
            run_id: self.run.clone(),
            config_key: self.config.clone().into_owned(),
            variation_key: Some(self.variation.clone()),
            version: self.version,
        };
        token.write()
    }

    fn tool_call(&self, tool: &str) {
        let data = RunData {
            tool_key: Some(tool),
            ..self.data()
        };
        self.track_data("$ld:ai:tool_call", 1.0, data);
    }

    fn judged(&self, result: &JudgeResult) {
        let data = RunData {
            judge_config_key: result.judge.as_deref(),
            ..self.data()
        };
        self.track_data(&result.metric, result.score.into(), data);
    }

    fn milliseconds(&self, event: &str, duration: Duration) {
        self.track(
            event,
            number(duration.as_millis().try_into().unwrap_or(u64::MAX)),
        );
    }
}

/// One question to a model: begun by [`Config::track`](crate::Config::track), and tracked by
/// [`finish`](Self::finish) or [`fail`](Self::fail), which consume it. A dropped run is not tracked.
#[must_use = "a run that is neither finished nor failed is not tracked"]
pub struct Run {
    about: Arc<About>,
    begun: Instant,
    first_token: Option<Duration>,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.about.run)
            .finish_non_exhaustive()
    }
}

/// The results of a successful run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Success {
    /// The tokens used, if known.
    pub tokens: Option<Tokens>,
    /// The duration; by default, the time since the run began.
    pub duration: Option<Duration>,
    /// The time to the first token; by default, the time that [`Run::first_token`] measured.
    pub time_to_first_token: Option<Duration>,
    /// The called tools, one entry for each call.
    pub tools: Vec<String>,
}

impl Run {
    pub(crate) fn new(about: About) -> Self {
        Self {
            about: Arc::new(about),
            begun: Instant::now(),
            first_token: None,
        }
    }

    /// Returns the identifier that the events of this run share.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.about.run
    }

    /// Returns a token with which another process can track more of this run, such as feedback a day
    /// later: [`AiClient::resume`].
    #[must_use]
    pub fn resumption_token(&self) -> String {
        self.about.resumption_token()
    }

    /// Records that the first token arrived. Later calls change nothing.
    pub fn first_token(&mut self) {
        self.first_token.get_or_insert_with(|| self.begun.elapsed());
    }

    /// Tracks that the model called a tool.
    pub fn tool_call(&self, tool: &str) {
        self.about.tool_call(tool);
    }

    /// Tells that the model answered.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "what is told goes with the run, which is told once"
    )]
    pub fn finish(self, success: Success) -> Told {
        let Self {
            about,
            begun,
            first_token,
        } = self;
        if let Some(first) = success.time_to_first_token.or(first_token) {
            about.milliseconds("$ld:ai:tokens:ttf", first);
        }
        let duration = success.duration.unwrap_or_else(|| begun.elapsed());
        about.milliseconds("$ld:ai:duration:total", duration);
        about.track("$ld:ai:generation:success", 1.0);
        let tokens = success.tokens.unwrap_or_default();
        for (event, tokens) in [
            ("$ld:ai:tokens:total", tokens.total),
            ("$ld:ai:tokens:input", tokens.input),
            ("$ld:ai:tokens:output", tokens.output),
        ] {
            if tokens > 0 {
                about.track(event, number(tokens));
            }
        }
        for tool in &success.tools {
            about.tool_call(tool);
        }
        Told::new(about)
    }

    /// Tracks that the model failed. The error itself is not sent, because it may contain personal data.
    pub fn fail(self, error: impl fmt::Display) -> Told {
        let Self {
            about,
            begun,
            first_token,
        } = self;
        tracing::debug!(run = about.run, "the model failed: {error}");
        if let Some(first) = first_token {
            about.milliseconds("$ld:ai:tokens:ttf", first);
        }
        about.milliseconds("$ld:ai:duration:total", begun.elapsed());
        about.track("$ld:ai:generation:error", 1.0);
        Told::new(about)
    }

    /// Measures a future that calls the model, and tracks the result. A future that is dropped before its
    /// end is not tracked.
    ///
    /// # Errors
    ///
    /// The error of the future.
    pub async fn of<T, E, F>(self, future: F) -> Result<(T, Told), E>
    where
        T: Measured,
        E: fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        match future.await {
            Ok(answer) => {
                let told = self.finish(Success {
                    tokens: answer.tokens(),
                    tools: answer.tools(),
                    ..Success::default()
                });
                Ok((answer, told))
            }
            Err(error) => {
                let _ = self.fail(&error);
                Err(error)
            }
        }
    }
}

/// A tracked run, which accepts feedback and results of judges.
pub struct Told {
    about: Arc<About>,
    feedback: bool,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told")
            .field("id", &self.about.run)
            .finish_non_exhaustive()
    }
}

/// A person's feedback on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// The answer was good.
    Positive,
    /// The answer was bad.
    Negative,
}

impl Told {
    pub(crate) fn new(about: Arc<About>) -> Self {
        Self {
            about,
            feedback: false,
        }
    }

    /// Returns the identifier that the events of this run share.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.about.run
    }

    /// Returns a token with which another process can track more of this run: [`AiClient::resume`].
    #[must_use]
    pub fn resumption_token(&self) -> String {
        self.about.resumption_token()
    }

    /// Tracks a person's feedback, once. Returns whether it was tracked.
    pub fn feedback(&mut self, feedback: Feedback) -> bool {
        if std::mem::replace(&mut self.feedback, true) {
            tracing::warn!(
                run = self.about.run,
                "feedback on this run was tracked before; nothing was tracked"
            );
            return false;
        }
        let event = match feedback {
            Feedback::Positive => "$ld:ai:feedback:user:positive",
            Feedback::Negative => "$ld:ai:feedback:user:negative",
        };
        self.about.track(event, 1.0);
        true
    }

    /// Tracks that the model called a tool.
    pub fn tool_call(&self, tool: &str) {
        self.about.tool_call(tool);
    }

    /// Tracks a judge's result.
    pub fn judged(&self, result: &JudgeResult) {
        self.about.judged(result);
    }
}

impl AiClient {
    /// Continues a run that was begun elsewhere, to track feedback and results of judges. The token does
    /// not contain the model and its provider, so these events lack them.
    ///
    /// # Errors
    ///
    /// If the text is not a resumption token.
    pub fn resume(&self, token: &str, context: Context) -> Result<Told, TokenError> {
        let token = Token::read(token)?;
        Ok(Told::new(Arc::new(About {
            client: self.clone(),
            context: Some(context),
            run: token.run_id,
            config: token.config_key.into(),
            variation: token.variation_key.unwrap_or_default(),
            version: token.version,
            model: String::new(),
            provider: String::new(),
        })))
    }
}

/// The SDK takes numbers as fractions, which are exact far beyond what is counted here.
fn number(number: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
    let number = number as f64;
    number
}
