//! The decision: lists first, then the rules in order.
//!
//! Segments reference segments to any depth, so the walk is a loop with an explicit stack instead of a
//! recursion: a chain may be arbitrarily long, and the thread's stack is limited. Each level remembers
//! its position, stops at a segment that is not decided yet, and continues from there once it is.

use std::borrow::Cow;

use super::compile::{Asked, Condition, Rule, Share};
use super::context::ContextInstance;
use super::lists::{Listed, Listings};
use super::segments::CompiledSegments;
use super::sight::Sights;
use crate::{AttributeValue, Exclusion, Inclusion, Membership, UnknownReason, kernel};

/// The decision about one segment; positions instead of names, so that it costs nothing to pass on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Decision {
    Included(usize),
    Excluded(usize),
    Rule(usize),
    NoRule,
    /// It depends on something that is not known here.
    Unknown(Reason),
    /// SDKs give up on the whole flag at this point.
    GivenUp(Reason),
}

/// Why something is not known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    Salt {
        segment: usize,
        rule: usize,
    },
    BigSegment {
        segment: usize,
    },
    /// A list whose keys were left out.
    ListLeftOut {
        segment: usize,
    },
    /// The place of the key among the clause's values that are texts.
    Missing {
        segment: usize,
        rule: usize,
        clause: usize,
        asked: usize,
    },
    /// The place of the path among those of the [`Visits`].
    Cycle(usize),
    /// `clause` is `None` if it is the attribute of the percentage that is wrong.
    Malformed {
        segment: usize,
        rule: usize,
        clause: Option<usize>,
    },
}

/// The known result of a condition, a rule, or a referenced segment. After an error, nothing later
/// counts: SDKs stop here, or might, and then the error names the cause.
pub(super) type Truth = Result<Known, Reason>;

#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    Yes,
    No,
    Unknown(Reason),
}

impl Known {
    fn of(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl Decision {
    pub(super) fn known(self) -> Option<bool> {
        match self {
            Self::Included(_) | Self::Rule(_) => Some(true),
            Self::Excluded(_) | Self::NoRule => Some(false),
            Self::Unknown(_) | Self::GivenUp(_) => None,
        }
    }

    fn truth(self) -> Truth {
        match self {
            Self::Included(_) | Self::Rule(_) => Ok(Known::Yes),
            Self::Excluded(_) | Self::NoRule => Ok(Known::No),
            Self::Unknown(reason) => Ok(Known::Unknown(reason)),
            Self::GivenUp(reason) => Err(reason),
        }
    }
}

/// The segments that were evaluated for a context: those in progress, so that a circle is found, and the
/// results of the others, so that none is evaluated twice. Empty as long as no segment references
/// another, so that the usual evaluation allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Visits {
    states: Vec<State>,
    /// The decisions that are under way, each waiting for the next.
    chain: Vec<OfSegment>,
    cycles: Vec<Vec<usize>>,
    sights: Sights,
}

/// Where the decision about a segment stands.
#[derive(Debug, Clone, Copy)]
struct OfSegment {
    segment: usize,
    doubt: Option<Reason>,
    rule: OfRule,
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, Default)]
struct OfRule {
    rule: usize,
    doubt: Option<Reason>,
    condition: OfCondition,
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, Default)]
struct OfCondition {
    clause: usize,
    /// How many segments have been asked.
    asked: usize,
    doubt: Option<Reason>,
}

impl OfSegment {
    fn new(segment: usize) -> Self {
        Self {
            segment,
            doubt: None,
            rule: OfRule::default(),
        }
    }
}

/// A segment that has to be decided first.
#[derive(Debug, Clone, Copy)]
struct Needed(usize);

#[derive(Debug, Clone, Copy)]
enum State {
    New,
    /// With its place in the chain.
    Pending(usize),
    Done(Decision),
}

impl Visits {
    /// For many of these segments.
    pub(super) fn of_many(segments: &CompiledSegments) -> Self {
        Self {
            sights: Sights::of(segments.numbers),
            ..Self::default()
        }
    }

    fn begin(&mut self, segment: usize) {
        self.states[segment] = State::Pending(self.chain.len());
        self.chain.push(OfSegment::new(segment));
    }

    /// Forgets all results, for the next context.
    pub(super) fn clear(&mut self) {
        self.sights.clear();
        self.states.fill(State::New);
        self.cycles.clear();
    }
}

/// The input of all segments.
#[derive(Debug)]
pub(super) struct Question<'s, 'c> {
    pub(super) context: &'c ContextInstance,
    listings: Listings<'s>,
}

impl<'s, 'c> Question<'s, 'c> {
    pub(super) fn new(segments: &'s CompiledSegments, context: &'c ContextInstance) -> Self {
        Self {
            context,
            listings: segments.lists.of(context),
        }
    }
}

impl CompiledSegments {
    pub(super) fn decide(
        &self,
        index: usize,
        question: &Question,
        visits: &mut Visits,
    ) -> Decision {
        if !self.segments[index].asks {
            return self.decide_alone(index, question, visits);
        }
        if visits.states.is_empty() {
            visits.states = vec![State::New; self.segments.len()];
        }
        if let State::Done(decision) = visits.states[index] {
            return decision;
        }
        visits.begin(index);
        let mut at = OfSegment::new(index);
        loop {
            match self.advance(&mut at, question, visits) {
                Ok(decision) => {
                    visits.states[at.segment] = State::Done(decision);
                    visits.chain.pop();
                    match visits.chain.last() {
                        Some(waiting) => at = *waiting,
                        None => return decision,
                    }
                }
                Err(Needed(asked)) => {
                    visits.chain.pop();
                    visits.chain.push(at);
                    visits.begin(asked);
                    at = OfSegment::new(asked);
                }
            }
        }
    }

    /// The result of the first of several conditions that matches, or `None` if none does. An unknown
    /// condition matters only if it leads to another result; then its position and the reason are the
    /// error.
    pub(super) fn first_that_holds<T>(
        &self,
        conditions: impl Iterator<Item = usize>,
        (question, visits): (&Question, &mut Visits),
        leads: impl Fn(Option<usize>) -> T,
        agree: impl Fn(&T, &T) -> bool,
    ) -> Result<T, (usize, UnknownReason)> {
        let mut doubts: Vec<(usize, UnknownReason)> = Vec::new();
        let mut holds = None;
        for (place, condition) in conditions.enumerate() {
            let decision = self.decide(condition, question, visits);
            match decision.known() {
                Some(true) => {
                    holds = Some(place);
                    break;
                }
                Some(false) => {}
                None => {
                    let membership = self.membership_of(condition, decision, visits);
                    if let Membership::Unknown { reason } = membership {
                        doubts.push((place, reason));
                    }
                }
            }
        }
        let last = leads(holds);
        let mut doubts = doubts.into_iter();
        match doubts.find(|(place, _)| !agree(&leads(Some(*place)), &last)) {
            Some(doubt) => Err(doubt),
            None => Ok(last),
        }
    }

    /// Decides a segment that asks no other.
    fn decide_alone(&self, index: usize, question: &Question, visits: &mut Visits) -> Decision {
        match self.advance(&mut OfSegment::new(index), question, visits) {
            Ok(decision) => decision,
            Err(_) => unreachable!("a segment that asks no other needs none"),
        }
    }

    /// Goes on with a decision.
    fn advance(
        &self,
        at: &mut OfSegment,
        question: &Question,
        visits: &mut Visits,
    ) -> Result<Decision, Needed> {
        let index = at.segment;
        let segment = &self.segments[index];
        if let Some(kind) = &segment.big {
            return Ok(match question.context.of_kind(kind) {
                Some(_) => Decision::Unknown(Reason::BigSegment { segment: index }),
                None => Decision::NoRule,
            });
        }
        match question.listings.in_segment(index) {
            Some(Listed::Included(list)) => return Ok(Decision::Included(list)),
            Some(Listed::Excluded(list)) => return Ok(Decision::Excluded(list)),
            None => {}
        }
        while at.rule.rule < segment.rules.len() {
            match self.advance_rule(index, &mut at.rule, question, visits)? {
                Ok(Known::Yes) => {
                    if self.may_be_excluded(index, question.context) {
                        return Ok(Decision::Unknown(Reason::ListLeftOut { segment: index }));
                    }
                    return Ok(Decision::Rule(at.rule.rule));
                }
                Ok(Known::No) => {}
                Ok(Known::Unknown(reason)) => at.doubt = at.doubt.or(Some(reason)),
                Err(reason) => return Ok(Decision::GivenUp(at.doubt.unwrap_or(reason))),
            }
            at.rule = OfRule {
                rule: at.rule.rule + 1,
                ..OfRule::default()
            };
        }
        if at.doubt.is_none() && self.may_be_included(index, question.context) {
            at.doubt = Some(Reason::ListLeftOut { segment: index });
        }
        Ok(at.doubt.map_or(Decision::NoRule, Decision::Unknown))
    }

    fn advance_rule(
        &self,
        segment: usize,
        at: &mut OfRule,
        question: &Question,
        visits: &mut Visits,
    ) -> Result<Truth, Needed> {
        let rule = &self.segments[segment].rules[at.rule];
        while let Some(condition) = rule.conditions.get(at.condition.clause) {
            // Most conditions are clauses, which know everything they need.
            if let Condition::Clause(clause) = condition {
                if !clause.holds(question.context, &mut visits.sights) {
                    return Ok(Ok(Known::No));
                }
            } else {
                let of_rule = (segment, at.rule);
                match self.advance_condition(of_rule, &mut at.condition, question, visits)? {
                    Ok(Known::Yes) => {}
                    Ok(Known::No) => return Ok(Ok(Known::No)),
                    Ok(Known::Unknown(reason)) => at.doubt = at.doubt.or(Some(reason)),
                    Err(reason) => return Ok(Err(at.doubt.unwrap_or(reason))),
                }
            }
            at.condition = OfCondition {
                clause: at.condition.clause + 1,
                ..OfCondition::default()
            };
        }
        let share = match &rule.share {
            None => Ok(Known::Yes),
            Some(share) => self.share(segment, at.rule, share, question.context),
        };
        Ok(match (at.doubt, share) {
            (None, share) => share,
            (Some(_), Ok(Known::No)) => Ok(Known::No),
            (Some(reason), _) => Ok(Known::Unknown(reason)),
        })
    }

    fn advance_condition(
        &self,
        (segment, rule): (usize, usize),
        at: &mut OfCondition,
        question: &Question,
        visits: &mut Visits,
    ) -> Result<Truth, Needed> {
        let clause = at.clause;
        let (asked, negate) = match &self.segments[segment].rules[rule].conditions[clause] {
            Condition::Clause(clause) => {
                let holds = clause.holds(question.context, &mut visits.sights);
                return Ok(Ok(Known::of(holds)));
            }
            Condition::Malformed(_) => {
                return Ok(Err(Reason::Malformed {
                    segment,
                    rule,
                    clause: Some(clause),
                }));
            }
            Condition::Segments { asked, negate } => (asked, *negate),
        };
        while let Some(one) = asked.get(at.asked) {
            let truth = match one {
                Asked::Loaded(index) => self.answer(*index, question, visits)?.truth(),
                Asked::Missing(_) if self.complete => Ok(Known::No),
                Asked::Missing(_) => Ok(Known::Unknown(Reason::Missing {
                    segment,
                    rule,
                    clause,
                    asked: at.asked,
                })),
            };
            match truth {
                Ok(Known::Yes) => return Ok(Ok(Known::of(!negate))),
                Ok(Known::No) => {}
                Ok(Known::Unknown(reason)) => at.doubt = at.doubt.or(Some(reason)),
                Err(reason) => return Ok(Err(at.doubt.unwrap_or(reason))),
            }
            at.asked += 1;
        }
        Ok(Ok(at.doubt.map_or(Known::of(negate), Known::Unknown)))
    }

    /// The result of a referenced segment, if it is decided.
    fn answer(
        &self,
        index: usize,
        question: &Question,
        visits: &mut Visits,
    ) -> Result<Decision, Needed> {
        if !self.segments[index].asks {
            return Ok(self.decide_alone(index, question, visits));
        }
        match visits.states.get(index) {
            None | Some(State::New) => Err(Needed(index)),
            Some(State::Done(decision)) => Ok(*decision),
            Some(State::Pending(depth)) => {
                let place = *depth;
                Ok(Decision::GivenUp(self.circle(place, visits)))
            }
        }
    }

    /// The circle that closes at this place of the chain. It begins with the key that comes first, so
    /// that it reads the same wherever it was entered.
    fn circle(&self, place: usize, visits: &mut Visits) -> Reason {
        let circle = visits.chain[place..].iter();
        let mut circle: Vec<usize> = circle.map(|at| at.segment).collect();
        let keys = circle.iter().map(|at| &self.segments[*at].key);
        let first = keys.enumerate().min_by_key(|(_, key)| *key);
        circle.rotate_left(first.map_or(0, |(place, _)| place));
        circle.extend(circle.first().copied());
        visits.cycles.push(circle);
        Reason::Cycle(visits.cycles.len() - 1)
    }

    /// A rule as a whole.
    pub(super) fn rule(
        &self,
        segment: usize,
        index: usize,
        question: &Question,
        visits: &mut Visits,
    ) -> Truth {
        let mut at = OfRule {
            rule: index,
            ..OfRule::default()
        };
        loop {
            match self.advance_rule(segment, &mut at, question, visits) {
                Ok(truth) => return truth,
                Err(Needed(asked)) => _ = self.decide(asked, question, visits),
            }
        }
    }

    /// A condition as a whole.
    pub(super) fn condition(
        &self,
        (segment, rule, clause): (usize, usize, usize),
        question: &Question,
        visits: &mut Visits,
    ) -> Truth {
        let mut at = OfCondition {
            clause,
            ..OfCondition::default()
        };
        loop {
            match self.advance_condition((segment, rule), &mut at, question, visits) {
                Ok(truth) => return truth,
                Err(Needed(asked)) => _ = self.decide(asked, question, visits),
            }
        }
    }

    pub(super) fn share(
        &self,
        segment: usize,
        rule: usize,
        share: &Share,
        context: &ContextInstance,
    ) -> Truth {
        let Ok(by) = &share.by else {
            return Err(Reason::Malformed {
                segment,
                rule,
                clause: None,
            });
        };
        let Some(context) = context.of_kind(&share.kind) else {
            return Ok(Known::of(kernel::in_share_without_kind(share.weight)));
        };
        let mut digits = String::new();
        let value = match by.find(context) {
            Some(AttributeValue::String(text)) => Some(text.as_str()),
            Some(AttributeValue::Number(number)) => kernel::whole_number(*number).map(|whole| {
                digits = whole.to_string();
                digits.as_str()
            }),
            _ => None,
        };
        let Some(value) = value else {
            return Ok(Known::of(kernel::in_share(0.0, share.weight)));
        };
        let key = &self.segments[segment].key;
        Ok(match (share.weight, self.salt(segment)) {
            (weight, Some(salt)) => {
                Known::of(kernel::in_share(kernel::bucket(key, salt, value), weight))
            }
            (0, None) => Known::No,
            (100_000.., None) => Known::Yes,
            (_, None) => Known::Unknown(Reason::Salt { segment, rule }),
        })
    }

    /// The decision with names instead of places.
    pub(super) fn membership_of(
        &self,
        index: usize,
        decision: Decision,
        visits: &Visits,
    ) -> Membership {
        let segment = &self.segments[index];
        match decision {
            Decision::Included(list) => Membership::In {
                by: Inclusion::Target {
                    kind: segment.included[list].clone(),
                },
            },
            Decision::Rule(index) => Membership::In {
                by: Inclusion::Rule {
                    index,
                    id: segment.rules[index].source.id.clone().map(Cow::Owned),
                },
            },
            Decision::Excluded(list) => Membership::Out {
                by: Exclusion::Target {
                    kind: segment.excluded[list].clone(),
                },
            },
            Decision::NoRule => Membership::Out {
                by: Exclusion::NoRule,
            },
            Decision::Unknown(reason) | Decision::GivenUp(reason) => Membership::Unknown {
                reason: self.unknown_reason(reason, visits),
            },
        }
    }

    pub(super) fn unknown_reason(&self, reason: Reason, visits: &Visits) -> UnknownReason {
        let key = |segment: usize| Cow::Owned(self.segments[segment].key.clone());
        let rule = |segment: usize, rule: usize| -> &Rule { &self.segments[segment].rules[rule] };
        match reason {
            Reason::Salt { segment, rule } => UnknownReason::Salt {
                segment: key(segment),
                rule,
            },
            Reason::BigSegment { segment } => UnknownReason::BigSegment {
                segment: key(segment),
            },
            Reason::ListLeftOut { segment } => UnknownReason::ListLeftOut {
                segment: key(segment),
            },
            Reason::Missing {
                segment,
                rule: index,
                clause,
                asked,
            } => UnknownReason::UnknownSegment {
                segment: match &rule(segment, index).conditions[clause] {
                    Condition::Segments { asked: keys, .. } => match &keys[asked] {
                        Asked::Missing(key) => Cow::Owned(key.clone()),
                        Asked::Loaded(index) => key(*index),
                    },
                    Condition::Clause(_) | Condition::Malformed(_) => key(segment),
                },
            },
            Reason::Cycle(number) => UnknownReason::Cycle {
                path: visits.cycles[number].iter().copied().map(key).collect(),
            },
            Reason::Malformed {
                segment,
                rule: index,
                clause,
            } => {
                let rule = rule(segment, index);
                let wrong = match clause {
                    Some(clause) => match &rule.conditions[clause] {
                        Condition::Malformed(error) => Some(error),
                        Condition::Clause(_) | Condition::Segments { .. } => None,
                    },
                    None => rule
                        .share
                        .as_ref()
                        .and_then(|share| share.by.as_ref().err()),
                };
                UnknownReason::Malformed {
                    segment: key(segment),
                    rule: index,
                    problem: wrong.map_or_else(String::new, ToString::to_string).into(),
                }
            }
        }
    }
}
