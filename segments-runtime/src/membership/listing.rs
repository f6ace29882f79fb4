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
