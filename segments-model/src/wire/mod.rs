//! The service's own JSON: what it sends and what it takes.
//!
//! These types are tolerant where the service is: an unknown operator, a value of any JSON type or
//! a missing default decodes, so that one odd segment does not hide the others. Whoever wants a
//! valid segment makes a [`Definition`](crate::Definition).
//!
//! The shapes are those of LaunchDarkly's REST API documentation (operations *getSegments*,
//! *postSegment*, *patchSegment*, *getAIConfigTargeting*, *patchAIConfigTargeting*).

mod error;
mod instruction;
mod page;
mod segment;
mod targeting;

pub use error::ErrorBody;
pub use instruction::{Instruction, SemanticPatch};
pub use page::{Link, Page};
pub use segment::{
    Clause, ContextTargets, CreateSegment, FlagReference, Rule, Segment, UnboundedMetadata,
};
pub use targeting::{
    EnvironmentTargeting, Rollout, ServeInstruction, Served, TargetList, Targeting,
    TargetingInstruction, TargetingRule, Variation, WeightedVariation, variation_place,
};
