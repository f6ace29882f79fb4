//! The rules of a segment are in the program once, and have two kinds of readers: contexts, which are
//! evaluated, and a [`Recorder`], which records the clauses.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem::take;

use segments_model::{
    Audience, Clause, ContextKeys, ContextKind, EnvironmentKey, Rollout, Rule, SegmentKey, Targets,
};

use crate::attribute::condition::InBothNames;
use crate::context::parts::{HasContext, SingleContext};
use crate::membership::decision::{Salts, Verdict};
use crate::membership::key_set::KeySet;
use crate::{Condition, Context, Decide};

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
type How = Option<fn(Lists) -> Targets>;

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

/// Records the rules that it reads.
#[derive(Debug, Default)]
pub struct Recorder(RefCell<Record>);

#[derive(Debug, Default)]
struct Record {
    included: Lists,
    excluded: Lists,
    rules: Vec<Rule>,
    /// Those that ask for attributes which had another name before, in that name.
    former_rules: Vec<Rule>,
    /// The rule that is being read.
    clauses: Vec<InBothNames>,
    rollout: Option<Rollout>,
    /// The segments that the clause which is being read asks.
    asked: Vec<SegmentKey>,
}

impl Recorder {
    /// The rules of a segment in an environment, the fate of contexts that others listed, and whether
    /// rules are managed.
    pub(crate) fn record<S: Decide<Self, At>, At>(
        managed: &Managed,
        environment: Option<&EnvironmentKey>,
    ) -> Audience {
        let recorder = Self::default();
        S::decide(&recorder, &Salts::recording(environment));
        let record = recorder.0.into_inner();
        let mut rules = record.rules;
        // In a segment any rule is enough, so the others keep their places.
        rules.extend(record.former_rules);
        let targets = |how: How, lists| how.map_or(Targets::Unmanaged, |how| how(lists));
        Audience::Standard {
            included: targets(managed.included, record.included),
            excluded: targets(managed.excluded, record.excluded),
            rules: managed.rules.then_some(rules),
        }
    }
}

impl RuleVisitor for Recorder {
    fn holds<P: Condition>(&self, clause: &P, _: Option<&P::Context>) -> bool {
        self.0.borrow_mut().clauses.push(clause.in_both_names());
        true
    }

    fn listed<K: Context, At>(
        &self,
        list: List,
        keys: &'static KeySet,
    ) -> Option<fn() -> ContextKind>
    where
        Self: HasContext<K, At>,
    {
        let mut record = self.0.borrow_mut();
        let lists = match list {
            List::Included => &mut record.included,
            List::Excluded => &mut record.excluded,
        };
        let list = lists.entry(K::KIND).or_default();
        for key in keys.keys() {
            match keys.expiry() {
                None => list.insert(*key),
                Some(until) => list.insert_until(*key, until),
            }
        }
        None
    }

    fn share(&self, rollout: impl FnOnce() -> Rollout, _: impl FnOnce() -> Verdict) -> Verdict {
        self.0.borrow_mut().rollout = Some(rollout());
        Verdict::Yes
    }

    fn member_of(&self, negate: bool, _: Verdict) -> Verdict {
        let mut record = self.0.borrow_mut();
        let asked = take(&mut record.asked);
        let clause = Clause {
            negate,
            ..Clause::segment_match(asked)
        };
        record.clauses.push(clause.into());
        Verdict::Yes
    }

    fn has_kind(&self, negate: bool, _: bool, kinds: impl FnOnce() -> Vec<ContextKind>) -> bool {
        let clause = Clause {
            negate,
            ..Clause::kind_is(kinds())
        };
        self.0.borrow_mut().clauses.push(clause.into());
        true
    }

    fn rule(&self, description: Option<&'static str>) -> bool {
        let mut record = self.0.borrow_mut();
        let (clauses, rollout) = (take(&mut record.clauses), record.rollout.take());
        let (rule, former) = InBothNames::rule(clauses, description, rollout.as_ref());
        record.rules.push(rule);
        record.former_rules.extend(former);
        false
    }
}

/// No context is there, so that nothing is compared.
#[diagnostic::do_not_recommend]
impl<K> HasContext<K, SingleContext> for Recorder {
    fn context(&self) -> Option<&K> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<S> Asks<S, SingleContext> for Recorder {
    /// No: then the next segment is asked too, and noted.
    fn ask(&self, key: impl FnOnce() -> SegmentKey, _: &Salts) -> Verdict {
        self.0.borrow_mut().asked.push(key());
        Verdict::No
    }
}
