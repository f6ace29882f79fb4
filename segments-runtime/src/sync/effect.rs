//! The effects of a plan: contexts that join, leave, or are served another variation, proved, with a
//! context as evidence.
//!
//! Compares the segments of the environment before and after, including those that reference changed
//! segments, and the targeting of AI Configs and flags. An effect that cannot be decided is reported as
//! unknown. Keys on lists are personal data, so no context shows one.

use std::fmt;

use segments_model::Resource;
use segments_model::algebra::Verdict;
use serde::{Deserialize, Serialize};

use super::change::Change;

/// The effect of a change on an audience, or on served variations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Form", from = "Form")]
#[non_exhaustive]
pub enum Effect {
    /// The effect on the members of a segment.
    Audience {
        /// Those who become members.
        joins: Side,
        /// Those who are members no longer.
        leaves: Side,
    },
    /// The effect on the variations that an AI Config or a flag serves.
    Served {
        /// Contexts that are served another variation: `careful` instead of `fast` to whom, for example.
        moves: Vec<String>,
        /// Whether it is proved that nobody else is in it.
        is_proved: bool,
    },
}

/// The contexts that a change moves in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Proved: no context.
    Nobody,
    /// At least one context, such as this one, in backticks and with its conditions.
    Example(String),
    /// Unknown.
    Unknown,
}

impl Effect {
    /// Nothing is known of an audience.
    pub(super) const UNKNOWN: Self = Self::Audience {
        joins: Side::Unknown,
        leaves: Side::Unknown,
    };

    /// Returns the effect on an audience as one word; `None` for served variations.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let Self::Audience { joins, leaves } = self else {
            return None;
        };
        Some(match (joins, leaves) {
            (Side::Nobody, Side::Nobody) => Verdict::Same,
            (Side::Example(_), Side::Nobody) => Verdict::Wider,
            (Side::Nobody, Side::Example(_)) => Verdict::Narrower,
            (Side::Example(_), Side::Example(_)) => Verdict::Both,
            (Side::Unknown, _) | (_, Side::Unknown) => Verdict::Unknown,
        })
    }

    /// Returns whether it is proved that no context joins, leaves, or is served another variation.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::Audience { .. } => self.verdict() == Some(Verdict::Same),
            Self::Served { moves, is_proved } => moves.is_empty() && *is_proved,
        }
    }

    /// Returns whether a context may join an audience: one does, or it is not proved that none does.
    #[must_use]
    pub fn may_widen(&self) -> bool {
        matches!(self, Self::Audience { joins, .. } if *joins != Side::Nobody)
    }

    /// Returns whether a context may leave an audience: one does, or it is not proved that none does.
    #[must_use]
    pub fn may_narrow(&self) -> bool {
        matches!(self, Self::Audience { leaves, .. } if *leaves != Side::Nobody)
    }

    /// Returns whether a context may be served another variation.
    #[must_use]
    pub fn may_serve_otherwise(&self) -> bool {
        matches!(self, Self::Served { .. }) && !self.is_none()
    }

    /// Returns the effect in words: a line for each direction, which begins with the change of the
    /// audience.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let directions = self.directions().into_iter();
        let line = |(word, sentence): (Option<&str>, String)| match word {
            Some(word) => format!("{word}: {sentence}"),
            None => sentence,
        };
        directions.map(line).collect()
    }

    /// Returns the effect in words: a sentence for each direction, to follow the
    /// [verdict](Self::verdict). Empty if no context is moved.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        if self.is_none() {
            return Vec::new();
        }
        let directions = self.directions().into_iter();
        directions.map(|(_, sentence)| sentence).collect()
    }

    /// A sentence for each direction, and what becomes of the audience in a word.
    fn directions(&self) -> Vec<(Option<&'static str>, String)> {
        match self {
            Self::Audience { .. } if self.is_none() => {
                vec![(Some("same audience"), "only its form changes".to_owned())]
            }
            Self::Audience { joins, leaves } => {
                let joins = match joins {
                    Side::Nobody => None,
                    Side::Example(whom) => {
                        let also = format!("also lets in, for example, {whom}");
                        Some((Some("wider"), also))
                    }
                    Side::Unknown => {
                        let unknown = "cannot tell whether it lets anybody else in";
                        Some((None, unknown.to_owned()))
                    }
                };
                let leaves = match leaves {
                    Side::Nobody => None,
                    Side::Example(whom) => {
                        let no_longer = format!("no longer lets in, for example, {whom}");
                        Some((Some("narrower"), no_longer))
                    }
                    Side::Unknown => {
                        let unknown = "cannot tell whether it leaves anybody out";
                        Some((None, unknown.to_owned()))
                    }
                };
                joins.into_iter().chain(leaves).collect()
            }
            Self::Served { .. } if self.is_none() => {
                let same = "serves everybody the same: only its form changes";
                vec![(None, same.to_owned())]
            }
            Self::Served { moves, .. } if moves.is_empty() => {
                let unknown = "cannot tell who is served another variation";
                vec![(None, unknown.to_owned())]
            }
            Self::Served { moves, .. } => {
                let moves = moves.iter();
                moves.map(|it| (None, format!("serves {it}"))).collect()
            }
        }
    }
}

/// The word, and the line of each direction after it.
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("; "))
    }
}

/// An effect for programs: the verdict, and an example for each side.
#[derive(Serialize, Deserialize)]
struct Form {
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joins: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaves: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    moves: Vec<String>,
}

impl Form {
    pub(super) const UNKNOWN: &str = "unknown";
    const SERVED_THE_SAME: &str = "served the same";
    const SERVED_OTHERWISE: &str = "served otherwise";
}

impl From<Effect> for Form {
    fn from(effect: Effect) -> Self {
        let verdict = effect.verdict();
        let side = |side: Side| match side {
            Side::Nobody => None,
            Side::Example(whom) => Some(whom),
            Side::Unknown => Some(Self::UNKNOWN.to_owned()),
        };
        match effect {
            Effect::Audience { joins, leaves } => Self {
                verdict: verdict.unwrap_or(Verdict::Unknown).to_string(),
                joins: side(joins),
                leaves: side(leaves),
                moves: Vec::new(),
            },
            Effect::Served { moves, is_proved } => {
                let verdict = match (moves.is_empty(), is_proved) {
                    (true, true) => Self::SERVED_THE_SAME,
                    (true, false) => Self::UNKNOWN,
                    (false, _) => Self::SERVED_OTHERWISE,
                };
                Self {
                    verdict: verdict.to_owned(),
                    joins: None,
                    leaves: None,
                    moves,
                }
            }
        }
    }
}

impl From<Form> for Effect {
    fn from(form: Form) -> Self {
        let Form {
            verdict,
            joins,
            leaves,
            moves,
        } = form;
        let is_served = match verdict.as_str() {
            Form::SERVED_THE_SAME | Form::SERVED_OTHERWISE => true,
            // Of an audience, a side is not known.
            Form::UNKNOWN => joins.is_none() && leaves.is_none(),
            _ => false,
        };
        if is_served {
            let is_proved = verdict == Form::SERVED_THE_SAME;
            return Self::Served { moves, is_proved };
        }
        let side = |side: Option<String>| match side {
            None => Side::Nobody,
            Some(whom) if whom == Form::UNKNOWN => Side::Unknown,
            Some(whom) => Side::Example(whom),
        };
        Self::Audience {
            joins: side(joins),
            leaves: side(leaves),
        }
    }
}

/// The effect of a plan on a resource that it does not change itself, but that references a changed
/// segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Consequence {
    /// The segment's key, or `flag/<key>` or `ai-config/<key>`.
    pub what: String,
    /// The effect.
    pub effect: Effect,
}

/// `reaches segment beta`, and a line for each direction.
impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reaches {}", self.name())?;
        for line in self.effect.lines() {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

impl Consequence {
    /// Returns the kind and the key of the resource: `segment beta`.
    #[must_use]
    pub fn name(&self) -> String {
        match Resource::parse(&self.what) {
            Some(resource) => resource.to_string(),
            None => format!("segment {}", self.what),
        }
    }
}

impl Change {
    /// Returns whether it is about names, descriptions and tags, which decide nothing.
    pub(crate) fn is_about_words(&self) -> bool {
        matches!(
            self,
            Change::Name { .. }
                | Change::Description { .. }
                | Change::AddTags { .. }
                | Change::RemoveTags { .. }
                | Change::RuleDescription { .. }
        )
    }
}
