//! Declarations that leave out no part that they declared before.

/// Refuses a sync in which a segment leaves out a part that it declared before, unless the declaration
/// leaves the part to people with `unmanaged(...)`. Once in a crate is enough.
///
/// ```standalone_crate
/// segments_runtime::strict!();
///
/// # fn main() {
/// assert!(segments_runtime::registry::is_strict());
/// # }
/// ```
#[macro_export]
macro_rules! strict {
    () => {
        const _: () = {
            use $crate::__private_0_1::inventory;
            inventory::submit! { $crate::registry::StrictDeclaration }
        };
    };
}

/// The registration of [`strict!`](crate::strict).
#[doc(hidden)]
#[derive(Debug)]
pub struct StrictDeclaration;

inventory::collect!(StrictDeclaration);

/// Returns whether the linked declarations are strict (see [`strict!`](crate::strict)).
pub fn is_strict() -> bool {
    let mut declared = inventory::iter::<StrictDeclaration>.into_iter();
    declared.next().is_some()
}
