//! Findings of checks, and their places.

use std::fmt;

use crate::{Code, LifecycleKey, Severity};

/// The part of a [`Draft`](crate::Draft) that a finding is about. Indexes count from 0 in the order
/// of writing.
///
/// The creator of the draft knows where each part was written: the macros as a token, the reader of
/// `segments.toml` as a line and a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are the indexes that the variants' docs speak of"
)]
pub enum Place {
    /// The segment, or the targeting, as a whole.
    Segment,
    /// Its key.
    Key,
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// A tag.
    Tag(usize),
    /// A list of included contexts, or a key in it.
    Included { list: usize, key: Option<usize> },
    /// A list of excluded contexts, or a key in it.
    Excluded { list: usize, key: Option<usize> },
    /// The expiry of a list of included contexts.
    IncludedUntil(usize),
    /// The expiry of a list of excluded contexts.
    ExcludedUntil(usize),
    /// The word that says that nobody is in the segment.
    Nobody,
    /// The part that makes it a big segment.
    Big,
    /// The parts that are left to people.
    Unmanaged,
    /// What may happen to the segment.
    Lifecycle(LifecycleKey),
    /// A rule as a whole.
    Rule(usize),
    /// The word that declares that a rule matches everyone.
    Everyone(usize),
    /// The percentage of a rule.
    Percent(usize),
    /// The bucketing attribute of a rule.
    By(usize),
    /// The variation of a rule; without a rule, the fallthrough.
    Serve { rule: Option<usize> },
    /// A share of a split, counted as written.
    Share { rule: Option<usize>, share: usize },
    /// A declared variation.
    Variation(usize),
    /// Contexts that are served one variation, or a key among them.
    Target { target: usize, key: Option<usize> },
    /// The word that keeps contexts and rules that are not declared.
    AtLeast,
    /// The variation that listed contexts are served.
    TargetServe(usize),
    /// A part of a metric or an experiment: its key, and its position among several.
    Part { key: &'static str, at: usize },
    /// A clause as a whole.
    Clause { rule: usize, clause: usize },
    /// The kind of a clause.
    Kind { rule: usize, clause: usize },
    /// The attribute of a clause.
    Attribute { rule: usize, clause: usize },
    /// The operator of a clause.
    Operator { rule: usize, clause: usize },
    /// The list of the values of a clause.
    Values { rule: usize, clause: usize },
    /// A value of a clause.
    Value {
        rule: usize,
        clause: usize,
        value: usize,
    },
}

impl Place {
    /// Returns the place of a part of a metric or an experiment that is written once.
    #[must_use]
    pub const fn part(key: &'static str) -> Self {
        Self::Part { key, at: 0 }
    }

    /// Returns the rule of the place, counted from 0.
    ///
    /// ```
    /// use segments_model::Place;
    ///
    /// assert_eq!(Place::Clause { rule: 2, clause: 0 }.rule(), Some(2));
    /// assert_eq!(Place::Name.rule(), None);
    /// ```
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        match *self {
            Place::Rule(rule)
            | Place::Everyone(rule)
            | Place::Percent(rule)
            | Place::By(rule)
            | Place::Clause { rule, .. }
            | Place::Kind { rule, .. }
            | Place::Attribute { rule, .. }
            | Place::Operator { rule, .. }
            | Place::Values { rule, .. }
            | Place::Value { rule, .. } => Some(rule),
            Place::Serve { rule } | Place::Share { rule, .. } => rule,
            _ => None,
        }
    }
}

/// One of the two lists of a segment.
///
/// ```
/// use segments_model::{Place, Side};
///
/// assert_eq!(Side::Excluded.at(0, Some(2)), Place::Excluded { list: 0, key: Some(2) });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The contexts that are in the segment regardless of the rules.
    Included,
    /// The contexts that are not in the segment, unless they are also included.
    Excluded,
}

impl Side {
    /// Returns the place of contexts of one kind, or of a key among them.
    #[must_use]
    pub fn at(self, list: usize, key: Option<usize>) -> Place {
        match self {
            Self::Included => Place::Included { list, key },
            Self::Excluded => Place::Excluded { list, key },
        }
    }

    /// Returns the place of the expiry of such contexts.
    #[must_use]
    pub fn until(self, list: usize) -> Place {
        match self {
            Self::Included => Place::IncludedUntil(list),
            Self::Excluded => Place::ExcludedUntil(list),
        }
    }
}

/// A finding of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The code.
    pub code: Code,
    /// The place.
    pub place: Place,
    /// The problem and what to write instead: lower case, names in backticks, no full stop.
    pub message: String,
}

impl Finding {
    /// Makes a finding.
    #[must_use]
    pub fn new(code: Code, place: Place, message: String) -> Self {
        Self {
            code,
            place,
            message,
        }
    }
}

/// For people: severity, message and code.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {}",
            self.code.severity(),
            self.code,
            self.message
        )
    }
}

/// All findings of the checks, in check order.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Findings(Vec<Finding>);

crate::readable_debug! {
    struct Findings(findings)
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Creates and adds a finding.
    pub fn add(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.0.push(Finding::new(code, place, message.into()));
    }

    /// Returns whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|finding| finding.code.severity() == Severity::Error)
    }

    /// Returns `true` if empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Iterates in check order.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        Self(findings.into_iter().collect())
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// One per line.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
