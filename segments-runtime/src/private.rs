//! Items that the macros' output names.

pub use ::core;
// One word each, for each costs the compiler at every segment.
pub use ::core::option::Option::{self, None, Some};
pub use ::core::primitive::{bool, str, usize};
pub use ::inventory;
pub use ::semver;
pub use ::serde_json;
pub use ::std;
pub use ::std::vec::Vec;
pub use segments_model::algebra::{Assertion, Expression};
pub use segments_model::evaluate::CompiledTargeting;
pub use segments_model::explanation::Explanation;
pub use segments_model::targeting::TargetingExplanation;
pub use segments_model::{
    AiConfigKey, AttributeType, Audience, Clause, ContextKind, Definition, EnvironmentKey,
    Evaluation, EvaluationReason, ExperimentKey, FlagKey, LifecycleKey, Membership, MetricKey,
    MetricKind, Part, Resource, Rollout, Rule, SegmentKey, Serve, Split, SuccessCriterion, Tag,
    Target, Targeting, TargetingInEnvironment, TargetingRule, Targets, Unlisted, VariationKey,
};
pub use segments_model::{Experiment as ExperimentValue, Metric as MetricValue};

#[cfg(feature = "ai")]
pub use segments_ai::EventClient;
pub use segments_macros::__assertion as assertion;

pub use crate::__segments_ide as ide;
pub use crate::__segments_ide_targeting as ide_targeting;
pub use crate::__segments_in_environment as in_environment;
pub use crate::__segments_made as made;
pub use crate::__segments_standard as standard;
pub use crate::__segments_with_ai as with_ai;
pub use crate::__segments_with_salts as with_salts;
pub use crate::attribute::cache::{Cache, Caches};
pub use crate::attribute::field::describe_scalar;
pub use crate::attribute::operand::Named;
pub use crate::attribute::{AttributeAt, Get, NestedAttribute};
pub use crate::context::Names;
pub use crate::context::contexts::Contexts;
#[cfg(feature = "ai")]
pub use crate::macro_support::ai::{ai_config, track};
pub use crate::macro_support::answer::{answer, refuse_key, text};
pub use crate::macro_support::compared::{compared, counted_by};
pub use crate::macro_support::context::{
    always, describe, describe_renamed, of_context, present, write, write_in_both_names,
};
pub use crate::macro_support::definition::{
    absent, declare, here, in_environments, keys, leaving, list, lists, tags, there,
};
pub use crate::macro_support::fits::{
    PerhapsNames, PerhapsVersion, built_in, declared, refuse_contradiction, refuse_numbers,
};
pub use crate::macro_support::ide::{any_type, keys};
pub use crate::macro_support::references::{
    NoReferences, References, WithoutReferences, refuse_cycle,
};
pub use crate::macro_support::rollout::{Splits, rollout, rollout_by, share, share_by, weight};
pub use crate::macro_support::rule::{hold, kind_is, member_of, rule, rule_holds, verdict};
pub use crate::macro_support::targeting::{
    evaluate, evaluate_in, evaluate_with, explain_targeting, explain_targeting_with, serve, served,
    split, split_by, target, targeting, targeting_rule, targeting_rules,
};
pub use crate::measured::{Experiment, Fallthrough, HasUnit, Metric, OnlyExperimentOn};
pub use crate::membership::about::{About, definition};
pub use crate::membership::clauses::{Clauses, Prepares};
pub use crate::membership::decide::{DecidableWithoutSalt, HasLocalMembers};
pub use crate::membership::decided::{Elsewhere, Here, One, Refused, Salt};
pub use crate::membership::decision::{Decision, MissingSalt, Salts, Verdict};
pub use crate::membership::file_segment::{Compares, Entry, File, FileSegment, FileValue, InFile};
pub use crate::membership::key_set::KeySet;
pub use crate::membership::listing::{Declared, Listing, LooksAt, Open};
pub use crate::membership::methods::{
    contains, contains_in, contains_with, environment_of, explain, explain_in, explain_with,
    membership, membership_in, membership_with,
};
pub use crate::membership::segment::everywhere;
pub use crate::membership::visitor::{Asks, List, Lists, Managed, RuleVisitor, SingleContext};
pub use crate::prompt::PromptDeclaration;
pub use crate::registry::checks::ContextDeclaration;
pub use crate::registry::{
    AssertionDeclaration, Declarations, ExperimentDeclaration, MetricDeclaration, Registered,
    RegisteredAt, TargetingDeclaration,
};
pub use crate::targeting::Prepared;
pub use crate::targeting::{CanEvaluate, HasContextOfTargeting, Targeted, Variation};
pub use crate::testing::assert::{assert_membership, assert_membership_in};
pub use crate::{Condition, Context, Decide, Environment, HasContext, Segment};
#[cfg(feature = "ai")]
pub use segments_ai as ai;
