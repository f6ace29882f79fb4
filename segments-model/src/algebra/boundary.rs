//! Contexts at the boundaries of a segment, for tests.

use std::collections::HashSet;

use semver::Prerelease;

use super::budget::Solution;
use super::search::Goal;
use super::{Algebra, Expression, Formula, Index, Witness};
use crate::date::{self, Moment};
use crate::operator::Comparison;
use crate::{
    AttributeRef, Audience, Clause, ContextKind, Definition, Number, Operator, Rule, Targets,
    Value, version,
};

/// A context at a boundary of a segment, with its membership.
///
/// Example: [`Algebra::boundaries`].
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// The context.
    pub witness: Witness,
    /// Whether the context is a member.
    pub is_member: bool,
}

impl Boundary {
    /// Returns the context as JSON, in the form that SDKs read.
    ///
    /// Example: [`Algebra::boundaries`].
    #[must_use]
    pub fn json(&self) -> String {
        self.witness.json()
    }

    /// Returns the context for evaluation.
    ///
    /// Example: [`Algebra::boundaries`].
    ///
    /// # Panics
    ///
    /// Never: it was evaluated before.
    #[cfg(feature = "eval")]
    #[must_use]
    pub fn context(&self) -> crate::evaluate::ContextInstance {
        let contexts = self.witness.contexts();
        let contexts = contexts.map(|(kind, it)| (kind.as_str().to_owned(), it.clone()));
        crate::evaluate::ContextInstance::from_kinds(contexts)
            .expect("the interpreter has read it before it was given")
    }
}

/// How many values of a clause are looked at.
const MOST_VALUES: usize = 20;
/// How many questions are asked about a segment.
const MOST_QUESTIONS: usize = 1_000;

impl Algebra<'_> {
    /// Returns contexts at the boundaries of a segment, members and non-members: one for each rule, one
    /// that only a single clause keeps out, one at each value of a clause and its neighbors, and one of
    /// each list. They are in the order of the definition, without duplicates. Contexts that depend on a
    /// salt, or on segments declared elsewhere, are left out; so are those that would take too much
    /// effort to find.
    ///
    /// ```
    /// use segments_model::algebra::{Algebra, Domain};
    /// use segments_model::{Arity, AttributeType, Definition, Number, clause};
    ///
    /// let ten = Number::new(10.0).unwrap();
    /// let large = Definition::builder("large").rule(clause("user", "seats").gt(ten)).build().unwrap();
    /// let number = |_: &_, _: &_| Domain::new(AttributeType::Number, Arity::One);
    /// let found = Algebra::new([&large], &number).boundaries("large");
    /// let found: Vec<_> = found.iter().map(|it| (it.json(), it.is_member)).collect();
    /// assert!(found.contains(&(r#"{"kind":"user","key":"u","seats":10}"#.to_owned(), false)));
    /// assert!(found.contains(&(r#"{"kind":"user","key":"u","seats":11}"#.to_owned(), true)));
    /// ```
    #[must_use]
    pub fn boundaries(&self, key: &str) -> Vec<Boundary> {
        let Some((definition, _)) = self.worlds[0].get(key) else {
            return Vec::new();
        };
        let near: Vec<Vec<Vec<Clause>>> = definition
            .rules()
            .iter()
            .map(|rule| rule.clauses.iter().map(beside).collect())
            .collect();
        let mut formula = Formula::new(&self.worlds, self.domains);
        formula.as_declared();
        let members = formula.segment(0, key);
        let mut questions: Vec<(Vec<Goal>, bool)> = Vec::new();
        questions.extend(one_of_each_list(definition, &mut formula));
        for (rule, near) in definition.rules().iter().zip(&near) {
            of_rule(rule, near, &mut formula, &mut questions);
        }
        questions.extend([(Vec::new(), true), (Vec::new(), false)]);
        questions.truncate(MOST_QUESTIONS);
        let mut said: HashSet<String> = HashSet::new();
        let mut found = Vec::new();
        for (mut goals, is_member) in questions {
            goals.push((members, is_member));
            let Solution::Found(witness) = self.solve(&mut formula, &goals) else {
                continue;
            };
            let inside = Expression::segment(key);
            let expression = if is_member { inside } else { !inside };
            if witness.depends_on_nothing()
                && said.insert(witness.json())
                && self.confirms(&witness, &expression)
            {
                found.push(Boundary { witness, is_member });
            }
        }
        found
    }
}

/// The first key of each list, on both sides: another list or a rule may decide otherwise.
fn one_of_each_list(definition: &Definition, formula: &mut Formula<'_>) -> Vec<(Vec<Goal>, bool)> {
    let Audience::Standard {
        included, excluded, ..
    } = &definition.audience
    else {
        return Vec::new();
    };
    let mut of = |targets: &Targets, is_member| -> Vec<(Vec<Goal>, bool)> {
        let firsts = targets.lists();
        let firsts = firsts.filter_map(|(kind, keys)| Some((kind, keys.first()?)));
        let mut goal = |(kind, key): (&ContextKind, &String)| {
            let has = formula.has_key(kind, key.clone());
            (vec![(has, true)], is_member)
        };
        firsts.map(&mut goal).collect()
    };
    let mut questions = of(included, true);
    questions.extend(of(excluded, false));
    questions
}

fn of_rule<'f>(
    rule: &'f Rule,
    near: &'f [Vec<Clause>],
    formula: &mut Formula<'f>,
    questions: &mut Vec<(Vec<Goal>, bool)>,
) {
    let clauses = rule.clauses.iter();
    let clauses: Vec<Index> = clauses.map(|clause| formula.clause(0, clause)).collect();
    let all = || clauses.iter().map(|clause| (*clause, true));
    questions.push((all().collect(), true));
    for at in 0..clauses.len() {
        let others = || all().enumerate().filter(move |(other, _)| *other != at);
        let others = || others().map(|(_, goal)| goal);
        // An attribute that is absent is one thing, and one of another value is another.
        questions.push((others().chain([(clauses[at], false)]).collect(), false));
        for value in &near[at] {
            let has = formula.clause(0, value);
            let there: Vec<Goal> = others().chain([(has, true)]).collect();
            questions.push((there.clone(), true));
            questions.push((there, false));
        }
    }
}

/// Clauses that say that an attribute has one of the values of a clause, or one right beside it.
fn beside(clause: &Clause) -> Vec<Clause> {
    if clause.tests_kinds() || clause.operator == Operator::SegmentMatch {
        return Vec::new();
    }
    let values = clause.values.iter().take(MOST_VALUES);
    let values = values.flat_map(|value| values_beside(clause.operator, value));
    let has = |value: Value| Clause {
        operator: Operator::In,
        values: vec![value],
        negate: false,
        ..clause.clone()
    };
    let empty_key = |value: &Value| {
        clause.attribute == AttributeRef::KEY && value.as_str().is_none_or(str::is_empty)
    };
    values.filter(|value| !empty_key(value)).map(has).collect()
}

fn values_beside(operator: Operator, value: &Value) -> Vec<Value> {
    let text = |text: String| Value::from(text);
    let numbers = |numbers: [f64; 3]| -> Vec<Value> {
        let numbers = numbers.into_iter();
        let numbers = numbers.filter_map(|number| Number::new(number).ok());
        numbers.map(Value::from).collect()
    };
    match (operator.comparison(), value) {
        (Comparison::Equal, value) => vec![value.clone()],
        (Comparison::Number(..) | Comparison::Date(..), Value::Number(number)) => {
            numbers(number_beside(number.get()))
        }
        (Comparison::Date(..), Value::String(written)) => match Moment::parse(written) {
            Some(moment) => {
                let moment = moment.milliseconds();
                let beside = [moment - 1, moment + 1].map(date::format).map(text);
                [value.clone()].into_iter().chain(beside).collect()
            }
            None => Vec::new(),
        },
        (Comparison::Version(..), Value::String(written)) => match version::read(written) {
            Some(version) => {
                let mut beside = vec![value.clone()];
                let mut next = semver::Version::new(version.major, version.minor, version.patch);
                next.patch = next.patch.saturating_add(1);
                beside.push(text(next.to_string()));
                next.patch = version.patch;
                next.pre = Prerelease::new("0").unwrap_or_default();
                beside.push(text(next.to_string()));
                beside
            }
            None => Vec::new(),
        },
        (Comparison::Text(_), Value::String(written)) => {
            let mut shorter = written.chars();
            match operator {
                Operator::EndsWith => shorter.next(),
                _ => shorter.next_back(),
            };
            vec![value.clone(), text(shorter.collect())]
        }
        _ => Vec::new(),
    }
}

/// A number and its neighbors: whole ones if it is a whole one.
fn number_beside(number: f64) -> [f64; 3] {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() < LARGEST {
        [number, number - 1.0, number + 1.0]
    } else {
        [number, number.next_down(), number.next_up()]
    }
}
