//! The variables and context attributes that a program provides for the prompts of its AI Configs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use segments_model::or_list;
use segments_model::template::{TemplateError, placeholders};
use serde_json::Value as Json;

use crate::registry::checks::ContextDeclaration;

/// An AI Config's registration of its prompts.
#[doc(hidden)]
#[derive(Debug)]
pub struct PromptDeclaration {
    /// The key of the AI Config.
    pub key: &'static str,
    /// The service's name of the mode.
    pub mode: &'static str,
    /// The variables that the program provides.
    pub variables: &'static [&'static str],
}

inventory::collect!(PromptDeclaration);

/// A mismatch between a variation in LaunchDarkly and the program's declarations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PromptFinding {
    /// The AI Config.
    pub key: String,
    /// The variation.
    pub variation: String,
    /// The path of the text, such as `messages[0].content`.
    pub path: String,
    /// The mistake.
    pub mistake: PromptMistake,
}

#[cfg(feature = "sync")]
impl serde::Serialize for PromptFinding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A mistake in a text of a variation, or in its AI Config.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PromptMistake {
    /// A placeholder for which the program has no variable.
    Variable {
        /// Its name.
        name: String,
        /// The variables that there are.
        known: Vec<&'static str>,
    },
    /// An attribute that the struct of the context lacks.
    Attribute {
        /// As it stands in the text: `ldctx.plan`, or `ldctx.device.model`.
        name: String,
        /// The names that exist in the struct.
        known: Vec<String>,
    },
    /// The template cannot be parsed.
    Template(String),
    /// LaunchDarkly has no such AI Config.
    Absent,
    /// The AI Config has another mode.
    Mode {
        /// The declared type.
        declared: &'static str,
        /// The served value.
        served: String,
    },
}

impl fmt::Display for PromptFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            variation,
            path,
            mistake,
        } = self;
        write!(f, "AI Config `{key}`")?;
        if !variation.is_empty() {
            write!(f, ", variation `{variation}`, `{path}`")?;
        }
        match mistake {
            PromptMistake::Variable { name, known } => {
                let first = name.split('.').next().unwrap_or_default();
                write!(f, ": the program has no variable `{first}`")?;
                if known.is_empty() {
                    write!(f, "; declare `variables({first}: &str)`")
                } else {
                    f.write_str(&or_list(first, known.iter().copied()))
                }
            }
            PromptMistake::Attribute { name, known } => {
                write!(
                    f,
                    ": the program's contexts have no `{name}`{}",
                    or_list(name, known.iter().map(String::as_str))
                )
            }
            PromptMistake::Absent => {
                f.write_str(": LaunchDarkly has no AI Config of this key; create it")
            }
            PromptMistake::Template(error) => write!(f, ": {error}"),
            PromptMistake::Mode { declared, served } => write!(
                f,
                ": the program declares the mode {declared}, and it is {served}; write `mode = {served}`"
            ),
        }
    }
}

/// A program's declarations about prompts, by the keys of AI Configs.
#[derive(Debug, Clone, Default)]
pub struct Prompts {
    declared: BTreeMap<&'static str, Promise>,
    /// The paths after `ldctx.` that lead to an attribute. Every path below an attribute is accepted.
    attributes: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Promise {
    mode: &'static str,
    variables: Vec<&'static str>,
}

/// The names that every context has in JSON.
const ALWAYS: [&str; 2] = ["key", "kind"];

/// The variables that LaunchDarkly's SDKs pass to a judge.
const JUDGED: [&str; 2] = ["message_history", "response_to_evaluate"];

impl Prompts {
    /// Returns the declarations of this program. They are empty without the feature `ai`.
    #[must_use]
    pub fn registered() -> Self {
        let declared = inventory::iter::<PromptDeclaration>.into_iter();
        let promise = |it: &PromptDeclaration| Promise {
            mode: it.mode,
            variables: it.variables.to_vec(),
        };
        // A call may pass more kinds of contexts than the AI Config looks at, so those of the whole program count;
        // one that is passed alone stands behind `ldctx` itself, several each behind its kind.
        let mut attributes = BTreeSet::new();
        for ContextDeclaration(make) in inventory::iter::<ContextDeclaration> {
            let ((kind, schema), _) = make();
            let paths = schema.iter().map(|it| it.reference.as_str());
            let paths = paths.map(|path| path.trim_start_matches('/').replace('/', "."));
            for path in paths.chain(ALWAYS.map(str::to_owned)) {
                attributes.insert(format!("{kind}.{path}"));
                attributes.insert(path);
            }
        }
        Self {
            declared: declared.map(|it| (it.key, promise(it))).collect(),
            attributes,
        }
    }

    /// Returns whether the prompts of an AI Config are declared.
    #[must_use]
    pub fn is_about(&self, key: &str) -> bool {
        self.declared.contains_key(key)
    }

    /// Returns the keys of the AI Configs.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.declared.keys().copied()
    }

    /// Checks an AI Config, with its variations, as LaunchDarkly's REST API returns it.
    #[must_use]
    pub fn check(&self, key: &str, config: &Json) -> Vec<PromptFinding> {
        let Some(promise) = self.declared.get(key) else {
            return Vec::new();
        };
        let mut found = BTreeSet::new();
        let served = config["mode"].as_str().unwrap_or("completion");
        if served != promise.mode {
            found.insert(PromptFinding {
                key: key.to_owned(),
                variation: String::new(),
                path: String::new(),
                mistake: PromptMistake::Mode {
                    declared: promise.mode,
                    served: served.to_owned(),
                },
            });
        }
        for variation in config["variations"].as_array().into_iter().flatten() {
            if variation["state"] == "archived" {
                continue;
            }
            let messages = variation["messages"].as_array().into_iter().flatten();
            let messages = messages.enumerate().map(|(index, message)| {
                (format!("messages[{index}].content"), &message["content"])
            });
            let instructions = ("instructions".to_owned(), &variation["instructions"]);
            for (path, text) in messages.chain([instructions]) {
                let Some(text) = text.as_str() else { continue };
                found.extend(self.mistakes(promise, text).into_iter().map(|mistake| {
                    PromptFinding {
                        key: key.to_owned(),
                        variation: variation["key"].as_str().unwrap_or_default().to_owned(),
                        path: path.clone(),
                        mistake,
                    }
                }));
            }
        }
        found.into_iter().collect()
    }
}

impl Prompts {
    fn mistakes(&self, promise: &Promise, text: &str) -> Vec<PromptMistake> {
        let asked = match placeholders(text) {
            Ok(asked) => asked,
            Err(error) => return vec![template(&error)],
        };
        asked
            .into_iter()
            .filter_map(|name| self.mistake(promise, name))
            .collect()
    }

    fn mistake(&self, promise: &Promise, name: String) -> Option<PromptMistake> {
        if name == "ldctx" {
            return None;
        }
        if let Some(attribute) = name.strip_prefix("ldctx.") {
            let known = self.attributes.iter().any(|known| {
                known == attribute
                    || attribute
                        .strip_prefix(known.as_str())
                        .is_some_and(|it| it.starts_with('.'))
                    || known
                        .strip_prefix(attribute)
                        .is_some_and(|it| it.starts_with('.'))
            });
            let names = self.attributes.iter().map(|it| format!("ldctx.{it}"));
            return (!known).then(|| PromptMistake::Attribute {
                known: names.collect(),
                name,
            });
        }
        let first = name.split('.').next().unwrap_or_default();
        let judged = promise.mode == "judge" && JUDGED.contains(&first);
        let known = judged || promise.variables.contains(&first);
        (!known).then(|| PromptMistake::Variable {
            name,
            known: promise.variables.clone(),
        })
    }
}

fn template(error: &TemplateError) -> PromptMistake {
    PromptMistake::Template(error.to_string())
}
