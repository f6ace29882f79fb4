//! Parts that a declaration lets go: parts of a segment that this owner declared before and no longer
//! declares. They stay in force until the declaration decides: a part that is declared again, even as
//! empty, is made as declared; a part that is named as `unmanaged` is left to people.
//!
//! In a part that keeps items that others add, single items are let go ([`at_least`](super::at_least)).
//!
//! The tag `manages.<part>.<part>` records the declared parts. It gains a part with the first write that
//! declares it, and loses the part when `unmanaged` names it. The targeting of AI Configs and flags has
//! parts, too, in the tag `targeted.<part>.<part>.in.<environment>`.

use segments_model::{Part, Resource, wire};
use serde::Serialize;

use super::at_least::{Before, Gone};
use super::change::{Change, TargetList};
use super::diff::{self, Goal};
use super::ownership;
use super::targeting::TargetingPart;

/// A part that is no longer declared, completely or partly, and the contents that stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LetGo {
    /// The part.
    pub part: DeclaredPart,
    /// The extent.
    pub extent: Extent,
    /// The contents that stay, in words. Keys of members are counted, not named.
    pub stays: Vec<String>,
    /// The AI Config or flag, if it is the part of one.
    #[serde(skip)]
    resource: Option<Resource>,
}

/// The extent to which a part is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Extent {
    /// The whole part is no longer declared.
    Whole,
    /// The contents that stay were declared before; the part is still declared, and keeps items that
    /// others add (`at_least`).
    Some,
    /// Some of the contents that stay were declared before. The part keeps items that others add, and
    /// declares too many items to remember each.
    Unknown,
}

/// A part of a segment, or of the targeting of an AI Config or a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DeclaredPart {
    /// A part of a segment.
    Segment(Part),
    /// A part of the targeting of an AI Config or a flag.
    Targeting(TargetingPart),
}

impl LetGo {
    pub(crate) fn of_targeting(
        part: TargetingPart,
        extent: Extent,
        resource: &Resource,
        stays: Vec<String>,
    ) -> Self {
        Self {
            part: DeclaredPart::Targeting(part),
            extent,
            stays,
            resource: Some(resource.clone()),
        }
    }

    /// The advice on how to decide.
    fn advice(&self) -> String {
        match self.part {
            DeclaredPart::Segment(part) if self.extent != Extent::Whole => {
                let (name, rust) = (part.name(), part.key_in_rust());
                format!(
                    "take it off the list, or write `unmanaged = [\"{name}\"]` (`unmanaged({rust})`) to leave undeclared contexts to people"
                )
            }
            DeclaredPart::Segment(part) => {
                let (name, rust) = (part.name(), part.key_in_rust());
                let (empty, empty_in_rust) = match part {
                    Part::Description => ("description = \"\"", "description = \"\""),
                    Part::Tags => ("tags = []", "tags = []"),
                    Part::Included => ("included = {}", "include()"),
                    Part::Excluded => ("excluded = {}", "exclude()"),
                    Part::Rules => ("rules = []", "no_rules"),
                };
                format!(
                    "write `{empty}` (`{empty_in_rust}`) to empty it, or `unmanaged = [\"{name}\"]` (`unmanaged({rust})`) to leave it to people"
                )
            }
            DeclaredPart::Targeting(part) => {
                let declare = match part {
                    _ if self.extent != Extent::Whole => "remove it in LaunchDarkly",
                    TargetingPart::Targets => "write `targets = []` (`no_targets`) to empty it",
                    TargetingPart::Rules => "write `rules = []` (`no_rules`) to empty it",
                    TargetingPart::Fallthrough => "write `fallthrough` to declare it",
                };
                let path = self.resource.as_ref().map(Resource::path);
                let path = path.unwrap_or_default();
                format!("{declare}, or apply with `--let-go {path}` to leave it to people")
            }
        }
    }
}

impl std::fmt::Display for LetGo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.part {
            DeclaredPart::Segment(part) => part.name(),
            DeclaredPart::Targeting(part) => part.name(),
        };
        let (stays, advice) = (self.stays.join("; "), self.advice());
        match self.extent {
            Extent::Whole => write!(f, "let go of {name}, where this stays: {stays}; {advice}"),
            Extent::Some => write!(
                f,
                "let go of some of {name}, where this stays: {stays}; {advice}"
            ),
            Extent::Unknown => write!(
                f,
                "let go of some of {name}, but it is unknown which of these were declared: {stays}; {advice}"
            ),
        }
    }
}

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
        let is_gone = |kind: &str, key: &str| gone.items().contains(&diff::member(kind, key));
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
            let lost = diff::lost(remote).into_iter();
            let rules = lost.filter_map(|change| match change {
                Change::RemoveRule { removed, .. } => Some(super::change::rule_in_words(&removed)),
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
    let lost = diff::lost(remote).into_iter();
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
