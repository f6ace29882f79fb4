//! What the lists of a segment take, as its type says.

use std::marker::PhantomData;

use crate::membership::listing::{AnyKind, Declared, Listing, Open};

/// Kinds among which is `K`; the compiler finds out where (`At`).
pub trait Kinds<K, At> {}

/// The first of kinds.
#[derive(Debug)]
pub enum First {}

/// One of those behind the first.
#[derive(Debug)]
pub struct Later<At>(PhantomData<At>);

impl<K, Others> Kinds<K, First> for (K, Others) {}
impl<K, First, Others: Kinds<K, At>, At> Kinds<K, Later<At>> for (First, Others) {}
impl<K> Kinds<K, First> for AnyKind {}

impl<All: Kinds<K, At>, Included, Excluded, K, At> Kinds<K, At>
    for Listing<All, Included, Excluded>
{
}

/// The included list is open.
pub trait Includes {}
impl<Kinds, Excluded> Includes for Listing<Kinds, Open, Excluded> {}

/// The excluded list is open.
pub trait Excludes {}
impl<Kinds, Included> Excludes for Listing<Kinds, Included, Open> {}

/// One of the lists is open.
pub trait Changes {}
impl<Kinds, Excluded> Changes for Listing<Kinds, Open, Excluded> {}
impl<Kinds> Changes for Listing<Kinds, Declared, Open> {}
