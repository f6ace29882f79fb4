//! The parsed arguments: what a file says as well, each part with its token, and what only Rust says.

use proc_macro2::Span;
use segments_model::draft::{DraftList, DraftRule, Form};
use segments_model::source::Source;
use segments_model::{Draft, Part, Side};
use syn::{Expr, ItemStruct, Path};

use super::clause::Clause;
use super::environment_block::{Block, Environment};
use crate::runtime_path::RuntimePath;

/// The arguments that the user wrote, as far as they could be read.
#[derive(Clone)]
pub(crate) struct Written {
    /// The struct; `None` if it cannot be a segment.
    pub(crate) item: Option<ItemStruct>,
    pub(crate) runtime: RuntimePath,
    pub(crate) source: Source<Draft, Span>,
    /// The types of the contexts of the draft's lists.
    pub(crate) included: Vec<Path>,
    pub(crate) excluded: Vec<Path>,
    /// What the draft does not say of its rules.
    pub(crate) rules: Vec<RuleInRust>,
    /// The type of the contexts of a big segment.
    pub(crate) big_of: Option<Path>,
    /// The percentage of the one rule that has one, in an environment.
    pub(crate) percent: Option<(f64, Span)>,
    pub(crate) examples: Vec<Example>,
    /// The segment in single environments, as read and as resolved.
    pub(crate) blocks: Vec<Block>,
    pub(crate) environments: Vec<InEnvironment>,
}

impl Written {
    /// Starts with nothing; `whole` is the place of what has none of its own.
    pub(crate) fn new(whole: Span) -> Self {
        let draft = Draft {
            form: Form::Rust,
            ..Draft::default()
        };
        Self {
            item: None,
            runtime: RuntimePath::default(),
            source: Source::new(draft, whole),
            included: Vec::new(),
            excluded: Vec::new(),
            rules: Vec::new(),
            big_of: None,
            percent: None,
            examples: Vec::new(),
            blocks: Vec::new(),
            environments: Vec::new(),
        }
    }

    /// Returns whether a part is left to people.
    pub(crate) fn leaves(&self, part: Part) -> bool {
        let mut names = self.source.draft.unmanaged.iter();
        names.any(|name| name == part.key_in_rust())
    }

    /// The lists of one side, each with the type of its contexts.
    pub(crate) fn lists(&self, side: Side) -> impl Iterator<Item = (&DraftList, &Path)> {
        let draft = &self.source.draft;
        let (targets, contexts) = match side {
            Side::Included => (&draft.included, &self.included),
            Side::Excluded => (&draft.excluded, &self.excluded),
        };
        let lists = targets.iter().flat_map(|targets| &targets.lists);
        lists.zip(contexts)
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        let drafts = self.source.draft.rules.iter().flatten();
        drafts
            .zip(&self.rules)
            .map(|(draft, rust)| Rule { draft, rust })
    }

    /// Takes what is not written for this environment from what is written for all.
    pub(crate) fn inherit(&mut self, all: &Written) {
        let draft = &self.source.draft;
        // What only Rust says comes from where the draft does.
        if draft.included.is_none() {
            self.included.clone_from(&all.included);
        }
        if draft.excluded.is_none() {
            self.excluded.clone_from(&all.excluded);
        }
        if draft.rules.is_none() {
            self.rules.clone_from(&all.rules);
        }
        self.source.inherit(&all.source);
        self.item.clone_from(&all.item);
        self.runtime = all.runtime.clone();
        self.big_of.clone_from(&all.big_of);
    }
}

/// A rule: what a file says as well, and what only Rust says.
#[derive(Clone, Copy)]
pub(crate) struct Rule<'w> {
    pub(crate) draft: &'w DraftRule,
    pub(crate) rust: &'w RuleInRust,
}

/// What a draft does not say of a rule.
#[derive(Clone, Default)]
pub(crate) struct RuleInRust {
    pub(crate) by: Option<By>,
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
