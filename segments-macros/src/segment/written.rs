//! The parsed arguments: each part with its token.

use proc_macro2::Span;
use segments_model::{Code, Expiry, LifecycleKey, Part};
use syn::{Expr, ItemStruct, LitStr, Path};

use super::clause::Clause;
use super::environment_block::{Block, Environment};
use crate::runtime_path::RuntimePath;

/// The arguments that the user wrote, as far as they could be read.
#[derive(Clone, Default)]
pub(crate) struct Written {
    /// The struct; `None` if it cannot be a segment.
    pub(crate) item: Option<ItemStruct>,
    pub(crate) runtime: RuntimePath,
    pub(crate) key: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Option<Vec<LitStr>>,
    pub(crate) included: Option<Targets>,
    pub(crate) excluded: Option<Targets>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) nobody: Option<Span>,
    /// Says that there are no rules.
    pub(crate) no_rules: bool,
    /// The parts that are left to people.
    pub(crate) unmanaged: Option<Unmanaged>,
    /// What may happen to it.
    pub(crate) lifecycle: Vec<Lifecycle>,
    /// Says that it does not exist, in an environment.
    pub(crate) absent: bool,
    /// The percentage of the one rule that has one, in an environment.
    pub(crate) percent: Option<(f64, Span)>,
    pub(crate) big: Option<Big>,
    pub(crate) examples: Vec<Example>,
    pub(crate) allowed: Vec<Code>,
    /// The segment in single environments, as read and as resolved.
    pub(crate) blocks: Vec<Block>,
    pub(crate) environments: Vec<InEnvironment>,
    /// Whether an argument could not be read at all, so that something the checks would miss may
    /// have been meant.
    pub(crate) incomplete: bool,
}

impl Written {
    /// Returns whether a part is left to people.
    pub(crate) fn leaves(&self, part: Part) -> bool {
        let mut names = self.unmanaged.iter().flat_map(|unmanaged| &unmanaged.names);
        names.any(|name| name == part.key_in_rust())
    }
}

/// The parts that are left to people, as they are named.
#[derive(Clone)]
pub(crate) struct Unmanaged {
    pub(crate) names: Vec<String>,
    pub(crate) span: Span,
}

/// A text and the place where it, or what it was made from, stands.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A key that says what may happen to the segment.
#[derive(Clone)]
pub(crate) struct Lifecycle {
    pub(crate) key: LifecycleKey,
    /// The text, if the key has one.
    pub(crate) text: Option<String>,
    pub(crate) span: Span,
}

/// Contexts listed one by one, in one or several groups.
#[derive(Clone)]
pub(crate) struct Targets {
    pub(crate) at_least: bool,
    pub(crate) lists: Vec<List>,
}

/// Contexts of one kind.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) context: Path,
    pub(crate) keys: Vec<LitStr>,
    /// When they expire.
    pub(crate) until: Option<LitStr>,
}

impl List {
    /// When the keys expire, if that could be read.
    pub(crate) fn expiry(&self) -> Option<Expiry> {
        Expiry::parse(&self.until.as_ref()?.value()).ok()
    }
}

/// A rule.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) span: Span,
    pub(crate) description: Option<LitStr>,
    pub(crate) percent: Option<(f64, Span)>,
    pub(crate) by: Option<By>,
    pub(crate) everyone: Option<Span>,
    pub(crate) clauses: Vec<Clause>,
    /// Whether a part of it could not be read; then it is checked but not printed.
    pub(crate) broken: bool,
}

/// The input of the buckets of a percentage rule.
#[derive(Clone)]
pub(crate) struct By {
    /// As it is printed.
    pub(crate) attribute: Expr,
    pub(crate) context: Path,
    pub(crate) span: Span,
}

/// A big segment.
#[derive(Clone)]
pub(crate) struct Big {
    pub(crate) span: Span,
    pub(crate) of: Option<Path>,
}

/// A context that is, or is not, in the segment.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) member: bool,
    pub(crate) contexts: Vec<Expr>,
    pub(crate) span: Span,
}

/// A segment in one environment.
#[derive(Clone)]
pub(crate) struct InEnvironment {
    pub(crate) environment: Environment,
    /// All of the segment: what is written for this environment, and the rest as it is elsewhere.
    pub(crate) written: Written,
    /// Whether the rules are this environment's own.
    pub(crate) own_rules: bool,
    /// Whether the environment has its own audience.
    pub(crate) own_audience: bool,
}
