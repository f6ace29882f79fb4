//! A finding about a segment among others.

use crate::{Code, Finding, Place};

/// A finding about a segment, with the other places that explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The segment, by its index in what was given.
    pub segment: usize,
    /// What is wrong with it.
    pub finding: Finding,
    /// Other places, each with its segment and what it has to do with the finding.
    pub related: Vec<(usize, Place, String)>,
}

impl Relation {
    pub(super) fn new(segment: usize, code: Code, place: Place, message: String) -> Self {
        Self {
            segment,
            finding: Finding::new(code, place, message),
            related: Vec::new(),
        }
    }
}
