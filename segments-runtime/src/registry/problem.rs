//! What is wrong, or probably not meant, in the declarations of a program.

use std::fmt;

use segments_model::{
    AttributeRef, ContextKind, ExperimentKey, Finding, Findings, Resource, SegmentKey,
};
use thiserror::Error;

use super::registered::RegisteredAt;

/// The reasons why the segments of a program do not fit together: all problems, not only the first.
#[derive(Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RegistryError {
    /// The problems, ordered by segment.
    pub problems: Vec<Problem>,
}

segments_model::readable_debug! {
    struct RegistryError { problems }
}

/// One problem of the segments of a program.
#[derive(Error)]
#[non_exhaustive]
pub enum Problem {
    /// Two declarations have the same key and differ.
    #[error(
        "segment `{key}` is declared in two different ways, by {first} and by {second}; give one of them another key"
    )]
    Duplicate {
        /// The key.
        key: SegmentKey,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// Nothing is declared, or the linker left the declarations out.
    #[error(
        "no declared segment is linked into the program; the linker leaves out crates that nothing mentions: write `use audiences as _;` for a crate named `audiences`, or pass its list to `registry::from([audiences::ALL])`"
    )]
    Nothing,
    /// Two declarations of the targeting of one AI Config or flag differ.
    #[error(
        "{resource} is declared in two different ways, by {first} and by {second}; declare its targeting in one place"
    )]
    DuplicateTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// The targeting of an AI Config or flag has errors that the macro could not see.
    #[error("{resource}, declared by {place}: {findings}")]
    InvalidTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        findings: Findings,
    },
    /// A segment does not fit other segments, or its rules do not fit each other.
    #[error("segment `{key}`, declared by {place}: {finding}")]
    Related {
        /// The key.
        key: SegmentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        finding: Finding,
    },
    /// An assertion about audiences does not hold.
    #[error("{place}: {finding}")]
    Assertion {
        /// Where it is declared.
        place: RegisteredAt,
        /// The context that proves it wrong.
        finding: Finding,
    },
    /// Two declarations of a metric or an experiment differ.
    #[error(
        "{what} is declared in two different ways, by {first} and by {second}; give one of them another key"
    )]
    DuplicateMeasured {
        /// The resource and its key.
        what: String,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// An experiment does not fit the resources that it names.
    #[error("experiment `{key}`, declared by {place}: {finding}")]
    Experiment {
        /// The key.
        key: ExperimentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        finding: Finding,
    },
    /// Two context types of one kind give an attribute different types.
    #[error(
        "error[attribute-conflict]: attribute `{attribute}` of kind `{kind}` is {} in {first} and {} in {second}, but a clause can only mean one type; make them the same, or rename one", .types[0], .types[1]
    )]
    AttributeConflict {
        /// The kind.
        kind: ContextKind,
        /// The attribute.
        attribute: AttributeRef,
        /// The type in each of the two declarations.
        types: [String; 2],
        /// The one type.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// A definition has errors that the macro could not see, such as a constant that is not a number.
    #[error("segment `{key}`, declared by {place}: {findings}")]
    Invalid {
        /// The key.
        key: SegmentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        findings: Findings,
    },
}

segments_model::readable_debug! {
    enum Problem {
        Duplicate { key, first, second },
        DuplicateTargeting { resource, first, second },
        Nothing,
        InvalidTargeting { resource, place, findings },
        Related { key, place, finding },
        Assertion { place, finding },
        DuplicateMeasured { what, first, second },
        Experiment { key, place, finding },
        AttributeConflict { kind, attribute, types, first, second },
        Invalid { key, place, findings },
    }
}

/// A probable mistake in a segment or a context that only the whole program shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The declaration.
    pub place: RegisteredAt,
    /// The finding.
    pub finding: Finding,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.finding)
    }
}
