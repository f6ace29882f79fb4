//! Where it is decided who is in a segment, as a type of the segment.
//!
//! What follows from it stands here once; the macro would have to print it, and rustc to check it, at
//! every segment.

use std::marker::PhantomData;

use segments_model::{Audience, ContextKind, EnvironmentKey};

use crate::membership::visitor::{Managed, Recorder};
use crate::{Context, DecidableWithoutSalt, Decide, Segment};

/// Where it is decided who is in the segment `S`.
pub trait Decided<S: ?Sized> {
    /// Who is in it, as the definition says of an environment, or of those that have nothing of their own.
    fn audience(managed: &Managed, environment: Option<&EnvironmentKey>) -> Audience;
}

/// By what a call passes, and by what else it needs to know: nothing (`()`), a [`Salt`], or other segments
/// ([`One`], or pairs of such pairs). `At` is the place of each context and of each segment that is asked,
/// for what records the rules.
#[derive(Debug)]
pub struct Here<At, Needs = ()>(PhantomData<(At, Needs)>);

/// The salt of a percentage rule.
#[derive(Debug)]
pub enum Salt {}

/// What one other segment says.
#[derive(Debug)]
pub struct One<S>(PhantomData<S>);

/// By LaunchDarkly, which keeps the members of big segments: contexts of the kind of `K`.
#[derive(Debug)]
pub struct Elsewhere<K>(PhantomData<K>);

/// Not at all: the macro refuses the segment.
#[derive(Debug)]
pub enum Refused {}

impl<S: Decide<Recorder, At>, At, Needs> Decided<S> for Here<At, Needs> {
    fn audience(managed: &Managed, environment: Option<&EnvironmentKey>) -> Audience {
        Recorder::record::<S, At>(managed, environment)
    }
}

impl<S, K: Context> Decided<S> for Elsewhere<K> {
    fn audience(_: &Managed, _: Option<&EnvironmentKey>) -> Audience {
        Audience::Big { kind: K::KIND }
    }
}

impl<S> Decided<S> for Refused {
    fn audience(_: &Managed, _: Option<&EnvironmentKey>) -> Audience {
        Audience::Big {
            kind: ContextKind::USER,
        }
    }
}

/// Decided without a salt.
pub trait Certain {}

impl<At, Needs: Certain> Certain for Here<At, Needs> {}
impl Certain for () {}
impl<S: Segment<Decided: Certain>> Certain for One<S> {}
impl<Some: Certain, Unlisted: Certain> Certain for (Some, Unlisted) {}

#[diagnostic::do_not_recommend]
impl<S: Segment<Decided: Certain>, C> DecidableWithoutSalt<C> for S {}
