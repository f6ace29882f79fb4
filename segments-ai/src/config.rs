//! A configuration: the content of an AI Config's variation, typed.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::marker::PhantomData;

use launchdarkly_server_sdk::{Context, Detail, EvalError, Reason};
use serde_json::{Map, Value as Json};

use crate::client::AiClient;
use crate::mode::{Agent, Completion, Judge, Message, Messages, Mode, Path, RESERVED};
use crate::parameter::{Parameters, Reader};
use crate::parts::{Meta, ModelParts, Parts};
use crate::problem::{Mismatch, Problem, Problems};
use crate::run::{About, Run};
use crate::template;
use crate::tool::{self, Tool};
use crate::variable::{AsVariable, Variable, Variables};

/// An AI Config as a program declares it. `#[ai_config]` implements it; [`Undeclared`] is an AI Config
/// without a declaration.
pub trait Declared: Sized + 'static {
    /// The mode, which determines the form of its prompts.
    type Mode: Mode;
    /// The variations, by name.
    type Variation: fmt::Debug + Clone;
    /// The parameters of the model.
    type Parameters: Parameters + fmt::Debug + Clone;
    /// Custom values.
    type Custom: Parameters + fmt::Debug + Clone;

    /// The key in LaunchDarkly.
    const KEY: &'static str;

    /// Returns the variation of this key, if the program declares it.
    fn variation(key: &str) -> Option<Self::Variation>;

    /// Returns the configuration to use if LaunchDarkly serves none that fits.
    fn fallback() -> Fallback<Self> {
        Fallback::disabled()
    }
}

/// An AI Config of mode `M` without a declaration: each call passes its key.
#[derive(Debug, Clone)]
pub struct Undeclared<M>(PhantomData<M>);

impl<M: Mode> Declared for Undeclared<M> {
    type Mode = M;
    type Variation = String;
    type Parameters = Map<String, Json>;
    type Custom = Map<String, Json>;

    const KEY: &'static str = "";

    fn variation(key: &str) -> Option<String> {
        Some(key.to_owned())
    }
}

/// The configuration to use if LaunchDarkly serves none that fits. Its texts may contain placeholders,
/// like those of variations.
pub struct Fallback<C: Declared> {
    /// Whether to use the model.
    pub enabled: bool,
    /// The model.
    pub model: Option<Model<C>>,
    /// The name of the model's provider.
    pub provider: Option<Cow<'static, str>>,
    /// The prompt.
    pub prompt: C::Mode,
}

impl<C: Declared> Fallback<C> {
    /// Creates a disabled fallback.
    #[must_use]
    pub fn disabled() -> Self {
        Self {
            enabled: false,
            model: None,
            provider: None,
            prompt: C::Mode::nothing(),
        }
    }
}

/// A model and its settings.
pub struct Model<C: Declared> {
    /// Its name.
    pub name: String,
    /// The region of the model.
    pub region: Option<String>,
    /// Its parameters.
    pub parameters: C::Parameters,
    /// Custom values.
    pub custom: C::Custom,
}

impl<C: Declared> fmt::Debug for Model<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("name", &self.name)
            .field("region", &self.region)
            .field("parameters", &self.parameters)
            .field("custom", &self.custom)
            .finish()
    }
}

impl<C: Declared> Clone for Model<C> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            region: self.region.clone(),
            parameters: self.parameters.clone(),
            custom: self.custom.clone(),
        }
    }
}

/// A judge of this configuration's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeSetting {
    /// The key of the judge's AI Config.
    pub key: String,
    /// The share of answers to judge, from 0 to 1.
    pub sampling_rate: f64,
}

/// The content of the served variation, with the placeholders filled in.
pub struct Config<C: Declared> {
    /// Whether to use the model.
    pub enabled: bool,
    /// The variation, if the program declares the served one.
    pub variation: Option<C::Variation>,
    /// The model, if the variation names one.
    pub model: Option<Model<C>>,
    /// The name of the provider.
    pub provider: Option<Cow<'static, str>>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// The judges of the answers.
    pub judges: Vec<JudgeSetting>,
    prompt: C::Mode,
    problems: Vec<Problem>,
    origin: Origin,
}

/// The origin of a configuration's runs.
struct Origin {
    client: AiClient,
    context: Option<Context>,
    key: Cow<'static, str>,
    variation: String,
    version: i64,
}

impl<C: Declared<Mode: Messages>> Config<C> {
    /// Returns the messages to the model.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        self.prompt.messages()
    }
}

impl<C: Declared<Mode = Agent>> Config<C> {
    /// Returns the instructions to the agent.
    #[must_use]
    pub fn instructions(&self) -> Option<&str> {
        self.prompt.instructions.as_deref()
    }
}

impl<C: Declared<Mode = Judge>> Config<C> {
    /// Returns the key of the metric for the score.
    #[must_use]
    pub fn metric(&self) -> Option<&str> {
        self.prompt.metric.as_deref()
    }
}

impl<C: Declared> Config<C> {
    /// Returns the key in LaunchDarkly.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.origin.key
    }

    /// Returns the values that did not fit, which were also logged.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Begins a run: one question to the model, whose events belong together.
    pub fn track(&self) -> Run {
        Run::new(About {
            client: self.origin.client.clone(),
            context: self.origin.context.clone(),
            run: uuid::Uuid::new_v4().to_string(),
            config: self.origin.key.clone(),
            variation: self.origin.variation.clone(),
            version: self.origin.version,
            model: self
                .model
                .as_ref()
                .map_or_else(String::new, |it| it.name.clone()),
            provider: self.provider.as_deref().unwrap_or_default().to_owned(),
        })
    }

    /// Reads what was served.
    pub(crate) fn read(
        client: &AiClient,
        key: Cow<'static, str>,
        context: Result<Context, String>,
        served: Option<Detail<Json>>,
        variables: &dyn Variables,
    ) -> Self {
        let mut problems = Problems::new(key.clone());
        let (context, refused) = match context {
            Ok(context) => (Some(context), None),
            Err(why) => (None, Some(Mismatch::Context { why })),
        };
        let texts = Texts {
            variables,
            context: context.as_ref(),
            json: OnceCell::new(),
            judge: C::Mode::NAME == Judge::NAME,
        };
        let value = match (refused, served) {
            (Some(refused), _) => Err(refused),
            (None, Some(detail)) => value(detail),
            (None, None) => Err(Mismatch::NotServed {
                why: "it was not asked for".to_owned(),
            }),
        };
        let read = match value {
            Ok(value) => Served::read(value, &texts, &mut problems),
            Err(mismatch) => {
                problems.add(mismatch);
                None
            }
        };
        let Served {
            enabled,
            variation,
            variation_key,
            version,
            model,
            provider,
            tools,
            judges,
            prompt,
        } = read.unwrap_or_else(|| Served::fallback(&texts, &mut problems));
        drop(texts);
        client.tell(&problems.found);
        Self {
            enabled,
            variation,
            model,
            provider,
            tools,
            judges,
            prompt,
            problems: problems.found,
            origin: Origin {
                client: client.clone(),
                context,
                key,
                variation: variation_key,
                version,
            },
        }
    }
}

impl<C: Declared> fmt::Debug for Config<C>
where
    C::Mode: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the context, which is about a person.
        f.debug_struct("Config")
            .field("key", &self.origin.key)
            .field("enabled", &self.enabled)
            .field("variation", &self.variation)
            .field("model", &self.model)
            .field("provider", &self.provider)
            .field("tools", &self.tools)
            .field("judges", &self.judges)
            .field("prompt", &self.prompt)
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

/// The value of the variation that is served.
fn value(detail: Detail<Json>) -> Result<Json, Mismatch> {
    let why = match (detail.value, detail.variation_index, detail.reason) {
        (Some(value), Some(_), _) => return Ok(value),
        (_, _, Reason::Error { error }) => refused(error),
        _ => "it is off and has no off variation".to_owned(),
    };
    Err(Mismatch::NotServed { why })
}

fn refused(error: EvalError) -> String {
    match error {
        EvalError::ClientNotReady => {
            "LaunchDarkly's client is offline or not initialized".to_owned()
        }
        EvalError::FlagNotFound => "LaunchDarkly has no AI Config of this key".to_owned(),
        other => format!("LaunchDarkly's client could not evaluate it ({other:?})"),
    }
}

/// The content of a variation.
struct Served<C: Declared> {
    enabled: bool,
    variation: Option<C::Variation>,
    variation_key: String,
    version: i64,
    model: Option<Model<C>>,
    provider: Option<Cow<'static, str>>,
    tools: Vec<Tool>,
    judges: Vec<JudgeSetting>,
    prompt: C::Mode,
}

impl<C: Declared> Served<C> {
    fn read(value: Json, texts: &Texts<'_>, problems: &mut Problems) -> Option<Self> {
        let Json::Object(served) = value else {
            problems.refuse("value", "an object");
            return None;
        };
        let mut parts = Parts::new(served);
        let Meta {
            enabled,
            mode,
            variation,
            version,
        } = parts.meta;
        let version = version.unwrap_or(1);
        problems.variation = variation;
        let mode = mode.as_deref().unwrap_or(Completion::NAME);
        // What is switched off may have no mode.
        if mode != C::Mode::NAME && enabled {
            problems.add(Mismatch::Mode {
                declared: C::Mode::NAME,
                served: mode.to_owned(),
            });
            return None;
        }
        let declared = problems.variation.as_deref().map(C::variation);
        if let Some(None) = declared {
            problems.add(Mismatch::Variation);
        }
        let variation = declared.flatten();
        let mut prompt = C::Mode::read(&mut parts.prompt, problems)?;
        prompt.fill(&mut |path, template| texts.fill(path, template, problems))?;
        let provider = match parts.provider {
            Some(mut provider) => Some(match provider.get_mut("name").map(Json::take) {
                Some(Json::String(name)) => Cow::Owned(name),
                None => Cow::Borrowed(""),
                Some(_) => {
                    problems.refuse("provider.name", "a string");
                    return None;
                }
            }),
            None => None,
        };
        let judges = judges(parts.judges);
        let tools = tool::of_variation(parts.tools, parts.model.as_ref());
        let model = self::model(parts.model, enabled, problems).ok()?;
        Some(Self {
            enabled,
            variation,
            // Nothing more is told of it.
            variation_key: problems.variation.take().unwrap_or_default(),
            version,
            model,
            provider,
            tools,
            judges,
            prompt,
        })
    }

    /// The fallback if nothing that fits is served. Its events name no variation.
    fn fallback(texts: &Texts<'_>, problems: &mut Problems) -> Self {
        let Fallback {
            enabled,
            model,
            provider,
            mut prompt,
        } = C::fallback();
        // A text that cannot be filled in was refused when it was compiled; one that was made in another
        // way is reported, and nobody is asked.
        let filled = prompt.fill(&mut |path, template| texts.fill(path, template, problems));
        Self {
            enabled: enabled && filled.is_some(),
            variation: None,
            variation_key: String::new(),
            version: 1,
            model,
            provider,
            tools: Vec::new(),
            judges: Vec::new(),
            prompt,
        }
    }
}

/// The model, if one is named; an error if it does not fit, which is among the problems.
fn model<C: Declared>(
    served: Option<ModelParts>,
    enabled: bool,
    problems: &mut Problems,
) -> Result<Option<Model<C>>, ()> {
    if served.is_none() && !enabled {
        return Ok(None);
    }
    let named = served.is_some();
    let ModelParts {
        name,
        region,
        parameters,
        custom,
    } = served.unwrap_or_default();
    let before = problems.found.len();
    let parameters = C::Parameters::read(Reader::new(parameters, "model.parameters", problems));
    let custom = C::Custom::read(Reader::new(custom, "model.custom", problems));
    let (Some(parameters), Some(custom)) = (parameters, custom) else {
        if enabled {
            return Err(());
        }
        // Nobody is asked, so nothing is missing.
        problems.found.truncate(before);
        return Ok(None);
    };
    let text = |value: Option<Json>| match value {
        Some(Json::String(text)) => Ok(Some(text)),
        None | Some(Json::Null) => Ok(None),
        Some(_) => Err(()),
    };
    let (Ok(name), Ok(region)) = (text(name), text(region)) else {
        problems.refuse("model.name", "a string");
        return Err(());
    };
    Ok(named.then(|| Model {
        name: name.unwrap_or_default(),
        region,
        parameters,
        custom,
    }))
}

fn judges(served: Option<Json>) -> Vec<JudgeSetting> {
    let Some(Json::Object(mut served)) = served else {
        return Vec::new();
    };
    let Some(Json::Array(judges)) = served.remove("judges") else {
        return Vec::new();
    };
    let judge = |mut judge: Json| {
        let sampling_rate = judge.get("samplingRate")?.as_f64()?;
        match judge.get_mut("key").map(Json::take) {
            Some(Json::String(key)) => Some(JudgeSetting { key, sampling_rate }),
            _ => None,
        }
    };
    judges.into_iter().filter_map(judge).collect()
}

/// The input of templates: the variables, and `ldctx`, the context.
struct Texts<'a> {
    variables: &'a dyn Variables,
    context: Option<&'a Context>,
    /// The context in JSON, once a text asks for it.
    json: OnceCell<Json>,
    judge: bool,
}

impl Texts<'_> {
    fn fill(&self, path: &Path, template: &str, problems: &mut Problems) -> Option<String> {
        match template::render(template, self) {
            Ok(text) => Some(text),
            Err(error) => {
                problems.add(Mismatch::Template {
                    path: path.to_string(),
                    error,
                });
                None
            }
        }
    }

    /// Returns whether a name is the program's.
    fn is_own(&self, name: &str) -> bool {
        name != "ldctx" && !(self.judge && RESERVED.iter().any(|(reserved, _)| *reserved == name))
    }

    fn context(&self) -> &Json {
        self.json.get_or_init(|| {
            let json = self.context.and_then(|it| serde_json::to_value(it).ok());
            whole_numbers(json.unwrap_or_default())
        })
    }
}

impl Variables for Texts<'_> {
    fn get(&self, name: &str) -> Option<Variable<'_>> {
        if name == "ldctx" {
            return Some(self.context().as_variable());
        }
        let reserved = RESERVED.iter().filter(|_| self.judge);
        for (reserved, placeholder) in reserved {
            if *reserved == name {
                return Some(Variable::Text(placeholder));
            }
        }
        self.variables.get(name)
    }

    fn each(&self, see: &mut dyn FnMut(&str, Variable<'_>)) {
        self.variables.each(&mut |name, value| {
            if self.is_own(name) {
                see(name, value);
            }
        });
        for (name, placeholder) in RESERVED.iter().filter(|_| self.judge) {
            see(name, Variable::Text(placeholder));
        }
        see("ldctx", self.context().as_variable());
    }
}

/// The SDK keeps numbers of a context as fractions, so that 42 would be printed as 42.0.
fn whole_numbers(json: Json) -> Json {
    match json {
        Json::Number(number) => match number
            .as_f64()
            .filter(|it| it.fract() == 0.0 && it.abs() < 1e15)
        {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "whole, and far from the end of an i64"
            )]
            Some(whole) => Json::from(whole as i64),
            None => Json::Number(number),
        },
        Json::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Json::Object(object) => object
            .into_iter()
            .map(|(name, value)| (name, whole_numbers(value)))
            .collect(),
        json => json,
    }
}
