//! Records the rules of a segment, which are in the program once.

use std::cell::RefCell;
use std::mem::take;

use segments_model::{
    Audience, Clause, ContextKind, EnvironmentKey, Rollout, Rule, SegmentKey, Targets,
};

use crate::attribute::condition::InBothNames;
use crate::membership::decision::{Salts, Verdict};
use crate::membership::key_set::KeySet;
use crate::membership::visitor::{
    Asks, HasContext, How, List, Lists, Managed, RuleVisitor, SingleContext,
};
use crate::{Condition, Context, Decide};

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
