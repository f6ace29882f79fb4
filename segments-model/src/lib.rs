//! The language of segments: the definition of a valid segment, and its meaning.
//!
//! A segment is an audience that LaunchDarkly knows by a key: individual contexts, and rules over
//! attributes of contexts. This crate has the types of that language, which are always valid, the
//! operator table, and the checks that detect segments that silently do something else than their author
//! intended. It uses no network and, except for reading files for the `toml` feature, no files.
//!
//! The macros, the runtime, the command line and the emulator accept and refuse the same things, because
//! they all use this crate.
//!
//! ```
//! use segments_model::{Code, Draft};
//!
//! // What somebody has written, whether it is right or not ...
//! let draft = Draft { key: "eu users".into(), name: "EU users".into(), ..Draft::default() };
//!
//! // ... becomes a definition, or everything that is wrong with it.
//! let findings = draft.parse().unwrap_err();
//! let errors: Vec<Code> = findings.iter().map(|found| found.code).collect();
//! assert!(errors.contains(&Code::KEY_INVALID) && errors.contains(&Code::SEGMENT_EMPTY));
//! ```
//!
//! | what | where |
//! |---|---|
//! | keys, tags, context kinds, attribute references | [`SegmentKey`], [`Tag`], [`ContextKind`], [`AttributeRef`] |
//! | values of clauses | [`Value`], [`Number`], [`version`], [`date`], [`pattern`] |
//! | the operator table | [`Operator`], [`OPERATORS`] |
//! | words of other languages for operators | [`foreign`] |
//! | Rust names of a file's names | [`rust_name`] |
//! | a complete segment | [`Definition`], [`Rule`], [`Clause`] |
//! | a segment that is only known at run time | [`Definition::builder`] |
//! | a segment as written, before it is checked | [`draft`] |
//! | a draft, and where its parts are written | [`source`] |
//! | the checks and their findings | [`check`](mod@check), [`Finding`] |
//! | proofs about audiences, and contexts as evidence | [`algebra`] |
//! | the comparisons of the operators | [`kernel`] |
//! | membership, with reasons | [`Membership`], [`explanation`] |
//! | the targeting of an AI Config or a flag | [`targeting`], [`Targeting`], [`Evaluation`] |
//! | metrics, and experiments that compare variations | [`metric`], [`experiment`] |
//! | the service's JSON | `wire` (feature `serde`) |
//! | membership of contexts in JSON | `evaluate` (feature `eval`) |
//! | `segments.toml` | `file` (feature `toml`) |
//! | the findings of a file, as text, JSON and SARIF | `diagnostic` (feature `toml`) |
//!
//! # Features
//!
//! - `serde` (default): the `wire` module, and `Serialize`/`Deserialize` on the language's types.
//! - `eval`: the `evaluate` module. Adds the regular expression engine and SHA-1; `regex` and `bucket`
//!   add them separately to [`kernel`].
//! - `stream`: counting contexts of a stream.
//! - `launchdarkly-sdk`: conversion of the official SDK's contexts.
//! - `toml`: the `file` and `diagnostic` modules. Implies `eval`.
//! - `outline`: the structure of a half-typed file, for editors. Implies `toml`.

mod affected;
pub mod algebra;
mod arity;
mod attribute_type;
mod attribute_value;
mod builder;
pub mod check;
mod code;
mod codes;
mod concat;
mod context_keys;
pub mod date;
mod definition;
#[cfg(feature = "toml")]
pub mod diagnostic;
pub mod draft;
mod environments;
#[cfg(feature = "eval")]
pub mod evaluate;
pub mod experiment;
mod expiry;
pub mod explanation;
#[cfg(feature = "toml")]
pub mod file;
mod finding;
pub mod foreign;
mod form;
mod former;
pub mod kernel;
mod key;
mod kind;
mod lifecycle;
mod limits;
mod membership;
pub mod metric;
mod name;
mod operator;
mod part;
pub mod pattern;
pub mod policy;
mod readable;
mod reference;
pub mod relations;
pub mod rust_name;
pub mod source;
mod suggest;
mod tag;
pub mod targeting;
pub mod template;
#[cfg(test)]
mod thorough;
mod value;
pub mod version;
mod visible;
mod weight;
#[cfg(feature = "serde")]
pub mod wire;

pub use arity::Arity;
pub use attribute_type::AttributeType;
pub use attribute_value::AttributeValue;
pub use builder::{DefinitionBuilder, RuleBuilder, Subject, clause, everyone, member_of};
pub use code::{Code, Severity};
pub use context_keys::ContextKeys;
pub use definition::{Audience, Clause, Definition, InEnvironment, Rollout, Rule, Targets};
pub use draft::Draft;
pub use environments::Environments;
pub use experiment::Experiment;
pub use expiry::{Expiry, InvalidExpiry};
pub use finding::{Finding, Findings, Place, Side};
pub use former::FormerNames;
pub use key::{
    AiConfigKey, EnvironmentKey, ExperimentKey, FlagKey, MetricKey, ProjectKey, SegmentKey,
    VariationKey,
};
pub use kind::ContextKind;
pub use lifecycle::{Lifecycle, LifecycleKey};
pub use limits::{MAX_CLAUSE_VALUES, MAX_PATCH_TARGETS, MAX_TARGETS, RULES};
pub use membership::{Exclusion, Inclusion, Membership, UnknownReason};
pub use metric::{Metric, MetricKind, SuccessCriterion};
pub use name::InvalidName;
pub use operator::{OPERATORS, Operand, Operator, OperatorRow};
pub use part::Part;
pub use reference::{AttributeRef, InvalidReference};
pub use suggest::{did_you_mean, or_list};
pub use tag::Tag;
pub use targeting::{
    Evaluation, EvaluationReason, Resource, ResourceKind, Serve, Split, Target, Targeting,
    TargetingInEnvironment, TargetingRule, Unlisted,
};
pub use value::{InvalidNumber, Number, Value};
pub use visible::{Visible, steers, visible, visible_lines};
pub use weight::{InvalidPercent, Weight};
