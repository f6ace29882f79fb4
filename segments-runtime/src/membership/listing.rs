//! What of a segment's lists a program may change while it runs, as a type of the segment.

use std::marker::PhantomData;

/// The kinds of context that a segment looks at, as `(User, (Device, ()))` or [`AnyKind`], and who keeps
/// its included and its excluded list: people ([`Open`]) or the declaration ([`Declared`]).
#[derive(Debug)]
pub struct Listing<Kinds, Included = Open, Excluded = Open>(
    PhantomData<(Kinds, Included, Excluded)>,
);

/// A list to which contexts may be added.
#[derive(Debug)]
pub enum Open {}

/// A list that the declaration manages as a whole, in every environment.
#[derive(Debug)]
pub enum Declared {}

/// The kinds of a segment that names none: everyone, nobody, or the members of other segments.
#[derive(Debug)]
pub enum AnyKind {}

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
