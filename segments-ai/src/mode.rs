//! The modes of AI Configs: the forms of prompts.

use serde_json::Value as Json;

use crate::parts::{PromptParts, object, text};
use crate::problem::Problems;

/// A mode. The three modes are different types, so that an agent's instructions cannot be mistaken for
/// messages.
pub trait Mode: Sized + 'static {
    /// The service's name of the mode.
    const NAME: &'static str;

    /// The event that records that a configuration was read.
    #[doc(hidden)]
    const USAGE: &'static str;

    /// Returns an empty prompt.
    fn nothing() -> Self;

    #[doc(hidden)]
    fn read(parts: &mut PromptParts, problems: &mut Problems) -> Option<Self>;

    /// Fills in every text; `path` names the text.
    #[doc(hidden)]
    fn fill(&mut self, fill: &mut dyn FnMut(&Path, &str) -> Option<String>) -> Option<()>;
}

/// A mode with messages, not instructions.
#[diagnostic::on_unimplemented(
    message = "an AI Config of this mode has no messages",
    note = "an agent has `instructions()`"
)]
pub trait Messages: Mode {
    /// Returns the messages.
    fn messages(&self) -> &[Message];
}

impl Messages for Completion {
    fn messages(&self) -> &[Message] {
        &self.messages
    }
}

impl Messages for Judge {
    fn messages(&self) -> &[Message] {
        &self.messages
    }
}

/// The position of a text in a prompt.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Path {
    Instructions,
    Message(usize),
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Path::Instructions => f.write_str("instructions"),
            Path::Message(index) => write!(f, "messages[{index}].content"),
        }
    }
}

/// Messages for a model that completes a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub(crate) messages: Vec<Message>,
}

/// Instructions for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub(crate) instructions: Option<String>,
}

/// Messages for a model that judges another model's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judge {
    pub(crate) messages: Vec<Message>,
    pub(crate) metric: Option<String>,
}

impl Completion {
    /// Creates messages with placeholders, for a fallback.
    #[must_use]
    pub fn new(messages: impl Into<Vec<Message>>) -> Self {
        Self {
            messages: messages.into(),
        }
    }
}

impl Agent {
    /// Creates instructions with placeholders, for a fallback.
    #[must_use]
    pub fn new(instructions: impl Into<String>) -> Self {
        Self {
            instructions: Some(instructions.into()),
        }
    }
}

impl Judge {
    /// Creates messages with placeholders, with the key of the metric, for a fallback.
    #[must_use]
    pub fn new(messages: impl Into<Vec<Message>>, metric: impl Into<String>) -> Self {
        Self {
            messages: messages.into(),
            metric: Some(metric.into()),
        }
    }
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The author.
    pub role: Role,
    /// The text.
    pub content: String,
}

impl Message {
    /// Creates a message.
    #[must_use]
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}

/// The author of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The application.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// Another author.
    Other(Box<str>),
}

impl Role {
    /// Returns the name that providers use.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Other(name) => name,
        }
    }
}

impl From<&str> for Role {
    fn from(name: &str) -> Self {
        match name {
            "system" => Role::System,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            _ => Role::Other(name.into()),
        }
    }
}

impl Mode for Completion {
    const NAME: &'static str = "completion";
    const USAGE: &'static str = "$ld:ai:usage:completion-config";

    fn nothing() -> Self {
        Self {
            messages: Vec::new(),
        }
    }

    fn read(parts: &mut PromptParts, problems: &mut Problems) -> Option<Self> {
        messages(parts.messages.take(), problems).map(|messages| Self { messages })
    }

    fn fill(&mut self, fill: &mut dyn FnMut(&Path, &str) -> Option<String>) -> Option<()> {
        fill_messages(&mut self.messages, fill)
    }
}

impl Mode for Agent {
    const NAME: &'static str = "agent";
    const USAGE: &'static str = "$ld:ai:usage:agent-config";

    fn nothing() -> Self {
        Self { instructions: None }
    }

    fn read(parts: &mut PromptParts, _: &mut Problems) -> Option<Self> {
        // What is no text is left out, as the official SDKs do.
        let instructions = parts.instructions.take().and_then(text);
        Some(Self { instructions })
    }

    fn fill(&mut self, fill: &mut dyn FnMut(&Path, &str) -> Option<String>) -> Option<()> {
        if let Some(text) = &mut self.instructions {
            *text = fill(&Path::Instructions, text)?;
        }
        Some(())
    }
}

impl Mode for Judge {
    const NAME: &'static str = "judge";
    const USAGE: &'static str = "$ld:ai:usage:judge-config";

    fn nothing() -> Self {
        Self {
            messages: Vec::new(),
            metric: None,
        }
    }

    fn read(parts: &mut PromptParts, problems: &mut Problems) -> Option<Self> {
        let messages = messages(parts.messages.take(), problems)?;
        let some = |value: Option<Json>| value.and_then(text).filter(|key| !key.is_empty());
        let metric = some(parts.metric.take()).or_else(|| match parts.metrics.take() {
            Some(Json::Array(mut keys)) => some(keys.first_mut().map(Json::take)),
            _ => None,
        });
        Some(Self { messages, metric })
    }

    fn fill(&mut self, fill: &mut dyn FnMut(&Path, &str) -> Option<String>) -> Option<()> {
        fill_messages(&mut self.messages, fill)?;
        // What older judges say where the conversation goes; it is sent apart now.
        self.messages.retain(|message| {
            message.role == Role::System
                || !RESERVED
                    .iter()
                    .any(|(_, placeholder)| message.content.contains(placeholder))
        });
        Some(())
    }
}

/// The variables of older judges: a placeholder for the conversation, so that it is still there after the
/// text is filled in.
pub(crate) const RESERVED: [(&str, &str); 2] = [
    ("message_history", "{{message_history}}"),
    ("response_to_evaluate", "{{response_to_evaluate}}"),
];

fn messages(served: Option<Json>, problems: &mut Problems) -> Option<Vec<Message>> {
    let Some(Json::Array(served)) = served else {
        return Some(Vec::new());
    };
    // What is no list of objects is left out, as the official SDKs do.
    if !served.iter().all(Json::is_object) {
        return Some(Vec::new());
    }
    let mut messages = Vec::with_capacity(served.len());
    for (index, message) in served.into_iter().filter_map(object).enumerate() {
        let (mut role, mut content) = (None, None);
        for (name, value) in message {
            match name.as_str() {
                "role" => role = text(value),
                "content" => content = text(value),
                _ => {}
            }
        }
        let (Some(role), Some(content)) = (&role, content) else {
            let missing = if role.is_none() { "role" } else { "content" };
            problems.refuse(format!("messages[{index}].{missing}"), "a string");
            return None;
        };
        messages.push(Message::new(role.as_str().into(), content));
    }
    Some(messages)
}

fn fill_messages(
    messages: &mut [Message],
    fill: &mut dyn FnMut(&Path, &str) -> Option<String>,
) -> Option<()> {
    for (index, message) in messages.iter_mut().enumerate() {
        message.content = fill(&Path::Message(index), &message.content)?;
    }
    Some(())
}
