//! Rules that never match, and rules, clauses and values that change nothing.

use std::ops::ControlFlow;

use super::relation::Relation;
use crate::algebra::{Budget, Domains, Formula, Index, Solution, World, search};
use crate::{
    AttributeRef, Audience, Clause, Code, ContextKind, Definition, Operator, Place, Rule, Targets,
    Value, pattern,
};

/// The rules that are checked, and how messages name them.
pub(super) struct About<'r, 's> {
    pub(super) segment: usize,
    pub(super) key: &'s str,
    pub(super) rules: &'r [Rule],
    pub(super) say: &'s dyn Fn(usize, Option<usize>) -> String,
    /// What becomes of a rule that earlier rules cover.
    pub(super) covered: &'static str,
}

/// A rule of a segment: any rule lets a context in.
pub(super) const CHANGES_NOTHING: &str = "changes nothing";
/// A rule of what is served: the first rule decides.
#[cfg(feature = "toml")]
pub(super) const NEVER_REACHED: &str = "is never reached";

/// The steps that are left for all segments. Once they are used up, nothing more is concluded.
pub(super) struct Effort(Budget);

impl Default for Effort {
    fn default() -> Self {
        Self(Budget::new(10_000_000))
    }
}

/// The steps of one segment.
const OF_SEGMENT: u64 = 50_000;

/// So many clauses are listed in the time of a step.
const LISTED: usize = 16;
/// How many excluded keys of a segment are looked at, and values of a clause.
const MOST_SINGLE: usize = 100;

/// What is asked about the rules of one segment.
struct Proof<'p, 'a> {
    formula: Formula<'a>,
    budget: Budget,
    effort: &'p mut Effort,
}

impl<'a> Proof<'_, 'a> {
    fn new<'p>(
        worlds: &'a [World<'a>],
        domains: Domains<'a>,
        effort: &'p mut Effort,
    ) -> Proof<'p, 'a> {
        Proof {
            formula: Formula::leaving_open(worlds, domains),
            budget: Budget::new(OF_SEGMENT.min(effort.0.left())),
            effort,
        }
    }

    /// Returns whether nothing more can be proved of this segment. Even to list what would be asked takes long where a
    /// rule has thousands of clauses.
    fn is_over(&self) -> bool {
        self.budget.left() == 0
    }

    /// Returns whether it is proved that no context fulfils all of these.
    fn nobody(&mut self, goals: &[(Index, bool)]) -> bool {
        let before = self.budget.left();
        // To list them was work, too: of a rule of thousands of clauses it is most of it.
        let listed = self.budget.spend(goals.len() / LISTED);
        let found = match listed {
            Ok(()) => search(&mut self.formula, goals, &mut self.budget),
            Err(_) => Solution::Unknown,
        };
        let spent = before - self.budget.left();
        // It is at most what is left.
        self.effort
            .0
            .spend(usize::try_from(spent).unwrap_or(usize::MAX))
            .ok();
        found == Solution::None
    }

    /// As few as possible of goals that nobody fulfils, by their places.
    fn fewest(&mut self, goals: &[(Index, bool)], always: &[(Index, bool)]) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..goals.len()).collect();
        for leave_out in (0..goals.len()).rev() {
            if self.is_over() {
                break;
            }
            let fewer: Vec<usize> = kept.iter().copied().filter(|at| *at != leave_out).collect();
            let all = fewer
                .iter()
                .map(|at| goals[*at])
                .chain(always.iter().copied());
            if self.nobody(&all.collect::<Vec<_>>()) {
                kept = fewer;
            }
        }
        kept
    }
}

/// What a clause looks at; `None` is the context as a whole.
type Subject<'c> = Option<(&'c ContextKind, &'c AttributeRef)>;

fn subject(clause: &Clause) -> Subject<'_> {
    let whole = clause.operator == Operator::SegmentMatch || clause.tests_kinds();
    // Every context of a kind has these.
    let always = matches!(clause.attribute.as_str(), "key" | "anonymous");
    (!whole && !always).then_some((&clause.kind, &clause.attribute))
}

/// Returns whether clauses of a rule may have to do with one another: two look at the same thing.
fn may_relate(rule: &Rule) -> bool {
    let clauses = &rule.clauses;
    clauses.iter().enumerate().any(|(at, clause)| {
        let subject = subject(clause);
        let mut others = clauses[..at].iter();
        others.any(|other| {
            subject.is_none() || self::subject(other).is_none_or(|it| Some(it) == subject)
        })
    })
}

/// Returns whether a rule may cover another one: it asks for nothing that the other leaves open.
fn may_cover(earlier: &Rule, later: &Rule) -> bool {
    let asks = later
        .clauses
        .iter()
        .any(|clause| clause.operator == Operator::SegmentMatch);
    asks || earlier.clauses.iter().all(|wanted| {
        let wanted = subject(wanted);
        let mut clauses = later.clauses.iter();
        wanted.is_none() || clauses.any(|clause| subject(clause) == wanted)
    })
}

pub(super) fn check<'a>(
    about: &About<'a, 'a>,
    worlds: &'a [World<'a>],
    domains: Domains<'a>,
    effort: &mut Effort,
    found: &mut Vec<Relation>,
) {
    let rules = about.rules;
    let mut covering = rules.iter().enumerate();
    let any_cover = covering.any(|(at, rule)| rules[..at].iter().any(|it| may_cover(it, rule)));
    if !any_cover
        && !rules
            .iter()
            .any(|rule| may_relate(rule) || rule.rollout.is_some())
    {
        return;
    }
    let mut proof = Proof::new(worlds, domains, effort);
    let mut alive: Vec<(usize, Index)> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        // What is left of thousands of rules is as much again for each.
        if proof.budget.left() == 0 {
            return;
        }
        let clauses: Vec<Index> = rule
            .clauses
            .iter()
            .map(|clause| proof.formula.clause(0, clause))
            .collect();
        if may_relate(rule) {
            if let Some(relation) = never(about, index, &clauses, &mut proof) {
                found.push(relation);
                continue;
            }
            unneeded(about, index, &clauses, &mut proof, found);
        }
        found.extend(one_sided(about, index, &clauses, &mut proof));
        let whole = proof.formula.rule(0, about.key, rule);
        found.extend(covered(about, index, whole, &alive, &mut proof));
        alive.push((index, whole));
    }
}

/// Clauses that contradict one another.
fn never(
    about: &About<'_, '_>,
    rule: usize,
    clauses: &[Index],
    proof: &mut Proof<'_, '_>,
) -> Option<Relation> {
    let goals: Vec<(Index, bool)> = clauses.iter().map(|clause| (*clause, true)).collect();
    if !proof.nobody(&goals) {
        return None;
    }
    let fewest = proof.fewest(&goals, &[]);
    let (last, others) = fewest.split_last()?;
    let said: Vec<String> = fewest
        .iter()
        .map(|at| (about.say)(rule, Some(*at)))
        .collect();
    let all = match &said[..] {
        [one] => one.clone(),
        [one, other] => format!("both {one} and {other}"),
        [first @ .., last] => format!("all of {} and {last}", first.join(", ")),
        [] => return None,
    };
    let message = format!(
        "this rule never matches: no context satisfies {all}; remove the wrong clause, or write a rule for each if one of them is enough"
    );
    let place = |clause| Place::Clause { rule, clause };
    let mut relation = Relation::new(about.segment, Code::RuleNeverMatches, place(*last), message);
    for other in others {
        let other = (about.segment, place(*other), "contradicts this".to_owned());
        relation.related.push(other);
    }
    Some(relation)
}

/// Clauses and values that change nothing.
fn unneeded<'a>(
    about: &About<'a, 'a>,
    rule: usize,
    clauses: &[Index],
    proof: &mut Proof<'_, 'a>,
    found: &mut Vec<Relation>,
) {
    let of_rule = &about.rules[rule].clauses;
    for (at, clause) in of_rule.iter().enumerate() {
        if proof.is_over() {
            break;
        }
        let subject = subject(clause);
        let mut others = of_rule.iter().enumerate().filter(|(other, _)| *other != at);
        let related = others.any(|(_, other)| {
            subject.is_none() || self::subject(other).is_none_or(|it| Some(it) == subject)
        });
        // A kind is named for people to read, and patterns are guarded for other SDKs.
        if !related || clause.tests_kinds() || guards_patterns(clause) {
            continue;
        }
        let others: Vec<usize> = (0..clauses.len()).filter(|other| *other != at).collect();
        let goals: Vec<(Index, bool)> =
            others.iter().map(|other| (clauses[*other], true)).collect();
        let fails = [(clauses[at], false)];
        let all: Vec<_> = goals.iter().chain(&fails).copied().collect();
        let place = Place::Clause { rule, clause: at };
        if proof.nobody(&all) {
            let fewest = proof.fewest(&goals, &fails);
            let said: Vec<String> = fewest
                .iter()
                .map(|by| (about.say)(rule, Some(others[*by])))
                .collect();
            let message = format!(
                "this clause changes nothing: every context that satisfies {} also satisfies {}; leave it out",
                said.join(" and "),
                (about.say)(rule, Some(at))
            );
            let mut relation = Relation::new(about.segment, Code::ClauseCovered, place, message);
            for by in fewest {
                let by = Place::Clause {
                    rule,
                    clause: others[by],
                };
                let label = "implies it".to_owned();
                relation.related.push((about.segment, by, label));
            }
            found.push(relation);
            // Of two clauses that imply each other one has to stay.
            break;
        }
        found.extend(value(about, (rule, at), &goals, proof));
    }
}

/// Returns whether a clause leaves texts with line breaks out, which makes patterns mean the same to every
/// SDK, although it changes nothing to the one whose semantics are proved.
fn guards_patterns(clause: &Clause) -> bool {
    let is_break = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| pattern::LINE_BREAKS.contains(&text))
    };
    clause.negate && clause.operator == Operator::Contains && clause.values.iter().all(is_break)
}

/// The first value of a clause that no context has, given the other clauses.
fn value<'a>(
    about: &About<'a, 'a>,
    (rule, at): (usize, usize),
    others: &[(Index, bool)],
    proof: &mut Proof<'_, 'a>,
) -> Option<Relation> {
    let clause = &about.rules[rule].clauses[at];
    if clause.values.len() < 2 || subject(clause).is_none() {
        return None;
    }
    let never = (0..clause.values.len().min(MOST_SINGLE)).find(|value| {
        let passes = proof.formula.has_one(clause, *value..*value + 1);
        let goals: Vec<_> = others.iter().copied().chain([(passes, true)]).collect();
        proof.nobody(&goals)
    })?;
    let value = &clause.values[never];
    let said: Vec<String> = (0..about.rules[rule].clauses.len())
        .filter(|other| *other != at)
        .map(|other| (about.say)(rule, Some(other)))
        .collect();
    let message = format!(
        "{value} changes nothing: no context with this value satisfies {}; leave it out",
        said.join(" and ")
    );
    let place = Place::Value {
        rule,
        clause: at,
        value: never,
    };
    Some(Relation::new(
        about.segment,
        Code::ValueCovered,
        place,
        message,
    ))
}

/// A percentage that takes everybody or nobody.
fn one_sided<'a>(
    about: &About<'a, 'a>,
    rule: usize,
    clauses: &[Index],
    proof: &mut Proof<'_, 'a>,
) -> Option<Relation> {
    let share = about.rules[rule].rollout.as_ref()?;
    let taken = proof.formula.share(about.key, share);
    // Nobody and everybody by number are told elsewhere.
    if taken == Formula::constant(false) || taken == Formula::constant(true) {
        return None;
    }
    let mut nobody = |taken: (Index, bool)| {
        let goals: Vec<_> = clauses.iter().map(|clause| (*clause, true)).collect();
        proof.nobody(&[&goals[..], &[taken]].concat())
    };
    let who = if nobody((taken, false)) {
        "everybody"
    } else if nobody((taken, true)) {
        "nobody"
    } else {
        return None;
    };
    let message = format!(
        "{} by {} {} takes {who}: no context that matches the rule has another bucket; split by an attribute of one value, such as `key`",
        share.weight, share.kind, share.by
    );
    let place = Place::Percent(rule);
    Some(Relation::new(
        about.segment,
        Code::PercentOneSided,
        place,
        message,
    ))
}

/// A rule that lets nobody in whom earlier rules do not.
fn covered(
    about: &About<'_, '_>,
    index: usize,
    whole: Index,
    earlier: &[(usize, Index)],
    proof: &mut Proof<'_, '_>,
) -> Option<Relation> {
    let rule = &about.rules[index];
    let earlier: Vec<(usize, Index)> = earlier
        .iter()
        .copied()
        .filter(|(at, _)| may_cover(&about.rules[*at], rule))
        .collect();
    let goals: Vec<(Index, bool)> = earlier.iter().map(|(_, rule)| (*rule, false)).collect();
    let matches = [(whole, true)];
    if goals.is_empty() {
        return None;
    }
    let by_one = goals
        .iter()
        .position(|goal| proof.nobody(&[matches[0], *goal]));
    let by: Vec<usize> = match by_one {
        Some(one) => vec![one],
        None if goals.len() == 1 => return None,
        None => {
            let all: Vec<_> = matches.iter().chain(&goals).copied().collect();
            if !proof.nobody(&all) {
                return None;
            }
            proof.fewest(&goals, &matches)
        }
    };
    let said: Vec<String> = by
        .iter()
        .map(|at| {
            let (at, _) = earlier[*at];
            format!("rule {}, {}", at + 1, (about.say)(at, None))
        })
        .collect();
    let message = format!(
        "this rule {}: every context that matches it also matches {}; leave it out",
        about.covered,
        said.join(", or ")
    );
    let mut relation = Relation::new(
        about.segment,
        Code::RuleCovered,
        Place::Rule(index),
        message,
    );
    let label = if by.len() == 1 {
        "the rule that covers it"
    } else {
        "one of the rules that cover it"
    };
    for at in by {
        let place = Place::Rule(earlier[at].0);
        relation
            .related
            .push((about.segment, place, label.to_owned()));
    }
    Some(relation)
}

/// What a segment is as a whole, if its rules are right one by one.
pub(super) fn check_whole<'a>(
    index: usize,
    segment: &'a Definition,
    worlds: &'a [World<'a>],
    domains: Domains<'a>,
    effort: &mut Effort,
    found: &mut Vec<Relation>,
) {
    let Audience::Standard {
        excluded,
        rules: Some(rules),
        ..
    } = &segment.audience
    else {
        return;
    };
    let for_everyone = rules.iter().any(|rule| rule.clauses.is_empty());
    if rules.is_empty() || for_everyone || segment.absent {
        return;
    }
    let whole_contexts = |rule: &Rule| rule.clauses.iter().all(|clause| subject(clause).is_none());
    let by_whole = rules.iter().any(whole_contexts);
    let by_key = !excluded.is_empty() && rules.iter().all(looks_at_whole);
    if !by_whole && !by_key {
        return;
    }
    let mut proof = Proof::new(worlds, domains, effort);
    let members = proof.formula.segment(0, segment.key.as_str());
    let mut say = |code, message: &str| {
        found.push(Relation::new(
            index,
            code,
            Place::Segment,
            message.to_owned(),
        ));
    };
    if proof.nobody(&[(members, true)]) {
        say(
            Code::AudienceEmpty,
            "nobody is ever a member of this segment: its rules and its lists contradict each other; write `nobody` if this is intended",
        );
        return;
    }
    if by_whole && proof.nobody(&[(members, false)]) {
        say(
            Code::AudienceEverybody,
            "every context is a member of this segment; write `everyone` in a rule if this is intended",
        );
    }
    if by_key {
        excluded_keys(index, segment, excluded, &mut proof, found);
    }
}

fn looks_at_whole(rule: &Rule) -> bool {
    rule.clauses.iter().any(|clause| subject(clause).is_none())
}

/// Excluded keys that no rule lets in anyway.
fn excluded_keys<'a>(
    index: usize,
    segment: &'a Definition,
    excluded: &'a Targets,
    proof: &mut Proof<'_, 'a>,
    found: &mut Vec<Relation>,
) {
    let rules: Vec<Index> = segment
        .rules()
        .iter()
        .map(|rule| proof.formula.rule(0, segment.key.as_str(), rule))
        .collect();
    let any = proof.formula.any(rules);
    let mut looked_at = 0;
    for (list, (kind, keys)) in excluded.lists().enumerate() {
        let unneeded = keys.iter().enumerate().try_for_each(|(at, key)| {
            looked_at += 1;
            if looked_at > MOST_SINGLE {
                return ControlFlow::Break(None);
            }
            let has = proof.formula.has_key(kind, key.clone());
            if proof.nobody(&[(has, true), (any, true)]) {
                ControlFlow::Break(Some((at, key)))
            } else {
                ControlFlow::Continue(())
            }
        });
        if let ControlFlow::Break(Some((at, key))) = unneeded {
            let message = format!(
                "excluding `{}` changes nothing: no rule lets this {kind} in; leave it out",
                crate::visible(key)
            );
            let place = Place::Excluded {
                list,
                key: Some(at),
            };
            found.push(Relation::new(index, Code::ExcludedUnneeded, place, message));
        }
    }
}
