//! The resources that a change affects: those that differ, and those that reference them, to any depth.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;

use crate::evaluate::Loaded;
use crate::{ContextKind, Operator, wire};

/// The keys that segments had which moved, by the keys that they have.
pub(super) type Former = BTreeMap<String, String>;

/// The segments and flags that may answer otherwise.
#[derive(Debug, Default)]
pub(super) struct Affected {
    pub(super) segments: BTreeSet<String>,
    pub(super) flags: BTreeSet<String>,
}

/// A segment or a flag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Node {
    Segment(String),
    Flag(String),
}

impl Affected {
    /// Compares two states. Of a segment that moved, what it is called is no difference: it has its present key
    /// here, also for the state before.
    pub(super) fn between(before: &Loaded, after: &Loaded, moved: &Former) -> Self {
        let mut renamed = Cow::Borrowed(before);
        for (to, from) in moved {
            renamed.to_mut().rename_segment(from, to);
        }
        let before = &*renamed;
        let mut reached = differing(before, after);
        let mut asked_by: HashMap<Node, Vec<Node>> = HashMap::new();
        for (node, asked) in edges(before).chain(edges(after)) {
            asked_by.entry(asked).or_default().push(node);
        }
        let mut open: Vec<Node> = reached.iter().cloned().collect();
        while let Some(node) = open.pop() {
            for asking in asked_by.get(&node).into_iter().flatten() {
                if reached.insert(asking.clone()) {
                    open.push(asking.clone());
                }
            }
        }
        let mut affected = Self::default();
        for node in reached {
            match node {
                Node::Segment(key) => affected.segments.insert(key),
                Node::Flag(key) => affected.flags.insert(key),
            };
        }
        affected
    }

    /// What it takes to answer for what is affected: that, and what it asks. In this state, some segments have
    /// their former keys.
    pub(super) fn needed(&self, loaded: &Loaded, former: &Former) -> Loaded {
        let mut asks: HashMap<Node, Vec<Node>> = HashMap::new();
        for (node, asked) in edges(loaded) {
            asks.entry(node).or_default().push(asked);
        }
        let segments = self.segments.iter();
        let segments = segments.map(|key| Node::Segment(former.get(key).unwrap_or(key).clone()));
        let flags = self.flags.iter().cloned().map(Node::Flag);
        let mut open: Vec<Node> = segments.chain(flags).collect();
        let mut needed: BTreeSet<Node> = open.iter().cloned().collect();
        while let Some(node) = open.pop() {
            for asked in asks.get(&node).into_iter().flatten() {
                if needed.insert(asked.clone()) {
                    open.push(asked.clone());
                }
            }
        }
        let is_segment = |it: &&wire::Segment| needed.contains(&Node::Segment(it.key.clone()));
        let is_flag = |it: &&wire::Flag| needed.contains(&Node::Flag(it.key.clone()));
        Loaded {
            segments: loaded.segments.iter().filter(is_segment).cloned().collect(),
            flags: loaded.flags.iter().filter(is_flag).cloned().collect(),
            complete: loaded.complete,
            form: loaded.form,
            left_out: loaded.left_out.clone(),
            snapshot: loaded.snapshot.clone(),
        }
    }
}

/// The differences, including those that are in only one of the states.
fn differing(before: &Loaded, after: &Loaded) -> BTreeSet<Node> {
    let segments = |loaded: &Loaded| -> BTreeMap<Node, Json> {
        let present = loaded.segments.iter().filter(|segment| !segment.deleted);
        present
            .map(|it| (Node::Segment(it.key.clone()), deciding(it)))
            .collect()
    };
    let flags = |loaded: &Loaded| -> BTreeMap<Node, Json> {
        let present = loaded.flags.iter().filter(|flag| !flag.deleted);
        present
            .map(|it| (Node::Flag(it.key.clone()), serving(it)))
            .collect()
    };
    let differ = |was: &BTreeMap<Node, Json>, is: &BTreeMap<Node, Json>| -> Vec<Node> {
        let nodes = was.keys().chain(is.keys());
        nodes
            .filter(|node| was.get(*node) != is.get(*node))
            .cloned()
            .collect()
    };
    let mut nodes: BTreeSet<Node> = BTreeSet::new();
    nodes.extend(differ(&segments(before), &segments(after)));
    nodes.extend(differ(&flags(before), &flags(after)));
    nodes
}

/// The parts of a segment that decide about a context, in a normal form.
fn deciding(segment: &wire::Segment) -> Json {
    let lists = |users: &[String], others: &[wire::ContextTargets]| {
        let user = ContextKind::USER.to_string();
        let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        lists.entry(user).or_default().extend(users.iter().cloned());
        for list in others {
            let keys = lists.entry(list.context_kind.clone()).or_default();
            keys.extend(list.values.iter().cloned());
        }
        lists.retain(|_, keys| !keys.is_empty());
        lists
    };
    serde_json::json!({
        "included": lists(&segment.included, &segment.included_contexts),
        "excluded": lists(&segment.excluded, &segment.excluded_contexts),
        "rules": segment.rules.iter().map(condition).collect::<Vec<_>>(),
        "big": segment.unbounded.then_some(&segment.unbounded_context_kind),
        "salt": segment.rules.iter().any(|it| it.weight.is_some()).then_some(&segment.salt),
    })
}

/// The same of a rule.
fn condition(rule: &wire::Rule) -> Json {
    let clauses = rule.clauses.iter().map(|clause| {
        let kind = clause.context_kind.as_deref();
        let asks_segments = Operator::from_wire(&clause.op) == Some(Operator::SegmentMatch);
        let kind = kind.unwrap_or(ContextKind::USER.as_str()).to_owned();
        serde_json::json!({
            "kind": (!asks_segments).then_some(kind),
            "attribute": (!asks_segments).then_some(&clause.attribute),
            "op": clause.op,
            "values": clause.values,
            "negate": clause.negate,
        })
    });
    let share = rule.weight.map(|weight| {
        let by = rule.bucket_by.as_deref().filter(|by| !by.is_empty());
        let kind = rule.rollout_context_kind.as_deref();
        serde_json::json!([
            weight,
            by.unwrap_or("key"),
            kind.unwrap_or(ContextKind::USER.as_str())
        ])
    });
    serde_json::json!({ "clauses": clauses.collect::<Vec<_>>(), "share": share })
}

/// The parts of a flag that decide which variation a context is served.
fn serving(flag: &wire::Flag) -> Json {
    let served = |served: &wire::Served| {
        serde_json::json!({
            "variation": served.variation,
            "rollout": served.rollout.as_ref().filter(|_| served.variation.is_none()),
        })
    };
    let rules = flag.rules.iter();
    let rules = rules.map(|it| serde_json::json!([condition(&it.rule), served(&it.served)]));
    serde_json::json!({
        "on": flag.on,
        "prerequisites": flag.prerequisites,
        "targets": flag.targets,
        "contextTargets": flag.context_targets,
        "rules": rules.collect::<Vec<_>>(),
        "fallthrough": served(&flag.fallthrough),
        "off": flag.off_variation,
        "variations": flag.variations,
        "salt": flag.salt,
    })
}

/// The references.
fn edges(loaded: &Loaded) -> impl Iterator<Item = (Node, Node)> {
    let segments = loaded.segments.iter().flat_map(|segment| {
        let asked = segment.rules.iter().flat_map(asked);
        asked.map(|key| (Node::Segment(segment.key.clone()), Node::Segment(key)))
    });
    let flags = loaded.flags.iter().flat_map(|flag| {
        let node = || Node::Flag(flag.key.clone());
        let asked = flag.rules.iter().flat_map(|it| asked(&it.rule));
        let asked = asked.map(Node::Segment);
        let first = flag.prerequisites.iter();
        let first = first.map(|it| Node::Flag(it.key.clone()));
        asked.chain(first).map(move |other| (node(), other))
    });
    segments.chain(flags)
}

/// The segments that a rule asks.
fn asked(rule: &wire::Rule) -> impl Iterator<Item = String> {
    let clauses = rule.clauses.iter();
    let asking =
        clauses.filter(|clause| Operator::from_wire(&clause.op) == Some(Operator::SegmentMatch));
    let keys = asking.flat_map(|clause| &clause.values);
    keys.filter_map(|key| key.as_str().map(str::to_owned))
}

/// The kinds that are asked in either state; none if any kind is.
pub(super) fn kinds_of_both(before: &Loaded, after: &Loaded) -> Option<BTreeSet<String>> {
    let mut both = kinds(before)?;
    both.extend(kinds(after)?);
    Some(both).filter(|kinds| !kinds.is_empty())
}

/// The kinds that are asked; none if a clause tests the kind itself, or if a rule is for everyone of every
/// kind.
fn kinds(loaded: &Loaded) -> Option<BTreeSet<String>> {
    let user = || ContextKind::USER.to_string();
    let mut kinds = BTreeSet::new();
    let of_segments = loaded.segments.iter().flat_map(|it| &it.rules);
    let of_flags = loaded.flags.iter().flat_map(|it| &it.rules);
    for rule in of_segments.chain(of_flags.map(|it| &it.rule)) {
        if rule.clauses.is_empty() && rule.weight.is_none() {
            return None;
        }
        for clause in &rule.clauses {
            let asks_segments = Operator::from_wire(&clause.op) == Some(Operator::SegmentMatch);
            if clause.attribute == "kind" || asks_segments && clause.negate {
                return None;
            }
            if !asks_segments {
                kinds.insert(clause.context_kind.clone().unwrap_or_else(user));
            }
        }
        if rule.weight.is_some() {
            kinds.insert(rule.rollout_context_kind.clone().unwrap_or_else(user));
        }
    }
    for segment in &loaded.segments {
        if !segment.included.is_empty() || !segment.excluded.is_empty() {
            kinds.insert(user());
        }
        let lists = [&segment.included_contexts, &segment.excluded_contexts];
        let lists = lists.into_iter().flatten();
        kinds.extend(lists.map(|list| list.context_kind.clone()));
        if segment.unbounded {
            let kind = segment.unbounded_context_kind.clone();
            kinds.insert(kind.unwrap_or_else(user));
        }
        if let Some(lists) = loaded.left_out.segments.get(&segment.key) {
            kinds.extend(lists.included.keys().chain(lists.excluded.keys()).cloned());
        }
    }
    for flag in &loaded.flags {
        let lists = flag.targets.iter().chain(&flag.context_targets);
        kinds.extend(lists.map(|list| list.context_kind.clone().unwrap_or_else(user)));
        let left_out = loaded.left_out.flags.get(&flag.key);
        kinds.extend(left_out.into_iter().flatten().map(|list| list.kind.clone()));
    }
    Some(kinds)
}
