//! The place where the membership in a segment is decided, as a type of the segment.
//!
//! Everything that follows from it is here once; otherwise the macro would print it, and rustc would
//! check it, for every segment.

use std::marker::PhantomData;

use segments_model::{Audience, ContextKind, EnvironmentKey};

use crate::membership::recorder::Recorder;
use crate::membership::segment::Decided;
use crate::membership::visitor::Managed;
use crate::{Context, DecidableWithoutSalt, Decide, Segment};

/// Decided by the arguments of a call, and by other data: nothing (`()`), a [`Salt`], or other segments
/// ([`One`], or pairs of such pairs). `At` is the position of each context and of each referenced
/// segment, for the recorder of rules.
#[derive(Debug)]
pub struct Here<At, Needs = ()>(PhantomData<(At, Needs)>);

/// The salt of a percentage rule.
#[derive(Debug)]
pub enum Salt {}

/// The membership in one other segment.
#[derive(Debug)]
pub struct One<S>(PhantomData<S>);

/// Decided by LaunchDarkly, which keeps the members of big segments: contexts of the kind of `K`.
#[derive(Debug)]
pub struct Elsewhere<K>(PhantomData<K>);

/// Never decided: the macro refuses the segment.
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
