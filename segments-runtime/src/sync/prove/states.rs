//! The segments of an environment as they are, and as they will be once a plan is applied.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use segments_model::{
    Audience, ContextKeys, ContextKind, Definition, Draft, Part, Serve, Split, Target, Targeting,
    TargetingRule, Targets, Unlisted, VariationKey, wire,
};

use crate::sync::config::SyncConfig;
use crate::sync::diff::decides_expiries;
use crate::sync::plan::{Here, Plan, Task};
use crate::sync::report::Outcome;

/// Both states of every segment that is declared, or that asks others. Of what is declared and as declared, the
/// declaration is both; of what is not managed in it nothing is known, and it stays as it is.
pub(super) struct States<'s> {
    before: BTreeMap<&'s str, Cow<'s, Definition>>,
    now: BTreeMap<&'s str, Cow<'s, Definition>>,
    /// What changes and cannot be read.
    unreadable: HashSet<&'s str>,
    /// The members that AI Configs and flags list.
    targets: Vec<&'s str>,
    listed: OnceCell<HashSet<String>>,
    referenced_by: OnceCell<HashMap<String, Vec<String>>>,
}

impl<'s> States<'s> {
    pub(super) fn new(
        plan: &'s Plan,
        definitions: &'s [Here<'_>],
        asking: &'s [wire::Segment],
    ) -> Self {
        let mut states = Self {
            before: BTreeMap::new(),
            now: BTreeMap::new(),
            unreadable: HashSet::new(),
            targets: plan
                .work
                .iter()
                .flat_map(|work| targets(&work.task))
                .collect(),
            listed: OnceCell::new(),
            referenced_by: OnceCell::new(),
        };
        for work in &plan.work {
            match &work.task {
                Task::Segment {
                    definition,
                    remote,
                    moving,
                } => match (remote, moving) {
                    (None, Some(moving)) => {
                        let now = definition.at(plan.now);
                        states.take_over(definition.key.as_str(), &now, &moving.from);
                    }
                    (remote, _) => {
                        let now = definition.at(plan.now);
                        let key = definition.key.as_str();
                        states.settle(key, &now, remote.as_deref());
                    }
                },
                Task::Delete { key, segment } => match read(segment) {
                    Some(before) => {
                        states.before.insert(key.as_str(), Cow::Owned(before));
                    }
                    None => {
                        states.unreadable.insert(key.as_str());
                    }
                },
                Task::Targeting { .. }
                | Task::Metric { .. }
                | Task::Experiment { .. }
                | Task::DeleteMetric { .. } => {}
            }
        }
        let outcomes = plan.report.segments.iter();
        let outcomes: HashMap<&str, &Outcome> =
            outcomes.map(|it| (it.key.as_str(), &it.outcome)).collect();
        for definition in definitions {
            let key = definition.key.as_str();
            let is_as_declared = matches!(outcomes.get(key), Some(Outcome::Unchanged));
            if is_as_declared && !states.knows(key) {
                states.before.insert(key, definition.at(plan.now));
                states.now.insert(key, definition.at(plan.now));
            }
        }
        for segment in asking {
            let key = segment.key.as_str();
            if let Some(read) = read(segment).filter(|_| !states.knows(key)) {
                states.before.insert(key, Cow::Owned(read.clone()));
                states.now.insert(key, Cow::Owned(read));
            }
        }
        states
    }

    fn settle(&mut self, key: &'s str, definition: &Definition, remote: Option<&wire::Segment>) {
        let Some(remote) = remote else {
            self.now
                .insert(key, Cow::Owned(filled(definition, None, &[])));
            return;
        };
        match read(remote) {
            Some(before) => {
                let now = filled(definition, Some(&before), &remote.tags);
                self.before.insert(key, Cow::Owned(before));
                self.now.insert(key, Cow::Owned(now));
            }
            None => {
                self.unreadable.insert(key);
            }
        }
    }

    /// A segment takes the place of another one, which goes. Its percentages take others, because they depend on
    /// the key.
    fn take_over(&mut self, key: &'s str, definition: &Definition, from: &'s wire::Segment) {
        let before = read(from).filter(|it| it.rules().iter().all(|rule| rule.rollout.is_none()));
        let Some(before) = before else {
            self.unreadable.extend([key, from.key.as_str()]);
            return;
        };
        self.now
            .insert(key, Cow::Owned(filled(definition, Some(&before), &[])));
        self.before
            .insert(from.key.as_str(), Cow::Owned(before.clone()));
        let renamed = Definition {
            key: definition.key.clone(),
            ..before
        };
        self.before.insert(key, Cow::Owned(renamed));
    }

    fn knows(&self, key: &str) -> bool {
        self.before.contains_key(key) || self.now.contains_key(key) || self.unreadable.contains(key)
    }

    pub(super) fn before(&self) -> impl Iterator<Item = &Definition> {
        self.before.values().map(Cow::as_ref)
    }

    pub(super) fn now(&self) -> impl Iterator<Item = &Definition> {
        self.now.values().map(Cow::as_ref)
    }

    pub(super) fn unreadable(&self) -> impl Iterator<Item = &str> {
        self.unreadable.iter().copied()
    }

    /// Returns whether a segment exists before the plan is applied.
    pub(super) fn was_there(&self, key: &str) -> bool {
        self.before.contains_key(key) || self.unreadable.contains(key)
    }

    /// The segments that one references, before or after.
    pub(super) fn references(&self, key: &str) -> impl Iterator<Item = &str> {
        let states = [self.before.get(key), self.now.get(key)];
        let states = states.into_iter().flatten();
        states.flat_map(|segment| segment.references())
    }

    /// Segments, and all that reference them, to any depth.
    pub(super) fn reached<'k>(&self, from: impl IntoIterator<Item = &'k str>) -> BTreeSet<String> {
        let referenced_by = self.referenced_by.get_or_init(|| {
            let mut referenced_by: HashMap<String, Vec<String>> = HashMap::new();
            for segment in self.before().chain(self.now()) {
                for key in segment.references() {
                    let by = referenced_by.entry(key.to_owned()).or_default();
                    by.push(segment.key.to_string());
                }
            }
            referenced_by
        });
        let mut open: Vec<String> = from.into_iter().map(str::to_owned).collect();
        let mut reached: BTreeSet<String> = BTreeSet::new();
        while let Some(key) = open.pop() {
            let by = referenced_by.get(&key).into_iter().flatten();
            open.extend(by.filter(|key| !reached.contains(*key)).cloned());
            reached.insert(key);
        }
        reached
    }

    /// Returns whether a key stands on a list.
    pub(super) fn lists(&self, key: &str) -> bool {
        let listed = self.listed.get_or_init(|| {
            let lists = |segment: &Definition| -> Vec<String> {
                let lists = [segment.included(), segment.excluded()];
                let lists = lists.into_iter().flat_map(Targets::lists);
                lists.flat_map(|(_, keys)| keys.iter().cloned()).collect()
            };
            let targets = self.targets.iter().map(|key| (*key).to_owned());
            let segments = self.before().chain(self.now());
            segments.flat_map(lists).chain(targets).collect()
        });
        listed.contains(key)
    }
}

fn targets(task: &Task) -> Vec<&str> {
    let Task::Targeting {
        targeting, remote, ..
    } = task
    else {
        return Vec::new();
    };
    let declared = targeting.targets.iter().flatten();
    let declared = declared.flat_map(|target| &target.keys);
    let there = remote.environments.values();
    let there = there.flat_map(|it| it.targets.iter().chain(&it.context_targets));
    let there = there.flat_map(|list| &list.values);
    declared.chain(there).map(String::as_str).collect()
}

/// A segment of the service, all parts of it; `None` if it has what no definition can say.
fn read(remote: &wire::Segment) -> Option<Definition> {
    let mut draft = Draft::try_from(remote).ok()?;
    // They decide nothing, and may be what no declaration would say.
    draft.name.clone_from(&draft.key);
    draft.tags = None;
    draft.description = None;
    let (definition, _) = draft.parse().ok()?;
    Some(filled(&definition, None, &[]))
}

/// The segment after all changes: parts that are not managed stay as they were. The tags that it has say which lists
/// were declared to expire.
fn filled(declared: &Definition, before: Option<&Definition>, tags: &[String]) -> Definition {
    let decides = |list: Part, targets: &Targets| decides_expiries(list, targets, tags);
    let audience = match (&declared.audience, before.map(|it| &it.audience)) {
        (
            Audience::Standard {
                included,
                excluded,
                rules,
            },
            Some(Audience::Standard {
                included: was_included,
                excluded: was_excluded,
                rules: old_rules,
            }),
        ) => Audience::Standard {
            included: merged(
                included,
                Some(was_included),
                decides(Part::Included, included),
            ),
            excluded: merged(
                excluded,
                Some(was_excluded),
                decides(Part::Excluded, excluded),
            ),
            rules: rules.clone().or_else(|| old_rules.clone()),
        },
        (
            Audience::Standard {
                included,
                excluded,
                rules,
            },
            _,
        ) => Audience::Standard {
            included: merged(included, None, true),
            excluded: merged(excluded, None, true),
            rules: Some(rules.clone().unwrap_or_default()),
        },
        (big @ Audience::Big { .. }, _) => big.clone(),
    };
    Definition {
        audience,
        ..declared.clone()
    }
}

/// A list after all changes. Who stays for how long is as it was, unless the declaration decides it.
fn merged(declared: &Targets, before: Option<&Targets>, decides: bool) -> Targets {
    let was: BTreeMap<ContextKind, ContextKeys> = before
        .iter()
        .flat_map(|before| before.lists())
        .map(|(kind, keys)| (kind.clone(), keys.clone()))
        .collect();
    let mut all = match declared {
        Targets::Exactly(_) => BTreeMap::new(),
        Targets::Unmanaged | Targets::AtLeast(_) => was.clone(),
    };
    for (kind, keys) in declared.lists() {
        let known = was.get(kind);
        let list: &mut ContextKeys = all.entry(kind.clone()).or_default();
        for key in keys {
            let until = if decides || !known.is_some_and(|known| known.contains(key)) {
                keys.until(key)
            } else {
                known.and_then(|known| known.until(key))
            };
            list.remove(key);
            match until {
                Some(until) => list.insert_until(key, until),
                None => list.insert(key),
            }
        }
    }
    Targets::Exactly(all)
}

/// The variations that an AI Config or a flag serves before and after.
pub(super) enum Served {
    Both {
        before: Box<Targeting>,
        now: Box<Targeting>,
    },
    /// It has served nothing yet.
    Nothing,
    /// It cannot be determined.
    Unknown,
}

pub(super) fn of_targeting(
    declared: &Targeting,
    remote: &wire::Targeting,
    config: &SyncConfig,
) -> Served {
    let environment = config.environment.as_str();
    let Ok(draft) = remote.draft(&declared.resource, environment) else {
        return Served::Unknown;
    };
    // An AI Config that is switched off, or stands for nothing yet.
    if draft.fallthrough.is_none() {
        return Served::Nothing;
    }
    let Ok((before, _)) = draft.parse() else {
        return Served::Unknown;
    };
    // What others made stays among what is declared; which that is, the patch decides.
    let keeps = declared.others == Unlisted::Keep;
    if keeps && (declared.rules.is_some() || declared.targets.is_some()) {
        return Served::Unknown;
    }
    let before = named_as(declared, before, &remote.variations);
    let fallthrough = declared.fallthrough.as_ref();
    let now = Targeting {
        targets: declared.targets.clone().or_else(|| before.targets.clone()),
        rules: declared.rules.clone().or_else(|| before.rules.clone()),
        fallthrough: fallthrough.or(before.fallthrough.as_ref()).cloned(),
        ..before.clone()
    };
    Served::Both {
        before: Box::new(before),
        now: Box::new(now),
    }
}

/// The served variations, with the names that a declaration gives them, in the order of the service.
fn named_as(declared: &Targeting, before: Targeting, all: &[wire::Variation]) -> Targeting {
    let place = |key: &VariationKey| wire::variation_place(all, key.as_str());
    let name = |key: &VariationKey| {
        let mut declared = declared.variations.iter();
        let same = declared.find(|it| place(it) == place(key));
        same.unwrap_or(key).clone()
    };
    let serve = |serve: &Serve| match serve {
        Serve::Variation(key) => Serve::Variation(name(key)),
        Serve::Split(split) => Serve::Split(Split {
            shares: split
                .shares
                .iter()
                .map(|(key, weight)| (name(key), *weight))
                .collect(),
            ..split.clone()
        }),
    };
    let known = before.variations.iter().chain(&declared.variations);
    let known: BTreeMap<_, _> = known.map(|key| (place(key), name(key))).collect();
    let targets = before.targets.into_iter().flatten().map(|target| Target {
        variation: name(&target.variation),
        ..target
    });
    let rules = before
        .rules
        .into_iter()
        .flatten()
        .map(|rule| TargetingRule {
            serve: serve(&rule.serve),
            ..rule
        });
    Targeting {
        variations: known.into_values().collect(),
        targets: Some(targets.collect()),
        rules: Some(rules.collect()),
        fallthrough: before.fallthrough.as_ref().map(serve),
        ..before
    }
}

#[cfg(test)]
mod tests {
    use segments_model::Expiry;

    use super::*;

    fn users(good: &[&str], until: &[&str]) -> BTreeMap<ContextKind, ContextKeys> {
        let mut keys: ContextKeys = good.iter().map(|key| (*key).to_owned()).collect();
        for key in until {
            keys.insert_until(*key, Expiry::parse("2027-01-31").unwrap());
        }
        [(ContextKind::USER, keys)].into()
    }

    #[test]
    fn a_date_goes_where_it_is_decided_and_stays_elsewhere() {
        let was = Targets::Exactly(users(&[], &["a", "b"]));
        let declared = Targets::AtLeast(users(&["a"], &[]));
        let decided = merged(&declared, Some(&was), true);
        assert_eq!(decided, Targets::Exactly(users(&["a"], &["b"])));
        let left = merged(&declared, Some(&was), false);
        assert_eq!(left, was);
        let exactly = Targets::Exactly(users(&["a", "b"], &[]));
        assert_eq!(merged(&exactly, Some(&was), false), was);
        assert_eq!(merged(&exactly, Some(&was), true), exactly);
    }
}
