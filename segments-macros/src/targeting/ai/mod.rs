//! The content of an AI Config's variation: its mode, the types of parameters and custom values, the
//! variables of its prompts, and the fallback.

mod check;
mod expand;
mod fields;
mod parse;

use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Type};

pub(super) use self::check::check;
pub(super) use self::expand::{Expansion, Surroundings, expand};
pub(super) use self::parse::{KEYS, read};

/// The arguments about it.
#[derive(Clone, Default)]
pub(super) struct Ai {
    /// The first argument that needs the feature `ai` of the runtime.
    pub(super) first: Option<Span>,
    pub(super) mode: Mode,
    pub(super) parameters: Option<Vec<Field>>,
    pub(super) custom: Option<Vec<Field>>,
    pub(super) variables: Option<Vec<Field>>,
    pub(super) fallback: Option<Fallback>,
}

/// The form of a variation's messages to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    #[default]
    Completion,
    Agent,
    Judge,
}

impl Mode {
    const ALL: [Mode; 3] = [Mode::Completion, Mode::Agent, Mode::Judge];

    fn name(self) -> &'static str {
        match self {
            Mode::Completion => "completion",
            Mode::Agent => "agent",
            Mode::Judge => "judge",
        }
    }

    /// Its name in a sentence.
    fn what(self) -> &'static str {
        match self {
            Mode::Completion => "a completion",
            Mode::Agent => "an agent",
            Mode::Judge => "a judge",
        }
    }
}

/// A parameter, a custom value or a variable.
#[derive(Clone)]
pub(super) struct Field {
    name: Ident,
    /// LaunchDarkly's name for it.
    key: String,
    of: Type,
    default: Option<Expr>,
}

/// The fallback for when nothing that fits is served.
#[derive(Clone)]
pub(super) struct Fallback {
    span: Span,
    model: Option<LitStr>,
    provider: Option<LitStr>,
    metric: Option<LitStr>,
    instructions: Option<LitStr>,
    /// Roles and texts, in order.
    messages: Vec<(Ident, LitStr)>,
}
