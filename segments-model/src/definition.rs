//! A complete, valid segment.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{
    AttributeRef, ContextKeys, ContextKind, EnvironmentKey, Environments, Expiry, Lifecycle,
    Operand, Operator, Part, SegmentKey, Tag, Value, Weight, date,
};

/// A program's declaration of one segment. Parts that it leaves out (`None`, [`Targets::Unmanaged`]) are
/// left to others and never touched.
///
/// Definitions are made by [`Draft::parse`](crate::Draft::parse) or by the macros, both of which run all
/// [checks](crate::check).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The key, unique in an environment.
    pub key: SegmentKey,
    /// The display name; not empty.
    pub name: String,
    /// The purpose of the segment.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<BTreeSet<Tag>>,
    /// The audience.
    pub audience: Audience,
    /// The parts that are left to people on purpose. A part that is neither declared nor listed here is
    /// left alone, too, but is reported as let go if it was declared before.
    pub unmanaged: BTreeSet<Part>,
    /// Whether the segment does not exist in the environments of this definition.
    pub absent: bool,
    /// What may happen to the segment.
    pub lifecycle: Lifecycle,
    /// The definitions for environments that differ.
    pub environments: Environments<InEnvironment>,
}

/// The definition of a segment in one environment: complete, not only the differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InEnvironment {
    /// The display name; not empty.
    pub name: String,
    /// The purpose of the segment.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<BTreeSet<Tag>>,
    /// The audience.
    pub audience: Audience,
    /// The parts that are left to people on purpose.
    pub unmanaged: BTreeSet<Part>,
    /// Whether the segment does not exist there.
    pub absent: bool,
}

/// The definition outside of the environments that it names.
impl From<Definition> for InEnvironment {
    fn from(definition: Definition) -> Self {
        Self {
            name: definition.name,
            description: definition.description,
            tags: definition.tags,
            audience: definition.audience,
            unmanaged: definition.unmanaged,
            absent: definition.absent,
        }
    }
}

/// The audience of a segment, and how the service keeps its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Individual contexts, and rules. Included overrides excluded, which overrides rules.
    Standard {
        /// Contexts that are in the segment whatever the rules say.
        included: Targets,
        /// Contexts that are not, unless they are also included.
        excluded: Targets,
        /// A context is in the segment if one of the rules holds for it.
        rules: Option<Vec<Rule>>,
    },
    /// A list of any length, kept outside the definition (LaunchDarkly: larger list-based segments,
    /// formerly big segments).
    Big {
        /// The kind of all contexts in the list.
        kind: ContextKind,
    },
}

impl Audience {
    /// Returns the rules; empty if they are not managed or the segment is a big one.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        match self {
            Audience::Standard {
                rules: Some(rules), ..
            } => rules,
            Audience::Standard { rules: None, .. } | Audience::Big { .. } => &[],
        }
    }
}

/// Individual contexts: their keys by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Targets {
    /// The list is left to others.
    #[default]
    Unmanaged,
    /// These contexts and no others.
    Exactly(BTreeMap<ContextKind, ContextKeys>),
    /// These contexts; others in the list stay.
    AtLeast(BTreeMap<ContextKind, ContextKeys>),
}

impl Targets {
    /// The declared keys by kind, none if the list is not managed.
    pub fn lists(&self) -> impl Iterator<Item = (&ContextKind, &ContextKeys)> {
        match self {
            Targets::Unmanaged => None,
            Targets::Exactly(lists) | Targets::AtLeast(lists) => Some(lists),
        }
        .into_iter()
        .flatten()
    }

    /// Returns the declared keys by kind and by the expiry that they have in common, those without one first.
    ///
    /// ```
    /// use segments_model::{Definition, Expiry};
    ///
    /// let expiry = Expiry::parse("2027-01-31")?;
    /// let beta = Definition::builder("beta").include("user", ["user-1".to_owned()]);
    /// let beta = beta.include_until("user", ["user-2".to_owned()], expiry).build()?;
    /// let expiries: Vec<_> = beta.included().groups().map(|(_, until, keys)| (until, keys.len())).collect();
    /// assert_eq!(expiries, [(None, 1), (Some(expiry), 1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn groups(&self) -> impl Iterator<Item = (&ContextKind, Option<Expiry>, Vec<&String>)> {
        self.lists().flat_map(|(kind, keys)| {
            let groups = keys.by_expiry().into_iter();
            groups.map(move |(until, keys)| (kind, until, keys))
        })
    }

    /// Returns the number of declared keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists().map(|(_, keys)| keys.len()).sum()
    }

    /// Returns `true` if no key is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether some of the declared keys expire.
    #[must_use]
    pub fn expire(&self) -> bool {
        self.lists().any(|(_, keys)| keys.expire())
    }

    /// Returns what is left at a moment in milliseconds since 1970: without the keys whose expiry has come.
    #[must_use]
    pub fn at(&self, now: i64) -> Cow<'_, Self> {
        if !self.expire() {
            return Cow::Borrowed(self);
        }
        let mut left = self.clone();
        left.expire_at(now);
        Cow::Owned(left)
    }

    /// Removes the keys whose expiry has come at a moment in milliseconds since 1970, and the lists that have none
    /// left.
    pub fn expire_at(&mut self, now: i64) {
        if !self.expire() {
            return;
        }
        match self {
            Targets::Unmanaged => {}
            Targets::Exactly(lists) | Targets::AtLeast(lists) => lists.retain(|_, keys| {
                keys.expire_at(now);
                !keys.is_empty()
            }),
        }
    }
}

/// A rule: matches if all clauses match and the context falls into the percentage, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// The purpose of the rule.
    pub description: Option<String>,
    /// The conditions; none means everyone.
    pub clauses: Vec<Clause>,
    /// The percentage of the matching contexts; `None` means all of them.
    pub rollout: Option<Rollout>,
}

/// The percentage of contexts that a rule takes, and how it picks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// The percentage.
    pub weight: Weight,
    /// The context kind to bucket.
    pub kind: ContextKind,
    /// The bucketing attribute.
    pub by: AttributeRef,
}

/// A condition: an attribute of one kind of context, compared with values, any of which is enough.
///
/// ```
/// use segments_model::{AttributeRef, Clause, ContextKind, Operator};
///
/// let clause = Clause {
///     kind: ContextKind::USER,
///     attribute: AttributeRef::parse("email").unwrap(),
///     operator: Operator::EndsWith,
///     values: vec!["@company.com".into()],
///     negate: false,
/// };
/// assert_eq!(clause.to_string(), "user email ends with \"@company.com\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The context kind.
    pub kind: ContextKind,
    /// The attribute.
    pub attribute: AttributeRef,
    /// The comparison.
    pub operator: Operator,
    /// The values; at least one.
    pub values: Vec<Value>,
    /// Whether the clause is negated. An absent attribute still makes it false.
    pub negate: bool,
}

impl Clause {
    /// Returns the context kind of the attribute; `None` if the clause references segments, or tests the
    /// kinds of the whole context.
    #[must_use]
    pub fn compared_kind(&self) -> Option<&ContextKind> {
        let whole_context = self.operator == Operator::SegmentMatch || self.tests_kinds();
        (!whole_context).then_some(&self.kind)
    }

    /// Returns whether the clause tests the kinds of the whole context ("Context kind" in LaunchDarkly).
    /// It matches if one of them fits; the clause's own kind has no effect.
    #[must_use]
    pub fn tests_kinds(&self) -> bool {
        self.operator != Operator::SegmentMatch && self.attribute == AttributeRef::KIND
    }

    /// Makes a clause that matches contexts of any of the kinds.
    ///
    /// ```
    /// use segments_model::{Clause, ContextKind};
    ///
    /// let clause = Clause::kind_is([ContextKind::from_static("device")]);
    /// assert_eq!(clause.to_string(), "kind is \"device\"");
    /// ```
    #[must_use]
    pub fn kind_is(kinds: impl IntoIterator<Item = ContextKind>) -> Self {
        Self {
            kind: ContextKind::USER,
            attribute: AttributeRef::KIND,
            operator: Operator::In,
            values: kinds
                .into_iter()
                .map(|kind| Value::from(String::from(kind)))
                .collect(),
            negate: false,
        }
    }

    /// Returns the kinds that the clause names as plain values.
    pub fn named_kinds(&self) -> impl Iterator<Item = ContextKind> {
        let names = self.tests_kinds() && self.operator == Operator::In;
        let names = self.values.iter().filter(move |_| names);
        names.filter_map(|value| ContextKind::parse(value.as_str()?.to_owned()).ok())
    }

    /// Makes a clause that matches members of any of the segments. Its kind and attribute have no effect;
    /// they are those of the service's documentation.
    #[must_use]
    pub fn segment_match(keys: impl IntoIterator<Item = SegmentKey>) -> Self {
        Self {
            kind: ContextKind::USER,
            attribute: AttributeRef::SEGMENT_MATCH,
            operator: Operator::SegmentMatch,
            values: keys
                .into_iter()
                .map(|key| Value::from(String::from(key)))
                .collect(),
            negate: false,
        }
    }

    /// Returns the keys of the segments that the clause references.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        let asks = self.operator == Operator::SegmentMatch;
        self.values
            .iter()
            .filter(move |_| asks)
            .filter_map(Value::as_str)
    }
}

impl Definition {
    /// Makes the definition of a segment that does not exist: it has no members, and is to be deleted if
    /// it exists.
    ///
    /// ```
    /// use segments_model::{Definition, SegmentKey};
    ///
    /// let gone = Definition::absent(SegmentKey::from_static("beta"));
    /// assert!(gone.absent && gone.rules().is_empty());
    /// ```
    #[must_use]
    pub fn absent(key: SegmentKey) -> Self {
        Self {
            name: key.to_string(),
            key,
            description: None,
            tags: None,
            audience: Audience::Standard {
                included: Targets::Unmanaged,
                excluded: Targets::Unmanaged,
                rules: None,
            },
            unmanaged: BTreeSet::new(),
            absent: true,
            lifecycle: Lifecycle::default(),
            environments: Environments::default(),
        }
    }

    /// Returns the definition for one environment: the one declared for it, or else this one.
    ///
    /// ```
    /// use segments_model::{Definition, Draft, EnvironmentKey};
    ///
    /// let draft = Draft { key: "no-one".into(), name: "No one".into(), nobody: true, ..Draft::default() };
    /// let (mut definition, _) = draft.parse().unwrap();
    /// let mut there = definition.clone();
    /// there.name = "No one yet".to_owned();
    /// definition.environments.insert(EnvironmentKey::from_static("staging"), there.into());
    ///
    /// let name = |key: &'static str| definition.in_environment(&EnvironmentKey::from_static(key)).name.clone();
    /// assert_eq!((name("staging"), name("production")), ("No one yet".to_owned(), "No one".to_owned()));
    /// ```
    #[must_use]
    pub fn in_environment<'e>(
        &self,
        environment: impl Into<Option<&'e EnvironmentKey>>,
    ) -> Cow<'_, Definition> {
        let environment = environment.into();
        let Some(there) = environment.and_then(|key| self.environments.get(key)) else {
            return Cow::Borrowed(self);
        };
        let InEnvironment {
            name,
            description,
            tags,
            audience,
            unmanaged,
            absent,
        } = there.clone();
        Cow::Owned(Definition {
            key: self.key.clone(),
            name,
            description,
            tags,
            audience,
            unmanaged,
            absent,
            lifecycle: self.lifecycle.clone(),
            environments: Environments::default(),
        })
    }

    /// Returns what is declared at a moment in milliseconds since 1970, outside of what single environments have
    /// of their own: without the contexts whose expiry has come.
    ///
    /// ```
    /// use segments_model::{ContextKind, Definition, Expiry};
    ///
    /// let expiry = Expiry::parse("2027-01-31")?;
    /// let beta = Definition::builder("beta").include_until("user", ["user-1".to_owned()], expiry).build()?;
    /// assert_eq!(beta.at(expiry.milliseconds() - 1).included().len(), 1);
    /// assert!(beta.at(expiry.milliseconds()).included().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn at(&self, now: i64) -> Cow<'_, Definition> {
        if !self.expires() {
            return Cow::Borrowed(self);
        }
        let mut left = self.clone();
        left.expire_at(now);
        Cow::Owned(left)
    }

    /// Removes the contexts whose expiry has come at a moment in milliseconds since 1970, as [`at`](Self::at) does.
    ///
    /// ```
    /// use segments_model::{Definition, Expiry};
    ///
    /// let expiry = Expiry::parse("2027-01-31")?;
    /// let mut beta = Definition::builder("beta").include_until("user", ["user-1".to_owned()], expiry).build()?;
    /// beta.expire_at(expiry.milliseconds());
    /// assert!(beta.included().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expire_at(&mut self, now: i64) {
        if let Audience::Standard {
            included, excluded, ..
        } = &mut self.audience
        {
            included.expire_at(now);
            excluded.expire_at(now);
        }
    }

    /// Returns the first expiry of listed contexts that comes after a moment in milliseconds since 1970, outside of
    /// what single environments have of their own: until then [`at`](Self::at) says the same.
    #[must_use]
    pub fn next_expiry(&self, now: i64) -> Option<Expiry> {
        let lists = self.included().lists().chain(self.excluded().lists());
        let expiries = lists.flat_map(|(_, keys)| keys.expiring().map(|(_, until)| until));
        expiries.filter(|until| !until.has_passed(now)).min()
    }

    /// Returns whether some of the listed contexts expire, outside of what single environments have of their own.
    #[must_use]
    pub fn expires(&self) -> bool {
        self.included().expire() || self.excluded().expire()
    }

    /// The environments that have something of their own in any of these, behind `None`, which is everywhere
    /// else.
    ///
    /// ```
    /// use segments_model::{Definition, Draft, EnvironmentKey};
    ///
    /// let draft = Draft { key: "no-one".into(), name: "No one".into(), nobody: true, ..Draft::default() };
    /// let (mut definition, _) = draft.parse().unwrap();
    /// let staging = EnvironmentKey::from_static("staging");
    /// let there = definition.clone();
    /// definition.environments.insert(staging.clone(), there.into());
    /// assert_eq!(Definition::environments_of([&definition]), [None, Some(&staging)]);
    /// ```
    #[must_use]
    pub fn environments_of<'d>(
        definitions: impl IntoIterator<Item = &'d Self>,
    ) -> Vec<Option<&'d EnvironmentKey>> {
        let named = definitions.into_iter();
        let named = named.flat_map(|definition| definition.environments.keys());
        let named: BTreeSet<&EnvironmentKey> = named.collect();
        std::iter::once(None)
            .chain(named.into_iter().map(Some))
            .collect()
    }

    /// Returns the declared parts.
    #[must_use]
    pub fn declared(&self) -> BTreeSet<Part> {
        let is_declared = |part: &Part| match (part, &self.audience) {
            (Part::Description, _) => self.description.is_some(),
            (Part::Tags, _) => self.tags.is_some(),
            (Part::Included, _) => *self.included() != Targets::Unmanaged,
            (Part::Excluded, _) => *self.excluded() != Targets::Unmanaged,
            (Part::Rules, Audience::Standard { rules, .. }) => rules.is_some(),
            (Part::Rules, Audience::Big { .. }) => false,
        };
        Part::ALL.into_iter().filter(is_declared).collect()
    }

    /// Returns the rules; empty if they are not managed or the segment is a big one.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.audience.rules()
    }

    /// Returns the included contexts.
    #[must_use]
    pub fn included(&self) -> &Targets {
        match &self.audience {
            Audience::Standard { included, .. } => included,
            Audience::Big { .. } => &Targets::Unmanaged,
        }
    }

    /// Returns the excluded contexts.
    #[must_use]
    pub fn excluded(&self) -> &Targets {
        match &self.audience {
            Audience::Standard { excluded, .. } => excluded,
            Audience::Big { .. } => &Targets::Unmanaged,
        }
    }

    /// Returns the context kinds of the base definition.
    #[must_use]
    pub fn kinds(&self) -> BTreeSet<&ContextKind> {
        match &self.audience {
            Audience::Big { kind } => BTreeSet::from([kind]),
            Audience::Standard {
                included, excluded, ..
            } => {
                let listed = included.lists().chain(excluded.lists());
                let clauses = self.rules().iter().flat_map(|rule| &rule.clauses);
                let shares = self.rules().iter().flat_map(|rule| &rule.rollout);
                listed
                    .map(|(kind, _)| kind)
                    .chain(clauses.filter_map(Clause::compared_kind))
                    .chain(shares.map(|share| &share.kind))
                    .collect()
            }
        }
    }

    /// Returns the keys of the segments that the rules reference, in order, each once.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        let mut references = Vec::new();
        for key in self
            .rules()
            .iter()
            .flat_map(|rule| &rule.clauses)
            .flat_map(Clause::segments)
        {
            if !references.contains(&key) {
                references.push(key);
            }
        }
        references
    }
}

/// In words, on one line.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Rollout { weight, kind, by }) = &self.rollout {
            write!(f, "{weight} by {kind} {by} of ")?;
        }
        if self.clauses.is_empty() {
            return f.write_str("everyone");
        }
        for (index, clause) in self.clauses.iter().enumerate() {
            if index > 0 {
                f.write_str(" and ")?;
            }
            write!(f, "{clause}")?;
        }
        Ok(())
    }
}

/// In words, on one line.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.operator.row();
        if self.tests_kinds() {
            write!(f, "{} ", self.attribute)?;
        } else if self.operator != Operator::SegmentMatch {
            write!(f, "{} {} ", self.kind, self.attribute)?;
        }
        f.write_str(if self.negate {
            row.negated_phrase
        } else {
            row.phrase
        })?;
        for (index, value) in self.values.iter().enumerate() {
            f.write_str(if index == 0 { " " } else { " or " })?;
            match value {
                Value::String(key) if self.operator == Operator::SegmentMatch => {
                    write!(f, "`{key}`")?;
                }
                Value::Number(moment) if row.operand == Operand::Date => {
                    match moment.as_integer() {
                        Some(milliseconds) => f.write_str(&date::format(milliseconds))?,
                        None => write!(f, "{value}")?,
                    }
                }
                value => write!(f, "{value}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_aloud() {
        let plan = Clause {
            kind: ContextKind::parse("organization").unwrap(),
            attribute: AttributeRef::parse("plan").unwrap(),
            operator: Operator::In,
            values: vec!["enterprise".into(), "enterprise-plus".into()],
            negate: true,
        };
        let members = Clause::segment_match([SegmentKey::from_static("staff")]);
        let rollout = Rollout {
            weight: Weight::from_percent(25.0).unwrap(),
            kind: ContextKind::USER,
            by: AttributeRef::KEY,
        };
        let rule = Rule {
            description: None,
            clauses: vec![plan, members],
            rollout: Some(rollout),
        };
        assert_eq!(
            rule.to_string(),
            "25% by user key of organization plan is not \"enterprise\" or \"enterprise-plus\" and is in segment `staff`"
        );
        assert_eq!(Rule::default().to_string(), "everyone");
    }
}
