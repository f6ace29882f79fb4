//! The parsed arguments: each part with its token.

use proc_macro2::{Ident, Span};
use segments_model::ResourceKind;
use syn::{LitStr, Path};

use super::ai::Ai;
use super::serve::Serve;
use crate::segment::environment_block::Environment;
use crate::segment::written as segment;

/// The arguments that the user wrote, as far as they could be read.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) kind: ResourceKind,
    /// The item, the key, the runtime, and the conditions of rules: what a segment has as well.
    pub(super) conditions: segment::Written,
    pub(super) variations: Vec<Variation>,
    /// The types of the variations.
    pub(super) ai: Ai,
    pub(super) targets: Vec<Target>,
    pub(super) no_targets: Option<Span>,
    /// The variation or split of each rule.
    pub(super) serves: Vec<Option<Serve>>,
    pub(super) no_rules: Option<Span>,
    pub(super) fallthrough: Option<Serve>,
    pub(super) at_least: Option<bool>,
    /// The targeting in single environments.
    pub(super) environments: Vec<InEnvironment>,
}

/// The targeting in an environment.
#[derive(Clone)]
pub(super) struct InEnvironment {
    pub(super) environment: Environment,
    /// All of it: what is written for this environment, and the rest as it is elsewhere.
    pub(super) written: Written,
    /// Whether the rules are this environment's own.
    pub(super) own_rules: bool,
}

/// A declared variation.
#[derive(Clone)]
pub(super) struct Variation {
    pub(super) name: Ident,
    pub(super) key: String,
}

/// Contexts that are served a variation.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) context: Path,
    pub(super) keys: Vec<LitStr>,
    pub(super) variation: Option<Ident>,
}

impl Written {
    pub(super) fn new(kind: ResourceKind) -> Self {
        Self {
            kind,
            conditions: segment::Written::default(),
            variations: Vec::new(),
            ai: Ai::default(),
            targets: Vec::new(),
            no_targets: None,
            serves: Vec::new(),
            no_rules: None,
            fallthrough: None,
            at_least: None,
            environments: Vec::new(),
        }
    }

    /// Returns whether it says what variations carry and nothing about who is served them.
    pub(super) fn only_reads(&self) -> bool {
        self.ai.first.is_some()
            && !self.manages_targets()
            && !self.manages_rules()
            && self.fallthrough.is_none()
            && self.environments.is_empty()
    }

    /// Returns whether it says which contexts are listed, if only that there are none.
    pub(super) fn manages_targets(&self) -> bool {
        !self.targets.is_empty() || self.no_targets.is_some()
    }

    /// Returns whether it says which rules there are, if only that there are none.
    pub(super) fn manages_rules(&self) -> bool {
        !self.serves.is_empty() || self.no_rules.is_some()
    }

    /// Takes what is not written for this environment from what is written for all.
    pub(super) fn inherit(&mut self, all: &Written) {
        if !self.manages_targets() {
            self.targets.clone_from(&all.targets);
            self.no_targets = all.no_targets;
        }
        if !self.manages_rules() {
            self.conditions.rules.clone_from(&all.conditions.rules);
            self.serves.clone_from(&all.serves);
            self.no_rules = all.no_rules;
        }
        self.fallthrough = self.fallthrough.take().or_else(|| all.fallthrough.clone());
        self.at_least = self.at_least.or(all.at_least);
        self.variations.clone_from(&all.variations);
        let (conditions, all) = (&mut self.conditions, &all.conditions);
        conditions.item.clone_from(&all.item);
        conditions.runtime = all.runtime.clone();
        conditions.key.clone_from(&all.key);
        conditions.allowed.clone_from(&all.allowed);
        conditions.incomplete |= all.incomplete;
    }
}
