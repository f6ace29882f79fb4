//! The parts of a segment that its declaration lets go.

use segments_model::{Part, wire};

use super::Goal;
use super::{lost, member};
use crate::sync::at_least::{Before, Gone};
use crate::sync::change::{Change, TargetList};
use crate::sync::let_go::{DeclaredPart, Extent, LetGo};
use crate::sync::ownership;

impl Goal<'_> {
    /// The parts that were declared once, are not any more, and are not empty. An import has declared
    /// everything that it found.
    pub(crate) fn let_go(&self, remote: &wire::Segment, imported: bool) -> Vec<LetGo> {
        let before = if imported {
            Part::ALL.into()
        } else {
            ownership::managed_parts(&remote.tags)
        };
        let declared = self.definition.declared();
        let unmanaged = &self.definition.unmanaged;
        let parts = before.into_iter();
        let parts = parts.filter(|part| !declared.contains(part) && !unmanaged.contains(part));
        let parts = parts.map(|part| (part, Extent::Whole, stays(part, remote)));
        let lists = declared.difference(unmanaged);
        let lists = lists.filter_map(|list| self.members_let_go(*list, remote, imported));
        let all = parts.chain(lists).map(|(part, extent, stays)| LetGo {
            part: DeclaredPart::Segment(part),
            extent,
            stays,
            resource: None,
        });
        all.filter(|part| !part.stays.is_empty()).collect()
    }

    /// The contexts of a list that keeps others which were declared once, and are not any more.
    fn members_let_go(
        &self,
        list: Part,
        remote: &wire::Segment,
        imported: bool,
    ) -> Option<(Part, Extent, Vec<String>)> {
        let items = self.items(list, remote)?;
        let managed = imported || ownership::managed_parts(&remote.tags).contains(&list);
        let known = ownership::declared_at_least(&remote.tags, list);
        let gone = items.gone(&Before::of(managed, known));
        let extent = match gone {
            Gone::These(_) => Extent::Some,
            Gone::SomeOf(_) => Extent::Unknown,
        };
        let which = match list {
            Part::Excluded => TargetList::Excluded,
            _ => TargetList::Included,
        };
        let is_gone = |kind: &str, key: &str| gone.items().contains(&member(kind, key));
        Some((list, extent, listed(remote, which, is_gone)))
    }
}

/// The contents of a part.
fn stays(part: Part, remote: &wire::Segment) -> Vec<String> {
    match part {
        Part::Description => {
            let text = remote.description.iter().filter(|text| !text.is_empty());
            text.map(|text| format!("\"{text}\"")).collect()
        }
        Part::Tags => {
            let plain = remote.tags.iter();
            let plain = plain.filter(|tag| ownership::Mark::of(tag).is_none());
            plain.cloned().collect()
        }
        Part::Included => listed(remote, TargetList::Included, |_, _| true),
        Part::Excluded => listed(remote, TargetList::Excluded, |_, _| true),
        Part::Rules => {
            let lost = lost(remote).into_iter();
            let rules = lost.filter_map(|change| match change {
                Change::RemoveRule { removed, .. } => {
                    Some(crate::sync::change::rule_in_words(&removed))
                }
                _ => None,
            });
            rules.collect()
        }
    }
}

/// How many contexts of which kinds are on a list, of those that are asked for.
fn listed(
    remote: &wire::Segment,
    which: TargetList,
    counts: impl Fn(&str, &str) -> bool,
) -> Vec<String> {
    let lost = lost(remote).into_iter();
    let lists = lost.filter_map(|change| match change {
        Change::RemoveTargets { list, kind, keys } if list == which => {
            let count = keys.0.iter().filter(|key| counts(&kind, key)).count();
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} context{plural} of kind {kind}"))
        }
        _ => None,
    });
    lists.collect()
}
