//! The targetings of AI Configs and flags of a program.

use segments_model::Targeting;

use super::declarable::collect;
use super::problem::RegistryError;
use super::registered::Registered;

/// The registration of an AI Config or flag.
#[doc(hidden)]
#[derive(Debug)]
pub struct TargetingDeclaration(pub fn() -> Registered<Targeting>);

inventory::collect!(TargetingDeclaration);

/// Returns the targetings of the AI Configs and flags of this program, ordered by key.
///
/// # Errors
///
/// If two declarations of one AI Config or flag differ, or if one has an error that the compiler could
/// not see.
pub fn targetings() -> Result<Vec<Targeting>, RegistryError> {
    let declared = inventory::iter::<TargetingDeclaration>.into_iter();
    collect(declared.map(|TargetingDeclaration(make)| make()).collect())
}
