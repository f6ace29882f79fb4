//! The possible values of an attribute, given the tests that it passes and those that it fails.
//!
//! JSON types are separate: a value is a string, a number, a boolean, or an object. For numbers, dates
//! and versions there is a [candidate](candidates) for each interval between tests; a list of values is
//! tried value by value; other strings are searched with [automata](super::automaton). Mixtures (a date
//! that ends with a text) are tried with candidates and are unknown if none fits.

mod candidates;
mod test;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use semver::Version;

pub(crate) use test::{Element, Test};

use super::automaton::{Automaton, Verdict, shortest};
use super::budget::{Budget, Exhausted, Solution};
use super::domain::Domain;
use crate::date::Moment;
use crate::{AttributeType, Number, Value, version};

/// The values to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Universe {
    Declared(Domain),
    /// Keys of contexts. Only a user of the time before kinds may have an empty one.
    Key {
        legacy: bool,
    },
    /// Names of kinds of contexts.
    Kinds,
}

/// The tests of an attribute, and what is known of values that pass some of them.
#[derive(Debug)]
pub(crate) struct Theory<'a> {
    universe: Universe,
    tests: Vec<Test<'a>>,
    candidates: Candidates,
    known: HashMap<(Vec<usize>, Vec<usize>), Solution<Element>>,
}

/// Made once, when they are needed.
#[derive(Debug, Default)]
struct Candidates {
    numbers: OnceCell<Vec<f64>>,
    versions: OnceCell<Vec<Version>>,
    dates: OnceCell<Vec<String>>,
}

/// The texts that are versions.
const VERSION: &str = r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?)?(-[0-9A-Za-z.\-]+)?(\+[0-9A-Za-z.\-]+)?$";
/// The texts that may be dates.
const DATE: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+\-\u{2212}][0-9]{2}:[0-9]{2})$";
/// The texts that may be names of kinds.
const KIND: &str = r"^[A-Za-z0-9._\-]+$";

impl<'a> Theory<'a> {
    pub(crate) fn new(universe: Universe) -> Self {
        Self {
            universe,
            tests: Vec::new(),
            candidates: Candidates::default(),
            known: HashMap::new(),
        }
    }

    pub(crate) fn test(&self, test: usize) -> &Test<'a> {
        &self.tests[test]
    }

    /// Adds a test. What is known of others stays; the candidates do not.
    pub(crate) fn add(&mut self, test: Test<'a>) -> usize {
        self.candidates = Candidates::default();
        self.tests.push(test);
        self.tests.len() - 1
    }

    /// Puts another test in the place of one.
    pub(crate) fn replace(&mut self, test: usize, by: Test<'a>) {
        self.candidates = Candidates::default();
        self.known.clear();
        self.tests[test] = by;
    }

    /// A value that passes all of some tests, and none of others.
    pub(crate) fn element(
        &mut self,
        pass: &[usize],
        fail: &[usize],
        budget: &mut Budget,
    ) -> Solution<Element> {
        let sorted = |tests: &[usize]| {
            let mut tests = tests.to_vec();
            tests.sort_unstable();
            tests
        };
        let question = (sorted(pass), sorted(fail));
        if let Some(known) = self.known.get(&question) {
            return known.clone();
        }
        let all = |tests: &[usize]| tests.iter().map(|test| &self.tests[*test]).collect();
        let wanted = Wanted {
            theory: self,
            pass: all(&question.0),
            fail: all(&question.1),
        };
        let found = wanted.element(budget).unwrap_or(Solution::Unknown);
        // With more left of the budget, it may be found.
        if found != Solution::Unknown || budget.left() > 0 {
            self.known.insert(question, found.clone());
        }
        found
    }
}

/// A value that is looked for.
struct Wanted<'t, 'a> {
    theory: &'t Theory<'a>,
    pass: Vec<&'t Test<'a>>,
    fail: Vec<&'t Test<'a>>,
}

impl Wanted<'_, '_> {
    fn element(&self, budget: &mut Budget) -> Result<Solution<Element>, Exhausted> {
        use AttributeType::{Any, Bool, Date, Number, String, Version};
        let declared = match &self.theory.universe {
            Universe::Declared(domain) => domain,
            Universe::Key { .. } | Universe::Kinds => {
                return self.text(AttributeType::String, budget);
            }
        };
        if let Some(values) = &declared.one_of {
            return self.first(values.iter().cloned().map(Element::Value), budget);
        }
        let of = declared.attribute_type;
        let mut unknown = false;
        if matches!(of, String | Date | Version | Any) {
            match self.text(of, budget)? {
                Solution::None => {}
                Solution::Unknown => unknown = true,
                found @ Solution::Found(_) => return Ok(found),
            }
        }
        if matches!(of, Number | Date | Any) {
            match self.number(of, budget)? {
                Solution::None => {}
                Solution::Unknown => unknown = true,
                found @ Solution::Found(_) => return Ok(found),
            }
        }
        let bools = [true, false].map(|value| Element::Value(Value::Bool(value)));
        let bools = bools.into_iter().filter(|_| matches!(of, Bool | Any));
        let objects = Some(Element::Object).filter(|_| of == Any);
        let rest = self.first(bools.chain(objects), budget)?;
        Ok(match rest {
            Solution::None if unknown => Solution::Unknown,
            rest => rest,
        })
    }

    /// Returns whether a value passes what it has to, and nothing else.
    fn fits(&self, element: &Element, budget: &mut Budget) -> Result<Option<bool>, Exhausted> {
        let mut certain = true;
        let pass = self.pass.iter().map(|test| (test, true));
        let fail = self.fail.iter().map(|test| (test, false));
        for (test, wanted) in pass.chain(fail) {
            budget.spend(test.cost(element))?;
            match test.holds(element) {
                None => certain = false,
                Some(holds) if holds == wanted => {}
                Some(_) => return Ok(Some(false)),
            }
        }
        Ok(certain.then_some(true))
    }

    /// The first that fits of all that there are.
    fn first(
        &self,
        elements: impl IntoIterator<Item = Element>,
        budget: &mut Budget,
    ) -> Result<Solution<Element>, Exhausted> {
        let mut unknown = false;
        for element in elements {
            match self.fits(&element, budget)? {
                Some(true) => return Ok(Solution::Found(element)),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown {
            Solution::Unknown
        } else {
            Solution::None
        })
    }

    fn number(
        &self,
        of: AttributeType,
        budget: &mut Budget,
    ) -> Result<Solution<Element>, Exhausted> {
        if !self.pass.iter().all(|test| test.takes_numbers()) {
            return Ok(Solution::None);
        }
        let numbers: Vec<f64> = match self.listed() {
            Some((_, others)) => others
                .iter()
                .filter_map(|value| match value {
                    Value::Number(number) => Some(number.get()),
                    _ => None,
                })
                .collect(),
            None => {
                let made = || candidates::numbers(&self.theory.tests);
                self.theory.candidates.numbers.get_or_init(made).clone()
            }
        };
        budget.spend(numbers.len())?;
        let is_date = |number: &f64| Moment::from_number(*number).is_some();
        let numbers = numbers
            .into_iter()
            .filter(|number| of != AttributeType::Date || is_date(number));
        let numbers = numbers.filter_map(|number| Number::new(number).ok());
        self.first(
            numbers.map(|number| Element::Value(Value::Number(number))),
            budget,
        )
    }

    /// The values of a list that one of them has to be.
    fn listed(&self) -> Option<(&[Cow<'_, str>], &[&Value])> {
        self.pass.iter().find_map(|test| match test {
            Test::OneOf { texts, others } => Some((&texts[..], &others[..])),
            _ => None,
        })
    }

    fn text(&self, of: AttributeType, budget: &mut Budget) -> Result<Solution<Element>, Exhausted> {
        if !self.pass.iter().all(|test| test.takes_texts()) {
            return Ok(Solution::None);
        }
        if let Some((texts, _)) = self.listed() {
            let may_be = |text: &&Cow<'_, str>| self.may_be(text) && self.has_form(text);
            let mut texts: Vec<&Cow<'_, str>> = texts.iter().filter(may_be).collect();
            budget.spend(texts.len())?;
            texts.sort_by(|left, right| candidates::readable(left, right));
            return self.first(texts.into_iter().map(|text| element(text)), budget);
        }
        let has = |of: fn(&Test<'_>) -> bool| self.pass.iter().any(|test| of(test));
        let date = of == AttributeType::Date || has(|test| matches!(test, Test::Moments(..)));
        let version =
            of == AttributeType::Version || has(|test| matches!(test, Test::Versions(..)));
        match (date, version) {
            // A date has colons, and a version has none.
            (true, true) => Ok(Solution::None),
            (true, false) => self.date(budget),
            (false, true) => self.version(budget),
            (false, false) => self.plain(None, budget),
        }
    }

    fn version(&self, budget: &mut Budget) -> Result<Solution<Element>, Exhausted> {
        let made = || candidates::versions(&self.theory.tests);
        let versions = self.theory.candidates.versions.get_or_init(made);
        let avoided = self.avoided(|text| version::read(text).is_some());
        let texts = versions
            .iter()
            .flat_map(|version| candidates::spellings(version, avoided));
        self.ordered(texts, VERSION, budget)
    }

    fn date(&self, budget: &mut Budget) -> Result<Solution<Element>, Exhausted> {
        let made = || candidates::dates(&self.theory.tests);
        let dates = self.theory.candidates.dates.get_or_init(made);
        let avoided = self.avoided(|text| Moment::parse(text).is_some());
        let texts = dates
            .iter()
            .flat_map(|date| candidates::date_spellings(date, avoided));
        self.ordered(texts, DATE, budget)
    }

    /// How many texts have to be avoided.
    fn avoided(&self, is_one: impl Fn(&str) -> bool) -> usize {
        let lists = self.fail.iter().map(|test| match test {
            Test::OneOf { texts, .. } => texts.iter().filter(|text| is_one(text)).count(),
            _ => 0,
        });
        lists.sum()
    }

    /// A text of an ordered set: a candidate, unless what is in the text matters.
    fn ordered(
        &self,
        candidates: impl Iterator<Item = String>,
        form: &str,
        budget: &mut Budget,
    ) -> Result<Solution<Element>, Exhausted> {
        let of_texts =
            |test: &&&Test<'_>| matches!(test, Test::Texts { .. } | Test::Patterns { .. });
        let all = || self.pass.iter().chain(&self.fail);
        let plain = all().filter(of_texts).count() == 0;
        let candidates = candidates.filter(|text| self.may_be(text));
        let found = self.first(candidates.map(|text| element(&text)), budget)?;
        // Names of kinds are no dates, and only some are versions.
        let plain = plain && self.theory.universe != Universe::Kinds;
        if plain || matches!(found, Solution::Found(_)) {
            return Ok(found);
        }
        self.plain(Some(form), budget)
    }

    /// A text by what is in it, of a form if one is given.
    fn plain(
        &self,
        form: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Solution<Element>, Exhausted> {
        let kinds = self.theory.universe == Universe::Kinds;
        let form = form.or(kinds.then_some(KIND));
        if form.is_none() || kinds {
            let texts = candidates::texts(&self.pass);
            let texts = texts.iter().filter(|text| self.may_be(text));
            let found = self.first(texts.map(|text| element(text)), budget)?;
            if let Solution::Found(_) = found {
                return Ok(found);
            }
        }
        let (mut pass, all_pass) = automata(&self.pass);
        let (fail, all_fail) = automata(&self.fail);
        pass.extend(form.and_then(|form| Automaton::patterns([form]).ok().map(Cow::Owned)));
        let mut asked = Budget::new(10_000);
        let mut verdict = |text: &str| {
            if !self.may_be(text) {
                return Verdict::Never;
            }
            let fits = self.fits(&element(text), &mut asked);
            match fits {
                Ok(Some(true)) if self.has_form(text) => Verdict::Take,
                _ => Verdict::Skip,
            }
        };
        Ok(match shortest(&pass, &fail, &mut verdict, budget) {
            Solution::Found(text) if all_pass && all_fail => Solution::Found(element(&text)),
            Solution::Found(_) | Solution::Unknown => Solution::Unknown,
            // With fewer tests there were only more texts.
            Solution::None => Solution::None,
        })
    }

    /// Returns whether something can be called so. Few texts are out of the question, and each of them is
    /// alone in what automata tell apart.
    fn may_be(&self, text: &str) -> bool {
        match &self.theory.universe {
            Universe::Declared(_) | Universe::Key { legacy: true } => true,
            Universe::Key { legacy: false } => !text.is_empty(),
            Universe::Kinds => crate::ContextKind::parse(text.to_owned()).is_ok(),
        }
    }

    /// Returns whether a text is what its attribute is declared to be.
    fn has_form(&self, text: &str) -> bool {
        let Universe::Declared(domain) = &self.theory.universe else {
            return true;
        };
        match domain.attribute_type {
            AttributeType::Date => Moment::parse(text).is_some(),
            AttributeType::Version => version::read(text).is_some(),
            _ => true,
        }
    }
}

/// The automata of the tests that look into texts, and whether there is one for each. Of the other tests
/// a text is asked when it is found.
fn automata<'t>(tests: &[&'t Test<'_>]) -> (Vec<Cow<'t, Automaton>>, bool) {
    let into_texts = tests.iter().filter(|test| {
        matches!(
            test,
            Test::OneOf { .. } | Test::Texts { .. } | Test::Patterns { .. }
        )
    });
    let made: Vec<Option<Cow<'t, Automaton>>> = into_texts.map(|test| test.automaton()).collect();
    let all = made.iter().all(Option::is_some);
    (made.into_iter().flatten().collect(), all)
}

fn element(text: &str) -> Element {
    Element::Value(Value::String(Cow::Owned(text.to_owned())))
}

/// The names that a kind of context must not have: those that are known already, and words with a meaning.
pub(crate) fn taken_names(known: impl Iterator<Item = String>) -> Test<'static> {
    let reserved = ["kind", "multi"].map(str::to_owned);
    let mut texts: Vec<Cow<'static, str>> = known.chain(reserved).map(Cow::Owned).collect();
    texts.sort_unstable();
    Test::OneOf {
        texts,
        others: Vec::new(),
    }
}

/// The keys of a list.
pub(crate) fn keys<'a>(keys: impl Iterator<Item = &'a String>) -> Test<'a> {
    Test::OneOf {
        texts: keys.map(|key| Cow::Borrowed(key.as_str())).collect(),
        others: Vec::new(),
    }
}
