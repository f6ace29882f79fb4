//! Segments as code for LaunchDarkly: an application declares its audiences once, in its own source; the
//! compiler checks them, `sync()` makes LaunchDarkly match, and "is this context in that segment?" is
//! answered in nanoseconds, without a network.
//!
//! ```
//! use segments_runtime::{Context, segment};
//!
//! #[derive(Context)]
//! #[context(kind = "user", rename_all = "camelCase")]
//! pub struct User {
//!     #[context(key)]
//!     pub id: String,
//!     /// Confirmed mail address.
//!     pub email: Option<String>,
//!     pub account_age: u32,
//! }
//!
//! /// Employees who have been around for a month.
//! #[segment(
//!     key = "settled-staff",
//!     tags = ["internal"],
//!     exclude(User = ["user-999"]),
//!     rule(User::EMAIL.ends_with("@company.com"), User::ACCOUNT_AGE.gt(30)),
//! )]
//! pub struct SettledStaff;
//!
//! let user = User { id: "user-1".into(), email: Some("a@company.com".into()), account_age: 31 };
//! assert!(SettledStaff::contains(&user));
//! ```
//!
//! # Where things are
//!
//! | what | where |
//! |---|---|
//! | contexts and their attributes | [`Context`], [`Attributes`], [`AttributeValue`], [`Attribute`] |
//! | segments | [`segment`], [`Segment`], [`member_of!`, `has_kind!`](segment#rules) |
//! | a segment's differences by environment | [`Environment`], [`environment(...)`](segment#environments) |
//! | membership in a segment | `contains`, `membership` and `explain` of every segment |
//! | membership in one environment | [`in_environment`], `contains_in` of segments that differ |
//! | AI Configs and flags with declared targeting | [`ai_config`], [`flag_targeting`], [`Targeted`], [`Evaluation`] |
//! | AI Configs at run time: models, prompts, tracking | `ai` (feature `ai`), [`prompt`] |
//! | all segments of a program | [`registry`], [`all_segments()`] |
//! | metrics, and experiments that compare variations | [`Metric`], [`macro@experiment`] |
//! | counting the members of segments | [`Count`] |
//! | the official SDK's contexts | `sdk` (feature `launchdarkly-sdk`) |
//! | making LaunchDarkly match | [`sync`](mod@sync) (feature `sync`) |
//! | the segments of a web request | `tower` (feature `tower`) |
//! | tests of an application | [`testing`] |
//! | the language of segments | [`model`] |
//!
//! # Features
//!
//! - `toml`: `include_segments!`, for contexts and segments in a file.
//! - `chrono`, `jiff`, `time`: fields of contexts may have the [date types](Timestamp) of these crates.
//! - `sync` (default): the client, plans and [`sync`](fn@sync). Adds an HTTP client and tokio.
//! - `tls` (default): `https`, with the cryptography of ring. Without it a program can only talk to this
//!   machine.
//! - `tls-aws-lc-rs`: `https`, with the cryptography of AWS, which has a FIPS validation.
//! - `blocking`: `sync::blocking`, a sync for programs without an executor.
//! - `stream`: counting contexts of a stream.
//! - `ai`: typed AI Configs and tracked runs: the module `ai`.
//! - `proptest`: strategies for contexts, in [`testing`].
//! - `tower`: a layer for web frameworks: the module `tower`.
//! - `launchdarkly-sdk`: conversions between typed contexts and the official SDK's `Context`.
//!
//! Without default features the crate contains types and membership only.

mod attribute;
mod clock;
mod context;
mod environment;
mod macro_support;
mod measured;
mod membership;
pub mod prompt;
pub mod registry;
#[cfg(feature = "launchdarkly-sdk")]
pub mod sdk;
mod targeting;
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;

#[cfg(feature = "sync")]
#[allow(
    clippy::result_large_err,
    reason = "an error is moved once for each request that fails, and the request took longer"
)]
pub mod sync;

/// LaunchDarkly AI Configs at run time: typed variations and tracked runs.
#[cfg(feature = "ai")]
pub use segments_ai as ai;

pub use attribute::Attribute;
pub use attribute::condition::{Comparison, Condition, Negated};
pub use attribute::field::{AttributeValue, Field, Object, Scalar};
pub use attribute::one_or_many::OneOrMany;
pub use attribute::operand::{Operand, Operands};
pub use attribute::operation::Operation;
pub use attribute::timestamp::Timestamp;
pub use attribute::types::{Bool, Date, Nested, Number, OneOf, Text, ValueType, Version};
pub use clock::{ClockIsSet, set_clock};
pub use context::contexts::Contexts;
pub use context::with_segments::WithSegments;
pub use context::{AttributeSchema, Attributes, Context, ContextKey};
pub use environment::{Environment, OtherEnvironment, in_environment};
pub use measured::{Experiment, Metric};
pub use membership::all_segments::{Memberships, all_segments, all_segments_in};
pub use membership::count::{Answer, Count};
pub use membership::decide::{DecidableWithoutSalt, Decide, HasLocalMembers};
pub use membership::decision::Salts;
pub use membership::parts::ContextPart;
pub use membership::segment::Segment;
pub use membership::visitor::HasContext;
#[doc(hidden)]
pub use segments_macros::Segment;
#[cfg(feature = "toml")]
pub use segments_macros::include_segments;
pub use segments_macros::{
    AttributeValue, Attributes, Context, Environment, Metric, ai_config, experiment,
    flag_targeting, partition, segment,
};
pub use segments_model as model;
pub use segments_model::explanation::Explanation;
pub use segments_model::targeting::TargetingExplanation;
pub use segments_model::{
    ContextKind, Definition, Evaluation, EvaluationReason, Membership, SegmentKey, Targeting,
};
#[cfg(feature = "sync")]
pub use sync::{SyncConfig, sync, sync_definitions};
pub use targeting::{CanEvaluate, Targeted, Variation};

/// Items for the macros' output. Not part of the API: they change without notice, and so does its name, with
/// each version that may change them.
#[doc(hidden)]
#[allow(missing_docs, reason = "hidden")]
#[path = "private.rs"]
pub mod __private_0_1;

/// The README's example is a test.
#[cfg(all(doctest, feature = "sync"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The example on the page about membership is a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reference/membership.md")]
struct MembershipPage;

/// The example on the page about AI Configs is a test.
#[cfg(all(doctest, feature = "ai"))]
#[doc = include_str!("../../docs/reference/ai.md")]
struct AiPage;

/// The example on the page about lists between deployments is a test.
#[cfg(all(doctest, feature = "sync"))]
#[doc = include_str!("../../docs/guide/between-deployments.md")]
struct BetweenDeploymentsPage;

/// The examples on the page about contexts in tests are tests.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../../docs/guide/contexts-in-tests.md")]
struct ContextsInTestsPage;
