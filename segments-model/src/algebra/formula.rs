//! Segments as formulas over atoms.
//!
//! An atom is a yes-or-no question about a context: is there a context of this kind, does it have this
//! attribute, does some element of the attribute pass this test, does a percentage take it, is some
//! unknown fact true. Equal questions are one atom. A segment that others reference is expanded once and
//! shared.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::domain::{self, Domains};
use super::theory::{self, Element, Test, Theory, Universe};
use super::world::World;
use crate::{
    Arity, AttributeRef, Audience, Clause, ContextKind, Definition, Operator, Rollout, Rule,
    Targets, Value,
};

/// Where a formula, an atom, a kind or an attribute stands among all of them.
pub(crate) type Index = usize;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Constant(bool),
    Atom(Index),
    Not(Index),
    All(Vec<Index>),
    Any(Vec<Index>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    /// There is a context of the kind.
    Kind(Index),
    /// The attribute is there, and not null.
    Present(Index),
    /// An element of the attribute passes the test.
    Passes { attribute: Index, test: Index },
    /// The bucket lies below the weight, in thousandths of a percent.
    Below { bucket: Index, weight: u32 },
    /// Something is so that is not known here.
    Assumed(Index),
}

/// A kind of context.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: ContextKind,
    pub(crate) atom: Index,
    pub(crate) attributes: Vec<Index>,
}

/// An attribute of a kind, or the names of kinds that nobody has named.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) kind: Option<Index>,
    pub(crate) reference: AttributeRef,
    pub(crate) arity: Arity,
    /// The atom that says that it is there. That of the kind, if every context of it has the attribute.
    pub(crate) present: Index,
    pub(crate) theory: Theory<'a>,
}

/// The input of a percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) segment: String,
    pub(crate) kind: Index,
    pub(crate) by: Index,
    /// The test of the attribute that says that it has a bucket of its own.
    pub(crate) test: Index,
}

/// A fact that is unknown here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Assumption {
    /// The context is in a segment that is declared elsewhere.
    External(String),
    /// The context is in the list of a big segment.
    Big(String),
    /// The context is on an included list that is not managed, or not completely.
    Included(String),
    /// The context is on an excluded list that is not managed, or not completely.
    Excluded(String),
    /// The context matches a rule of a segment whose rules are not managed.
    Rules(String),
    /// A segment that was too large to expand lets the context in.
    Deep(String),
}

/// How much of the segments that others reference is written out.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// How deep references go.
    depth: usize,
    /// How many rules and references there are in all.
    size: usize,
}

/// Of a question.
const OF_QUESTION: Bounds = Bounds {
    depth: 64,
    size: 20_000,
};
/// Of findings, which are many.
const OF_FINDINGS: Bounds = Bounds {
    depth: 16,
    size: 500,
};

/// All formulas of some questions.
pub(crate) struct Formula<'a> {
    worlds: &'a [World<'a>],
    domains: Domains<'a>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) atoms: Vec<Atom>,
    atom_nodes: HashMap<Atom, Index>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) attributes: Vec<Attribute<'a>>,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) assumptions: Vec<Assumption>,
    /// The places of assumptions.
    assumed: HashMap<Assumption, Index>,
    tests: HashMap<(Index, Operator, &'a [Value]), Index>,
    segments: BTreeMap<(usize, &'a str), Option<Index>>,
    /// Names of kinds that nobody has named.
    unnamed: Option<Index>,
    /// Clauses on kinds, with the test among `unnamed`: completed once all kinds are known.
    kind_tests: Vec<(Index, Index)>,
    depth: usize,
    size: usize,
    completed: usize,
    /// Whether a segment that has no members on purpose may get some.
    open: bool,
    /// Whether parts that are not managed are empty, as they are declared.
    as_declared: bool,
}

impl<'a> Formula<'a> {
    pub(crate) fn new(worlds: &'a [World<'a>], domains: Domains<'a>) -> Self {
        Self {
            worlds,
            domains,
            nodes: vec![Node::Constant(false), Node::Constant(true)],
            atoms: Vec::new(),
            atom_nodes: HashMap::new(),
            kinds: Vec::new(),
            attributes: Vec::new(),
            buckets: Vec::new(),
            assumptions: Vec::new(),
            assumed: HashMap::new(),
            tests: HashMap::new(),
            segments: BTreeMap::new(),
            unnamed: None,
            kind_tests: Vec::new(),
            depth: 0,
            size: 0,
            completed: 0,
            open: false,
            as_declared: false,
        }
    }

    /// For findings: who waits for the first member of a segment has done nothing wrong, so that a segment
    /// without any is one of which nothing is known.
    pub(crate) fn leaving_open(worlds: &'a [World<'a>], domains: Domains<'a>) -> Self {
        Self {
            open: true,
            ..Self::new(worlds, domains)
        }
    }

    /// Takes parts that are not managed to be empty.
    pub(crate) fn as_declared(&mut self) {
        self.as_declared = true;
    }

    fn add(&mut self, node: Node) -> Index {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(crate) fn constant(value: bool) -> Index {
        usize::from(value)
    }

    pub(crate) fn not(&mut self, node: Index) -> Index {
        match self.nodes[node] {
            Node::Constant(value) => Self::constant(!value),
            Node::Not(inner) => inner,
            _ => self.add(Node::Not(node)),
        }
    }

    pub(crate) fn all(&mut self, mut nodes: Vec<Index>) -> Index {
        nodes.retain(|node| self.nodes[*node] != Node::Constant(true));
        match nodes[..] {
            [] => Self::constant(true),
            [one] => one,
            _ => self.add(Node::All(nodes)),
        }
    }

    pub(crate) fn any(&mut self, mut nodes: Vec<Index>) -> Index {
        nodes.retain(|node| self.nodes[*node] != Node::Constant(false));
        match nodes[..] {
            [] => Self::constant(false),
            [one] => one,
            _ => self.add(Node::Any(nodes)),
        }
    }

    fn atom(&mut self, atom: Atom) -> Index {
        if let Some(known) = self.atom_nodes.get(&atom) {
            return *known;
        }
        self.atoms.push(atom);
        let node = self.add(Node::Atom(self.atoms.len() - 1));
        self.atom_nodes.insert(atom, node);
        node
    }

    fn atom_of(&self, node: Index) -> Index {
        match self.nodes[node] {
            Node::Atom(atom) => atom,
            _ => unreachable!("made of an atom"),
        }
    }

    /// The formula that says that there is a context of the kind.
    pub(crate) fn kind(&mut self, name: &ContextKind) -> Index {
        let at = self.kind_index(name);
        self.atom(Atom::Kind(at))
    }

    /// The formula that says that the context of a kind has an attribute.
    pub(crate) fn has(&mut self, kind: &ContextKind, attribute: &AttributeRef) -> Index {
        let attribute = self.attribute(kind, attribute);
        let atom = self.attributes[attribute].present;
        self.atom(self.atoms[atom])
    }

    fn kind_index(&mut self, name: &ContextKind) -> Index {
        let known = self.kinds.iter().position(|kind| kind.name == *name);
        known.unwrap_or_else(|| {
            let at = self.kinds.len();
            let node = self.atom(Atom::Kind(at));
            let atom = self.atom_of(node);
            self.kinds.push(Kind {
                name: name.clone(),
                atom,
                attributes: Vec::new(),
            });
            at
        })
    }

    fn attribute(&mut self, kind: &ContextKind, reference: &AttributeRef) -> Index {
        let kind_at = self.kind_index(kind);
        let mut known = self.kinds[kind_at].attributes.iter();
        if let Some(known) = known.find(|at| self.attributes[**at].reference == *reference) {
            return *known;
        }
        let domain = domain::of(kind, reference, self.domains);
        let arity = domain.arity;
        let is_key = *reference == AttributeRef::KEY;
        let universe = if is_key {
            let legacy = *kind == ContextKind::USER;
            Universe::Key { legacy }
        } else {
            Universe::Declared(domain)
        };
        let at = self.attributes.len();
        let always = matches!(reference.as_str(), "key" | "kind" | "anonymous");
        let present = if always {
            self.kinds[kind_at].atom
        } else {
            let node = self.atom(Atom::Present(at));
            self.atom_of(node)
        };
        self.attributes.push(Attribute {
            kind: Some(kind_at),
            reference: reference.clone(),
            arity,
            present,
            theory: Theory::new(universe),
        });
        self.kinds[kind_at].attributes.push(at);
        at
    }

    fn test(&mut self, attribute: Index, operator: Operator, values: &'a [Value]) -> Index {
        let question = (attribute, operator, values);
        if let Some(known) = self.tests.get(&question) {
            return *known;
        }
        let test = Test::new(operator, values);
        let test = self.attributes[attribute].theory.add(test);
        self.tests.insert(question, test);
        test
    }

    /// The formula that says that a clause holds.
    pub(crate) fn clause(&mut self, world: usize, clause: &'a Clause) -> Index {
        if clause.operator == Operator::SegmentMatch {
            let asked = clause.segments().collect::<Vec<_>>();
            let asked = asked.into_iter().map(|key| self.segment(world, key));
            let asked = asked.collect();
            let any = self.any(asked);
            return if clause.negate { self.not(any) } else { any };
        }
        if clause.tests_kinds() {
            let any = self.kind_clause(clause);
            return if clause.negate { self.not(any) } else { any };
        }
        let attribute = self.attribute(&clause.kind, &clause.attribute);
        let test = self.test(attribute, clause.operator, &clause.values);
        let passes = self.atom(Atom::Passes { attribute, test });
        if !clause.negate {
            return passes;
        }
        // An attribute that is absent makes a clause false, negated or not.
        let atom = self.attributes[attribute].present;
        let present = self.atom(self.atoms[atom]);
        let fails = self.not(passes);
        self.all(vec![present, fails])
    }

    /// The formula that says that some element is in the relation of a clause to some of its values,
    /// negation left aside. The clause looks at an attribute.
    pub(crate) fn has_one(&mut self, clause: &'a Clause, values: Range<usize>) -> Index {
        let attribute = self.attribute(&clause.kind, &clause.attribute);
        let test = self.test(attribute, clause.operator, &clause.values[values]);
        self.atom(Atom::Passes { attribute, test })
    }

    fn kind_clause(&mut self, clause: &'a Clause) -> Index {
        if clause.operator == Operator::In {
            let names: Vec<ContextKind> = clause.named_kinds().collect();
            let names = names.iter().map(|name| self.kind(name)).collect();
            return self.any(names);
        }
        let unnamed = self.unnamed();
        let test = self.test(unnamed, clause.operator, &clause.values);
        let node = self.add(Node::Any(Vec::new()));
        self.kind_tests.push((node, test));
        node
    }

    /// The names of kinds that nobody has named, as an attribute of many values.
    fn unnamed(&mut self) -> Index {
        if let Some(unnamed) = self.unnamed {
            return unnamed;
        }
        let mut theory = Theory::new(Universe::Kinds);
        theory.add(theory::taken_names(std::iter::empty()));
        let at = self.attributes.len();
        let node = self.atom(Atom::Present(at));
        let present = self.atom_of(node);
        self.attributes.push(Attribute {
            kind: None,
            reference: AttributeRef::KIND,
            arity: Arity::Many,
            present,
            theory,
        });
        self.unnamed = Some(at);
        at
    }

    /// Completes what depends on all kinds.
    pub(crate) fn complete(&mut self) {
        let Some(unnamed) = self.unnamed else {
            return;
        };
        if self.completed == self.kinds.len() + self.kind_tests.len() {
            return;
        }
        let names: Vec<String> = self
            .kinds
            .iter()
            .map(|kind| kind.name.as_str().to_owned())
            .collect();
        let taken = theory::taken_names(names.iter().cloned());
        self.attributes[unnamed].theory.replace(0, taken);
        for (node, test) in self.kind_tests.clone() {
            let holds = |name: &String| {
                let name = Element::Value(Value::from(name.clone()));
                let test = self.attributes[unnamed].theory.test(test);
                test.holds(&name) == Some(true)
            };
            let named: Vec<usize> = (0..names.len()).filter(|at| holds(&names[*at])).collect();
            let mut ways: Vec<Index> = named
                .into_iter()
                .map(|kind| self.atom(Atom::Kind(kind)))
                .collect();
            ways.push(self.atom(Atom::Passes {
                attribute: unnamed,
                test,
            }));
            self.nodes[node] = Node::Any(ways);
        }
        self.completed = self.kinds.len() + self.kind_tests.len();
    }

    /// The formula that says that a rule lets a context in.
    pub(crate) fn rule(&mut self, world: usize, segment: &str, rule: &'a Rule) -> Index {
        let mut all: Vec<Index> = rule
            .clauses
            .iter()
            .map(|clause| self.clause(world, clause))
            .collect();
        all.extend(
            rule.rollout
                .as_ref()
                .map(|share| self.share(segment, share)),
        );
        self.all(all)
    }

    /// The formula that says that a percentage takes a context.
    pub(crate) fn share(&mut self, segment: &str, share: &Rollout) -> Index {
        let weight = share.weight.thousandths();
        if weight == 0 || weight >= 100_000 {
            return Self::constant(weight > 0);
        }
        let bucket = self.bucket(segment, &share.kind, &share.by);
        self.atom(Atom::Below { bucket, weight })
    }

    fn bucket(&mut self, segment: &str, kind: &ContextKind, by: &AttributeRef) -> Index {
        let by = self.attribute(kind, by);
        let same = |bucket: &Bucket| bucket.segment == segment && bucket.by == by;
        if let Some(known) = self.buckets.iter().position(same) {
            return known;
        }
        let mut of_same = self.buckets.iter().filter(|bucket| bucket.by == by);
        let test = of_same.next().map(|bucket| bucket.test);
        let test = test.unwrap_or_else(|| self.attributes[by].theory.add(Test::Bucketed));
        self.buckets.push(Bucket {
            segment: segment.to_owned(),
            kind: self.attributes[by].kind.unwrap_or_default(),
            by,
            test,
        });
        self.buckets.len() - 1
    }

    fn assumed(&mut self, assumption: Assumption) -> Index {
        let at = match self.assumed.get(&assumption) {
            Some(at) => *at,
            None => {
                let at = self.assumptions.len();
                self.assumed.insert(assumption.clone(), at);
                self.assumptions.push(assumption);
                at
            }
        };
        self.atom(Atom::Assumed(at))
    }

    /// The formula that says that a context is in a segment.
    pub(crate) fn segment(&mut self, world: usize, key: &str) -> Index {
        let known = self.worlds.get(world).and_then(|world| world.get(key));
        let Some((definition, size)) = known else {
            return self.assumed(Assumption::External(key.to_owned()));
        };
        let key = definition.key.as_str();
        match self.segments.get(&(world, key)) {
            Some(Some(node)) => return *node,
            // A cycle, which is an error of its own.
            Some(None) => return self.assumed(Assumption::Deep(key.to_owned())),
            None => {}
        }
        let bounds = if self.open { OF_FINDINGS } else { OF_QUESTION };
        // The first is what is asked about, whatever its size.
        if self.depth >= bounds.depth || self.size + size > bounds.size && self.size > 0 {
            return self.assumed(Assumption::Deep(key.to_owned()));
        }
        self.segments.insert((world, key), None);
        self.depth += 1;
        self.size += size;
        let node = self.definition(world, definition);
        self.depth -= 1;
        self.segments.insert((world, key), Some(node));
        node
    }

    fn definition(&mut self, world: usize, definition: &'a Definition) -> Index {
        let key = || definition.key.as_str().to_owned();
        let nobody = definition.absent || is_nobody(&definition.audience);
        if nobody && self.open {
            return self.assumed(Assumption::External(key()));
        }
        if definition.absent {
            return Self::constant(false);
        }
        let (included, excluded, rules) = match &definition.audience {
            Audience::Big { kind } => {
                let kind = self.kind(kind);
                let listed = self.assumed(Assumption::Big(key()));
                return self.all(vec![kind, listed]);
            }
            Audience::Standard {
                included,
                excluded,
                rules,
            } => (included, excluded, rules),
        };
        let mut ways = self.listed(included);
        if !self.as_declared && !matches!(included, Targets::Exactly(_)) {
            ways.push(self.assumed(Assumption::Included(key())));
        }
        let mut out = self.listed(excluded);
        if !self.as_declared && !matches!(excluded, Targets::Exactly(_)) {
            out.push(self.assumed(Assumption::Excluded(key())));
        }
        let by_rules = match rules {
            None if self.as_declared => Self::constant(false),
            None => self.assumed(Assumption::Rules(key())),
            Some(rules) => {
                let segment = definition.key.as_str();
                let rules: Vec<Index> = rules
                    .iter()
                    .map(|rule| self.rule(world, segment, rule))
                    .collect();
                self.any(rules)
            }
        };
        let out = self.any(out);
        let stays = self.not(out);
        ways.push(self.all(vec![stays, by_rules]));
        self.any(ways)
    }

    /// The formulas that say that a context is on a list, by kind.
    pub(crate) fn listed(&mut self, targets: &'a Targets) -> Vec<Index> {
        let lists = targets.lists().filter(|(_, keys)| !keys.is_empty());
        lists.map(|(kind, keys)| self.keys(kind, keys)).collect()
    }

    /// The formula that says that the context of a kind has one of these keys.
    pub(crate) fn keys(&mut self, kind: &ContextKind, keys: &'a BTreeSet<String>) -> Index {
        let attribute = self.attribute(kind, &AttributeRef::KEY);
        let test = theory::keys(keys.iter());
        let test = self.attributes[attribute].theory.add(test);
        self.atom(Atom::Passes { attribute, test })
    }

    /// The formula that says that the context of a kind has a key.
    pub(crate) fn has_key(&mut self, kind: &ContextKind, key: String) -> Index {
        let attribute = self.attribute(kind, &AttributeRef::KEY);
        let test = Test::OneOf {
            texts: vec![Cow::Owned(key)],
            others: Vec::new(),
        };
        let test = self.attributes[attribute].theory.add(test);
        self.atom(Atom::Passes { attribute, test })
    }
}

/// Returns whether a segment is declared to have no members.
fn is_nobody(audience: &Audience) -> bool {
    match audience {
        Audience::Standard {
            included,
            rules: Some(rules),
            ..
        } => rules.is_empty() && included.is_empty() && matches!(included, Targets::Exactly(_)),
        Audience::Standard { rules: None, .. } | Audience::Big { .. } => false,
    }
}
