//! The lists of a segment that may be changed, by its type.

use crate::membership::listing::{Declared, Listing, Open};

/// The included list is open.
pub trait Includes {}
impl<Excluded> Includes for Listing<Open, Excluded> {}

/// The excluded list is open.
pub trait Excludes {}
impl<Included> Excludes for Listing<Included, Open> {}

/// One of the lists is open.
pub trait Changes {}
impl<Excluded> Changes for Listing<Open, Excluded> {}
impl Changes for Listing<Declared, Open> {}
