//! The owner of a crate's declarations.

use std::collections::BTreeSet;

/// Names the owner of a crate's declarations.
///
/// All services that share a crate of audiences sync them as this owner, so none refuses segments that
/// another service created. Once in a crate is enough; without it the owner is the name of the program.
///
/// ```standalone_crate
/// segments_runtime::owner!("growth");
///
/// # fn main() {
/// assert_eq!(segments_runtime::registry::owner(), Ok(Some("growth")));
/// # }
/// ```
#[macro_export]
macro_rules! owner {
    ($owner:literal) => {
        const _: () = {
            use $crate::__private_0_1::inventory;
            inventory::submit! { $crate::registry::OwnerDeclaration($owner) }
        };
    };
}

/// The registration of [`owner!`](crate::owner).
#[doc(hidden)]
#[derive(Debug)]
pub struct OwnerDeclaration(pub &'static str);

inventory::collect!(OwnerDeclaration);

/// Returns the owner that the linked declarations name with [`owner!`](crate::owner), if any.
///
/// # Errors
///
/// If they name several owners.
pub fn owner() -> Result<Option<&'static str>, Vec<&'static str>> {
    let named = inventory::iter::<OwnerDeclaration>.into_iter();
    let names: BTreeSet<&str> = named.map(|OwnerDeclaration(name)| *name).collect();
    if names.len() > 1 {
        return Err(names.into_iter().collect());
    }
    Ok(names.into_iter().next())
}
