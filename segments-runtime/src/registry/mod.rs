//! All segments of a program, registered where they are declared.
//!
//! Every [`#[segment]`](crate::segment) that is linked into a program registers itself, in the
//! program's own crate and in its dependencies. [`definitions`] collects and checks them.
//!
//! ```standalone_crate
//! use segments_runtime::{Context, registry, segment};
//!
//! #[derive(Context)]
//! #[context(kind = "user")]
//! struct User { #[context(key)] id: String, plan: String }
//!
//! /// Those who pay.
//! #[segment(rule(User::PLAN.is("pro")))]
//! struct Paying;
//!
//! # fn main() -> Result<(), registry::RegistryError> {
//! let definitions = registry::definitions()?;
//! assert_eq!(definitions[0].key, Paying::KEY);
//! assert_eq!(registry::compiled()?.iter().count(), 1);
//! assert!(registry::targetings()?.is_empty());
//! # Ok(())
//! # }
//! ```

mod assertions;
pub(crate) mod checks;
mod declarable;
mod findings;
mod measured;
mod owner;
mod policy;
mod problem;
mod program;
mod registered;
mod segments;
mod strict;
mod targetings;

#[doc(hidden)]
pub use assertions::AssertionDeclaration;
#[doc(hidden)]
pub use measured::{ExperimentDeclaration, MetricDeclaration};
pub use measured::{experiments, metrics};
#[doc(hidden)]
pub use owner::OwnerDeclaration;
pub use owner::owner;
#[doc(hidden)]
pub use policy::__assert_policy;
pub use policy::{PolicyFinding, policy};
pub use problem::{Problem, RegistryError, Warning};
pub use program::{Program, check, program};
#[doc(hidden)]
pub use registered::Registered;
pub use registered::RegisteredAt;
#[doc(hidden)]
pub use segments::Declarations;
pub use segments::{Declaration, compiled, compiled_in, definitions, from};
#[doc(hidden)]
pub use strict::StrictDeclaration;
pub use strict::is_strict;
#[doc(hidden)]
pub use targetings::TargetingDeclaration;
pub use targetings::targetings;
