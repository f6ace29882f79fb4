//! The tools: what each takes, as a type from which its schema is made, and whom it asks.

use std::sync::Arc;

use rmcp::handler::server::common::schema_for_type;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use rmcp::schemars::{self, JsonSchema};
use segments_model::EnvironmentKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::OwnedSemaphorePermit;

use super::answer::Answer;
use super::commands::Line;
use super::project::Project;
use super::proposal::{self, Proposal};
use super::search;
use crate::failure::Failure;
use crate::output::{self, Text};

/// One of the places among what runs at once.
type Turn = OwnedSemaphorePermit;

/// A tool. The type is what it takes.
trait Asked: DeserializeOwned + JsonSchema + 'static {
    const NAME: &'static str;
    const DESCRIPTION: &'static str;

    /// Whether it asks LaunchDarkly.
    const IS_REMOTE: bool = false;

    /// The turn is kept until the work is done.
    async fn answer(self, project: &Arc<Project>, turn: Turn) -> Result<Answer, Failure>;
}

/// All tools, as clients list them.
pub(super) fn all() -> Vec<Tool> {
    vec![
        described::<Check>(),
        described::<Explain>(),
        described::<Impact>(),
        described::<Plan>(),
        described::<Propose>(),
        described::<Search>(),
    ]
}

fn described<T: Asked>() -> Tool {
    let annotations = ToolAnnotations::new()
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(T::IS_REMOTE);
    Tool::new(T::NAME, T::DESCRIPTION, schema_for_type::<T>()).with_annotations(annotations)
}

/// Calls a tool; none if there is no such tool.
pub(super) async fn call(
    project: &Arc<Project>,
    name: &str,
    arguments: JsonObject,
) -> Option<Answer> {
    Some(match name {
        Check::NAME => asked::<Check>(project, arguments).await,
        Explain::NAME => asked::<Explain>(project, arguments).await,
        Impact::NAME => asked::<Impact>(project, arguments).await,
        Plan::NAME => asked::<Plan>(project, arguments).await,
        Propose::NAME => asked::<Propose>(project, arguments).await,
        Search::NAME => asked::<Search>(project, arguments).await,
        _ => return None,
    })
}

/// What is wrong is told as an answer is, so that the agent reads it and asks again.
async fn asked<T: Asked>(project: &Arc<Project>, arguments: JsonObject) -> Answer {
    let arguments = Json::Object(arguments);
    if output::holds_secret(&arguments.to_string()) {
        return Answer::failed(
            "an argument holds the access token; leave it out, no tool needs it",
        );
    }
    let asked: T = match serde_json::from_value(arguments) {
        Ok(asked) => asked,
        Err(error) => {
            return Answer::failed(format_args!(
                "cannot read the arguments of `{}`: {error}",
                T::NAME
            ));
        }
    };
    let Ok(turn) = Arc::clone(&project.turns).acquire_owned().await else {
        return Answer::failed("the server is ending");
    };
    asked
        .answer(project, turn)
        .await
        .unwrap_or_else(Answer::from)
}

/// The environment that an agent names, as an option of a command.
fn environment(named: Option<String>) -> Result<Option<String>, Failure> {
    let named = named.map(EnvironmentKey::parse).transpose()?;
    Ok(named.map(|key| format!("--environment={key}")))
}

/// Does what reads files on a thread of its own. It goes on when nobody waits for it any more, and so does its turn.
async fn elsewhere(
    project: &Arc<Project>,
    turn: Turn,
    work: impl FnOnce(&Project) -> Result<Text, Failure> + Send + 'static,
) -> Result<Answer, Failure> {
    let project = Arc::clone(project);
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&project)
    })
    .await;
    let done = done.map_err(|error| Failure::Start(std::io::Error::other(error)))?;
    done.map(|text| Answer::done(&text))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Check {}

impl Asked for Check {
    const NAME: &'static str = "check";
    const DESCRIPTION: &'static str = "Check the definitions as they are on disk: every mistake with its file, line, code and what to write instead.";

    async fn answer(self, project: &Arc<Project>, _turn: Turn) -> Result<Answer, Failure> {
        let line = Line {
            command: "check",
            ..Line::default()
        };
        Ok(project.commands.run(line).await)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Explain {
    /// The context in LaunchDarkly's JSON, such as {"kind": "user", "key": "user-1", "plan": "pro"}; several kinds as {"kind": "multi", "user": {...}, "device": {...}}
    context: serde_json::Map<String, Json>,
    /// The keys of the segments, AI Configs and flags to explain; all if left out
    #[serde(default)]
    keys: Vec<String>,
    /// The environment whose declarations answer; without it, those for all environments
    #[serde(default)]
    environment: Option<String>,
}

/// So many keys fit on a command line everywhere.
const MOST_KEYS: usize = 200;

impl Asked for Explain {
    const NAME: &'static str = "explain";
    const DESCRIPTION: &'static str = "Explain which of the declared segments a context is in, which variations it is served, and why: each rule and clause with whether it holds. Asks the definitions, not LaunchDarkly.";

    async fn answer(self, project: &Arc<Project>, _turn: Turn) -> Result<Answer, Failure> {
        if self.keys.len() > MOST_KEYS {
            return Ok(Answer::failed(format_args!(
                "{} keys are named, and {MOST_KEYS} are the most; leave `keys` out to explain all",
                self.keys.len()
            )));
        }
        let environment = environment(self.environment)?;
        let line = Line {
            command: "eval",
            options: ["--context=-".to_owned()]
                .into_iter()
                .chain(environment)
                .collect(),
            operands: self.keys,
            input: Json::Object(self.context).to_string(),
        };
        Ok(project.commands.run(line).await)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Impact {
    /// Recorded contexts in LaunchDarkly's JSON; give these or `file`
    #[serde(default)]
    contexts: Option<Vec<serde_json::Map<String, Json>>>,
    /// A file of recorded contexts below the project: NDJSON, CSV or Parquet; give this or `contexts`
    #[serde(default)]
    file: Option<String>,
    /// A snapshot of `cargo segments pull` below the project to compare with; without it, what SDKs receive from LaunchDarkly now
    #[serde(default)]
    before: Option<String>,
    /// The environment to compare with, where the project names none or several
    #[serde(default)]
    environment: Option<String>,
}

impl Asked for Impact {
    const NAME: &'static str = "impact";
    const DESCRIPTION: &'static str = "Show which recorded contexts would enter or leave each segment, and be served another variation of which flag or AI Config, if the definitions on disk were applied: counts, five examples each by line, and the reason. Applies nothing.";
    const IS_REMOTE: bool = true;

    async fn answer(self, project: &Arc<Project>, _turn: Turn) -> Result<Answer, Failure> {
        let mut options = Vec::from_iter(environment(self.environment)?);
        if let Some(before) = &self.before {
            let path = project.readable(before)?;
            options.push(format!("--before={}", path.display()));
        }
        let (operand, input) = match (&self.file, &self.contexts) {
            (Some(file), None) => (project.readable(file)?.display().to_string(), String::new()),
            (None, Some(contexts)) => {
                let lines = contexts.iter();
                let lines = lines.map(|it| format!("{}\n", Json::Object(it.clone())));
                ("-".to_owned(), lines.collect())
            }
            _ => {
                return Ok(Answer::failed(
                    "`impact` takes either `file` or `contexts`; give one of them",
                ));
            }
        };
        let line = Line {
            command: "impact",
            options,
            operands: vec![operand],
            input,
        };
        Ok(project.commands.run(line).await)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The environment to plan for, where the project names none or several
    #[serde(default)]
    environment: Option<String>,
}

impl Asked for Plan {
    const NAME: &'static str = "plan";
    const DESCRIPTION: &'static str = "Show what applying the definitions on disk would change in LaunchDarkly: each change, whether an audience gets wider or narrower (proved, with an example), and what people changed there. Applies nothing.";
    const IS_REMOTE: bool = true;

    async fn answer(self, project: &Arc<Project>, _turn: Turn) -> Result<Answer, Failure> {
        let line = Line {
            command: "plan",
            options: Vec::from_iter(environment(self.environment)?),
            ..Line::default()
        };
        Ok(project.commands.run(line).await)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Propose {
    /// The whole text of the file as it should be
    text: String,
    /// The file of definitions, as `search` names it; may be left out if there is one
    #[serde(default)]
    file: Option<String>,
}

impl Asked for Propose {
    const NAME: &'static str = "propose";
    const DESCRIPTION: &'static str = "Propose an edit: hand the whole new text of a file of definitions, and get the findings of `check` on the result, who joins and who leaves each audience (proved for every context, with an example), and the edit as a unified diff that `git apply` takes. Writes nothing.";

    async fn answer(self, project: &Arc<Project>, turn: Turn) -> Result<Answer, Failure> {
        let Self { text, file } = self;
        elsewhere(project, turn, move |project| {
            proposal::answer(project, &Proposal { text, file })
        })
        .await
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    /// Words that a definition must all have, in any order; empty lists everything
    words: String,
}

impl Asked for Search {
    const NAME: &'static str = "search";
    const DESCRIPTION: &'static str = "Find declared segments, AI Configs, flags and attributes of contexts by words in their key, name, description, tags or rules. Answers with file and line, and with the rules in words; listed contexts are counted.";

    async fn answer(self, project: &Arc<Project>, turn: Turn) -> Result<Answer, Failure> {
        elsewhere(project, turn, move |project| {
            search::answer(project, &self.words)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients differ in what they understand: no reference, and every argument described.
    #[test]
    fn schemas_are_plain() {
        for tool in all() {
            let schema = Json::Object((*tool.input_schema).clone());
            assert_eq!(schema["type"], "object", "{schema}");
            assert_eq!(schema["additionalProperties"], false, "{schema}");
            assert!(!schema.to_string().contains("$ref"), "{schema}");
            let properties = schema["properties"].as_object();
            for (name, property) in properties.into_iter().flatten() {
                assert!(property["description"].is_string(), "{}: {name}", tool.name);
            }
        }
    }
}
