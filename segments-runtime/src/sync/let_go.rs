//! What a declaration lets go of: parts of a segment that this owner declared once and does not
//! declare any more. They stay as they are, in force for everybody, until a word decides: declared
//! again, if only as empty, they are as declared; named as `unmanaged`, they are left to people.
//!
//! Of a part that keeps what others add, single items are let go of ([`at_least`](super::at_least)).
//!
//! The service remembers which parts those are, in the tag `manages.<part>.<part>`. It gains a part with
//! the first write that declares it, and loses one when `unmanaged` names it. What AI Configs and flags serve
//! has parts, too, in the tag `targeted.<part>.<part>.in.<environment>`.

use segments_model::{Part, Resource, wire};
use serde::Serialize;

use super::at_least::{Before, Gone};
use super::change::{Change, TargetList};
use super::diff::{self, Goal};
use super::ownership;
use super::targeting::TargetingPart;

/// A part that is declared no more, as a whole or in part, and what stays there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LetGo {
    /// The part.
    pub part: DeclaredPart,
    /// How much of it is let go.
    pub extent: Extent,
    /// What stays, in words. Keys of members are counted there, not named.
    pub stays: Vec<String>,
    /// The AI Config or flag, if it is the part of one.
    #[serde(skip)]
    resource: Option<Resource>,
}

/// How much of a part is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Extent {
    /// All of it: the part is declared no more.
    Whole,
    /// What stays was declared once; the part is declared, and keeps what others add (`at_least`).
    Some,
    /// Some of what stays was declared once. The part keeps what others add, and declares too much to remember
    /// it one by one.
    Unknown,
}

/// A part of a segment, or of what an AI Config or a flag serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DeclaredPart {
    /// Of a segment.
    Segment(Part),
    /// Of what an AI Config or a flag serves.
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

    /// What is written to decide.
    fn advice(&self) -> String {
        match self.part {
            DeclaredPart::Segment(part) if self.extent != Extent::Whole => {
                let (name, rust) = (part.name(), part.key_in_rust());
                format!(
                    "take it off the list, or write `unmanaged = [\"{name}\"]` (`unmanaged({rust})`) to leave what is not declared to people"
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
                "let go of some of {name}, and what was declared is not known of what stays: {stays}; {advice}"
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

/// What is in a part.
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
