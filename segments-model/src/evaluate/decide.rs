//! The decision: lists first, then the rules in order.

use std::borrow::Cow;

use super::compile::{Asked, Condition, Rule, Segment, Share};
use super::context::ContextInstance;
use super::lists::{Listed, Listings};
use super::segments::CompiledSegments;
use super::sight::Sights;
use crate::{AttributeValue, Doubt, Exclusion, Inclusion, Membership, kernel};

/// How far segments that ask segments are followed. The service has no such limit; a chain as long
/// as this is no audience that anybody thought of, and the stack is not endless.
pub(super) const LONGEST_CHAIN: usize = 200;

/// What was found about one segment; places instead of names, so that it costs nothing to pass on.
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
    /// The place of the key among the clause's values that are texts.
    Missing {
        segment: usize,
        rule: usize,
        clause: usize,
        asked: usize,
    },
    /// The path is with the [`Visits`].
    Cycle,
    TooDeep {
        segment: usize,
    },
    /// `clause` is `None` if it is the attribute of the percentage that is wrong.
    Malformed {
        segment: usize,
        rule: usize,
        clause: Option<usize>,
    },
}

/// What is known about a condition, a rule, or a segment that was asked. With the error, nothing that
/// comes later counts: SDKs give up here, or they might, and then the error is what that depends on.
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

/// Which segments have been asked about a context: those that are being decided, so that a circle is
/// found, and what the others said, so that none is asked twice. Empty as long as no segment asks
/// another, so that the usual question allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Visits {
    states: Vec<State>,
    chain: Vec<usize>,
    cycle: Vec<usize>,
    sights: Sights,
}

#[derive(Debug, Clone, Copy)]
enum State {
    New,
    Pending,
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

    /// Forgets what was said and seen, for the next context.
    pub(super) fn clear(&mut self) {
        self.sights.clear();
        self.states.fill(State::New);
    }
}

/// What all segments are asked about.
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
        let segment = &self.segments[index];
        if !segment.asks {
            return self.decide_unasked(index, segment, question, visits);
        }
        if visits.states.is_empty() {
            visits.states = vec![State::New; self.segments.len()];
        }
        match visits.states[index] {
            State::New => {}
            State::Done(decision) => return decision,
            State::Pending => {
                let start = visits.chain.iter().position(|asked| *asked == index);
                visits.cycle = visits.chain[start.unwrap_or(0)..].to_vec();
                visits.cycle.push(index);
                return Decision::GivenUp(Reason::Cycle);
            }
        }
        if visits.chain.len() >= LONGEST_CHAIN {
            return Decision::GivenUp(Reason::TooDeep { segment: index });
        }
        visits.states[index] = State::Pending;
        visits.chain.push(index);
        let decision = self.decide_unasked(index, segment, question, visits);
        visits.chain.pop();
        visits.states[index] = State::Done(decision);
        decision
    }

    fn decide_unasked(
        &self,
        index: usize,
        segment: &Segment,
        question: &Question,
        visits: &mut Visits,
    ) -> Decision {
        if let Some(kind) = &segment.big {
            return match question.context.of_kind(kind) {
                Some(_) => Decision::Unknown(Reason::BigSegment { segment: index }),
                None => Decision::NoRule,
            };
        }
        match question.listings.in_segment(index) {
            Some(Listed::Included(list)) => return Decision::Included(list),
            Some(Listed::Excluded(list)) => return Decision::Excluded(list),
            None => {}
        }
        let mut unknown = None;
        for rule in 0..segment.rules.len() {
            match self.rule(index, rule, question, visits) {
                Ok(Known::Yes) => return Decision::Rule(rule),
                Ok(Known::No) => {}
                Ok(Known::Unknown(reason)) => unknown = unknown.or(Some(reason)),
                Err(reason) => return Decision::GivenUp(unknown.unwrap_or(reason)),
            }
        }
        unknown.map_or(Decision::NoRule, Decision::Unknown)
    }

    pub(super) fn rule(
        &self,
        segment: usize,
        index: usize,
        question: &Question,
        visits: &mut Visits,
    ) -> Truth {
        let rule = &self.segments[segment].rules[index];
        let mut unknown = None;
        for (clause, condition) in rule.conditions.iter().enumerate() {
            // Most conditions are clauses, which know everything they need.
            if let Condition::Clause(clause) = condition {
                if clause.holds(question.context, &mut visits.sights) {
                    continue;
                }
                return Ok(Known::No);
            }
            match self.condition((segment, index, clause), question, visits) {
                Ok(Known::Yes) => {}
                Ok(Known::No) => return Ok(Known::No),
                Ok(Known::Unknown(reason)) => unknown = unknown.or(Some(reason)),
                Err(reason) => return Err(unknown.unwrap_or(reason)),
            }
        }
        let share = match &rule.share {
            None => Ok(Known::Yes),
            Some(share) => self.share(segment, index, share, question.context),
        };
        match (unknown, share) {
            (None, share) => share,
            (Some(_), Ok(Known::No)) => Ok(Known::No),
            (Some(reason), _) => Ok(Known::Unknown(reason)),
        }
    }

    pub(super) fn condition(
        &self,
        (segment, rule, clause): (usize, usize, usize),
        question: &Question,
        visits: &mut Visits,
    ) -> Truth {
        let (asked, negate) = match &self.segments[segment].rules[rule].conditions[clause] {
            Condition::Clause(clause) => {
                return Ok(Known::of(
                    clause.holds(question.context, &mut visits.sights),
                ));
            }
            Condition::Malformed(_) => {
                return Err(Reason::Malformed {
                    segment,
                    rule,
                    clause: Some(clause),
                });
            }
            Condition::Segments { asked, negate } => (asked, *negate),
        };
        let mut unknown = None;
        for (place, asked) in asked.iter().enumerate() {
            let truth = match asked {
                Asked::Loaded(index) => self.decide(*index, question, visits).truth(),
                Asked::Missing(_) if self.complete => Ok(Known::No),
                Asked::Missing(_) => Ok(Known::Unknown(Reason::Missing {
                    segment,
                    rule,
                    clause,
                    asked: place,
                })),
            };
            match truth {
                Ok(Known::Yes) => return Ok(Known::of(!negate)),
                Ok(Known::No) => {}
                Ok(Known::Unknown(reason)) => unknown = unknown.or(Some(reason)),
                Err(reason) => return Err(unknown.unwrap_or(reason)),
            }
        }
        Ok(unknown.map_or(Known::of(negate), Known::Unknown))
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
                reason: self.doubt(reason, visits),
            },
        }
    }

    pub(super) fn doubt(&self, reason: Reason, visits: &Visits) -> Doubt {
        let key = |segment: usize| Cow::Owned(self.segments[segment].key.clone());
        let rule = |segment: usize, rule: usize| -> &Rule { &self.segments[segment].rules[rule] };
        match reason {
            Reason::Salt { segment, rule } => Doubt::Salt {
                segment: key(segment),
                rule,
            },
            Reason::BigSegment { segment } => Doubt::BigSegment {
                segment: key(segment),
            },
            Reason::Missing {
                segment,
                rule: index,
                clause,
                asked,
            } => Doubt::UnknownSegment {
                segment: match &rule(segment, index).conditions[clause] {
                    Condition::Segments { asked: keys, .. } => match &keys[asked] {
                        Asked::Missing(key) => Cow::Owned(key.clone()),
                        Asked::Loaded(index) => key(*index),
                    },
                    Condition::Clause(_) | Condition::Malformed(_) => key(segment),
                },
            },
            Reason::Cycle => Doubt::Cycle {
                path: visits.cycle.iter().copied().map(key).collect(),
            },
            Reason::TooDeep { segment } => Doubt::TooDeep {
                segment: key(segment),
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
                Doubt::Malformed {
                    segment: key(segment),
                    rule: index,
                    problem: wrong.map_or_else(String::new, ToString::to_string).into(),
                }
            }
        }
    }
}
