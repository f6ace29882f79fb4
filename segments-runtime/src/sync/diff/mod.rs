//! Differences between a declaration and a segment of the service, as few changes as possible.

mod clauses;
mod edits;
mod let_go;
mod normal;
mod pairs;
mod rules;
mod targets;

use std::collections::BTreeSet;

use segments_model::{Audience, ContextKind, Definition, Part, Tag, Targets, wire};
use serde_json::json;

use super::at_least::{Before, Items};
use super::change::{Change, RuleName, TargetList};
use super::digest::Digest;
use super::expiries;
use super::ownership::{self, Claimant, Mark, PROTECTED_TAG, revision_tag};
use super::report::ItemError;
use super::revision::Revision;
pub(crate) use normal::{Lists, Rule, value};
pub(crate) use rules::{Unlisted, rules};

/// Returns whether the expiries of contexts on a list are decided by what is declared: it declares some, or it did, by
/// the tags of the segment.
pub(crate) fn decides_expiries(list: Part, declared: &Targets, tags: &[String]) -> bool {
    let did = || ownership::expiring_lists(tags).contains(&list);
    declared.expire() || *declared != Targets::Unmanaged && did()
}

/// The fields that the service returns for one segment.
#[derive(Debug, Clone)]
pub(crate) struct Goal<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) claimant: &'a Claimant,
    pub(crate) revision: Option<Revision>,
    /// The segment whose place it takes, which has what is left to people.
    former: Option<&'a wire::Segment>,
    /// The time of day of the service, in milliseconds since 1970.
    now: i64,
}

impl<'a> Goal<'a> {
    pub(crate) fn new(
        definition: &'a Definition,
        claimant: &'a Claimant,
        revision: Option<u64>,
    ) -> Self {
        Self {
            definition,
            claimant,
            revision: revision.map(|number| Revision::of_segment(number, definition)),
            former: None,
            now: i64::MIN,
        }
    }

    /// Says which time of day it is at the service: who is declared to have left a list by then has left it.
    pub(crate) fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    /// Returns whether it has to be known which contexts on lists of a segment expire: it is declared of some, or
    /// was.
    pub(crate) fn decides_expiries(&self, remote: &wire::Segment) -> bool {
        LISTS
            .iter()
            .any(|list| self.decides_expiries_of(*list, remote))
    }

    fn decides_expiries_of(&self, list: Part, remote: &wire::Segment) -> bool {
        decides_expiries(list, self.list(list), &remote.tags)
    }

    /// What is declared of a list.
    fn list(&self, list: Part) -> &'a Targets {
        match list {
            Part::Excluded => self.definition.excluded(),
            _ => self.definition.included(),
        }
    }

    /// What differs between when contexts on a list are declared to leave it, and when they do.
    fn expiries(
        &self,
        list: Part,
        declared: &Targets,
        lists: &normal::Lists<'_>,
        remote: &wire::Segment,
    ) -> Vec<Change> {
        let Some(expiring) = &remote.expiring else {
            return Vec::new();
        };
        if !self.decides_expiries_of(list, remote) {
            return Vec::new();
        }
        expiries::changes(target_list(list), declared, lists, expiring)
    }

    /// Takes over what is left to people from the segment whose place it takes.
    pub(crate) fn following(self, former: Option<&'a wire::Segment>) -> Self {
        Self { former, ..self }
    }

    /// The body that creates the segment. Its tags carry the owner from the first moment, so that
    /// a segment whose lists and rules could not follow is known again.
    pub(crate) fn create(&self) -> wire::CreateSegment {
        let mut body = wire::CreateSegment::from(self.definition);
        body.tags.extend(self.marks(&wire::Segment::default()));
        body
    }

    /// The changes that make the segment match the declaration, and mark it as the owner's.
    ///
    /// # Errors
    ///
    /// When a rule has to change to which the service has given no identifier.
    pub(crate) fn changes(&self, remote: &wire::Segment) -> Result<Vec<Change>, ItemError> {
        let changes = self.compare(remote, true)?;
        // Where nothing says yet what is managed, that waits for a change.
        let is_managed =
            |tag: &String| matches!(Mark::of(tag), Some(Mark::Managed(_) | Mark::AtLeast(_)));
        let waits = matches!(&changes[..], [Change::AddTags { tags }] if tags.iter().all(is_managed))
            && !remote.tags.iter().any(is_managed);
        Ok(if waits { Vec::new() } else { changes })
    }

    /// The differences between the declaration and the segment, regardless of its owner.
    ///
    /// # Errors
    ///
    /// As [`changes`](Self::changes).
    pub(crate) fn difference(&self, remote: &wire::Segment) -> Result<Vec<Change>, ItemError> {
        self.compare(remote, false)
    }

    fn compare(&self, remote: &wire::Segment, marks: bool) -> Result<Vec<Change>, ItemError> {
        // Destructured, so that a new part of a definition cannot be forgotten here.
        let Definition {
            key: _,
            name,
            description,
            tags,
            audience,
            // They are in the marks.
            unmanaged: _,
            // There is nothing to compare.
            absent: _,
            // It is in the marks, or decides about what differs.
            lifecycle: _,
            // Which one this is was decided before.
            environments: _,
        } = self.definition;
        let mut changes = Vec::new();
        if *name != remote.name {
            changes.push(Change::Name {
                from: remote.name.clone(),
                to: name.clone(),
            });
        }
        let from = remote.description.clone().unwrap_or_default();
        let former = self.former.filter(|_| from.is_empty());
        let former = former.and_then(|former| former.description.as_ref());
        if let Some(to) = description.as_ref().or(former)
            && *to != from
        {
            let to = to.clone();
            changes.push(Change::Description { from, to });
        }
        let plain = self.taken_over(remote);
        changes.extend(self.tags(tags.as_ref().or(plain.as_ref()), remote, marks));
        match audience {
            Audience::Standard {
                included,
                excluded,
                rules,
            } => {
                let before = self.former.map(lists_of).unwrap_or_default();
                let [were_included, were_excluded] = before;
                let lists = normal::lists(&remote.included, &remote.included_contexts);
                let included = left_or(included, &were_included).at(self.now);
                changes.extend(targets::targets(TargetList::Included, &included, &lists));
                changes.extend(self.expiries(Part::Included, &included, &lists, remote));
                let lists = normal::lists(&remote.excluded, &remote.excluded_contexts);
                let excluded = left_or(excluded, &were_excluded).at(self.now);
                changes.extend(targets::targets(TargetList::Excluded, &excluded, &lists));
                changes.extend(self.expiries(Part::Excluded, &excluded, &lists, remote));
                let rules = rules.as_ref();
                let rules = rules.map(|rules| rules.iter().map(wire::Rule::from).collect());
                let rules: Option<Vec<wire::Rule>> = rules.or_else(|| {
                    let former = self.former.filter(|_| remote.rules.is_empty());
                    former.map(|former| former.rules.iter().map(without_ids).collect())
                });
                if let Some(rules) = rules {
                    let rules: Vec<_> = rules.iter().map(Rule::of).collect();
                    let remote: Vec<_> = remote.rules.iter().map(Rule::of).collect();
                    changes.extend(self::rules(&rules, &remote, Unlisted::Go)?);
                }
            }
            // Members of a big segment are kept elsewhere.
            Audience::Big { kind: _ } => {}
        }
        Ok(changes)
    }

    /// The plain tags of the segment whose place this one takes, if people keep them and it has none yet.
    fn taken_over(&self, remote: &wire::Segment) -> Option<BTreeSet<Tag>> {
        let plain = |tag: &&String| Mark::of(tag).is_none();
        let former = self.former?;
        if remote.tags.iter().any(|tag| plain(&tag)) {
            return None;
        }
        let tags = former.tags.iter().filter(plain);
        Some(
            tags.filter_map(|tag| Tag::parse(tag.clone()).ok())
                .collect(),
        )
    }

    /// The tags that say whose the segment is, and what of it. What was declared once stays among
    /// that until the declaration says what becomes of it.
    fn marks(&self, remote: &wire::Segment) -> Vec<String> {
        let definition = self.definition;
        let mut parts = definition.declared();
        let before = ownership::managed_parts(&remote.tags);
        parts.extend(before.difference(&definition.unmanaged));
        let mut marks = vec![self.claimant.owner.tag().to_string()];
        marks.extend(ownership::managed_tag(&parts));
        marks.extend(LISTS.into_iter().flat_map(|list| self.record(list, remote)));
        let expire = LISTS.into_iter().filter(|list| self.list(*list).expire());
        marks.extend(ownership::expires_tag(&expire.collect()));
        marks.extend(
            definition
                .lifecycle
                .moved_from
                .as_ref()
                .map(ownership::moved_tag),
        );
        marks.extend(
            definition
                .lifecycle
                .protect
                .then(|| PROTECTED_TAG.to_owned()),
        );
        marks.extend(self.revision.as_ref().map(revision_tag));
        marks
    }

    /// The tags that say what was declared of a list that keeps others.
    fn record(&self, list: Part, remote: &wire::Segment) -> Vec<String> {
        let known = ownership::declared_at_least(&remote.tags, list);
        let left = self.definition.unmanaged.contains(&list);
        let record = match self.items(list, remote) {
            Some(items) => {
                let managed = ownership::managed_parts(&remote.tags).contains(&list);
                Some(items.remembered(&Before::of(managed, known), left))
            }
            // The list as a whole was let go of, and nobody has decided.
            None if !left && !self.definition.declared().contains(&list) => known,
            None => None,
        };
        let tags = record.map(|record| ownership::at_least_tags(list, &record));
        tags.unwrap_or_default()
    }

    /// The contexts of a list, if it keeps those that are not declared.
    pub(crate) fn items(&self, list: Part, remote: &wire::Segment) -> Option<Items> {
        let (declared, users, others) = match list {
            Part::Included => {
                let declared = self.definition.included();
                (declared, &remote.included, &remote.included_contexts)
            }
            Part::Excluded => {
                let declared = self.definition.excluded();
                (declared, &remote.excluded, &remote.excluded_contexts)
            }
            Part::Description | Part::Tags | Part::Rules => return None,
        };
        let Targets::AtLeast(_) = declared else {
            return None;
        };
        let declared = declared.lists();
        let declared = declared.flat_map(|(kind, keys)| {
            let digest = |key: &String| member(kind.as_str(), key);
            keys.iter().map(digest)
        });
        let present = normal::lists(users, others);
        let present = present
            .iter()
            .flat_map(|(kind, keys)| keys.iter().map(|key| member(kind, key)));
        Some(Items {
            declared: declared.collect(),
            present: present.collect(),
        })
    }

    /// Plain tags are as declared, if they are. Marks say whose the segment is and what it shows;
    /// marks of others are in the way, and revisions only count for those who use them.
    fn tags(
        &self,
        declared: Option<&BTreeSet<Tag>>,
        remote: &wire::Segment,
        marks: bool,
    ) -> Vec<Change> {
        let (mut wanted, mut present) = (BTreeSet::new(), BTreeSet::new());
        if let Some(declared) = declared {
            let plain = declared.iter().map(Tag::as_str);
            wanted.extend(
                plain
                    .filter(|tag| Mark::of(tag).is_none())
                    .map(str::to_owned),
            );
            let plain = remote.tags.iter();
            let plain = plain.filter(|tag| Mark::of(tag).is_none());
            present.extend(plain.cloned());
        }
        if marks {
            wanted.extend(self.marks(remote));
            present.extend(
                remote
                    .tags
                    .iter()
                    .filter(|tag| match Mark::of(tag) {
                        Some(
                            Mark::Owner(_)
                            | Mark::Managed(_)
                            | Mark::AtLeast(_)
                            | Mark::Expires(_)
                            | Mark::Protected
                            | Mark::MovedFrom(_),
                        ) => true,
                        Some(Mark::Revision(_)) => self.revision.is_some(),
                        None => false,
                    })
                    .cloned(),
            );
        }
        tag_changes(&wanted, &present)
    }
}

/// A rule of one segment for another, where it gets identifiers of its own.
fn without_ids(rule: &wire::Rule) -> wire::Rule {
    let clauses = rule.clauses.iter().cloned();
    wire::Rule {
        id: None,
        clauses: clauses
            .map(|clause| wire::Clause { id: None, ..clause })
            .collect(),
        ..rule.clone()
    }
}

/// The contexts on the lists of a segment that people manage, included and excluded.
fn lists_of(former: &wire::Segment) -> [Targets; 2] {
    let all = [
        normal::lists(&former.included, &former.included_contexts),
        normal::lists(&former.excluded, &former.excluded_contexts),
    ];
    all.map(|lists| {
        let lists = lists.into_iter().filter_map(|(kind, keys)| {
            let kind = ContextKind::parse(kind.to_owned()).ok()?;
            Some((kind, keys.into_iter().map(str::to_owned).collect()))
        });
        Targets::AtLeast(lists.collect())
    })
}

/// A list as declared or, where it is left to people, as they kept it in the segment that had the key
/// before.
fn left_or<'t>(declared: &'t Targets, former: &'t Targets) -> &'t Targets {
    match declared {
        Targets::Unmanaged => former,
        Targets::Exactly(_) | Targets::AtLeast(_) => declared,
    }
}

/// The parts that are lists.
const LISTS: [Part; 2] = [Part::Included, Part::Excluded];

fn target_list(list: Part) -> TargetList {
    match list {
        Part::Excluded => TargetList::Excluded,
        _ => TargetList::Included,
    }
}

/// What stands for a context of a list.
pub(crate) fn member(kind: &str, key: &str) -> Digest {
    Digest::of(&json!([kind, key]))
}

/// Returns whether a segment that is protected would have neither lists nor rules any more.
pub(crate) fn empties(changes: &[Change], remote: &wire::Segment) -> bool {
    let removes = |change: &Change| {
        matches!(
            change,
            Change::RemoveTargets { .. } | Change::RemoveRule { .. }
        )
    };
    let adds =
        |change: &Change| matches!(change, Change::AddTargets { .. } | Change::AddRule { .. });
    let included = normal::lists(&remote.included, &remote.included_contexts);
    let members: usize = included.values().map(BTreeSet::len).sum();
    let removed = changes.iter().map(|change| match change {
        Change::RemoveTargets {
            list: TargetList::Included,
            keys,
            ..
        } => keys.len(),
        _ => 0,
    });
    let rules = changes
        .iter()
        .filter(|change| matches!(change, Change::RemoveRule { .. }));
    changes.iter().any(removes)
        && !changes.iter().any(adds)
        && removed.sum::<usize>() == members
        && rules.count() == remote.rules.len()
}

/// The contents that are lost with a segment: its rules and its lists.
pub(crate) fn lost(segment: &wire::Segment) -> Vec<Change> {
    let nobody = Targets::Exactly([].into());
    let included = normal::lists(&segment.included, &segment.included_contexts);
    let excluded = normal::lists(&segment.excluded, &segment.excluded_contexts);
    let mut lost = targets::targets(TargetList::Included, &nobody, &included);
    lost.extend(targets::targets(TargetList::Excluded, &nobody, &excluded));
    // They go with the segment, whatever identifiers they have.
    lost.extend(
        segment
            .rules
            .iter()
            .enumerate()
            .map(|(place, rule)| Change::RemoveRule {
                of: RuleName::new(place, rule, None),
                rule: rule.id.clone().unwrap_or_default(),
                removed: rule.clone(),
                serves: None,
                disabled: false,
            }),
    );
    lost
}

pub(crate) fn tag_changes(wanted: &BTreeSet<String>, present: &BTreeSet<String>) -> Vec<Change> {
    let mut changes = Vec::new();
    let removed: Vec<_> = present.difference(wanted).cloned().collect();
    if !removed.is_empty() {
        changes.push(Change::RemoveTags { tags: removed });
    }
    let added: Vec<_> = wanted.difference(present).cloned().collect();
    if !added.is_empty() {
        changes.push(Change::AddTags { tags: added });
    }
    changes
}

/// The tags as the changes leave them; `None` if they stay as they are.
pub(crate) fn tags_after(seen: &[String], changes: &[Change]) -> Option<Vec<String>> {
    let mut tags = seen.to_vec();
    for change in changes {
        match change {
            Change::RemoveTags { tags: gone } => tags.retain(|tag| !gone.contains(tag)),
            Change::AddTags { tags: new } => tags.extend(new.iter().cloned()),
            _ => {}
        }
    }
    (tags != seen).then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::ownership::Owner;
    use segments_model::{
        AttributeRef, Clause, ContextKind, Lifecycle, Operator, Rule, SegmentKey,
    };
    use serde_json::json;

    fn claimant() -> Claimant {
        Claimant {
            owner: Owner::parse("o").unwrap(),
            formerly: Vec::new(),
        }
    }

    fn declared() -> Definition {
        let clause = Clause {
            kind: ContextKind::USER,
            attribute: AttributeRef::parse("plan").unwrap(),
            operator: Operator::In,
            values: vec!["pro".into()],
            negate: false,
        };
        let rule = Rule {
            clauses: vec![clause],
            ..Rule::default()
        };
        let users = [(ContextKind::USER, ["a".to_owned()].into())];
        Definition {
            key: SegmentKey::from_static("s"),
            name: "S".to_owned(),
            description: Some(String::new()),
            tags: Some(["one", "two"].map(Tag::from_static).into()),
            audience: Audience::Standard {
                included: Targets::Exactly(users.into()),
                excluded: Targets::Exactly([].into()),
                rules: Some(vec![rule]),
            },
            unmanaged: [].into(),
            absent: false,
            lifecycle: Lifecycle::default(),
            environments: [].into(),
        }
    }

    /// The service's own form of this, with its additions.
    fn remote() -> wire::Segment {
        serde_json::from_value(json!({
            "key": "s", "name": "S", "tags": ["two", "managed-by.o", "one",
                "manages.description.tags.included.excluded.rules"],
            "included": [], "excluded": [], "excludedContexts": [],
            "includedContexts": [{"contextKind": "user", "values": ["a"]}],
            "rules": [{"_id": "r1", "rolloutContextKind": "user", "clauses": [{
                "_id": "c1", "contextKind": "user", "attribute": "plan", "op": "in",
                "values": ["pro"], "negate": false}]}],
            "version": 7, "generation": 3, "creationDate": 1, "lastModifiedDate": 2,
            "deleted": false, "unbounded": false, "unboundedContextKind": "",
        }))
        .unwrap()
    }

    fn words(remote: &wire::Segment) -> Vec<String> {
        let (definition, claimant) = (declared(), claimant());
        let goal = Goal::new(&definition, &claimant, None);
        goal.changes(remote)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_is_managed_waits_for_a_change() {
        let mut remote = remote();
        remote.tags.retain(|tag| !tag.starts_with("manages."));
        assert!(words(&remote).is_empty());
        remote.name = "T".to_owned();
        let tag = "add tag manages.description.tags.included.excluded.rules";
        assert_eq!(words(&remote), ["rename \"T\" to \"S\"", tag]);
        // What is there and says less does not wait.
        remote.name = "S".to_owned();
        remote.tags.push("manages.rules".to_owned());
        assert_eq!(words(&remote), ["remove tag manages.rules", tag]);
    }

    #[test]
    fn what_the_service_adds_and_reorders_is_no_difference() {
        assert!(words(&remote()).is_empty());
    }

    #[test]
    fn an_absent_description_is_an_empty_one() {
        let mut remote = remote();
        assert_eq!(remote.description, None);
        remote.description = Some(String::new());
        assert!(words(&remote).is_empty());
        remote.description = Some("x".to_owned());
        assert_eq!(words(&remote), ["remove the description \"x\""]);
    }

    #[test]
    fn tags_are_a_set_and_one_instruction_each_way() {
        let mut remote = remote();
        remote.tags[0] = "three".to_owned();
        assert_eq!(words(&remote), ["remove tag three", "add tag two"]);
    }

    #[test]
    fn a_target_that_expired_comes_back() {
        let mut remote = remote();
        remote.included_contexts.clear();
        assert_eq!(words(&remote), ["include 1 context of kind user"]);
    }

    #[test]
    fn of_equal_rules_the_first_stays() {
        let mut remote = remote();
        let mut copy = remote.rules[0].clone();
        copy.id = Some("r2".to_owned());
        remote.rules.push(copy);
        let (definition, claimant) = (declared(), claimant());
        let goal = Goal::new(&definition, &claimant, None);
        let changes = goal.changes(&remote).unwrap();
        assert!(
            matches!(&changes[..], [Change::RemoveRule { rule, .. }] if rule == "r2"),
            "{changes:?}"
        );
    }

    #[test]
    fn an_edited_rule_is_the_rule_that_it_was() {
        let mut remote = remote();
        remote.rules[0].clauses[0].values = vec![json!("pro"), json!("free")];
        let only_pro = "rule 1 (user plan is \"pro\" or \"free\"): remove from the values: user plan is \"free\"";
        assert_eq!(words(&remote), [only_pro]);
        remote.rules[0].clauses[0].values = vec![json!(7)];
        assert_eq!(
            words(&remote),
            ["rule 1 (user plan is 7): user plan is 7 → user plan is \"pro\""]
        );
        remote.rules[0].clauses[0].values = vec![json!("pro")];
        remote.rules[0].weight = Some(50_000);
        assert_eq!(
            words(&remote),
            ["rule 1 (user plan is \"pro\"): 50% by user key → everyone"]
        );
    }

    #[test]
    fn another_rule_is_another_rule() {
        let mut remote = remote();
        remote.rules[0].clauses[0].attribute = "email".to_owned();
        assert_eq!(
            words(&remote),
            [
                "remove rule 1: user email is \"pro\"",
                "add rule: user plan is \"pro\""
            ]
        );
    }

    #[test]
    fn a_rule_without_an_identifier_is_refused_and_never_removed_by_an_empty_one() {
        let (definition, claimant) = (declared(), claimant());
        let goal = Goal::new(&definition, &claimant, None);
        for id in [None, Some(String::new())] {
            let mut remote = remote();
            let mut copy = remote.rules[0].clone();
            copy.id = id.clone();
            remote.rules.push(copy);
            let error = goal.changes(&remote).unwrap_err().to_string();
            assert!(
                error.contains("rule \"") && error.contains("without an identifier"),
                "{error}"
            );
            // One that is as declared stays as it is.
            remote.rules.remove(0);
            assert_eq!(goal.changes(&remote).unwrap(), [], "{id:?}");
            // It goes with the segment.
            assert!(!lost(&remote).is_empty());
        }
    }
}
