use super::about::About;
use super::proof::Proof;
use super::relation::Relation;
use super::subject::are_related;
use super::value_covered;
use crate::algebra::Index;
use crate::code::code;
use crate::{Clause, Code, Operator, Place, Value, pattern};

code! {
    /// Every context that satisfies the other clauses of a rule also satisfies this one.
    ///
    /// ```toml,wrong
    /// [segments.settled]
    /// rules = [{ clauses = [
    ///   { attribute = "age", op = "greaterThan", values = [40] },
    ///   { attribute = "age", op = "greaterThan", values = [30] },
    /// ] }]
    /// ```
    ///
    /// ```text
    /// warning[clause-covered]: this clause changes nothing: every context that satisfies user age is greater than 40 also satisfies user age is greater than 30; leave it out
    /// ```
    ///
    /// ```toml,right
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [40] }] }]
    /// ```
    CLAUSE_COVERED = Warning "clause-covered";
}

/// Clauses and values that change nothing.
pub(super) fn check<'a>(
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
        let mut others = of_rule.iter().enumerate().filter(|(other, _)| *other != at);
        let related = others.any(|(_, other)| are_related(clause, other));
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
            let mut relation = Relation::new(about.segment, Code::CLAUSE_COVERED, place, message);
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
        found.extend(value_covered::check(about, (rule, at), &goals, proof));
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
