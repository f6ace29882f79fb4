//! Explanations.

use std::borrow::Cow;

use foldhash::HashSet;

use super::clause::{Clause, Subject, Test};
use super::compile::{Asked, Condition, Rule, Share};
use super::context::ContextInstance;
use super::decide::{Decision, Known, Question, Truth, Visits};
use super::segments::CompiledSegments;
use super::sight::Sights;
use crate::explanation::{
    ClauseExplanation, Compared, Explanation, RuleExplanation, Seen, ShareExplanation,
};
use crate::{AttributeRef, AttributeValue, Operator, kernel, wire};

/// How many segments one explanation goes into. Those beyond are named by their answer, which is as
/// right as the others.
const MOST: usize = 200;

/// The results while segments are explained.
struct Told<'q, 's, 'c> {
    question: &'q Question<'s, 'c>,
    visits: Visits,
    /// The segments that are explained already. A segment may ask itself, and one that two ask, which
    /// two others ask, and so on, would be explained twice as often at every step.
    segments: HashSet<usize>,
    /// How many more the present explanation may go into.
    left: usize,
}

impl CompiledSegments {
    /// Explains segments one after the other. What is asked by several is explained where it is asked
    /// first, and by itself.
    pub(super) fn explained(
        &self,
        segments: impl IntoIterator<Item = usize>,
        context: &ContextInstance,
    ) -> Vec<Explanation> {
        let question = Question::new(self, context);
        let mut told = Told {
            question: &question,
            visits: Visits::of_many(self),
            segments: HashSet::default(),
            left: 0,
        };
        let explain = |index| {
            told.left = MOST;
            self.explain_within(index, &mut told)
        };
        segments.into_iter().map(explain).collect()
    }

    fn explain_within(&self, index: usize, told: &mut Told<'_, '_, '_>) -> Explanation {
        let decision = self.decide(index, told.question, &mut told.visits);
        let tried = match decision {
            Decision::Included(_) | Decision::Excluded(_) => 0,
            Decision::Rule(rule) => rule + 1,
            Decision::NoRule | Decision::Unknown(_) | Decision::GivenUp(_) => {
                self.segments[index].rules.len()
            }
        };
        told.segments.insert(index);
        told.left = told.left.saturating_sub(1);
        let rules = (0..tried)
            .map(|rule| self.explain_rule(index, rule, told))
            .collect();
        Explanation {
            segment: Cow::Owned(self.segments[index].key.clone()),
            membership: self.membership_of(index, decision, &told.visits),
            rules,
        }
    }

    fn explain_rule(
        &self,
        segment: usize,
        index: usize,
        told: &mut Told<'_, '_, '_>,
    ) -> RuleExplanation {
        let rule = &self.segments[segment].rules[index];
        let clauses = (0..rule.conditions.len())
            .map(|clause| self.explain_clause((segment, index, clause), told))
            .collect();
        let share = rule
            .share
            .as_ref()
            .map(|share| self.explain_share(segment, index, share, told.question.context));
        let truth = self.rule(segment, index, told.question, &mut told.visits);
        RuleExplanation {
            index,
            id: rule.source.id.clone().map(Cow::Owned),
            description: rule.source.description.clone().map(Cow::Owned),
            holds: known(truth),
            clauses,
            share,
        }
    }

    fn explain_clause(
        &self,
        (segment, index, clause): (usize, usize, usize),
        told: &mut Told<'_, '_, '_>,
    ) -> ClauseExplanation {
        let rule = &self.segments[segment].rules[index];
        let source = &rule.source.clauses[clause];
        let truth = self.condition((segment, index, clause), told.question, &mut told.visits);
        let doubt = match truth {
            Err(reason) | Ok(Known::Unknown(reason)) => {
                Some(self.unknown_reason(reason, &told.visits))
            }
            Ok(Known::Yes | Known::No) => None,
        };
        let (seen, matched) = match &rule.conditions[clause] {
            Condition::Clause(clause) => seen(clause, source, told.question.context),
            Condition::Segments { .. } => (Seen::WholeContext, None),
            Condition::Malformed(_) => (Seen::NoValue, None),
        };
        let segments = match &rule.conditions[clause] {
            Condition::Segments { asked, .. } => asked
                .iter()
                .filter_map(|asked| match asked {
                    Asked::Loaded(index) if told.left > 0 && !told.segments.contains(index) => {
                        Some(self.explain_within(*index, told))
                    }
                    Asked::Loaded(_) | Asked::Missing(_) => None,
                })
                .collect(),
            Condition::Clause(_) | Condition::Malformed(_) => Vec::new(),
        };
        ClauseExplanation {
            says: Cow::Owned(in_words(source)),
            holds: known(truth),
            seen,
            is_date: matches!(&source.op[..], "before" | "after"),
            matched,
            doubt,
            segments,
        }
    }

    fn explain_share(
        &self,
        segment: usize,
        index: usize,
        share: &Share,
        context: &ContextInstance,
    ) -> ShareExplanation {
        let rule: &Rule = &self.segments[segment].rules[index];
        let by = rule.source.bucket_by.as_deref().unwrap_or("key");
        let kind = &share.kind.text;
        #[allow(
            clippy::cast_precision_loss,
            reason = "a weight of many digits is no percentage anyway"
        )]
        let percent = share.weight as f64 / 1000.0;
        let seen = match (context.of_kind(&share.kind), &share.by) {
            (None, _) => context.nothing(&share.kind.text),
            (Some(context), Ok(by)) => by
                .find(context)
                .map_or(Seen::NoValue, |value| Seen::Value(value.clone())),
            (Some(_), Err(_)) => Seen::NoValue,
        };
        let bucket = match (self.salt(segment), &seen) {
            (Some(salt), Seen::Value(value)) => {
                let key = &self.segments[segment].key;
                let bucket = match value {
                    AttributeValue::String(text) => kernel::bucket(key, salt, text),
                    AttributeValue::Number(number) => kernel::whole_number(*number)
                        .map_or(0.0, |whole| kernel::bucket(key, salt, &whole.to_string())),
                    _ => 0.0,
                };
                Some(bucket * 100.0)
            }
            (None, Seen::Value(_)) => None,
            (_, _) => Some(0.0),
        };
        ShareExplanation {
            says: Cow::Owned(format!("{percent}% by {kind} {by}")),
            holds: known(self.share(segment, index, share, context)),
            seen,
            bucket,
        }
    }
}

fn known(truth: Truth) -> Option<bool> {
    match truth {
        Ok(Known::Yes) => Some(true),
        Ok(Known::No) => Some(false),
        Ok(Known::Unknown(_)) | Err(_) => None,
    }
}

/// The value that the clause tests, and the first pair of values that is in the relation.
fn seen(
    clause: &Clause,
    source: &wire::Clause,
    context: &ContextInstance,
) -> (Seen, Option<Compared>) {
    let value = match &clause.subject {
        Subject::Kinds => {
            let mut kinds: Vec<AttributeValue> = context
                .kinds()
                .map(|(kind, _)| kind.as_str().into())
                .collect();
            if kinds.len() == 1 {
                kinds.remove(0)
            } else {
                AttributeValue::Array(kinds)
            }
        }
        Subject::Attribute(attribute) => {
            if context.of_kind(attribute.kind()).is_none() {
                return (context.nothing(&attribute.kind().text), None);
            }
            match attribute.find(context, &mut Sights::default()) {
                None | Some(AttributeValue::Null) => return (Seen::NoValue, None),
                Some(value) => value.clone(),
            }
        }
    };
    let elements = match &value {
        AttributeValue::Array(elements) => &elements[..],
        value => std::slice::from_ref(value),
    };
    let operator = Operator::from_wire(&source.op);
    let matched = elements
        .iter()
        .filter(|element| clause.test.holds(element))
        .find_map(|element| {
            source
                .values
                .iter()
                .cloned()
                .map(AttributeValue::from)
                .find(|value| Test::new(operator, std::slice::from_ref(value)).holds(element))
                .map(|value| Compared {
                    attribute: element.clone(),
                    value,
                })
        });
    (Seen::Value(value), matched)
}

/// The text that [`Clause`](crate::Clause) would have, also for clauses that cannot be one.
pub(super) fn in_words(clause: &wire::Clause) -> String {
    let mut words = String::new();
    if let Some(operator) = Operator::from_wire(&clause.op) {
        if clause.attribute_ref() == Ok(AttributeRef::KIND) {
            "kind ".clone_into(&mut words);
        } else if operator != Operator::SegmentMatch {
            let kind = clause.context_kind.as_deref().unwrap_or("user");
            words = format!("{kind} {} ", clause.attribute);
        }
        let row = operator.row();
        words += if clause.negate {
            row.negated_phrase
        } else {
            row.phrase
        };
    } else {
        let not = if clause.negate { "not " } else { "" };
        words = format!("{} {not}`{}` (no operator)", clause.attribute, clause.op);
    }
    for (index, value) in clause.values.iter().enumerate() {
        words += if index == 0 { " " } else { " or " };
        words += &AttributeValue::from(value.clone()).to_string();
    }
    words
}
