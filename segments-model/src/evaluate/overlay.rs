//! An environment as it would be with the declarations applied.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::load::Loaded;
use super::snapshot::LeftOut;
use crate::targeting::{Resource, Serve, Target, Targeting, Unlisted};
use crate::{Audience, ContextKind, Definition, Operator, Targets, VariationKey, wire};

/// Data for SDKs with declarations applied.
///
/// Example: [`Loaded::with_declared`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Overlaid {
    /// The data that SDKs would receive.
    pub loaded: Loaded,
    /// The declarations that could not be applied, in words. Their resources stay as they are.
    pub left_alone: Vec<String>,
    /// The keys that segments had which move, by the keys that they get.
    pub moved: BTreeMap<String, String>,
}

/// Data that is complete already.
impl From<Loaded> for Overlaid {
    fn from(loaded: Loaded) -> Self {
        Self {
            loaded,
            left_alone: Vec::new(),
            moved: BTreeMap::new(),
        }
    }
}

impl Loaded {
    /// Puts declarations into data for SDKs, as a sync would put them into the environment: parts that a
    /// declaration does not manage stay, and a segment that exists keeps its salt. A segment that
    /// [moves](crate::Lifecycle::moved_from) takes the place of the former one, in what references that, too. Definitions
    /// are those [for the environment](Definition::in_environment); one that is absent is passed over.
    ///
    /// ```
    /// use segments_model::Draft;
    /// use segments_model::evaluate::Loaded;
    ///
    /// let before = Loaded::from_json(r#"{"segments": {"staff": {"included": ["u-1"], "salt": "s"}}}"#)?;
    /// let draft = Draft { key: "staff".into(), name: "Staff".into(), nobody: true, ..Draft::default() };
    /// let after = before.with_declared(&[draft.parse()?.0], &[]);
    /// assert!(after.loaded.segments[0].included.is_empty());
    /// assert_eq!(after.loaded.segments[0].salt.as_deref(), Some("s"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_declared(&self, definitions: &[Definition], targetings: &[Targeting]) -> Overlaid {
        let mut loaded = self.clone();
        let (mut left_alone, mut moved) = (Vec::new(), BTreeMap::new());
        let present = || definitions.iter().filter(|it| !it.absent);
        for definition in present() {
            let key = definition.key.as_str();
            if let Some(from) = &definition.lifecycle.moved_from
                && loaded.has_segment(from.as_str())
                && !loaded.has_segment(key)
            {
                loaded.move_segment(from.as_str(), key);
                moved.insert(key.to_owned(), from.to_string());
            }
        }
        for definition in present() {
            loaded.put_segment(definition);
        }
        for targeting in targetings {
            if let Err(reason) = loaded.put_targeting(targeting) {
                left_alone.push(format!("{}: {reason}", targeting.resource));
            }
        }
        Overlaid {
            loaded,
            left_alone,
            moved,
        }
    }

    fn has_segment(&self, key: &str) -> bool {
        let mut segments = self.segments.iter();
        segments.any(|it| it.key == key && !it.deleted)
    }

    /// Gives a segment another key, and with it another salt, which nobody knows yet. What references the segment
    /// follows.
    fn move_segment(&mut self, from: &str, to: &str) {
        let moving = self.segments.iter_mut();
        for segment in moving.filter(|it| it.key == from && !it.deleted) {
            segment.salt = None;
        }
        self.rename_segment(from, to);
    }

    /// The same data with another key of a segment, wherever that stands.
    pub(super) fn rename_segment(&mut self, from: &str, to: &str) {
        for segment in self.segments.iter_mut().filter(|it| it.key == from) {
            to.clone_into(&mut segment.key);
        }
        if let Some(lists) = self.left_out.segments.remove(from) {
            self.left_out.segments.insert(to.to_owned(), lists);
        }
        let of_segments = self.segments.iter_mut().flat_map(|it| &mut it.rules);
        let of_flags = self.flags.iter_mut().flat_map(|it| &mut it.rules);
        let clauses = of_segments
            .chain(of_flags.map(|it| &mut it.rule))
            .flat_map(|it| &mut it.clauses);
        let asking = clauses
            .filter(|clause| Operator::from_wire(&clause.op) == Some(Operator::SegmentMatch));
        for key in asking.flat_map(|clause| &mut clause.values) {
            if key.as_str() == Some(from) {
                *key = to.into();
            }
        }
    }

    /// Removes these segments from the data.
    #[must_use]
    pub fn without_segments<'k>(mut self, keys: impl IntoIterator<Item = &'k str>) -> Self {
        let gone: BTreeSet<&str> = keys.into_iter().collect();
        self.segments
            .retain(|segment| !gone.contains(segment.key.as_str()));
        self
    }

    fn put_segment(&mut self, definition: &Definition) {
        let key = definition.key.as_str();
        let known = self
            .segments
            .iter()
            .position(|it| it.key == key && !it.deleted);
        let place = known.unwrap_or_else(|| {
            self.segments.push(wire::Segment {
                key: key.to_owned(),
                ..wire::Segment::default()
            });
            self.segments.len() - 1
        });
        let segment = &mut self.segments[place];
        match &definition.audience {
            Audience::Big { kind } => {
                segment.unbounded = true;
                segment.unbounded_context_kind = Some(kind.to_string());
            }
            Audience::Standard {
                included,
                excluded,
                rules,
            } => {
                put_list(
                    included,
                    &mut segment.included,
                    &mut segment.included_contexts,
                );
                put_list(
                    excluded,
                    &mut segment.excluded,
                    &mut segment.excluded_contexts,
                );
                if let Some(rules) = rules {
                    segment.rules = rules.iter().map(wire::Rule::from).collect();
                }
                self.left_out.tell(key, included, excluded);
            }
        }
    }

    fn put_targeting(&mut self, targeting: &Targeting) -> Result<(), String> {
        let key = targeting.resource.key();
        let flag = self
            .flags
            .iter_mut()
            .find(|it| it.key == key && !it.deleted);
        let flag = flag.ok_or("the data for SDKs does not contain it")?;
        if matches!(targeting.resource, Resource::AiConfig(_)) != flag.is_ai_config() {
            return Err("the data for SDKs has another kind of resource".to_owned());
        }
        let put = Put::new(flag, targeting.others);
        let rules = targeting.rules.as_deref();
        let rules = rules.map(|rules| put.rules(rules)).transpose()?;
        let targets = targeting.targets.as_deref();
        let targets = targets.map(|targets| put.targets(targets)).transpose()?;
        let fallthrough = targeting.fallthrough.as_ref();
        let fallthrough = fallthrough
            .map(|serve| put.serve(serve, &flag.fallthrough))
            .transpose()?;
        if let Some(rules) = rules {
            flag.rules = rules;
        }
        if let Some((users, contexts)) = targets {
            flag.targets = users;
            flag.context_targets = contexts;
            if targeting.others == Unlisted::Remove {
                self.left_out.flags.remove(key);
            }
        }
        if let Some(fallthrough) = fallthrough {
            flag.fallthrough = fallthrough;
        }
        Ok(())
    }
}

impl LeftOut {
    /// A list that is declared is known as a whole.
    fn tell(&mut self, segment: &str, included: &Targets, excluded: &Targets) {
        let Some(lists) = self.segments.get_mut(segment) else {
            return;
        };
        let is_whole = |targets: &Targets| matches!(targets, Targets::Exactly(_));
        if is_whole(included) {
            lists.included.clear();
        }
        if is_whole(excluded) {
            lists.excluded.clear();
        }
    }
}

/// Puts a declared list in the place of one of the service, or into it.
fn put_list(targets: &Targets, users: &mut Vec<String>, others: &mut Vec<wire::ContextTargets>) {
    let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    match targets {
        Targets::Unmanaged => return,
        Targets::Exactly(_) => {}
        Targets::AtLeast(_) => {
            let user = lists.entry(ContextKind::USER.to_string()).or_default();
            user.extend(users.drain(..));
            for list in others.drain(..) {
                lists
                    .entry(list.context_kind)
                    .or_default()
                    .extend(list.values);
            }
        }
    }
    for (kind, keys) in targets.lists() {
        let list = lists.entry(kind.to_string()).or_default();
        list.extend(keys.iter().cloned());
    }
    let user = lists.remove(ContextKind::USER.as_str()).unwrap_or_default();
    *users = user.into_iter().collect();
    *others = lists
        .into_iter()
        .map(|(context_kind, keys)| wire::ContextTargets {
            context_kind,
            values: keys.into_iter().collect(),
        })
        .collect();
}

/// Puts what is declared into one flag.
struct Put<'f> {
    flag: &'f wire::Flag,
    variations: Vec<wire::Variation>,
    others: Unlisted,
}

/// The lists of users, and those of all kinds, in which users are named by their variation only.
type Lists = (Vec<wire::TargetList>, Vec<wire::TargetList>);

impl<'f> Put<'f> {
    fn new(flag: &'f wire::Flag, others: Unlisted) -> Self {
        let variation = |value: &Json| wire::Variation {
            value: value.clone(),
            ..wire::Variation::default()
        };
        Self {
            variations: flag.variations.iter().map(variation).collect(),
            flag,
            others,
        }
    }

    fn place(&self, variation: &VariationKey) -> Result<usize, String> {
        wire::variation_place(&self.variations, variation.as_str()).ok_or_else(|| {
            format!(
                "the data for SDKs does not know its variation `{variation}`; declare a flag's variations by their values"
            )
        })
    }

    fn rules(&self, rules: &[crate::TargetingRule]) -> Result<Vec<wire::TargetingRule>, String> {
        let same = |one: &wire::Rule, other: &wire::Rule| {
            let clauses = |rule: &wire::Rule| -> Vec<wire::Clause> {
                let clauses = rule.clauses.iter().cloned();
                clauses.map(|it| wire::Clause { id: None, ..it }).collect()
            };
            clauses(one) == clauses(other)
        };
        let mut put: Vec<wire::TargetingRule> = Vec::new();
        for rule in rules {
            let condition = wire::Rule {
                clauses: rule.clauses.iter().map(wire::Clause::from).collect(),
                ..wire::Rule::default()
            };
            let known = self.flag.rules.iter().find(|it| same(&it.rule, &condition));
            let before = known.map(|it| &it.served);
            put.push(wire::TargetingRule {
                served: self.serve(&rule.serve, before.unwrap_or(&wire::Served::default()))?,
                rule: condition,
                ..wire::TargetingRule::default()
            });
        }
        if self.others == Unlisted::Keep {
            let kept = self.flag.rules.iter();
            let kept = kept.filter(|it| !put.iter().any(|own| same(&own.rule, &it.rule)));
            let kept: Vec<_> = kept.cloned().collect();
            put.extend(kept);
        }
        Ok(put)
    }

    fn targets(&self, targets: &[Target]) -> Result<Lists, String> {
        let mut lists: BTreeMap<(String, usize), Vec<String>> = BTreeMap::new();
        let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
        for target in targets {
            let variation = self.place(&target.variation)?;
            let kind = target.kind.to_string();
            taken.extend(target.keys.iter().map(|key| (kind.clone(), key.clone())));
            let list = lists.entry((kind, variation)).or_default();
            list.extend(target.keys.iter().cloned());
        }
        if self.others == Unlisted::Keep {
            for list in self.flag.targets.iter().chain(&self.flag.context_targets) {
                let kind = list.context_kind.clone();
                let kind = kind.unwrap_or_else(|| ContextKind::USER.to_string());
                let keys = list.values.iter().cloned();
                let free = keys.filter(|key| !taken.contains(&(kind.clone(), key.clone())));
                let kept: Vec<String> = free.collect();
                lists
                    .entry((kind, list.variation))
                    .or_default()
                    .extend(kept);
            }
        }
        let (mut users, mut contexts) = (Vec::new(), Vec::new());
        for ((kind, variation), values) in lists {
            let mut list = wire::TargetList {
                context_kind: Some(kind.clone()),
                variation,
                values,
            };
            if kind == ContextKind::USER.as_str() {
                users.push(list.clone());
                list.values.clear();
            }
            contexts.push(list);
        }
        Ok((users, contexts))
    }

    /// The served variation or split. Where LaunchDarkly runs an experiment or rollout, a sync changes
    /// nothing; a split keeps its seed.
    fn serve(&self, serve: &Serve, before: &wire::Served) -> Result<wire::Served, String> {
        if before.seed().is_none() && before.running().is_some() {
            return Ok(before.clone());
        }
        let split = match serve {
            Serve::Variation(variation) => {
                return Ok(wire::Served::of_variation(self.place(variation)?));
            }
            Serve::Split(split) => split,
        };
        let mut shares = Vec::new();
        for (variation, weight) in &split.shares {
            shares.push(wire::WeightedVariation {
                variation: self.place(variation)?,
                weight: u64::from(weight.thousandths()),
                ..wire::WeightedVariation::default()
            });
        }
        // Buckets are given out in the service's order.
        shares.sort_by_key(|share| share.variation);
        Ok(wire::Served {
            rollout: Some(wire::Rollout {
                variations: shares,
                bucket_by: Some(split.by.to_string()),
                context_kind: Some(split.kind.to_string()),
                seed: before.seed(),
                ..wire::Rollout::default()
            }),
            ..wire::Served::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{CompiledEnvironment, ContextInstance};

    const FILE: &str = r#"
        [contexts.user.attributes]
        plan = "string"
        [segments.beta]
        description = "x"
        included_at_least = { user = ["u-2"] }
        rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
        [flags.page]
        variations = ["old", "new"]
        rules = [{ clauses = [{ op = "segmentMatch", values = ["beta"] }], serve = "new" }]
        fallthrough = "old"
        [flags.gone]
        variations = ["a"]
        fallthrough = "a"
    "#;

    #[test]
    fn what_is_declared_is_put_into_what_is_there() {
        let report = crate::file::read("x", FILE.as_bytes());
        let file = report
            .into_file()
            .unwrap_or_else(|report| panic!("{report:?}"));
        let segments: Vec<_> = file.segments.into_iter().map(|it| it.definition).collect();
        let targetings: Vec<_> = file.targetings.into_iter().map(|it| it.targeting).collect();
        let before = Loaded::from_json(
            r#"{"segments": {"beta": {"included": ["u-1"], "excluded": ["u-9"], "salt": "s"}}, "flags": {"page": {
                "key": "page", "on": true, "variations": ["old", "new"], "fallthrough": {"variation": 1},
                "targets": [{"variation": 0, "values": ["u-1"]}]}}}"#,
        )
        .unwrap();
        let after = before.with_declared(&segments, &targetings);
        assert_eq!(
            after.left_alone,
            ["flag gone: the data for SDKs does not contain it"]
        );
        let [beta] = &after.loaded.segments[..] else {
            panic!("{after:?}")
        };
        assert_eq!(
            (&beta.included[..], beta.excluded.len()),
            (&["u-1".to_owned(), "u-2".to_owned()][..], 1)
        );
        let environment = CompiledEnvironment::new(&after.loaded);
        let served = |key: &str, plan: &str| {
            let json = serde_json::json!({"kind": "user", "key": key, "plan": plan});
            let context = ContextInstance::from_json(&json.to_string()).unwrap();
            environment.evaluate("page", &context).unwrap().to_string()
        };
        // Its lists are not declared, so they stay and come first.
        assert_eq!(served("u-1", "free"), "old: the user is listed");
        assert_eq!(served("u-2", "free"), "new: rule 1 holds");
        assert_eq!(served("u-3", "pro"), "new: rule 1 holds");
        assert_eq!(served("u-3", "free"), "old: no rule holds");
        assert_eq!(served("u-9", "pro"), "old: no rule holds");
    }
}
