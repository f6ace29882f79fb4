//! What a declaration lets go of: parts of a segment that this owner declared once and does not
//! declare any more. They stay as they are, in force for everybody, until a word decides: declared
//! again, if only as empty, they are as declared; named as `unmanaged`, they are left to people.
//!
//! The service remembers which parts those are, in the tag `manages.<part>.<part>`. It gains a part with
//! the first write that declares it, and loses one when `unmanaged` names it. What AI Configs and flags serve
//! has parts, too, in the tag `targeted.<part>.<part>.in.<environment>`.

use segments_model::{Part, Resource, wire};
use serde::Serialize;

use super::change::{Change, TargetList};
use super::diff::{self, Goal};
use super::ownership;
use super::targeting::TargetingPart;

/// A part that is declared no more, and what stays there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LetGo {
    /// The part.
    pub part: DeclaredPart,
    /// What stays, in words. Keys of members are counted there, not named.
    pub stays: Vec<String>,
    /// The AI Config or flag, if it is the part of one.
    #[serde(skip)]
    resource: Option<Resource>,
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
        resource: &Resource,
        stays: Vec<String>,
    ) -> Self {
        Self {
            part: DeclaredPart::Targeting(part),
            stays,
            resource: Some(resource.clone()),
        }
    }

    /// What is written to decide.
    fn advice(&self) -> String {
        match self.part {
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
        write!(f, "let go of {name}, where this stays: {stays}; {advice}")
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
        let parts = parts.map(|part| LetGo {
            part: DeclaredPart::Segment(part),
            stays: stays(part, remote),
            resource: None,
        });
        parts.filter(|part| !part.stays.is_empty()).collect()
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
        Part::Included => listed(remote, TargetList::Included),
        Part::Excluded => listed(remote, TargetList::Excluded),
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

/// How many contexts of which kinds are on a list.
fn listed(remote: &wire::Segment, which: TargetList) -> Vec<String> {
    let lost = diff::lost(remote).into_iter();
    let lists = lost.filter_map(|change| match change {
        Change::RemoveTargets { list, kind, keys } if list == which => {
            let plural = if keys.len() == 1 { "" } else { "s" };
            Some(format!("{} context{plural} of kind {kind}", keys.len()))
        }
        _ => None,
    });
    lists.collect()
}
