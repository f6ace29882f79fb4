//! The lists of a segment that a program may change while it runs, as a type of the segment.

use std::marker::PhantomData;

/// The manager of the included and the excluded list of a segment: people ([`Open`]) or the declaration
/// ([`Declared`]).
#[derive(Debug)]
pub struct Listing<Included = Open, Excluded = Open>(PhantomData<(Included, Excluded)>);

/// A list to which contexts may be added.
#[derive(Debug)]
pub enum Open {}

/// A list that the declaration manages as a whole, in every environment.
#[derive(Debug)]
pub enum Declared {}

/// A segment that looks at contexts of type `K`: in its rules or lists, or as the members of a big segment.
/// A segment that names no kind at all takes every kind. The compiler finds out where (`AT`): a type may
/// stand in a segment under two names, and it is not a part of the segment's own types, so that a public
/// segment may look at a private one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not test a `{K}`",
    label = "the key of a `{K}`, which the segment does not test",
    note = "pass keys of a context that its rules or lists name"
)]
pub trait LooksAt<K, const AT: usize> {}
