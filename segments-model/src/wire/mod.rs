//! The service's own JSON: responses and requests.
//!
//! These types are tolerant where the service is: an unknown operator, a value of any JSON type or a
//! missing default can be decoded, so that one odd segment does not hide the others. A valid segment is a
//! [`Definition`](crate::Definition), which is made from a [`Draft`](crate::Draft).
//!
//! The forms are those of LaunchDarkly's REST API documentation (operations *getSegments*, *postSegment*,
//! *patchSegment*, *getAIConfigTargeting*, *patchAIConfigTargeting*, *getMetric*, *getExperiment*).
//!
//! ```
//! use segments_model::{Definition, wire};
//!
//! let segment = r#"{"key": "staff", "name": "Staff", "version": 3, "included": ["u-1"], "rules": [
//!     {"_id": "r-1", "clauses": [{"attribute": "email", "op": "endsWith", "values": ["@company.com"]}]}]}"#;
//! let segment: wire::Segment = serde_json::from_str(segment).unwrap();
//! assert_eq!((segment.version, segment.rules[0].clauses[0].negate), (3, false));
//!
//! // What one sends has the same shapes.
//! let patch = wire::SemanticPatch {
//!     environment_key: "production".into(),
//!     comment: None,
//!     instructions: vec![wire::Instruction::RemoveRule { rule_id: "r-1".into() }],
//! };
//! let patch = serde_json::to_value(&patch).unwrap();
//! assert_eq!(patch["instructions"][0]["kind"], "removeRule");
//! ```

mod bounds;
mod draft;
mod draft_targeting;
mod error;
mod experiment;
mod flag;
mod instruction;
mod metric;
mod page;
mod running;
mod segment;
mod targeting;

#[cfg(feature = "eval")]
pub(crate) use bounds::MOST_ITEMS;
pub use bounds::{TooMuch, bounded};
pub use draft::{Inexpressible, NoDraft};
pub use error::ErrorBody;
pub use experiment::{Experiment, Iteration, IterationMetric, Parameter, RunsOn, Treatment};
pub use flag::{Flag, Prerequisite};
pub use instruction::{Instruction, SemanticPatch};
pub use metric::{Metric, aggregation};
pub use page::{Link, Page};
pub use running::Running;
pub use segment::{
    Clause, ContextTargets, CreateSegment, ExpiringTarget, FlagReference, Rule, Segment,
    UnboundedMetadata,
};
pub use targeting::{
    EnvironmentTargeting, ExperimentAllocation, Rollout, ServeInstruction, Served, TargetList,
    Targeting, TargetingInstruction, TargetingRule, Variation, WeightedVariation, variation_place,
};
