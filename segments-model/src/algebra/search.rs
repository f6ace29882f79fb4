//! Searching for a context that satisfies formulas, or proving that there is none.
//!
//! Formulas that have to be true, or false, are decomposed: forced atoms are asserted at once, and of the
//! choices the one with the fewest branches is tried first, branch by branch, in the order of writing.
//! Each asserted atom is compared with the known facts about its attribute, so that a branch ends as soon
//! as no value is left. A failed branch is asserted to be false before the next is tried.

use super::budget::{Budget, Exhausted, Solution};
use super::formula::{Atom, Formula, Index, Node};
use super::theory::Element;
use crate::{Arity, AttributeRef, ContextKind};

/// A formula, and whether it has to hold.
pub(crate) type Goal = (Index, bool);

/// A context that fulfils the goals, with what has to be so around it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    pub(crate) kinds: Vec<(ContextKind, Vec<(AttributeRef, Held)>)>,
    /// Buckets by their index: at least the first, and below the second.
    pub(crate) buckets: Vec<(Index, u32, u32)>,
    pub(crate) assumed: Vec<(Index, bool)>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    One(Element),
    Many(Vec<Element>),
}

/// How many choices are made one inside the other.
const DEEPEST: usize = 400;
/// How many parts of a formula are looked at to see whether it holds already.
const MOST_LOOKED_AT: usize = 10_000;
/// How many ways are tried ahead.
const MOST_AHEAD: usize = 64;

/// Why a way ends.
enum End {
    /// Nothing fulfils what was asserted.
    Conflict,
    /// It cannot be determined.
    Unknown,
}

impl From<Exhausted> for End {
    fn from(_: Exhausted) -> Self {
        Self::Unknown
    }
}

/// An assertion, to be undone.
enum Step {
    Atom(Index),
    Node(Index),
    Pass(Index),
    Fail(Index),
    Single(Index),
    Bucket(Index, (u32, u32)),
}

/// The assertions about an attribute.
#[derive(Debug, Clone, Default)]
struct Asserted {
    pass: Vec<Index>,
    fail: Vec<Index>,
    /// Whether it is one value and no array.
    single: bool,
}

struct Search<'f, 'a, 'b> {
    formula: &'f mut Formula<'a>,
    budget: &'b mut Budget,
    values: Vec<Option<bool>>,
    /// Formulas of several parts that were asserted as a whole.
    nodes: Vec<Option<bool>>,
    attributes: Vec<Asserted>,
    buckets: Vec<(u32, u32)>,
    trail: Vec<Step>,
}

/// A context that fulfils all goals.
pub(crate) fn search(
    formula: &mut Formula<'_>,
    goals: &[Goal],
    budget: &mut Budget,
) -> Solution<Model> {
    formula.complete();
    // To begin is work as well, of a small sort.
    let begin = 1 + (formula.atoms.len() + formula.nodes.len()) / 32;
    if budget.spend(begin).is_err() {
        return Solution::Unknown;
    }
    let single = |arity| Asserted {
        single: arity == Arity::One,
        ..Asserted::default()
    };
    let attributes = formula.attributes.iter();
    let attributes = attributes
        .map(|attribute| single(attribute.arity))
        .collect();
    let mut search = Search {
        values: vec![None; formula.atoms.len()],
        nodes: vec![None; formula.nodes.len()],
        attributes,
        buckets: vec![(0, 100_000); formula.buckets.len()],
        trail: Vec::new(),
        formula,
        budget,
    };
    let mut choices = Vec::new();
    for goal in goals {
        match search.push(*goal, &mut choices) {
            Ok(()) => {}
            Err(End::Conflict) => return Solution::None,
            Err(End::Unknown) => return Solution::Unknown,
        }
    }
    match search.solve(choices, 0) {
        Ok(model) => Solution::Found(model),
        Err(End::Conflict) => Solution::None,
        Err(End::Unknown) => Solution::Unknown,
    }
}

impl Search<'_, '_, '_> {
    /// Asserts a formula. What leaves a choice goes to the choices.
    fn push(&mut self, (node, wanted): Goal, choices: &mut Vec<Goal>) -> Result<(), End> {
        self.budget.spend(1)?;
        match &self.formula.nodes[node] {
            Node::Constant(value) if *value == wanted => Ok(()),
            Node::Constant(_) => Err(End::Conflict),
            Node::Not(inner) => self.push((*inner, !wanted), choices),
            Node::Atom(atom) => self.assert(*atom, wanted),
            Node::All(_) | Node::Any(_) => match self.nodes[node] {
                Some(known) if known == wanted => Ok(()),
                Some(_) => Err(End::Conflict),
                None => {
                    self.nodes[node] = Some(wanted);
                    self.trail.push(Step::Node(node));
                    self.push_parts((node, wanted), choices)
                }
            },
        }
    }

    fn push_parts(&mut self, (node, wanted): Goal, choices: &mut Vec<Goal>) -> Result<(), End> {
        let (certain, parts) = match &self.formula.nodes[node] {
            Node::All(parts) => (wanted, parts),
            Node::Any(parts) => (!wanted, parts),
            _ => unreachable!("only these have parts"),
        };
        if !certain {
            choices.push((node, wanted));
            return Ok(());
        }
        for part in parts.clone() {
            self.push((part, wanted), choices)?;
        }
        Ok(())
    }

    /// Whether a formula holds, as far as that is asserted, and as far as it is looked at: parts that many
    /// share are looked at again and again.
    fn value(&self, node: Index, left: &mut usize) -> Option<bool> {
        *left = left.checked_sub(1)?;
        match &self.formula.nodes[node] {
            Node::Constant(value) => Some(*value),
            Node::Atom(atom) => self.values[*atom],
            Node::Not(inner) => self.value(*inner, left).map(|value| !value),
            Node::All(_) | Node::Any(_) if self.nodes[node].is_some() => self.nodes[node],
            Node::All(parts) => self.of_parts(parts, true, left),
            Node::Any(parts) => self.of_parts(parts, false, left),
        }
    }

    /// All of them hold (`neutral`), or any of them.
    fn of_parts(&self, parts: &[Index], neutral: bool, left: &mut usize) -> Option<bool> {
        let mut whole = Some(neutral);
        for part in parts {
            match self.value(*part, left) {
                Some(value) if value == neutral => {}
                Some(value) => return Some(value),
                None => whole = None,
            }
        }
        whole
    }

    /// The ways that are left of a choice; none if one of them is taken already.
    fn ways(&mut self, (node, wanted): Goal) -> Result<Option<Vec<Goal>>, Exhausted> {
        let (Node::All(parts) | Node::Any(parts)) = &self.formula.nodes[node] else {
            unreachable!("only these leave a choice");
        };
        let mut left = MOST_LOOKED_AT;
        let mut ways = Vec::new();
        let mut taken = false;
        for part in parts {
            match self.value(*part, &mut left) {
                Some(value) if value == wanted => {
                    taken = true;
                    break;
                }
                Some(_) => {}
                None => ways.push((*part, wanted)),
            }
        }
        self.budget.spend((MOST_LOOKED_AT - left) / 4)?;
        Ok((!taken).then_some(ways))
    }

    fn solve(&mut self, mut choices: Vec<Goal>, depth: usize) -> Result<Model, End> {
        if depth > DEEPEST {
            return Err(End::Unknown);
        }
        let mut unknown = false;
        let ways = loop {
            let mut least: Option<(usize, Vec<Goal>)> = None;
            let mut left = Vec::with_capacity(choices.len());
            let mut forced = None;
            let mut ahead = MOST_AHEAD;
            for choice in &choices {
                self.budget.spend(1)?;
                let Some(mut ways) = self.ways(*choice)? else {
                    continue;
                };
                self.budget.spend(ways.len())?;
                if ways.len() > 1 && ways.len() <= ahead {
                    ahead -= ways.len();
                    self.look_ahead(&mut ways);
                }
                match ways[..] {
                    [] => return Err(End::Conflict),
                    [way] if forced.is_none() => forced = Some(way),
                    _ => {
                        if least
                            .as_ref()
                            .is_none_or(|(_, least)| ways.len() < least.len())
                        {
                            least = Some((left.len(), ways));
                        }
                        left.push(*choice);
                    }
                }
            }
            if let Some(way) = forced {
                choices = left;
                self.push(way, &mut choices)?;
                continue;
            }
            choices = left;
            match least {
                None => return self.model(),
                Some((at, ways)) => {
                    choices.remove(at);
                    break ways;
                }
            }
        };
        for way in ways {
            let from = self.trail.len();
            let mut inner = choices.clone();
            let tried = self
                .push(way, &mut inner)
                .and_then(|()| self.solve(inner, depth + 1));
            match tried {
                Ok(model) => return Ok(model),
                Err(End::Unknown) if self.budget.left() == 0 => return Err(End::Unknown),
                Err(End::Unknown) => unknown = true,
                Err(End::Conflict) => {}
            }
            self.undo(from);
            // The others do without it.
            match self.push((way.0, !way.1), &mut choices) {
                Ok(()) => {}
                Err(End::Conflict) if !unknown => return Err(End::Conflict),
                Err(_) => return Err(End::Unknown),
            }
        }
        Err(if unknown { End::Unknown } else { End::Conflict })
    }

    /// Leaves ways out that end at once.
    fn look_ahead(&mut self, ways: &mut Vec<Goal>) {
        let mut left = Vec::with_capacity(ways.len());
        for way in &*ways {
            let from = self.trail.len();
            let ends = matches!(self.push(*way, &mut Vec::new()), Err(End::Conflict));
            self.undo(from);
            if !ends {
                left.push(*way);
            }
        }
        *ways = left;
    }

    fn undo(&mut self, to: usize) {
        for step in self.trail.drain(to..).rev() {
            match step {
                Step::Atom(atom) => self.values[atom] = None,
                Step::Node(node) => self.nodes[node] = None,
                Step::Pass(attribute) => _ = self.attributes[attribute].pass.pop(),
                Step::Fail(attribute) => _ = self.attributes[attribute].fail.pop(),
                Step::Single(attribute) => self.attributes[attribute].single = false,
                Step::Bucket(bucket, was) => self.buckets[bucket] = was,
            }
        }
    }

    fn assert(&mut self, atom: Index, wanted: bool) -> Result<(), End> {
        match self.values[atom] {
            Some(value) if value == wanted => return Ok(()),
            Some(_) => return Err(End::Conflict),
            None => {}
        }
        self.values[atom] = Some(wanted);
        self.trail.push(Step::Atom(atom));
        match self.formula.atoms[atom] {
            Atom::Kind(kind) => self.assert_kind(kind, wanted),
            Atom::Present(attribute) => match (wanted, self.formula.attributes[attribute].kind) {
                (true, Some(kind)) => {
                    self.assert(self.formula.kinds[kind].atom, true)?;
                    self.check(attribute)
                }
                (true, None) => self.check(attribute),
                (false, _) if self.attributes[attribute].pass.is_empty() => Ok(()),
                (false, _) => Err(End::Conflict),
            },
            Atom::Passes { attribute, test } => {
                if wanted {
                    self.pass(attribute, test)
                } else {
                    self.attributes[attribute].fail.push(test);
                    self.trail.push(Step::Fail(attribute));
                    self.check(attribute)
                }
            }
            Atom::Below { bucket, weight } => self.assert_below(bucket, weight, wanted),
            Atom::Assumed(_) => Ok(()),
        }
    }

    fn assert_kind(&mut self, kind: Index, wanted: bool) -> Result<(), End> {
        for attribute in self.formula.kinds[kind].attributes.clone() {
            let present = self.formula.attributes[attribute].present;
            let own = present != self.formula.kinds[kind].atom;
            let asserted = &self.attributes[attribute];
            if wanted {
                if !own {
                    self.check(attribute)?;
                }
            } else if !asserted.pass.is_empty() || own && self.values[present] == Some(true) {
                return Err(End::Conflict);
            }
        }
        Ok(())
    }

    fn pass(&mut self, attribute: Index, test: Index) -> Result<(), End> {
        self.attributes[attribute].pass.push(test);
        self.trail.push(Step::Pass(attribute));
        let present = self.formula.attributes[attribute].present;
        if self.values[present] == Some(true) {
            return self.check(attribute);
        }
        // This checks, too.
        self.assert(present, true)
    }

    fn assert_below(&mut self, bucket: Index, weight: u32, wanted: bool) -> Result<(), End> {
        let was = self.buckets[bucket];
        let (from, to) = was;
        let now = if wanted {
            (from, to.min(weight))
        } else {
            (from.max(weight), to)
        };
        if now.0 >= now.1 {
            return Err(End::Conflict);
        }
        if now != was {
            self.buckets[bucket] = now;
            self.trail.push(Step::Bucket(bucket, was));
        }
        if wanted {
            return Ok(());
        }
        // Contexts without a bucket of their own are in the first.
        let by = self.formula.buckets[bucket].by;
        let test = self.formula.buckets[bucket].test;
        match self.formula.attributes[by].arity {
            Arity::Many => return Err(End::Conflict),
            Arity::One => {}
            Arity::Unknown => {
                if !self.attributes[by].single {
                    self.attributes[by].single = true;
                    self.trail.push(Step::Single(by));
                }
            }
        }
        self.pass(by, test)
    }

    /// Checks that an attribute that is there can be what is asserted of it.
    fn check(&mut self, attribute: Index) -> Result<(), End> {
        let present = self.formula.attributes[attribute].present;
        if self.values[present] != Some(true) {
            return Ok(());
        }
        self.held(attribute).map(|_| ())
    }

    /// The value of an attribute that is present.
    fn held(&mut self, attribute: Index) -> Result<Held, End> {
        let Asserted { pass, fail, single } = &self.attributes[attribute];
        let known = &mut self.formula.attributes[attribute];
        if *single {
            return found(known.theory.element(pass, fail, self.budget)).map(Held::One);
        }
        // A single value reads better.
        if known.arity == Arity::Unknown
            && pass.len() < 2
            && let Solution::Found(element) = known.theory.element(pass, fail, self.budget)
        {
            return Ok(Held::One(element));
        }
        let mut elements: Vec<Element> = Vec::new();
        for test in pass {
            let passes = |element: &Element| known.theory.test(*test).holds(element) == Some(true);
            if !elements.iter().any(passes) {
                elements.push(found(known.theory.element(&[*test], fail, self.budget))?);
            }
        }
        Ok(Held::Many(elements))
    }

    fn model(&mut self) -> Result<Model, End> {
        let unnamed = self.unnamed_kinds()?;
        let named = self.formula.kinds.iter().enumerate();
        let there = named.filter(|(_, kind)| self.values[kind.atom] == Some(true));
        let mut there: Vec<Index> = there.map(|(at, _)| at).collect();
        if there.is_empty() && unnamed.is_empty() {
            return self.with_any_kind();
        }
        there.sort_by(|left, right| {
            let name = |kind: &Index| &self.formula.kinds[*kind].name;
            name(left).cmp(name(right))
        });
        let mut kinds = Vec::new();
        for kind in there {
            let mut attributes = Vec::new();
            for attribute in self.formula.kinds[kind].attributes.clone() {
                let known = &self.formula.attributes[attribute];
                let asserted = &self.attributes[attribute];
                let untouched = asserted.pass.is_empty() && asserted.fail.is_empty();
                let always = known.present == self.formula.kinds[kind].atom;
                let reference = known.reference.clone();
                if self.values[known.present] == Some(true) && !(always && untouched) {
                    attributes.push((reference, self.held(attribute)?));
                }
            }
            attributes.sort_by(|(left, _), (right, _)| left.cmp(right));
            let name = self.formula.kinds[kind].name.clone();
            kinds.push((name, attributes));
        }
        kinds.extend(unnamed.into_iter().map(|kind| (kind, Vec::new())));
        Ok(self.around(kinds))
    }

    /// Contexts of some kinds, with what was asserted beside them.
    fn around(&self, kinds: Vec<(ContextKind, Vec<(AttributeRef, Held)>)>) -> Model {
        let buckets = self.buckets.iter().enumerate();
        let buckets = buckets.filter(|(_, range)| **range != (0, 100_000));
        let atoms = self.formula.atoms.iter().zip(&self.values);
        let assumed = atoms.filter_map(|(atom, value)| match (atom, value) {
            (Atom::Assumed(assumption), Some(value)) => Some((*assumption, *value)),
            _ => None,
        });
        Model {
            kinds,
            buckets: buckets.map(|(at, (from, to))| (at, *from, *to)).collect(),
            assumed: assumed.collect(),
        }
    }

    /// The kinds that nobody has named and that clauses on kinds ask for.
    fn unnamed_kinds(&mut self) -> Result<Vec<ContextKind>, End> {
        let Some(unnamed) = self
            .formula
            .attributes
            .iter()
            .position(|it| it.kind.is_none())
        else {
            return Ok(Vec::new());
        };
        if self.attributes[unnamed].pass.is_empty() {
            return Ok(Vec::new());
        }
        // Names that are known stand for themselves.
        self.attributes[unnamed].fail.push(0);
        let held = self.held(unnamed);
        self.attributes[unnamed].fail.pop();
        let Held::Many(elements) = held? else {
            return Err(End::Unknown);
        };
        elements
            .iter()
            .map(|element| name(element).ok_or(End::Unknown))
            .collect()
    }

    /// A context has at least one kind: the usual one, one that is known, or any other.
    fn with_any_kind(&mut self) -> Result<Model, End> {
        let mut known: Vec<Index> = (0..self.formula.kinds.len()).collect();
        known.sort_by_key(|kind| self.formula.kinds[*kind].name != ContextKind::USER);
        let mut unknown = false;
        for kind in known {
            let atom = self.formula.kinds[kind].atom;
            if self.values[atom].is_some() {
                continue;
            }
            let from = self.trail.len();
            match self.assert(atom, true).and_then(|()| self.model()) {
                Ok(model) => return Ok(model),
                Err(End::Unknown) => unknown = true,
                Err(End::Conflict) => {}
            }
            self.undo(from);
        }
        let names_user = self
            .formula
            .kinds
            .iter()
            .any(|kind| kind.name == ContextKind::USER);
        let at = self
            .formula
            .attributes
            .iter()
            .position(|it| it.kind.is_none());
        let other = match at {
            None if !names_user => Some(ContextKind::USER),
            None => {
                let mut others = ["device", "organization", "service", "other"].into_iter();
                let named =
                    |name: &str| self.formula.kinds.iter().any(|it| it.name.as_str() == name);
                let other = others.find(|name| !named(name));
                Some(ContextKind::from_static(other.unwrap_or("some-other-kind")))
            }
            Some(at) => {
                let mut fail = self.attributes[at].fail.clone();
                fail.push(0);
                let theory = &mut self.formula.attributes[at].theory;
                match theory.element(&[], &fail, self.budget) {
                    Solution::Found(element) => name(&element),
                    Solution::None if unknown => return Err(End::Unknown),
                    Solution::None => return Err(End::Conflict),
                    Solution::Unknown => return Err(End::Unknown),
                }
            }
        };
        let other = other.ok_or(End::Unknown)?;
        Ok(self.around(vec![(other, Vec::new())]))
    }
}

fn found(solution: Solution<Element>) -> Result<Element, End> {
    match solution {
        Solution::Found(element) => Ok(element),
        Solution::None => Err(End::Conflict),
        Solution::Unknown => Err(End::Unknown),
    }
}

fn name(element: &Element) -> Option<ContextKind> {
    match element {
        Element::Value(value) => ContextKind::parse(value.as_str()?.to_owned()).ok(),
        Element::Object => None,
    }
}
