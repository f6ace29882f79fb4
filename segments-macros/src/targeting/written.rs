//! The parsed arguments: what a file says as well, each part with its token, and what only Rust says.

use proc_macro2::{Ident, Span};
use segments_model::ResourceKind;
use segments_model::draft::Form;
use segments_model::source::Source;
use segments_model::targeting::{DraftServe, DraftTargeting};
use syn::Path;

use super::ai::Ai;
use crate::segment::environment_block::Environment;
use crate::segment::written as segment;
use crate::segment::written::{By, Rule};

/// The arguments that the user wrote, as far as they could be read.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) source: Source<DraftTargeting, Span>,
    /// The item, the runtime, and what the draft does not say of rules: what a segment has as well.
    pub(crate) conditions: segment::Written,
    /// The variations, by the names that the draft has.
    pub(crate) variations: Vec<Variation>,
    /// The types of the variations.
    pub(super) ai: Ai,
    /// The types of the contexts of the draft's targets.
    pub(crate) targets: Vec<Path>,
    /// The inputs of the buckets of each rule's split.
    pub(crate) splits: Vec<Option<By>>,
    /// The input of the buckets of the fallthrough's split.
    pub(crate) fallthrough: Option<By>,
    /// The targeting in single environments.
    pub(crate) environments: Vec<InEnvironment>,
}

/// The targeting in an environment.
#[derive(Clone)]
pub(crate) struct InEnvironment {
    pub(crate) environment: Environment,
    /// All of it: what is written for this environment, and the rest as it is elsewhere.
    pub(crate) written: Written,
    /// Whether the rules are this environment's own.
    pub(crate) own_rules: bool,
}

/// A declared variation.
#[derive(Clone)]
pub(crate) struct Variation {
    pub(crate) name: Ident,
    pub(crate) key: String,
}

/// A rule, the variation or split that it serves, and the input of the split's buckets.
pub(crate) type Serving<'w> = (Rule<'w>, Option<&'w DraftServe>, Option<&'w By>);

impl Written {
    /// Starts with nothing; `whole` is the place of what has none of its own.
    pub(crate) fn new(kind: ResourceKind, whole: Span) -> Self {
        let draft = DraftTargeting {
            form: Form::Rust,
            kind,
            ..DraftTargeting::default()
        };
        Self {
            source: Source::new(draft, whole),
            conditions: segment::Written::new(whole),
            variations: Vec::new(),
            ai: Ai::default(),
            targets: Vec::new(),
            splits: Vec::new(),
            fallthrough: None,
            environments: Vec::new(),
        }
    }

    pub(crate) fn kind(&self) -> ResourceKind {
        self.source.draft.kind
    }

    /// Returns whether it says what variations carry and nothing about who is served them.
    pub(crate) fn only_reads(&self) -> bool {
        let draft = &self.source.draft;
        self.ai.first.is_some()
            && draft.targets.is_none()
            && draft.rules.is_none()
            && draft.fallthrough.is_none()
            && self.environments.is_empty()
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = Serving<'_>> {
        let drafts = self.source.draft.rules.iter().flatten();
        let rules = drafts.zip(&self.conditions.rules).zip(&self.splits);
        rules.map(|((draft, rust), split)| {
            let rule = Rule {
                draft: &draft.when,
                rust,
            };
            (rule, draft.serve.as_ref(), split.as_ref())
        })
    }

    /// Takes what is not written for this environment from what is written for all.
    pub(crate) fn inherit(&mut self, all: &Written) {
        let draft = &self.source.draft;
        // What only Rust says comes from where the draft does.
        if draft.targets.is_none() {
            self.targets.clone_from(&all.targets);
        }
        if draft.rules.is_none() {
            self.conditions.rules.clone_from(&all.conditions.rules);
            self.splits.clone_from(&all.splits);
        }
        if draft.fallthrough.is_none() {
            self.fallthrough.clone_from(&all.fallthrough);
        }
        self.source.inherit(&all.source);
        self.variations.clone_from(&all.variations);
        let (conditions, all) = (&mut self.conditions, &all.conditions);
        conditions.item.clone_from(&all.item);
        conditions.runtime = all.runtime.clone();
    }
}
