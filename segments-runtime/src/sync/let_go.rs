//! Parts that a declaration lets go: parts of a segment that this owner declared before and no longer
//! declares. They stay in force until the declaration decides: a part that is declared again, even as
//! empty, is made as declared; a part that is named as `unmanaged` is left to people.
//!
//! In a part that keeps items that others add, single items are let go ([`at_least`](super::at_least)).
//!
//! The tag `manages.<part>.<part>` records the declared parts. It gains a part with the first write that
//! declares it, and loses the part when `unmanaged` names it. The targeting of AI Configs and flags has
//! parts, too, in the tag `targeted.<part>.<part>.in.<environment>`.

use segments_model::{Part, Resource};
use serde::Serialize;

use super::targeting_part::TargetingPart;

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
    pub(super) resource: Option<Resource>,
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
