//! The rules of a segment are in the program once, and have two kinds of readers: contexts, which are
//! evaluated, and a [`Recorder`], which records the clauses.

use std::collections::BTreeMap;

use segments_model::{ContextKeys, ContextKind, Rollout, SegmentKey, Targets};

use crate::membership::decision::{Salts, Verdict};
use crate::membership::key_set::KeySet;
use crate::{Condition, Context};

/// A reader of the rules of a segment. The default methods evaluate contexts.
pub trait RuleVisitor {
    /// Returns whether a clause matches a context that may be absent.
    #[inline]
    fn holds<P: Condition>(&self, clause: &P, context: Option<&P::Context>) -> bool {
        context.is_some_and(|context| clause.test(context, None) == Some(true))
    }

    /// Returns the kind of the context if the list contains it.
    #[inline]
    fn listed<K: Context, At>(
        &self,
        _list: List,
        keys: &'static KeySet,
    ) -> Option<fn() -> ContextKind>
    where
        Self: HasContext<K, At>,
    {
        let listed = self
            .context()
            .is_some_and(|context| keys.contains(&K::key(context)));
        listed.then_some(|| K::KIND)
    }

    /// Returns whether the contexts fall into a percentage.
    #[inline]
    fn share(
        &self,
        _rollout: impl FnOnce() -> Rollout,
        answer: impl FnOnce() -> Verdict,
    ) -> Verdict {
        answer()
    }

    /// Returns whether the contexts are in one of the referenced segments, or, if negated, in none.
    #[inline]
    fn member_of(&self, negate: bool, member: Verdict) -> Verdict {
        if negate { !member } else { member }
    }

    /// Returns whether there is a context of one of these kinds, or, if negated, none.
    #[inline]
    fn has_kind(&self, negate: bool, any: bool, _kinds: impl FnOnce() -> Vec<ContextKind>) -> bool {
        any != negate
    }

    /// Returns whether to stop after a rule that matches.
    #[inline]
    fn rule(&self, _description: Option<&'static str>) -> bool {
        true
    }
}

/// One of the two lists of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The included list, which overrides the rules.
    Included,
    /// The excluded list, which the included list overrides.
    Excluded,
}

/// Evaluates another segment for the same contexts.
pub trait Asks<S, At>: RuleVisitor {
    /// Returns whether the segment with this key contains the contexts.
    fn ask(&self, key: impl FnOnce() -> SegmentKey, salts: &Salts) -> Verdict;
}

/// Keys of contexts, by kind.
pub type Lists = BTreeMap<ContextKind, ContextKeys>;

/// The way in which a list of a segment is managed: converts the listed contexts to targets, which
/// determine whether contexts that others list stay; `None` if the list is not managed.
pub(super) type How = Option<fn(Lists) -> Targets>;

/// The managed parts of a segment's audience.
#[derive(Debug, Clone, Copy)]
pub struct Managed {
    /// The included list.
    pub included: How,
    /// The excluded list.
    pub excluded: How,
    /// Whether the rules are managed.
    pub rules: bool,
}

impl Managed {
    /// Only the rules.
    pub const RULES: Self = Self {
        included: None,
        excluded: None,
        rules: true,
    };
}

/// Contexts among which there is one of kind `K`. The compiler finds out where (`At`).
///
/// ```compile_fail
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// #[derive(Context)]
/// #[context(kind = "device")]
/// struct Device { #[context(key)] id: String, version: semver::Version }
///
/// /// Devices on the new version.
/// #[segment(rule(Device::VERSION.gt("2.0.0")))]
/// struct NewDevices;
///
/// let user = User { id: "u-1".into() };
/// NewDevices::contains(&user); // error: this segment tests a `Device`, and the call passes none
/// ```
#[diagnostic::on_unimplemented(
    message = "this segment tests a `{K}`, and the call passes none",
    label = "no `&{K}` in here",
    note = "pass a reference to each context that the segment tests, as in `contains((&user, &device))`",
    note = "a kind that a request does not have is passed as `None::<&{K}>`"
)]
pub trait HasContext<K, At>: RuleVisitor {
    /// Returns the context of that kind, if this request has one.
    fn context(&self) -> Option<&K>;
}

/// The position of a context that is passed alone.
#[derive(Debug)]
pub enum SingleContext {}
